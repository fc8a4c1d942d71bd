"""Checks that everything is as it was stored: objects' digests, the hash chains, catalogue against store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from pipeline.domain.errors import HotichError
from pipeline.page_ledger import UNACCOUNTED, PageElsewhere
from pipeline.records.contract import read_record
from pipeline.records.file_ledger import read_ledger
from storage.catalogue import Catalogue, ChainReport, StoredDocument
from storage.errors import CorruptObject, ObjectMissing
from storage.holdings import check_reads
from storage.objects import ObjectKey, ObjectRole, ObjectStore
from storage.review import check_trail


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An object that a document, a file's page ledger or a book names and the store does not hold.

    Of a book: `document_id` is `book:` and its ID, `revision` the line's number or the model's version. Of a page
    ledger: `document_id` is `file:` and the name that the audit log has for it.
    """

    document_id: str
    revision: int
    kind: ObjectRole
    key: ObjectKey


@dataclass(frozen=True, slots=True, kw_only=True)
class LostPage:
    """A page of a source file, found under the name `file`, that is in no current record, not decided and not open for
    a person."""

    file: str
    sha256: str
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What a full check found. `orphans` are whole objects that nothing names: left by a commit that was cut off, or
    originals of files still being worked on. They do no harm and are no fault.
    """

    objects: int
    documents: int
    corrupt: tuple[ObjectKey, ...]
    missing: tuple[Missing, ...]
    orphans: tuple[ObjectKey, ...]
    chain: ChainReport
    unrecorded: tuple[str, ...]
    files: int = 0  # source files with current documents: the pages of each were counted
    lost_pages: tuple[LostPage, ...] = ()
    reads: ChainReport | None = None  # the service's log of reads; None where there is none
    trail: ChainReport | None = None  # the history of values at the review desk; None where there is none

    @property
    def ok(self) -> bool:
        chains = [chain for chain in (self.chain, self.reads, self.trail) if chain is not None]
        return all(chain.ok for chain in chains) and not (
            self.corrupt or self.missing or self.unrecorded or self.lost_pages
        )


def verify(
    objects: ObjectStore,
    catalogue: Catalogue,
    *,
    known_head: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> VerifyReport:
    """Reads every stored object and compares catalogue, audit log and store. Changes nothing.

    `known_head`: an audit head noted earlier. `progress` is called with the count of objects read. `unrecorded` names
    document revisions and page ledgers that are not the ones in the audit log. Raises the stores' errors only when one
    cannot be read at all.
    """
    named: dict[ObjectKey, list[tuple[str, int, ObjectRole]]] = {}
    stored: dict[str, str] = {}
    counted: dict[str, str] = {}
    for document in catalogue.all_documents():
        parts = {
            ObjectRole.ORIGINAL: document.original,
            ObjectRole.ARCHIVAL: document.archival,
            ObjectRole.RECORD: document.json,
        }
        for kind, key in parts.items():
            if key is not None:
                named.setdefault(key, []).append((document.document_id, document.revision, kind))
        stored[f"{document.document_id}@{document.revision}"] = document.json.name
    with catalogue.page_ledgers() as ledgers:
        for name, key in ledgers.all().items():
            named.setdefault(key, []).append((f"file:{name}", 0, ObjectRole.PAGES))
            counted[name] = key.name
    with catalogue.books() as books:
        for book, number, kind, key in books.objects():
            named.setdefault(key, []).append((f"book:{book}", number, kind))
    corrupt, orphans, seen = [], [], set()
    for count, key in enumerate(objects.keys(), start=1):
        seen.add(key)
        if not _is_whole(objects, key):
            corrupt.append(key)
        elif key not in named:
            orphans.append(key)
        if progress is not None:
            progress(count)
    missing = [
        Missing(document_id=document_id, revision=revision, kind=kind, key=key)
        for key in sorted(named.keys() - seen)
        for document_id, revision, kind in named[key]
    ]
    unrecorded = [*_unrecorded(catalogue, stored, "document.stored"), *_unrecorded(catalogue, counted, "pages.counted")]
    files, lost_pages = _lost_pages(objects, catalogue)
    return VerifyReport(
        objects=len(seen),
        documents=len(stored),
        corrupt=tuple(corrupt),
        missing=tuple(missing),
        orphans=tuple(orphans),
        chain=catalogue.verify_chain(known_head=known_head),
        unrecorded=tuple(unrecorded),
        files=files,
        lost_pages=tuple(lost_pages),
        reads=check_reads(catalogue.database),
        trail=check_trail(catalogue.database),
    )


def _is_whole(objects: ObjectStore, key: ObjectKey) -> bool:
    try:
        objects.open(key).close()
    except (CorruptObject, ObjectMissing):
        return False
    return True


def _unrecorded(catalogue: Catalogue, stored: dict[str, str], action: str) -> list[str]:
    """Catalogue and audit log must name the same objects, in both directions."""
    logged = {entry.subject: entry.digest for entry in catalogue.audit_entries() if entry.action == action}
    both = logged.keys() | stored.keys()
    return sorted(subject for subject in both if logged.get(subject) != stored.get(subject))


def _lost_pages(objects: ObjectStore, catalogue: Catalogue) -> tuple[int, list[LostPage]]:
    """How many files' pages were counted, and the pages that are nowhere: told from records and page ledgers alone.

    A file one of whose objects cannot be read is not counted: that object is named already.
    """
    with catalogue.page_ledgers() as ledgers:
        in_force = ledgers.in_force()
    files, lost = 0, []
    current = (document for document in catalogue.all_documents() if document.current)
    for sha256, documents in groupby(current, key=lambda document: document.source_sha256):
        try:
            missing = list(_pages_nowhere(objects, list(documents), in_force.get(sha256, [])))
        except HotichError:
            continue
        files += 1
        if missing:
            file = next(iter(catalogue.names(sha256)), "")
            lost += [LostPage(file=file, sha256=sha256, page=page) for page in missing]
    return files, lost


def _pages_nowhere(objects: ObjectStore, documents: list[StoredDocument], ledgers: list[ObjectKey]) -> Iterator[int]:
    """The pages of one file that neither its current records nor its ledgers account for."""
    records = [read_record(objects.get(document.json)) for document in documents]
    told = [read_ledger(objects.get(key)) for key in ledgers]
    pages = max([record.source.pages for record in records] + [ledger.pages for ledger in told])
    found = {report.number for record in records for report in record.pages}
    elsewhere: list[PageElsewhere] = [page for ledger in told for page in ledger.elsewhere]
    found |= {page.number for page in elsewhere if page.code != UNACCOUNTED}
    yield from (number for number in range(1, pages + 1) if number not in found)
