"""What happens with one submission between its receipt and its answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta, timezone
from functools import partial

from pipeline.domain.errors import HotichError, InputError
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType, Provenance
from pipeline.judging.verdict import (
    DocumentVerdict,
    Outcome,
    Submitted,
    Unreadable,
    Verdict,
    identity_of,
    judge,
    procedure,
)
from service.submissions.answering import STATES, Places, verdict_model
from service.submissions.deciding import notices_of
from service.submissions.joining import Joined, documents_of, join_sides
from service.submissions.keeping import is_mixed, is_to_be_kept, with_mixed_files
from service.submissions.proof import proof_of
from service.submissions.registered import PopulationRegister, registered_values
from service.wire.keys import Keys
from storage.catalogue import StoredDocument, UnitOfWork, WorkKey
from storage.objects import ObjectKey
from storage.objects.paper_class import Classes, classes_of
from storage.office.store import OfficeStore, OfficeTables
from storage.submissions import Decision, State, Submission
from storage.submissions.tray import Slot, Tray
from workers.archive_reading import ArchiveReading
from workers.errors import ReadingFailed
from workers.jobs import FileRead
from workers.scan_reader import ScanReader

_log = logging.getLogger(__name__)
_FAULT = "internal.error"  # of the program, as a reading process reports it
_VIETNAM = timezone(timedelta(hours=7))
_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "application/pdf": ".pdf",
}


_FAILED = Message(
    "Chương trình hai lần không đọc được tệp này; hãy gửi lại ở dạng PDF hoặc JPEG, hoặc mang giấy tờ đến",
    "The program failed twice over this file; send it again as PDF or JPEG, or bring the paper",
)


@dataclass(frozen=True, slots=True)
class _File:
    """One file of a submission on its way: what was read of it, or why it could not be."""

    ordinal: int
    name: str
    sha256: str
    reading: FileRead | None
    trouble: InputError | None

    @property
    def records(self) -> tuple[CivilRecord, ...]:
        return self.reading.records if self.reading else ()


class Processor:
    """Reads, judges, stores: `process` takes one submission to its answer, in one commit at the end.

    Called again after a crash at any point it ends in the same state: what is archived is named by its content,
    the ledger knows what was read, and an answered submission is left alone.
    """

    def __init__(
        self,
        *,
        store: OfficeStore,
        archive: ArchiveReading,
        tray: Tray,
        reader: ScanReader,
        provenance: Provenance,
        keys: Keys,
        register: PopulationRegister | None,
        on_page: Callable[[str, int], None],
        on_stored: Callable[[], object],
    ) -> None:
        self._store = store
        self._archive = archive
        self._tray = tray
        self._reader = reader
        self._provenance = provenance
        self._keys = keys
        self._register = register
        self._on_page = on_page
        self._on_stored = on_stored

    def unfinished(self) -> list[str]:
        """What is to be read: submissions without an answer whose files lie here, in the order they came.

        Files of submissions that are answered for good, or that were never recorded, are removed: call it before any
        comes in.
        """
        with self._store.read() as tables:
            waiting, held = tables.submissions.open_ids(), tables.rulings.held()
        here = set(self._tray.ids())
        for submission_id in here - set(waiting) - held:
            self._tray.slot(submission_id).discard()
        for submission_id in (here & held) - set(waiting):
            self._clear(submission_id, self._tray.slot(submission_id))
        return [submission_id for submission_id in waiting if submission_id in here]

    def process(self, submission_id: str) -> None:
        """Takes it to its answer. Raises `HotichError` when the machine cannot now: then nothing has changed."""
        slot = self._tray.slot(submission_id)
        with self._store.read() as tables:
            submission = tables.submissions.by_id(submission_id)
        if submission is not None and submission.verdict is None:
            files = self._read(submission, slot)
            try:
                self._answer(submission, slot, files)
            finally:
                for file in files:
                    if file.reading is not None:
                        file.reading.discard()
        self._clear(submission_id, slot)
        self._on_stored()

    def _clear(self, submission_id: str, slot: Slot) -> None:
        """Removes the files, but for those that a person has to see and that are kept nowhere else: these are sealed
        where such papers are encrypted. Where that cannot be done now the next start does it."""
        with self._store.read() as tables:
            held = submission_id in tables.rulings.held()
            submission = tables.submissions.by_id(submission_id)
        if submission is None or not held:
            slot.discard()
            return
        for ordinal, file in enumerate(submission.files, start=1):
            if file.object is not None:
                slot.drop(ordinal)
                continue
            try:
                slot.stays(ordinal, _classes(submission, ordinal))
            except HotichError as error:
                _log.error("submission.not_sealed code=%s", error.code)

    def _read(self, submission: Submission, slot: Slot) -> list[_File]:
        """All files at once, so that several readers share one submission."""
        begun: list[tuple[int, str, str, Callable[[], Future[FileRead]], Future[FileRead]]] = []
        done_pages = [0] * (len(submission.files) + 1)

        def progress(ordinal: int) -> Callable[[int], None]:
            def on_page(page: int) -> None:
                done_pages[ordinal] = max(done_pages[ordinal], page)
                self._on_page(submission.submission_id, sum(done_pages))

            return on_page

        for ordinal, file in enumerate(submission.files, start=1):
            name = f"{submission.submission_id}/{ordinal}{_ENDINGS.get(file.media_type, '')}"
            submit = partial(
                self._reader.submit, slot.file(ordinal), name=name, sha256=file.sha256, on_page=progress(ordinal)
            )
            begun.append((ordinal, name, file.sha256, submit, submit()))
        files: list[_File] = []
        for ordinal, name, sha256, again, future in begun:
            try:
                files.append(_File(ordinal, name, sha256, _read_or_again(future, again), None))
            except InputError as error:
                files.append(_File(ordinal, name, sha256, None, error))
        return files

    def _answer(self, submission: Submission, slot: Slot, files: Sequence[_File]) -> None:
        joined = join_sides(record for file in files for record in file.records)
        verdict = self._judge(submission, files, joined)
        kept = self._kept(verdict, files, joined)
        documents = {record.document_id: record.holding_code for file in kept for record in file.records}
        state = STATES[verdict.outcome]
        places = Places({file.name: file.ordinal for file in files}, joined)
        model = verdict_model(verdict, places, documents, to_compare=state is State.IN_REVIEW)
        records = [record for file in files for record in file.records]
        decision = Decision(
            state=state,
            outcome=verdict.outcome.value,
            verdict=model.model_dump(mode="json"),
            documents=list(documents.items()),
            keep_declared=bool(kept) or state is State.IN_REVIEW,
            proof=proof_of(self._keys, submission.code, submission.declared, records),
            notices=self._notices(submission),
            turns={file.ordinal: _turns(file.records) for file in files},
        )
        self._commit(submission, slot, kept, decision)

    def _judge(self, submission: Submission, files: Sequence[_File], joined: Sequence[Joined]) -> Verdict:
        folder = f"{submission.submission_id}/"
        wanted = procedure(submission.procedure)
        verdict = judge(
            wanted,
            self._submitted(submission, joined),
            submission.declared,
            today=self._store.clock().astimezone(_VIETNAM).date(),
            unreadable=[
                Unreadable(file=file.name, code=file.trouble.code, message=file.trouble.message.without(folder))
                for file in files
                if file.trouble is not None
            ],
        )
        mixed = [file.name for file in files if is_mixed(wanted, _documents_in(verdict, file, joined))]
        return with_mixed_files(verdict, mixed)

    def _submitted(self, submission: Submission, joined: Sequence[Joined]) -> list[Submitted]:
        """The documents with the codes they are held under already, if this office may know of it."""
        identities = {one.record.document_id: identity_of(one.record) for one in joined}
        asked = [identity for identity in identities.values() if identity is not None]
        held: dict[str, tuple[str, str]] = {}
        if asked:
            with self._store.read() as tables:
                held = tables.holdings.by_identity(asked, offices=(submission.office, ""))
        out = []
        for one in joined:
            document_id, code = held.get(identities[one.record.document_id] or "", ("", None))
            out.append(Submitted(record=one.record, held_as=None if document_id == one.record.document_id else code))
        return registered_values(self._register, procedure(submission.procedure), out, submission.declared)

    def _notices(self, submission: Submission) -> list[tuple[str, str]]:
        """What is to be told of the answer, and how."""
        with self._store.read() as tables:
            return notices_of(tables, self._keys, submission)

    def _kept(self, verdict: Verdict, files: Sequence[_File], joined: Sequence[Joined]) -> list[_File]:
        """The files to be archived: none of a submission that must come again, none that nobody asked to keep."""
        if verdict.outcome is Outcome.RETAKE:
            return []
        wanted = procedure(verdict.procedure)
        return [file for file in files if is_to_be_kept(wanted, _documents_in(verdict, file, joined))]

    def _commit(self, submission: Submission, slot: Slot, kept: Sequence[_File], decision: Decision) -> None:
        """The archive's commits, the answer in the transaction of the last one."""
        decided = False
        for file in kept:
            last = file is kept[-1]

            def also(unit: UnitOfWork, _stored: list[StoredDocument], file: _File = file, last: bool = last) -> None:
                tables = OfficeTables.over(unit.connection, self._store.clock)
                tables.submissions.note_archived(submission.submission_id, file.ordinal, ObjectKey(file.sha256))
                if last:
                    tables.submissions.decide(submission.submission_id, decision)

            decided = self._keep(slot, file, also) and last
        if not decided:
            with self._store.write() as tables:
                for file in kept:
                    tables.submissions.note_archived(submission.submission_id, file.ordinal, ObjectKey(file.sha256))
                tables.submissions.decide(submission.submission_id, decision)

    def _keep(self, slot: Slot, file: _File, also: Callable[[UnitOfWork, list[StoredDocument]], None]) -> bool:
        """Stores one file and its records; False when they were stored before (`also` is not called then)."""
        assert file.reading is not None
        key = WorkKey.of(file.sha256, self._provenance)
        return self._archive.archive(key, file.reading, name=file.name, original=slot.file(file.ordinal), also=also)


def _read_or_again(future: Future[FileRead], submit: Callable[[], Future[FileRead]]) -> FileRead:
    """What was read, at the second try where the program fell over the file at the first.

    Raises `ReadingFailed` when it does so again: a person is told, since further tries would end alike.
    """
    try:
        return future.result()
    except HotichError as error:
        if error.code != _FAULT:
            raise
        _log.error("submission.reading_failed code=%s reason=%s", error.code, error.message.en)
    try:
        return submit().result()
    except HotichError as error:
        if error.code != _FAULT:
            raise
        raise ReadingFailed(_FAILED, page=error.page) from error


def _classes(submission: Submission, ordinal: int) -> Classes:
    """Of what papers a file is, as far as its verdict says."""
    told = (submission.verdict or {}).get("documents", ())
    kinds = [DocumentType(one["document_type"]) for one in told if one.get("file") == ordinal]
    return classes_of(kinds, handed_in=True)


def _turns(records: Sequence[CivilRecord]) -> list[int]:
    """How many degrees clockwise make each page of a file upright; 0 for pages in no record."""
    turns = {report.number: report.rotation for record in records for report in record.pages}
    return [turns.get(page, 0) for page in range(1, max(turns, default=1) + 1)]


def _documents_in(verdict: Verdict, file: _File, joined: Sequence[Joined]) -> list[DocumentVerdict]:
    ids = documents_of(joined, file.name)
    return [document for document in verdict.documents if document.document_id in ids]
