"""What a form is: its printed wording, in reading order, and what each place holds. Data, no logic.

A definition describes one generation of one document type as a registry clerk would: its pages, the
sections of a page from top to bottom, the labels as they are printed, the field and the grammar of
each value. It says nothing about where on the paper anything stands: papers of one form differ, so
labels are found by their words. What only a renderer needs (paper, style, art) is marked so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.domain.model import DocumentType

GRAMMARS = frozenset(
    {
        "name", "date", "date_words", "sex", "ethnicity", "nationality", "personal_id", "old_national_id",
        "identity_number", "document_number", "book_number", "address", "place", "text", "year", "age", "weight_g",
        "count", "time", "relationship", "religion",
    }
)  # fmt: skip
PLACES = frozenset({"address", "place"})
"""Those of `GRAMMARS` whose values are places."""
SectionKind = Literal["rows", "heading", "persons", "entries", "repeat", "signatures"]
Side = Literal["front", "back", "cover", "owner", "members", "adjustments", "page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One place on a form: a printed label with the value that belongs to it, or fixed text.

    `label` is the printed wording, `also` other wordings seen on papers of this generation. `lines` is the most
    lines the value runs over; `below` says that it stands (or may stand) under its label. `prompts` is the
    printed skeleton the value is written into, `…` for each gap ("ngày … tháng … năm …"): the
    prompts are part of the verbatim value, but for a leading "…, " (the place of a place-and-date
    line, which is no part of the date). An item with prompts may have no label. `issuer` marks the
    block of the office at the top left. `caption` marks a signature: the label is its caption, the
    value is the name written under it; `note` is small print below the caption. `choices` are tick
    boxes. `itself` are printed words that are label and value at once (CHỦ HỘ). `text` is fixed print
    that holds no value.
    """

    label: str = ""
    also: tuple[str, ...] = ()
    text: str = ""
    field: str | None = None
    grammar: str = "text"
    lines: int = 1
    below: bool = False
    prompts: str = ""
    issuer: bool = False
    caption: bool = False
    choices: tuple[str, ...] = ()
    itself: tuple[str, ...] = ()
    note: str = ""
    seal: bool = False
    style: tuple[str, ...] = ()
    align: Literal["left", "center", "right"] = "left"

    @property
    def wordings(self) -> tuple[str, ...]:
        return ((self.label, *self.also) if self.label else self.also) or ((self.prompts,) if self.prompts else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: a person (`prefix`, in a persons table) or a field (in an entries table).

    `group` is the header cell that spans this column and its neighbours of the same group. `width`
    is a relative width for a renderer.
    """

    label: str
    also: tuple[str, ...] = ()
    group: str = ""
    prefix: str = ""
    field: str | None = None
    grammar: str = "text"
    lines: int = 2
    width: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a page, in reading order.

    rows        `rows` of items, left to right
    heading     `left` and `right` blocks at the head of a page: the office, the State's name
    persons     a table: `columns` are persons, `rows` hold one labelled item each; with `labelled` = "row"
                the labels stand once, in a first column, below a header row of the persons; with "cell"
                each person's column is a block of its own that repeats the labels, and the column's
                label ("Họ, chữ đệm, tên vợ:") takes the place of the first row's
    entries     a table: `columns` are fields, each table row is one record (`each` = "record") or
                one member (`each` = "member", fields under `prefix` "members[].")
    repeat      `rows` once for each member, `blocks` times on a page, under `prefix`
    signatures  one row of captions, each with the name written under it

    Sections with the same `swap` name may stand in any order among themselves (mother and father).
    """

    kind: SectionKind
    rows: tuple[tuple[Item, ...], ...] = ()
    left: tuple[Item, ...] = ()
    right: tuple[Item, ...] = ()
    columns: tuple[Column, ...] = ()
    prefix: str = ""
    each: Literal["record", "member"] = "record"
    blocks: int = 1
    labelled: Literal["row", "cell"] = "row"
    numbered: bool = False
    swap: str = ""

    def items(self) -> Iterator[Item]:
        """Every item in reading order: heading left before right, then the rows."""
        yield from self.left
        yield from self.right
        for row in self.rows:
            yield from row


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognise:
    """By what a page is recognised: one of `titles` in big letters, telling `phrases`, and wordings `against` it."""

    titles: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """One side or leaf of a form. `many` leaves may follow each other (member pages, register pages).

    `art` names what a renderer draws besides text: emblem, photo, qr, mrz, barcode, chip,
    fingerprints, guilloche, frame.
    """

    side: Side
    recognise: Recognise
    sections: tuple[Section, ...]
    many: bool = False
    art: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    size: Literal["A3", "A4", "A5", "ID1", "booklet"]
    orientation: Literal["portrait", "landscape"] = "portrait"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDefinition:
    """One generation of one document type. `issued` holds the years it was handed out, ends None when open."""

    type: DocumentType
    form: str
    name_vi: str
    name_en: str
    paper: Paper
    issued: tuple[int | None, int | None]
    writing: tuple[str, ...]
    source: str
    pages: tuple[FormPage, ...]

    def page(self, side: str) -> FormPage:
        """The page with this side. Raises KeyError."""
        for page in self.pages:
            if page.side == side:
                return page
        raise KeyError(side)

    @property
    def several_records(self) -> bool:
        """Whether one page of this form can hold several records (a tabular ledger)."""
        return any(s.kind == "entries" and s.each == "record" for p in self.pages for s in p.sections)

    def fields(self) -> tuple[str, ...]:
        """Every field name the form can give, in reading order, `members[].` for members."""
        names: dict[str, None] = {}
        for page in self.pages:
            for section in page.sections:
                names.update(dict.fromkeys(_section_fields(section)))
        return tuple(names)


def _section_fields(section: Section) -> Iterator[str]:
    if section.kind == "persons":
        for item in section.items():
            yield from (f"{c.prefix}{item.field}" for c in section.columns if item.field)
        return
    yield from (f"{section.prefix}{c.field}" for c in section.columns if c.field)
    yield from (f"{section.prefix}{i.field}" for i in section.items() if i.field)
