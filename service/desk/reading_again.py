"""A paper's file read again on demand, by what reads here now; what people decided stays."""

from __future__ import annotations

import logging
import secrets
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from threading import Lock

from pipeline.domain.errors import HotichError
from pipeline.domain.message import Message
from pipeline.domain.model import Provenance
from service.wire.errors import Conflict
from storage.catalogue import Catalogue, StoredDocument, WorkKey
from storage.files import remove_whole, translated_os_errors
from storage.objects import ObjectStore
from storage.objects.paper_class import PaperClass
from storage.paper_classes import classes_of_object
from workers.archive_reading import ArchiveReading
from workers.scan_reader import ScanReader

_log = logging.getLogger(__name__)
_MOST_REMEMBERED = 1000


class Again(StrEnum):
    """Where reading a file again is."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class ReadingAgain:
    """One file after the other, beside what comes in. What was asked and not read when the service stops is forgotten:
    nothing changed then."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        objects: ObjectStore,
        reader: ScanReader,
        provenance: Provenance,
        folder: Path,
        on_stored: Callable[[], object],
    ) -> None:
        """`folder`: where originals lie while they are read. `on_stored` is called after each."""
        self._catalogue = catalogue
        self._objects = objects
        self._reader = reader
        self._provenance = provenance
        self._folder = folder
        self._on_stored = on_stored
        self._states: dict[str, Again] = {}
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hotich-again")

    def would_differ(self, document: StoredDocument) -> bool:
        """Whether another software, model or setting reads here now than read this document's file last."""
        return self._catalogue.item(self._key(document)) is None

    def state(self, document: StoredDocument) -> Again | None:
        return self._states.get(document.source_sha256)

    def ask(self, document: StoredDocument, *, actor: str) -> None:
        """Has the document's file read again. Raises Conflict where what reads here now has read it already, or is at
        it."""
        with self._lock:
            if self.state(document) is Again.WAITING:
                raise Conflict(Message("Tệp này đang được đọc lại", "The file is being read again already"))
            if not self.would_differ(document):
                raise Conflict(
                    Message("Phiên bản hiện nay đã đọc tệp này rồi", "What reads here now has read this file already")
                )
            while len(self._states) >= _MOST_REMEMBERED:
                del self._states[next(iter(self._states))]
            self._states[document.source_sha256] = Again.WAITING
        self._catalogue.note(actor=actor, action="document.read_again", subject=document.document_id)
        self._thread.submit(self._read, document, actor)

    def clear(self) -> None:
        """Removes the originals that a process left which was killed over them; call it before any is asked for."""
        for left in self._folder.iterdir() if self._folder.is_dir() else ():
            remove_whole(left)

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _key(self, document: StoredDocument) -> WorkKey:
        return WorkKey.of(document.source_sha256, self._provenance)

    def _read(self, document: StoredDocument, actor: str) -> None:
        place = self._folder / secrets.token_hex(16)
        try:
            self._read_at(place, document, actor)
            self._states[document.source_sha256] = Again.DONE
        except HotichError as error:
            _log.error("desk.read_again document=%s code=%s", document.document_id, error.code)
            self._states[document.source_sha256] = Again.FAILED
        finally:
            place.unlink(missing_ok=True)

    def _read_at(self, place: Path, document: StoredDocument, actor: str) -> None:
        with translated_os_errors(Message("lấy bản gốc từ kho", "fetching an original")):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._objects.open(document.original) as stored, place.open("wb") as out:
                shutil.copyfileobj(stored, out, 1 << 20)
        name = self._name(document.source_sha256)
        read = self._reader.submit(place, name=name, sha256=document.source_sha256).result()
        try:
            with self._catalogue.database.read() as connection:
                of = classes_of_object(connection, document.original) & {PaperClass.SUBMISSIONS}
            archive = ArchiveReading(catalogue=self._catalogue, objects=self._objects, actor=actor, of=of)
            archive.archive(self._key(document), read, name=name, original=place)
        finally:
            read.discard()
        self._on_stored()

    def _name(self, sha256: str) -> str:
        return self._catalogue.names(sha256)[0]
