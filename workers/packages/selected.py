"""One document that is to be handed on, and what every kind of package makes of it."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cached_property

import pikepdf

from pipeline.domain.model import CivilRecord, FieldValue
from pipeline.judging.review.wording import paper_label
from pipeline.records.archival.decided import with_decisions
from storage.catalogue import FoundDocument
from storage.objects import ObjectKey, ObjectStore

_NUMBER = re.compile(r"\s*0*(\d+)")


@dataclass(frozen=True, kw_only=True)
class Selected:
    found: FoundDocument
    record: CivilRecord
    original: ObjectKey

    @property
    def code(self) -> str:
        return self.found.holding_code

    @property
    def title(self) -> str:
        return f"{paper_label(self.found.document_type, self.found.form)[0]} {self.code}"

    @cached_property
    def fields(self) -> dict[str, FieldValue]:
        return {field.name: field for field in self.record.fields}

    @property
    def pages(self) -> list[int]:
        """Numbers of its pages in the file it came in, in order."""
        return sorted({report.number for report in self.record.pages})

    def value(self, *names: str) -> str:
        """What the first of these fields that says something says, in its normal form where there is one."""
        for name in names:
            field = self.fields.get(name)
            if field is not None and (field.value or field.verbatim):
                return field.value or field.verbatim
        return ""

    def number(self) -> str:
        """The number of the act without what stands behind it and without leading zeros; empty where none was read."""
        match = _NUMBER.match(self.value("document_number", "registration_number"))
        return "" if match is None else match[1]

    def pdf(self, objects: ObjectStore) -> bytes | None:
        """The two-layer copy with the pages of this document alone and the text as people decided it; None where the
        archive has no copy of it."""
        if self.found.archival is None:
            return None
        copy = with_decisions(objects.get(self.found.archival), self.record, title=self.title)
        with pikepdf.open(io.BytesIO(copy)) as pdf:
            wanted = [page for page in self.pages if page <= len(pdf.pages)]
            if not wanted or len(wanted) == len(pdf.pages):
                return copy
            for at in range(len(pdf.pages) - 1, -1, -1):
                if at + 1 not in wanted:
                    del pdf.pages[at]
            pdf.remove_unreferenced_resources()
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True)
        return out.getvalue()
