"""Items of the review desk as values."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from pipeline.judging.review.asking import Kind
from pipeline.judging.review.outcome import Choice
from pipeline.judging.review.policy import Scheme


class ItemState(StrEnum):
    """`WITHDRAWN`: nothing is left to decide, since the document was read anew or put aside."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


LAST_STAGE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """One thing to decide. `field` is empty for the document itself; `stage`: 1 first person, 2 second, 3 arbitration.

    `entry`: the field as the form has it, the same for every member of a household. `revision`: of the document it was
    opened for. `read_by`: a digest over the software and models that read it.
    """

    item_id: str
    document_id: str
    revision: int
    field: str
    entry: str
    kind: Kind
    position: int
    page: int
    office: str
    book: str
    document_type: str
    form: str
    field_class: str
    reason: str
    read_by: str
    confidence: float | None
    scheme: Scheme
    stage: int
    state: ItemState
    result: Choice | None
    wrong: bool | None
    truth: str | None
    priority: int
    holder: str | None
    tab: str | None
    lease: str | None
    lease_until: str | None
    opened_at: str
    done_at: str | None


_NAMES = tuple(field.name for field in fields(ReviewItem))


def item_of(row: Any) -> ReviewItem:
    """The item in a row of `review_items`."""
    values = {name: getattr(row, name) for name in _NAMES}
    values["kind"], values["state"] = Kind(values["kind"]), ItemState(values["state"])
    values["scheme"] = Scheme(values["scheme"])
    values["result"] = None if values["result"] is None else Choice(values["result"])
    return ReviewItem(**values)
