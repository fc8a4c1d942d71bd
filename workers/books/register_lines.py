"""Lines of a book with what the population register says stands in them: what a register teaches from.

Whom a line is of is told without the line: by everything else that the paper says of that person. So the line's own
reading never chooses the text that it is then taught.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from ocr_models.adaptation.lines import CorrectedLine
from ocr_models.adaptation.teach import ProposedLine
from pipeline.domain.errors import InputError
from pipeline.domain.geometry import Quad
from pipeline.domain.model import CivilRecord, FieldSource, FieldValue
from pipeline.judging.review.learning import line_text
from pipeline.judging.review.places import grammar_of
from pipeline.records.contract import read_record
from pipeline.settling.register import (
    NOT_IN_THE_REGISTER,
    Claims,
    RegisterAnswer,
    claims_about,
    register_name,
    subjects,
)
from storage.catalogue import Catalogue, StoredDocument
from storage.objects import ObjectStore
from workers.spool import working_folder
from workers.view_jobs import Shown

NAMED = 0.99
"""How likely the person must be of whom the rest of the paper speaks."""

_ISO = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


class AskedRegister(Protocol):
    """A register that also tells what is registered of the person it named; see `storage.register`."""

    def look_up(self, claims: Claims) -> RegisterAnswer: ...

    def person(self, register_id: str) -> Mapping[str, str]: ...


class LineCutter(Protocol):
    """Cuts a line out of an original in a bounded process: `workers.view_renderer.ViewRenderer`."""

    def reading_line(self, path: Path, *, sha256: str, page: int, box: Quad) -> Future[Shown]: ...


def register_lines(
    book: str,
    *,
    catalogue: Catalogue,
    objects: ObjectStore,
    register: AskedRegister,
    cutter: LineCutter,
    working: Path | None = None,
) -> Iterator[ProposedLine]:
    """Every line of the book's stored documents that the register has a text for, as its readers get it.

    Of each document the newest revision counts that no register-taught model read: what the register taught must not
    lead back to it. Values that people decided are left out: these lines are kept as corrected ones. A place that
    cannot be cut out any more is passed over. `working`: where originals lie meanwhile. Raises
    the stores' errors and what the cutter's process says.
    """
    for document, record in _documents(catalogue, objects, book):
        found = list(_texts(record, register))
        if not found:
            continue
        with working_folder(working) as folder:
            original = folder / "original"
            with objects.open(document.original) as source, original.open("wb") as copy:
                while block := source.read(1 << 20):
                    copy.write(block)
            for field, text in found:
                image = _cut(cutter, original, document, field)
                if image is not None:
                    source_name = f"{document.document_id}/{document.revision}/{field.name}"
                    yield ProposedLine(CorrectedLine(image, text), source_name)


def _documents(catalogue: Catalogue, objects: ObjectStore, book: str) -> Iterator[tuple[StoredDocument, CivilRecord]]:
    newest: dict[tuple[str, int], tuple[StoredDocument, CivilRecord]] = {}
    for document in catalogue.documents_of_book(book):
        record = read_record(objects.get(document.json))
        place = (document.source_sha256, document.ordinal)
        later = place not in newest or _age(document) > _age(newest[place][0])
        if later and not record.provenance.taught_by_register:
            newest[place] = (document, record)
    yield from newest.values()


def _age(document: StoredDocument) -> tuple[str, int]:
    return document.committed_at, document.revision


def _cut(cutter: LineCutter, original: Path, document: StoredDocument, field: FieldValue) -> bytes | None:
    digest = document.original.sha256
    try:
        return cutter.reading_line(original, sha256=digest, page=field.page, box=field.box).result().picture
    except InputError:
        return None


def _texts(record: CivilRecord, register: AskedRegister) -> Iterator[tuple[FieldValue, str]]:
    """Fields that were read as ink, each with the text that the register has for its line."""
    if record.document_type in NOT_IN_THE_REGISTER:
        return
    for prefix in subjects(record.document_type, [field.name for field in record.fields if field.value]):
        for field in record.fields:
            name = register_name(field.name, prefix=prefix)
            if name is None or field.source is not FieldSource.TEXT or not field.verbatim:
                continue
            registered = _registered(record, field, name, prefix, register)
            grammar = grammar_of(record.document_type, record.form, field.name)
            text = line_text(grammar, read=field.verbatim, decided=registered, box=field.box) if registered else None
            if text is not None:
                yield field, text


def _registered(record: CivilRecord, field: FieldValue, name: str, prefix: str, register: AskedRegister) -> str | None:
    """What is registered in this place of the person whom the rest of the paper names."""
    others = [other for other in record.fields if other.name != field.name]
    claims = _without(claims_about(record.document_type, others, prefix), name)
    answer = register.look_up(claims)
    if answer.register_id is None or (answer.match_probability or 0.0) < NAMED:
        return None
    value = register.person(answer.register_id).get(name, "")
    return _as_written(value) if name == "date_of_birth" else value


def _without(claims: Claims, name: str) -> Claims:
    return Claims(fields={other: claim for other, claim in claims.fields.items() if other != name})


def _as_written(date: str) -> str:
    """A registered date in the order in which papers have it: 1957-03-08 is 08/03/1957."""
    parts: Iterable[str | None] = reversed(found.groups()) if (found := _ISO.fullmatch(date)) else [date]
    return "/".join(part for part in parts if part)
