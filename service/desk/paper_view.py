"""One whole document as its page shows it: the fields of a page with their places, open items, possible edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.geometry import Quad
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType, FieldValue
from pipeline.judging.review.display import display_value
from pipeline.judging.review.places import forms_of, grammar_of, known_fields
from service.desk.wording import field_words, paper_words
from storage.review import ReviewItem

_MEMBERS: Final = "members[]."


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownField:
    """A field of the page. `points`: its place for the page's drawing, empty without one; `open_item`: the id of the
    item that waits for a decision on it."""

    number: int
    name: str
    label: Message
    shown: str
    verbatim: str
    status: str
    points: str
    open_item: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upright:
    """How a page is turned upright: the size of the frame it then fills, and the SVG transform."""

    frame: tuple[int, int]
    transform: str


def fields_on(record: CivilRecord, items: Sequence[ReviewItem], page: int) -> list[ShownField]:
    """The fields of one page, in the record's order."""
    waiting = {item.field: item.item_id for item in items if item.state == "open"}
    return [
        ShownField(
            number=number,
            name=field.name,
            label=field_words(field.name),
            shown=shown_text(record, field),
            verbatim=field.verbatim,
            status=field.status.value,
            points=_points(field.box),
            open_item=waiting.get(field.name),
        )
        for number, field in enumerate(record.fields, start=1)
        if field.page == page
    ]


def shown_text(record: CivilRecord, field: FieldValue) -> str:
    """The field's value as a clerk writes it."""
    if field.value is None:
        return field.verbatim
    return display_value(grammar_of(record.document_type.value, record.form, field.name), field.value)


def upright(size: tuple[int, int], turn: int) -> Upright:
    """`size` of the page in scan pixels; `turn` degrees clockwise make it upright."""
    width, height = size
    moves = {90: f"translate({height} 0) ", 180: f"translate({width} {height}) ", 270: f"translate(0 {width}) "}
    frame = (height, width) if turn % 180 else size
    return Upright(frame=frame, transform=f"{moves.get(turn, '')}rotate({turn})")


def addable(record: CivilRecord) -> list[tuple[str, Message]]:
    """Fields that the paper can have and its record does not; an entry of members once for all members."""
    there = {field.name for field in record.fields}
    known = known_fields(record.document_type.value, record.form) or known_fields(record.document_type.value)
    return [(name, field_words(name)) for name in known if name.startswith(_MEMBERS) or name not in there]


def added_name(name: str, member: str) -> str:
    """The name of the field to add. `member`: the member's number, counted from 1 as people do; empty result where it
    is missing."""
    if not name.startswith(_MEMBERS):
        return name
    return f"members[{int(member) - 1}].{name.removeprefix(_MEMBERS)}" if member.isdecimal() and int(member) else ""


def kinds_of_paper() -> list[tuple[str, Message]]:
    """Every type with each of its forms, as `type/form`, for people to choose from."""
    kinds = []
    for kind in DocumentType:
        for form in forms_of(kind.value) or ("",):
            kinds.append((f"{kind.value}/{form}", paper_words(kind.value, form)))
    return sorted(kinds, key=lambda choice: choice[1].vi)


def types_of_paper() -> list[tuple[str, Message]]:
    """Every type, for people to choose from."""
    return sorted(((kind.value, paper_words(kind.value)) for kind in DocumentType), key=lambda choice: choice[1].vi)


def _points(box: Quad) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in box) if len(set(box)) > 1 else ""
