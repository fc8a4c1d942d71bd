"""The Prefect flow that learns the hands of books with corrected lines enough. It carries and shows counts only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from prefect import flow

from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message

Learner = Callable[[], list[str]]
"""Adapts every book that is due; gives for each why its model is used or not, or the code of what went wrong."""

_learners: list[Learner] = []


def provide_learner(learn: Learner) -> None:
    """Says how due books are adapted: the wiring calls it where deployed flows are loaded."""
    _learners[:] = [learn]


@flow(name="adapt-due", persist_result=False)
def adapt_due() -> dict[str, int]:
    """Adapts every book that is due. Safe to run at any time."""
    if not _learners:
        raise ResourceError(Message.same("deployed without its wiring"), code="resource.not_wired")
    return dict(Counter(_learners[0]()))
