"""Pages missing or doubled among the files of a batch: the acts of each book run through them in the files' order."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePosixPath

from pipeline.domain.model import CivilRecord, DocumentType
from pipeline.page_ledger import Place
from pipeline.records.book_pages import Break, Seen, acts_seen, breaks, pages_seen
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
    printed: dict[tuple[str, str], list[Seen]] = {}
    for result in results:
        pages: dict[tuple[str, str], dict[int, Sequence[int | None]]] = {}
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
                pages.setdefault((folder, named), {}).update((report.number, report.printed) for report in record.pages)
        unread = [p.number for p in result.ledger.elsewhere if p.place is not Place.SEPARATOR] if result.ledger else []
        for book, numbers in pages.items():
            printed.setdefault(book, []).extend(pages_seen(result.file, numbers, unread if len(pages) == 1 else ()))
    found: dict[str, list[Break]] = {}
    for book, records in books.items():
        for one in breaks(list(acts_seen(records)), printed.get(book, ())):
            found.setdefault(one.after.file, []).append(one)
    return [replace(result, breaks=tuple(found.get(result.file, ()))) for result in results]
