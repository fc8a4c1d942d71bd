"""Where a file's results are put beside the archive: review crops, and copies in the user's folder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.continuing import Preceding, preceding, resumed
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, Status
from pipeline.page_ledger import UNACCOUNTED, PageLedger
from pipeline.records.contract import read_record
from pipeline.records.file_ledger import read_ledger
from storage.catalogue import Catalogue, StoredDocument, WorkKey
from storage.files import translated_os_errors
from storage.objects import ObjectStore
from storage.objects.paper_class import NOTHING, Chosen, classes_of
from workers.archive_reading import Kept, newest_revisions
from workers.batch.inputs import InputFile, printable
from workers.batch.output_folder import OutputFolder
from workers.batch.paper_to_see import paper_to_see
from workers.batch.results import Fate, FileResult
from workers.jobs import FileRead

_UNSAFE = re.compile(r"[^A-Za-z0-9_.\[\]-]+")
_WORST = ("conflict", "unsure", "ambiguous", "unavailable", "not_found", "match", "not_checked")


class ResultKeeper:
    """Crops beside the review list, copies in the user's folder, and the line that tells of a file's documents."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        objects: ObjectStore,
        crops: Path,
        output: OutputFolder | None = None,
        encrypted: Chosen = NOTHING,
    ) -> None:
        """`crops`: folder of the pictures of doubtful fields. `output`: where copies go, if a folder was named.
        `encrypted`: which papers are kept encrypted; of these no picture is kept in the open."""
        self._catalogue = catalogue
        self._objects = objects
        self._crops = crops
        self._output = output
        self._encrypted = encrypted

    def documents(self, key: WorkKey) -> list[StoredDocument]:
        """What this work made and nobody withdrew: the newest revision of each document, in reading order."""
        withdrawn = self._catalogue.withdrawn(key)
        documents = newest_revisions(self._catalogue.documents_of(key))
        return [document for document in documents if document.document_id not in withdrawn]

    def withdrawn(self, key: WorkKey) -> int:
        """How many documents of this work were withdrawn."""
        return len(self._catalogue.withdrawn(key))

    def left_open(self, key: WorkKey) -> Preceding | None:
        """What the next file may go on with after what this work made. Raises the store's errors."""
        documents = self.documents(key)
        ledger = self._ledger(key)
        elsewhere = () if ledger is None else ledger.elsewhere
        return preceding([self._record(document) for document in documents[-1:]], elsewhere)

    def resumed(self, input_sha256: str) -> Preceding | None:
        """What the file went on with when it was last read. Raises the store's errors."""
        item = self._catalogue.done_before(input_sha256)
        documents = [] if item is None else self.documents(item.key)
        return resumed(self._record(documents[0])) if documents else None

    def _record(self, document: StoredDocument) -> CivilRecord:
        return read_record(self._objects.get(document.json))

    def deliver(self, result: FileResult, documents: Sequence[StoredDocument]) -> FileResult:
        """Copies for the user, if a folder was named. The result with what is to be told of them. Raises
        OutputRefused."""
        if self._output is None:
            return result
        delivered = self._output.deliver(result.file, documents)
        shown, own = printable(result.file), printable(delivered.name)
        if delivered.name != result.file:
            result = result.noted(
                "output.renamed",
                Message(
                    f"{shown}: trong thư mục kết quả, tên này là của giấy tờ khác; kết quả của tệp này ở {own}.*",
                    f"{shown}: in the output folder this name is another paper's; this file's results are {own}.*",
                ),
            )
        if delivered.left:
            left = ", ".join(map(printable, delivered.left))
            result = result.noted(
                "output.stale",
                Message(
                    f"{shown}: tệp của lần đọc trước đã bị sửa nên được giữ lại: {left}",
                    f"{shown}: files of an earlier reading were changed since and are left: {left}",
                ),
            )
        return result

    def result(
        self,
        file: InputFile,
        key: WorkKey,
        documents: Sequence[StoredDocument],
        fate: Fate,
        *,
        pages: int | None = None,
        kept: Kept | None = None,
    ) -> FileResult:
        """The line that tells of these documents, which this work made. `pages` is looked up when not given; so are the
        records and the page ledger that are not `kept` at hand."""
        ledger = kept.ledger if kept is not None and kept.ledger is not None else self._ledger(key)
        at_hand = {} if kept is None else kept.records
        if pages is None:
            pages = self._pages(documents) if ledger is None else ledger.pages
        lost = next((page for page in ledger.elsewhere if page.code == UNACCOUNTED), None) if ledger else None
        types = {document.document_type for document in documents}
        outcomes = {document.register_outcome for document in documents}
        return FileResult(
            file=file.name,
            status=fate if lost is None else Fate.INCOMPLETE,
            code=None if lost is None else lost.code,
            message=None if lost is None else lost.message.before(file.shown),
            records=tuple(document.document_id for document in documents),
            document_type=types.pop() if len(types) == 1 else ("mixed" if types else None),
            accepted=sum(document.accepted for document in documents),
            review=sum(document.review + document.rejected for document in documents),
            papers=sum(paper_to_see(record, ledger) is not None for record in self._doubtful(documents, at_hand)),
            seen_before=sum(bool(self._catalogue.held_before(document.document_id)) for document in documents),
            pages=pages,
            ledger=ledger,
            register=next((outcome for outcome in _WORST if outcome in outcomes), None),
        )

    def _ledger(self, key: WorkKey) -> PageLedger | None:
        stored = self._catalogue.page_ledger_of(key)
        return None if stored is None else read_ledger(self._objects.get(stored))

    def _doubtful(
        self, documents: Sequence[StoredDocument], at_hand: Mapping[str, CivilRecord]
    ) -> Iterator[CivilRecord]:
        for document in documents:
            if document.status is not Status.ACCEPTED:
                yield at_hand.get(document.document_id) or self._record(document)

    def _pages(self, documents: Sequence[StoredDocument]) -> int:
        if not documents:
            return 0
        return int(json.loads(self._objects.get(documents[0].json))["source"]["pages"])

    def keep_crops(self, read: FileRead) -> None:
        """Writes the pictures of what is in doubt, but for papers that are encrypted: the desk draws them. Raises the
        store's errors."""
        if self._encrypted.wants(classes_of(record.document_type for record in read.records)):
            return
        for crop in read.crops:
            path = crop_path(self._crops, read.records[crop.record].document_id, crop.field)
            with translated_os_errors(Message("ghi ảnh trích", "writing a crop")):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(crop.jpeg)


def crop_path(folder: Path, document_id: str, field: str) -> Path:
    """Where the picture of a doubtful field lies."""
    return folder / _UNSAFE.sub("_", document_id) / f"{_UNSAFE.sub('_', field)}.jpg"
