"""Checks that everything is as it was stored: objects' digests, the hash chains, catalogue against store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from storage.catalogue import Catalogue, ChainReport
from storage.errors import CorruptObject, ObjectMissing
from storage.holdings import check_reads
from storage.objects import ObjectKey, ObjectRole, ObjectStore
from storage.review import check_trail


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An object that a document, or a book, names and the store does not hold.

    Of a book: `document_id` is `book:` and its ID, `revision` the line's number or the model's version.
    """

    document_id: str
    revision: int
    kind: ObjectRole
    key: ObjectKey


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
    reads: ChainReport | None = None  # the service's log of reads; None where there is none
    trail: ChainReport | None = None  # the history of values at the review desk; None where there is none

    @property
    def ok(self) -> bool:
        chains = [chain for chain in (self.chain, self.reads, self.trail) if chain is not None]
        return all(chain.ok for chain in chains) and not (self.corrupt or self.missing or self.unrecorded)


def verify(
    objects: ObjectStore,
    catalogue: Catalogue,
    *,
    known_head: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> VerifyReport:
    """Reads every stored object and compares catalogue, audit log and store. Changes nothing.

    `known_head`: an audit head noted earlier. `progress` is called with the count of objects read. `unrecorded` names
    document revisions whose record is not the one in the audit log. Raises the stores' errors only when one cannot be
    read at all.
    """
    named: dict[ObjectKey, list[tuple[str, int, ObjectRole]]] = {}
    stored: dict[str, str] = {}
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
    return VerifyReport(
        objects=len(seen),
        documents=len(stored),
        corrupt=tuple(corrupt),
        missing=tuple(missing),
        orphans=tuple(orphans),
        chain=catalogue.verify_chain(known_head=known_head),
        unrecorded=tuple(_unrecorded(catalogue, stored)),
        reads=check_reads(catalogue.database),
        trail=check_trail(catalogue.database),
    )


def _is_whole(objects: ObjectStore, key: ObjectKey) -> bool:
    try:
        objects.open(key).close()
    except (CorruptObject, ObjectMissing):
        return False
    return True


def _unrecorded(catalogue: Catalogue, stored: dict[str, str]) -> list[str]:
    """Documents and audit log must name the same records, in both directions."""
    logged = {entry.subject: entry.digest for entry in catalogue.audit_entries() if entry.action == "document.stored"}
    both = logged.keys() | stored.keys()
    return sorted(subject for subject in both if logged.get(subject) != stored.get(subject))
