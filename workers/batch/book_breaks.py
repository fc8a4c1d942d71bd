"""Pages missing or doubled among the files of a batch: the acts of each book run through them in the files' order."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePosixPath

from pipeline.domain.model import CivilRecord, DocumentType
from pipeline.records.book_pages import Break, acts_seen, breaks
from pipeline.records.contract import NotARecord, read_record
from storage.catalogue import Catalogue
from storage.errors import CorruptObject, ObjectMissing
from storage.objects import ObjectStore
from workers.batch.results import FileResult


def with_breaks(results: Sequence[FileResult], *, catalogue: Catalogue, objects: ObjectStore) -> list[FileResult]:
    """The results in their order; each with the breaks after which it goes on.

    A book is what lies in one folder, or what a separator sheet says it is. A paper read before counts too, a damaged
    record does not: `hotich verify` tells of it. Raises the stores' other errors.
    """
    books: dict[tuple[str, str], list[CivilRecord]] = {}
    for result in results:
        for number in result.records:
            document = catalogue.document(number)
            if document is None or document.document_type != DocumentType.BIRTH_REGISTER_ENTRY.value:
                continue
            named = (result.ledger.book_of(number) if result.ledger else None) or ""
            folder = "" if named else str(PurePosixPath(result.file).parent)
            with suppress(CorruptObject, ObjectMissing, NotARecord):
                record = read_record(objects.get(document.json))
                source = record.source.evolve(file=result.file)
                books.setdefault((folder, named), []).append(record.evolve(source=source))
    found: dict[str, list[Break]] = {}
    for records in books.values():
        for one in breaks(list(acts_seen(records))):
            found.setdefault(one.after.file, []).append(one)
    return [replace(result, breaks=tuple(found.get(result.file, ()))) for result in results]
