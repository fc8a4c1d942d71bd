"""Two photos of one card, its front and its back, each a file of its own: judged as one document.

Each file is read and kept by itself; only the verdict sees them joined. The pages of a joined record are numbered
through, and `Joined.place_of` gives the file and page of such a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.domain.model import CivilRecord, FieldValue, Status
from pipeline.forms.sides_seen import sides_seen
from pipeline.values import folded_key

_TELL_APART = ("personal_id", "old_national_id", "date_of_birth", "full_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """One document as it is judged. `parts`: the file's name and its last page's number, for each file in it."""

    record: CivilRecord
    parts: tuple[tuple[str, int], ...]

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.parts)

    def place_of(self, page: int | None) -> tuple[str, int | None]:
        """The file and its own page for a page of the joined record."""
        before = 0
        for name, last in self.parts:
            if page is None or page <= last:
                return name, None if page is None else page - before
            before = last
        return self.parts[-1][0], page


def join_sides(records: Iterable[CivilRecord]) -> list[Joined]:
    """The records in their order; two of different files that are the two sides of one card are joined into one.

    They are of one type and form, show different sides, and agree in every field that identifies a person.
    """
    documents: list[Joined] = []
    for record in records:
        single = Joined(record=record, parts=((record.source.file, max(record.source.pages, 1)),))
        at = next((n for n, other in enumerate(documents) if _belong_together(other, single)), None)
        if at is None:
            documents.append(single)
        else:
            documents[at] = _join(documents[at], single)
    return documents


def _belong_together(first: Joined, second: Joined) -> bool:
    a, b = first.record, second.record
    if len(first.parts) > 1 or first.files == second.files or (a.document_type, a.form) != (b.document_type, b.form):
        return False
    sides_a, sides_b = sides_seen(a), sides_seen(b)
    if not sides_a or not sides_b or set(sides_a) & set(sides_b):
        return False
    return not any(_differ(a, b, name) for name in _TELL_APART)


def _differ(a: CivilRecord, b: CivilRecord, name: str) -> bool:
    # Compared without diacritics, since the machine-readable lines have none.
    first, second = (_values(record, name) for record in (a, b))
    return bool(first and second and not first & second)


def _values(record: CivilRecord, name: str) -> set[str]:
    return {folded_key(field.value) for field in record.fields if field.name == name and field.value}


def _join(first: Joined, second: Joined) -> Joined:
    """The front's fields first; of the other side only the fields that the front has no value of."""
    if "front" in sides_seen(second.record):
        first, second = second, first
    offset = first.parts[-1][1]
    a, b = first.record, second.record
    stated = {field.name for field in a.fields if field.value}
    moved = [_moved(field, offset) for field in b.fields if field.name not in stated]
    names = {field.name for field in moved}
    pages = tuple(replace(report, number=report.number + offset) for report in b.pages)
    sure = [c for c in (a.type_confidence, b.type_confidence) if c is not None]
    record = a.evolve(
        fields=(*(field for field in a.fields if field.name in stated or field.name not in names), *moved),
        pages=(*a.pages, *pages),
        findings=tuple(dict.fromkeys((*a.findings, *b.findings))),
        type_confidence=min(sure) if len(sure) == 2 else None,
        status=max(a.status, b.status, key=list(Status).index),
        validation=a.validation if a.validation.outcome != "not_checked" else b.validation,
    )
    parts = (*first.parts, *((name, last + offset) for name, last in second.parts))
    return Joined(record=record, parts=parts)


def _moved(field: FieldValue, offset: int) -> FieldValue:
    return field.evolve(page=field.page + offset)


def documents_of(joined: Sequence[Joined], file: str) -> list[str]:
    """The ids of the judged documents that this file is part of."""
    return [document.record.document_id for document in joined if file in document.files]
