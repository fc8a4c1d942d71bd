"""The one way of a scan into the archive, whoever brings it: claimed, read, committed or given back.

A batch claims before it reads, so that no two processes read one file; a submission is read first, because its verdict
decides whether it is kept. Both take and close their claims here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.domain.errors import HotichError, InputError
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord
from pipeline.page_ledger import PageLedger, ledger_of
from pipeline.records.contract import record_bytes
from storage.catalogue import Catalogue, Claim, StoredDocument, UnitOfWork, WorkItem, WorkKey, WorkState
from storage.commit import Digitized, commit_documents, heal_original
from storage.errors import ClaimLost, StoreBusy
from storage.objects import ObjectKey, ObjectStore
from storage.objects.paper_class import NO_PAPER, Classes
from workers.jobs import FileRead
from workers.patience import Patience
from workers.seen_before import seen_before_in

Also = Callable[[UnitOfWork, list[StoredDocument]], None]
"""What is to change in the same transaction, given the stored documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What one commit stored: the newest revision of each document in reading order; and as far as they are at hand
    the records, by their documents, and the page ledger, so that nobody asks the store for what it was just given."""

    documents: list[StoredDocument]
    records: Mapping[str, CivilRecord] = field(default_factory=dict)
    ledger: PageLedger | None = None


class ArchiveReading:
    """Claims, commits and releases over one catalogue and one object store. Safe from several threads.

    Every method is one transaction and raises only `HotichError`s.
    """

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        objects: ObjectStore,
        actor: str,
        suspect: Collection[ObjectKey] = (),
        import_id: str = "",
        of: Classes = NO_PAPER,
        alone: bool = False,
    ) -> None:
        """`actor`: who does it, as the audit log notes it. `suspect`: originals that a check found damaged.
        `import_id`: the import that all this is; empty: none. `of`: classes of all these papers besides those of their
        types. `alone`: what another release is reading is left to it."""
        self._of = of
        self._alone = alone
        self._suspect = frozenset(suspect)
        self._catalogue = catalogue
        self._objects = objects
        self._actor = actor
        self._import_id = import_id

    def claim(
        self, key: WorkKey, *, name: str, size: int, retry_set_aside: bool = False, place: str | None = None
    ) -> WorkItem:
        """Notes the source file and takes its work, and notes where it lies then; without a claim in the answer
        somebody else did, or does it."""
        return self._catalogue.claim(
            key, name=name, size=size, retry_set_aside=retry_set_aside, alone=self._alone, place=place,
            actor=self._actor,
        )  # fmt: skip

    def found(self, sha256: str, place: str) -> list[str]:
        """Notes where a known source file was found; where it was found before, if this place is a new one."""
        return self._catalogue.found(sha256, place=place, actor=self._actor)

    def see_again(self, sha256: str, original: Path) -> bool:
        """A file that is stored came once more: it heals the stored original where that is missing, cut or was found
        damaged by a check, unless its papers were removed for good. Whether it did. Raises the stores' errors."""
        key = ObjectKey(sha256)
        if key not in self._suspect and self._objects.size(key) == original.stat().st_size:
            return False
        if self._catalogue.removed(sha256):
            return False
        return heal_original(self._objects, self._catalogue, original, key, actor=self._actor)

    def commit(self, claim: Claim, read: FileRead, *, original: Path, also: Also | None = None) -> Kept:
        """Original, archival copy, records and audit entries: one commit, or `HotichError` and nothing stored.

        Records say what was seen before (`workers.seen_before`).
        """
        archival = Path(read.pdf)
        records = seen_before_in(read.records, catalogue=self._catalogue, objects=self._objects)
        documents = [
            Digitized(record=record, record_json=record_bytes(record), archival=archival) for record in records
        ]
        stored = commit_documents(
            self._objects,
            self._catalogue,
            claim,
            original=original,
            documents=documents,
            actor=self._actor,
            elsewhere=read.elsewhere,
            page_texts=read.texts,
            of=self._of,
            also=lambda unit, stored: self._also(unit, stored, claim.key, also),
        )
        return Kept(
            documents=newest_revisions(stored),
            records={record.document_id: record for record in records},
            ledger=ledger_of(records, read.elsewhere) if records else None,
        )

    def commit_patiently(self, claim: Claim, read: FileRead, *, original: Path, patience: Patience) -> Kept:
        """`commit`, tried again while a store is away. One that came through although its answer was lost counts."""
        tried = False

        def step() -> Kept:
            nonlocal tried
            try:
                return self.commit(claim, read, original=original)
            except ClaimLost:
                item = self._catalogue.item(claim.key) if tried else None
                if item is None or item.state is not WorkState.DONE or item.attempts != claim.attempt:
                    raise
                return Kept(documents=newest_revisions(self._catalogue.documents_of(claim.key)))
            finally:
                tried = True

        return patience.do(step)

    def _also(self, unit: UnitOfWork, stored: list[StoredDocument], key: WorkKey, also: Also | None) -> None:
        if self._import_id:
            unit.imports.note(self._import_id, key.work_id, actor=self._actor)
        if also is not None:
            also(unit, stored)

    def give_back(self, claim: Claim, error: HotichError) -> None:
        """Closes a claim that came to nothing: an input at fault is set aside, a machine at fault leaves it to be done.

        A store that is out of reach changes nothing: the claim then ends with its lease.
        """
        with suppress(HotichError):
            if isinstance(error, InputError) and error.code != "input.changed":
                self._catalogue.set_aside(claim, code=error.code, message=error.message, actor=self._actor)
            else:
                self._catalogue.release(claim, code=error.code, message=error.message)

    def release(self, claim: Claim) -> None:
        """Gives back what was stopped before its end: the next run takes it."""
        with suppress(HotichError):
            self._catalogue.release(claim, code="work.stopped")

    def archive(self, key: WorkKey, read: FileRead, *, name: str, original: Path, also: Also | None = None) -> bool:
        """Claims and commits what was read before; False when the same was stored before (`also` is not called then).

        Raises `StoreBusy` while another process does it, and what `commit` raises; nothing is stored then.
        """
        item = self.claim(key, name=name, size=original.stat().st_size, retry_set_aside=True)
        if item.claim is None:
            if item.state is WorkState.DONE:
                return False
            raise StoreBusy(Message("Tệp này đang được xử lý nơi khác", "This file is being worked on elsewhere"))
        try:
            self.commit(item.claim, read, original=original, also=also)
        except BaseException:
            self.release(item.claim)
            raise
        return True


def newest_revisions(documents: Sequence[StoredDocument]) -> list[StoredDocument]:
    """The newest revision of each document, in reading order."""
    newest: dict[str, StoredDocument] = {}
    for document in documents:
        known = newest.get(document.document_id)
        if known is None or known.revision < document.revision:
            newest[document.document_id] = document
    return sorted(newest.values(), key=lambda document: document.ordinal)
