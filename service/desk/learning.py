"""Keeping the lines that people decided, to adapt the reader to a book's handwriting, where the office's policy allows
it."""

from __future__ import annotations

import logging
import threading
from collections import deque

from pipeline.domain.errors import HotichError
from pipeline.domain.model import FieldValue
from pipeline.judging.review.learning import line_text
from pipeline.judging.review.places import grammar_of
from pipeline.records.contract import read_record
from service.desk.views import ScanViewer
from storage.books import Correction, LineOrigin, keep_corrections
from storage.catalogue import Catalogue, StoredDocument, checked_book
from storage.objects import ObjectStore
from storage.review import ReviewItem

_log = logging.getLogger(__name__)
_MOST_WAITING = 2000


class LineKeeper:
    """Keeps the lines of decided fields in the background: no decision waits for it or fails because of it.

    What is still queued when the service stops is dropped: the book learns from later lines.
    """

    def __init__(self, *, learn: bool, viewer: ScanViewer | None, catalogue: Catalogue, objects: ObjectStore) -> None:
        """`learn`: the office consents (`ReviewPolicy.learn`). Without consent nothing is ever kept."""
        self._viewer = viewer if learn else None
        self._catalogue = catalogue
        self._objects = objects
        self._waiting: deque[tuple[ReviewItem, StoredDocument, FieldValue]] = deque(maxlen=_MOST_WAITING)
        self._condition = threading.Condition()
        self._busy = False
        self._closing = False
        self._thread: threading.Thread | None = None

    def settled(self, item: ReviewItem, document: StoredDocument, field: FieldValue) -> None:
        """Queues a field whose value people settled, with its final verbatim and place. Never raises, never waits.

        `document` is the revision that the machine made. Only fields of a book are kept.
        """
        if self._viewer is None or not item.book or not field.verbatim:
            return
        with self._condition:
            if self._closing:
                return
            self._waiting.append((item, document, field))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hotich-lines", daemon=True)
                self._thread.start()
            self._condition.notify_all()

    def wait(self, timeout: float) -> bool:
        """Waits until everything queued so far is kept; returns whether it is. For tests and for an orderly end."""
        with self._condition:
            return self._condition.wait_for(lambda: not self._waiting and not self._busy, timeout)

    def close(self) -> None:
        """Drops what is queued; the line in work is finished."""
        with self._condition:
            self._closing = True
            self._waiting.clear()
            self._condition.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=5.0)

    def _run(self) -> None:
        while True:
            with self._condition:
                self._busy = False
                self._condition.notify_all()
                self._condition.wait_for(lambda: self._waiting or self._closing)
                if self._closing:
                    return
                item, document, field = self._waiting.popleft()
                self._busy = True
            try:
                self._keep(item, document, field)
            except HotichError as error:
                _log.warning("desk.line document=%s code=%s", item.document_id, error.code)
            except Exception as error:
                _log.error("desk.line document=%s error=%s", item.document_id, type(error).__name__)

    def _keep(self, item: ReviewItem, document: StoredDocument, field: FieldValue) -> None:
        assert self._viewer is not None
        book = checked_book(item.book)
        record = read_record(self._objects.get(document.json))
        read = next((other.verbatim for other in record.fields if other.name == field.name), "")
        grammar = grammar_of(record.document_type, record.form, field.name)
        text = line_text(grammar, read=read, decided=field.verbatim, box=field.box)
        if text is None:
            return
        image = self._viewer.reading_line(document, field.page, field.box)
        origin = LineOrigin(document_id=item.document_id, grammar=grammar)
        correction = Correction(image=image, text=text, origin=origin)
        keep_corrections(self._objects, self._catalogue, book, [correction], actor=item.holder or "hotich")
