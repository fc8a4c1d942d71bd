"""A record's values in the form that checks need: by name, by person, dates as spans of days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pipeline.domain.model import DocumentType, FieldValue

_ISO = re.compile(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days a date of any precision may mean."""

    first: date
    last: date

    @staticmethod
    def of(value: str | None) -> Span | None:
        """From ISO at day, month or year precision; None for anything else."""
        match = _ISO.match(value or "")
        if match is None:
            return None
        year, month, day = (int(part) if part else None for part in match.groups())
        try:
            if year is None:
                return None
            if month is None:
                return Span(first=date(year, 1, 1), last=date(year, 12, 31))
            if day is None:
                after = date(year + month // 12, month % 12 + 1, 1)
                return Span(first=date(year, month, 1), last=date.fromordinal(after.toordinal() - 1))
            exact = date(year, month, day)
        except ValueError:
            return None
        return Span(first=exact, last=exact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the checks see of one record."""

    document_type: DocumentType
    form: str | None
    fields: Mapping[str, FieldValue]

    @staticmethod
    def of(document_type: DocumentType, form: str | None, fields: Iterable[FieldValue]) -> Record:
        return Record(document_type=document_type, form=form, fields={field.name: field for field in fields})

    def value(self, name: str) -> str | None:
        field = self.fields.get(name)
        return field.value if field is not None and field.value else None

    def span(self, name: str) -> Span | None:
        return Span.of(self.value(name))

    def members(self) -> list[str]:
        """Prefixes of the persons of a household, in order: "members[0].", ..."""
        numbers = {int(m.group(1)) for name in self.fields if (m := re.match(r"members\[(\d+)\]\.", name))}
        return [f"members[{number}]." for number in sorted(numbers)]

    def persons(self) -> list[str]:
        """Prefixes of everybody who has fields named like a person's: "" is the paper's subject."""
        return ["", *self.members()]
