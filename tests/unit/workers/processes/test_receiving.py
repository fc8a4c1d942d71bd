"""What a worker sends is read as data, by every Python 3.11."""

from __future__ import annotations

import pickle
from multiprocessing import Pipe
from typing import Any

import pytest

from pipeline.domain.model import Status
from workers.processes.receiving import NotData, receive


class _Got:
    """Pickles as a call of `getattr`, as enumerations do in Python up to 3.11.3."""

    def __init__(self, of: Any, name: str) -> None:
        self._call = (of, name)

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, self._call


def sent(value: Any) -> Any:
    here, there = Pipe()
    there.send_bytes(pickle.dumps(value))
    return receive(here)


def test_a_member_of_an_enumeration_arrives_however_it_was_sent() -> None:
    assert sent(Status.ACCEPTED) is Status.ACCEPTED
    assert sent(_Got(Status, "ACCEPTED")) is Status.ACCEPTED


@pytest.mark.parametrize("name", ["__class__", "__subclasses__", "mro"])
def test_nothing_else_is_got_from_a_class(name: str) -> None:
    with pytest.raises(NotData):
        sent(_Got(Status, name))
