"""Corrected lines of a book: keeping them, reading them back, and when to learn from the new ones."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.domain.message import Message
from storage.catalogue import Catalogue
from storage.errors import CorruptObject
from storage.objects import ObjectKey, ObjectStore
from storage.objects.paper_class import PaperClass

_OF = frozenset({PaperClass.REGISTERS})
FIRST_DUE = 50
"""Corrected lines after which a book is learnt from for the first time; then at each doubling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOrigin:
    """The stored document that a line was cut from, and the grammar of its field."""

    document_id: str
    grammar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A line image as its file's bytes, and the text that a person says stands in it. `origin`: None where nobody knows
    which paper it is of."""

    image: bytes
    text: str
    origin: LineOrigin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCorrection:
    """A correction as it is kept. `number` grows in the order in which a book's lines came."""

    number: int
    correction: Correction


def keep_corrections(
    objects: ObjectStore, catalogue: Catalogue, book: str, corrections: Iterable[Correction], *, actor: str
) -> int:
    """Keeps corrected lines of the book, all of them or none; returns how many were new. `book` is a `checked_book`.

    Each is noted in the audit log. Texts are kept in NFC. Raises the stores' errors.
    """
    keys = []
    for correction in corrections:
        image = objects.put(correction.image, of=_OF)
        text = unicodedata.normalize("NFC", correction.text)
        record = {"image": image.name, "text": text} | _told(correction.origin)
        keys.append((image, objects.put(json.dumps(record, ensure_ascii=False, sort_keys=True).encode(), of=_OF)))
    with catalogue.unit() as unit:
        added = [unit.books.add_line(book, image=image, correction=text, actor=actor) for image, text in keys]
        unit.commit()
    return sum(line is not None for line in added)


def corrections_of(objects: ObjectStore, catalogue: Catalogue, book: str) -> list[KeptCorrection]:
    """The newest correction of each line of the book, in the order in which they came.

    Raises ObjectMissing, CorruptObject and the stores' errors.
    """
    with catalogue.books() as books:
        lines = books.lines(book)
    return [
        KeptCorrection(
            number=line.number,
            correction=_correction(objects, line.correction, line.image),
        )
        for line in lines
    ]


def adaptation_due(catalogue: Catalogue, book: str, *, first: int = FIRST_DUE) -> bool:
    """Whether the book has enough corrected lines to learn from: `first`, then twice as many as at the last time.

    The last time counts whether or not its model was put in use. Ask wherever lines are added.
    """
    with catalogue.books() as books:
        models = books.models(book)
        return books.newest_line(book) >= max(first, 2 * models[-1].lines if models else 0)


def due_books(catalogue: Catalogue, *, first: int = FIRST_DUE) -> list[str]:
    """Every book that is due, in order of name."""
    with catalogue.books() as books:
        names = books.names()
    return [name for name in names if adaptation_due(catalogue, name, first=first)]


def _told(origin: LineOrigin | None) -> dict[str, str]:
    return {} if origin is None else {"document": origin.document_id, "grammar": origin.grammar}


def _correction(objects: ObjectStore, correction: ObjectKey, image: ObjectKey) -> Correction:
    record = json.loads(objects.get(correction))
    if record["image"] != image.name:
        raise CorruptObject(
            Message("Bản sửa thuộc dòng khác", f"the correction is of another line: {correction}"),
        )
    known = "document" in record and "grammar" in record
    origin = LineOrigin(document_id=str(record["document"]), grammar=str(record["grammar"])) if known else None
    return Correction(image=objects.get(image), text=str(record["text"]), origin=origin)
