"""Whom to ask: which fields of a document a person decides, which are looked at again, and what comes first.

Pure: what the document says comes in, the items that are wanted go out. `storage.review` keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pipeline.domain.model import DocumentType, Status
from pipeline.judging.review.policy import ReviewPolicy, Scheme, class_of

# Also the reason given for a sample and for an item of known truth, so that nobody can tell them from a doubt.
UNSURE: Final = "field.low_confidence"
SUSPENDED: Final = "sample.promise_broken"
PAPER_FINDINGS: Final = "paper.findings"
UNKNOWN_TYPE: Final = "paper.unknown_type"

Draw = Callable[[str], float]
"""A number in [0, 1) for a name, always the same, that nobody outside can foretell."""

FieldGroup = tuple[str, str, str]
"""Document type, form and class of a field: fields whose accepted values are measured together."""


class Kind(StrEnum):
    """Why a person is asked. Whoever decides is never told.

    `DOUBT`: the machine was not sure. `SAMPLE`: it was, or somebody decided, and this is looked at unmarked. `SEED`:
    the truth is known, and measures the reviewer. `REOPENED`: it shares the cause of an error that was found. `PAPER`:
    the document itself is in doubt.
    """

    DOUBT = "doubt"
    SAMPLE = "sample"
    SEED = "seed"
    REOPENED = "reopened"
    PAPER = "paper"


_PRIORITY: Final[Mapping[Kind, int]] = {
    Kind.DOUBT: 0,
    Kind.SAMPLE: 0,
    Kind.SEED: 0,
    Kind.PAPER: 5,
    Kind.REOPENED: 20,
}
_OF_A_CITIZEN: Final = 10  # somebody waits for the answer


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What decides whom to ask about one revision of a document. `form` is empty where it is not known."""

    document_id: str
    revision: int
    document_type: str
    form: str
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFacts:
    """What decides whom to ask about a field. `position` is its place in the record, from 0; `findings` are codes."""

    name: str
    position: int
    page: int
    status: Status
    confidence: float | None
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPage:
    """A page of the file that is in no record and lies beside the document; `code` says why a person must look."""

    number: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """An item to be opened. `field` is empty for the document itself; `reason` is what the person is told.

    `position` orders a document's items: 0 for the document itself, then its fields from 1. `truth`: what is known to
    be right, of a seed.
    """

    field: str
    kind: Kind
    reason: str
    scheme: Scheme
    position: int = 0
    page: int = 1
    confidence: float | None = None
    truth: str | None = None


def items_wanted(
    document: DocumentFacts,
    fields: Sequence[FieldFacts],
    *,
    policy: ReviewPolicy,
    draw: Draw,
    suspended: Collection[FieldGroup] = (),
    open_pages: Sequence[OpenPage] = (),
) -> list[NewItem]:
    """The items that a document asks for, the document itself first, then its fields in their order.

    A field that is not accepted is a doubt, and so is an accepted one of a `suspended` group. Of the other accepted
    fields a share is drawn as a sample (`policy.sample_accepted`); the same revision draws the same. The document
    itself is asked for where its type is unknown or nothing was read, and then none of its fields; where pages beside
    it are open; and where it is not accepted although no field is in doubt.
    """
    wanted = [
        item
        for field in fields
        if (item := _field_wanted(document, field, policy=policy, draw=draw, suspended=suspended)) is not None
    ]
    if document.document_type == DocumentType.UNKNOWN.value or not fields:
        return [paper_item(UNKNOWN_TYPE, policy)]
    if open_pages:
        return [paper_item(open_pages[0].code, policy, page=open_pages[0].number), *wanted]
    if document.status is not Status.ACCEPTED and not any(item.kind is Kind.DOUBT for item in wanted):
        return [paper_item(PAPER_FINDINGS, policy), *wanted]
    return wanted


def paper_item(reason: str, policy: ReviewPolicy, *, page: int = 0) -> NewItem:
    """An item for the document itself: its type, its pages and those beside it, what its rules found. `page`: where to
    look first, 0 for the document's own first page.
    """
    return NewItem(field="", kind=Kind.PAPER, reason=reason, scheme=policy.scheme(""), page=page)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledField:
    """A doubtful field that people settled. `scheme` is the one it was decided by, `value` what holds now."""

    item_id: str
    field: str
    position: int
    page: int
    confidence: float | None
    reason: str
    scheme: Scheme
    value: str | None


def item_to_look_again(settled: SettledField, *, policy: ReviewPolicy, draw: Draw) -> NewItem | None:
    """The item that a settled field asks for, or None.

    A share is looked at by two other people (`policy.sample_reviewed`). Of those that two people agreed on, a share
    (`policy.seed_share`) becomes an item of known truth, which measures a third. The same item draws the same.
    """
    where: dict[str, Any] = {
        "field": settled.field,
        "position": settled.position,
        "page": settled.page,
        "confidence": settled.confidence,
    }
    drawn = draw(f"again:{settled.item_id}")
    if drawn < policy.sample_reviewed:
        return NewItem(kind=Kind.SAMPLE, reason=UNSURE, scheme=Scheme.DOUBLE, **where)
    if drawn > 1.0 - policy.seed_share and settled.scheme is not Scheme.SINGLE and settled.value:
        return NewItem(kind=Kind.SEED, reason=settled.reason, scheme=Scheme.SINGLE, truth=settled.value, **where)
    return None


def priority(kind: Kind, *, of_citizen: bool) -> int:
    """Where an item stands in the queue: the higher comes first. A sample and a seed stand where a doubt does."""
    return max(_PRIORITY[kind], _OF_A_CITIZEN) if of_citizen else _PRIORITY[kind]


def _field_wanted(
    document: DocumentFacts,
    field: FieldFacts,
    *,
    policy: ReviewPolicy,
    draw: Draw,
    suspended: Collection[FieldGroup],
) -> NewItem | None:
    scheme = policy.scheme(field.name)
    where: dict[str, Any] = {
        "field": field.name,
        "position": field.position + 1,
        "page": field.page,
        "confidence": field.confidence,
    }
    if field.status is not Status.ACCEPTED:
        reason = next((code for code in field.findings if code != UNSURE), UNSURE)
        return NewItem(kind=Kind.DOUBT, reason=reason, scheme=scheme, **where)
    if (document.document_type, document.form, class_of(field.name).value) in suspended:
        return NewItem(kind=Kind.DOUBT, reason=SUSPENDED, scheme=scheme, **where)
    if draw(f"sample:{document.document_id}:{document.revision}:{field.name}") < policy.sample_accepted:
        return NewItem(kind=Kind.SAMPLE, reason=UNSURE, scheme=Scheme.DOUBLE, **where)
    return None
