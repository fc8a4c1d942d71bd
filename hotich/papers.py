"""Papers as people name them on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from storage.catalogue import UnitOfWork


def ids_of(unit: UnitOfWork, names: list[str]) -> list[str]:
    """Document ids of what people name by id or holding code. Raises WrongUse for what there is none of."""
    found = []
    for name in names:
        known = unit.documents.named(name.strip())
        if known is None:
            raise WrongUse(Message(f"{name}: không có giấy tờ này", "there is no such paper"))
        found.append(known)
    return found
