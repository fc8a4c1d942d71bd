"""Where a file's results are put: store, catalogue, review crops, and the user's folder."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from pipeline.domain.errors import HotichError
from pipeline.domain.message import Message
from pipeline.records.contract import record_bytes
from storage.catalogue import Catalogue, Claim, StoredDocument, WorkKey
from storage.commit import Digitized, commit_documents
from storage.files import translated_os_errors
from storage.objects import ObjectStore
from workers.batch.inputs import InputFile
from workers.batch.output_folder import Delivery
from workers.batch.results import Fate, FileResult
from workers.jobs import FileRead

_UNSAFE = re.compile(r"[^A-Za-z0-9_.\[\]-]+")
_WORST = ("conflict", "unavailable", "not_found", "match", "not_checked")


class Shelf:
    """Stores one file's results: all of them in one commit, or none."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        objects: ObjectStore,
        crops: Path,
        actor: str,
        delivery: Delivery | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._objects = objects
        self._crops = crops
        self._actor = actor
        self._delivery = delivery

    def store(self, claim: Claim, file: InputFile, read: FileRead) -> list[StoredDocument]:
        """Original, archival PDF, records, audit entries: one commit, or HotichError and nothing stored."""
        self._store_crops(read)
        pdf = Path(read.pdf)
        documents = [
            Digitized(record=record, record_json=record_bytes(record), archival=pdf) for record in read.records
        ]
        stored = commit_documents(
            self._objects, self._catalogue, claim, original=file.path, documents=documents, actor=self._actor
        )
        return _newest(stored)

    def set_aside(self, claim: Claim, error: HotichError) -> None:
        self._catalogue.set_aside(claim, code=error.code, message=error.message, actor=self._actor)

    def documents(self, key: WorkKey) -> list[StoredDocument]:
        """What this work made: the newest revision of each document, in reading order."""
        return _newest(self._catalogue.documents_of(key))

    def deliver(self, name: str, documents: Sequence[StoredDocument]) -> None:
        """Copies for the user, if a folder was named. Raises OutputRefused."""
        if self._delivery is not None:
            self._delivery.deliver(name, documents)

    def result(
        self, file: InputFile, documents: Sequence[StoredDocument], fate: Fate, *, pages: int | None = None
    ) -> FileResult:
        """The line that tells of these documents. `pages` is looked up when not given."""
        if pages is None:
            pages = self._pages(documents)
        types = {document.document_type for document in documents}
        outcomes = {document.register_outcome for document in documents}
        return FileResult(
            file=file.name,
            status=fate,
            records=tuple(document.document_id for document in documents),
            document_type=types.pop() if len(types) == 1 else ("mixed" if types else None),
            accepted=sum(document.accepted for document in documents),
            review=sum(document.review + document.rejected for document in documents),
            pages=pages,
            register=next((outcome for outcome in _WORST if outcome in outcomes), None),
        )

    def _pages(self, documents: Sequence[StoredDocument]) -> int:
        if not documents:
            return 0
        return int(json.loads(self._objects.get(documents[0].json))["source"]["pages"])

    def _store_crops(self, read: FileRead) -> None:
        for crop in read.crops:
            path = crop_path(self._crops, read.records[crop.record].document_id, crop.field)
            with translated_os_errors(Message("ghi ảnh trích", "writing a crop")):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(crop.jpeg)


def crop_path(folder: Path, document_id: str, field: str) -> Path:
    """Where the picture of a doubtful field lies."""
    return folder / _UNSAFE.sub("_", document_id) / f"{_UNSAFE.sub('_', field)}.jpg"


def _newest(documents: Sequence[StoredDocument]) -> list[StoredDocument]:
    newest: dict[str, StoredDocument] = {}
    for document in documents:
        known = newest.get(document.document_id)
        if known is None or known.revision < document.revision:
            newest[document.document_id] = document
    return sorted(newest.values(), key=lambda document: document.ordinal)
