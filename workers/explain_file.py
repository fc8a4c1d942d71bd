"""Reads an original again and says what each piece of its ink was taken for. Runs in a bounded worker process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_models.calibration import load_calibration
from pipeline.domain.errors import InputError
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, PageImage, PageReport, Provenance
from pipeline.forms.explaining.roles import Role, rivals_of, roles_of
from pipeline.forms.loading import add_forms, form
from pipeline.imaging.negative import shown_as_read
from pipeline.intake import open_document
from pipeline.read_document import ReadDocument, conclude, read_document
from pipeline.read_page import Readers, ReadPage
from pipeline.settings import PipelineSettings
from pipeline.settling.triage import Calibration
from workers.explaining import Explained, ExplainedField, ExplainedPiece, ExplainFile
from workers.processes.process import Channel
from workers.read_file import RemoteRegister, load_checked_readers

COLOURS: Mapping[Role, tuple[int, int, int]] = {
    Role.LABEL: (200, 120, 0),
    Role.HEADING: (150, 0, 120),
    Role.VALUE: (0, 150, 0),
    Role.NOTE: (150, 150, 0),
    Role.SIGNATURE: (0, 140, 255),
    Role.ORNAMENT: (150, 150, 150),
    Role.UNEXPLAINED: (0, 0, 230),
}
"""Blue, green and red of each role."""
_OTHER = (110, 170, 110)  # a value of another record on the page
_LONGEST = 2400  # pixels of a picture's longer side
_TINT = 0.35
_LETTERS = 0.45  # of OpenCV's own letter size, for a picture of `_LONGEST`


class Explainer:
    """A worker's job handler: `ExplainFile` in, `Explained` out. Raises `InputError` for a file that cannot be
    read, and for one that has no such record."""

    def __init__(
        self, *, readers: Readers, calibration: Calibration | None, provenance: Provenance,
        settings: PipelineSettings, ask_register: bool,
    ) -> None:  # fmt: skip
        self._readers = readers
        self._calibration = calibration
        self._provenance = provenance
        self._settings = settings
        self._ask_register = ask_register

    def __call__(self, job: ExplainFile, channel: Channel) -> Explained:
        documents: list[ReadDocument] = []

        def on_page(page: PageImage, _: ReadPage) -> None:
            channel.page_done(page.number)
            channel.page(page.number + 1)

        channel.page(1)
        drafts = read_document(
            channel.source(job.path), name=job.name, sha256=job.sha256,
            readers=self._readers, provenance=self._provenance,
            settings=self._settings, on_page=on_page, on_document=documents.append,
            before=lambda: job.before,
        )  # fmt: skip
        if job.ordinal > len(drafts):
            raise _no_such_record()
        draft = drafts[job.ordinal - 1]
        register = RemoteRegister(channel) if self._ask_register else None
        record = conclude(draft, register=register, calibration=self._calibration, settings=self._settings.triage)
        found = _document_of(documents, job.ordinal)
        if found is None:
            return Explained(record=record, pieces=(), fields=(), counts=_counts(()), pictures={})
        document, number = found
        pieces = tuple(_pieces(document, number))
        pictures = dict(self._draw(job, channel, pieces, record.pages))
        return Explained(
            record=record,
            pieces=pieces,
            fields=tuple(_fields(document, number, record)),
            counts=_counts(pieces),
            pictures=pictures,
        )

    def _draw(
        self, job: ExplainFile, channel: Channel, pieces: Sequence[ExplainedPiece], pages: Sequence[PageReport]
    ) -> Iterator[tuple[int, bytes]]:
        with open_document(channel.source(job.path), self._settings.limits) as document:
            for report in pages:
                number = report.number
                channel.page(number)
                try:
                    page = document.page(number)
                    page = replace(page, pixels=shown_as_read(page, report))
                except InputError:  # the record says so itself
                    continue
                back = page.to_scan.inverse()
                own = [replace(piece, box=back.quad(piece.box)) for piece in pieces if piece.page == number]
                done, encoded = cv2.imencode(".png", picture(page.pixels, own))
                if done:
                    yield number, encoded.tobytes()


def load_explainer(
    *, tessdata: str, provenance: Provenance, settings: PipelineSettings, ask_register: bool,
    base_model: Path | None = None, book_model: Path | None = None,
) -> Explainer:  # fmt: skip
    """What the worker process loads: named by its `WorkerSpec`. Raises what `load_checked_readers` raises."""
    cv2.setNumThreads(1)
    add_forms(settings.added_forms)
    readers = load_checked_readers(tessdata, provenance, base_model, book_model)
    return Explainer(
        readers=readers, calibration=load_calibration(), provenance=provenance, settings=settings,
        ask_register=ask_register,
    )  # fmt: skip


def picture(pixels: NDArray[np.uint8], pieces: Sequence[ExplainedPiece]) -> NDArray[np.uint8]:
    """The page in grey, each piece in the colour of its role; a value's field is named over it."""
    share = min(1.0, _LONGEST / max(pixels.shape[:2]))
    size = (max(1, round(pixels.shape[1] * share)), max(1, round(pixels.shape[0] * share)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY) if small.ndim == 3 else small
    out = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    tint = out.copy()
    outlines = [np.array([(round(x * share), round(y * share)) for x, y in p.box], np.int32) for p in pieces]
    for piece, outline in zip(pieces, outlines, strict=True):
        cv2.fillPoly(tint, [outline], _colour(piece))
    out = cv2.addWeighted(tint, _TINT, out, 1 - _TINT, 0)
    scale = _LETTERS * max(size) / _LONGEST + 0.1
    for piece, outline in zip(pieces, outlines, strict=True):
        cv2.polylines(out, [outline], isClosed=True, color=_colour(piece), thickness=2)
        if piece.field is not None:
            x, y = (int(v) for v in outline.min(axis=0))
            cv2.putText(out, piece.field, (x, max(10, y - 2)), cv2.FONT_HERSHEY_SIMPLEX, scale, _colour(piece), 1,
                        cv2.LINE_AA)  # fmt: skip
    return np.asarray(out, dtype=np.uint8)


def _colour(piece: ExplainedPiece) -> tuple[int, int, int]:
    return _OTHER if piece.other_record else COLOURS[Role(piece.role)]


def _document_of(documents: Sequence[ReadDocument], ordinal: int) -> tuple[ReadDocument, int] | None:
    """The document that holds a file's record, and the record's number in it."""
    before = 0
    for document in documents:
        count = max(1, len(document.records))
        if ordinal <= before + count:
            return document, ordinal - before - 1
        before += count
    return None


def _pieces(document: ReadDocument, number: int) -> Iterator[ExplainedPiece]:
    definition = form(document.kind.document_type, document.kind.form) if document.kind.form else None
    # The record asked for claims what a page says for all of its records.
    order = [number, *(n for n in range(len(document.records)) if n != number)]
    records = [document.records[n] for n in order if n < len(document.records)]
    for at, (leaf, image) in enumerate(zip(document.leaves, document.images, strict=True)):
        for piece in roles_of(definition, leaf, at, records):
            yield ExplainedPiece(
                page=leaf.page,
                box=image.image.to_scan.quad(piece.box),
                text=leaf.lines[piece.line].text[piece.start : piece.end],
                role=piece.role.value,
                field=piece.field,
                other_record=bool(piece.record),
            )


def _fields(document: ReadDocument, number: int, record: CivilRecord) -> Iterator[ExplainedField]:
    if not document.records or not document.kind.form:
        return
    definition = form(document.kind.document_type, document.kind.form)
    rivals = rivals_of(definition, document.leaves, document.records)[number]
    known: dict[str, Any] = {value.name: value.association for value in record.fields}
    for extracted, rival in zip(document.records[number].fields, rivals, strict=True):
        support = extracted.support
        yield ExplainedField(
            name=extracted.name, way=rival.way, other_way=rival.says, rival=rival.value, label=support.label,
            gap=support.gap, printed=support.printed, shared=support.shared, unexplained=support.unexplained,
            association=known.get(extracted.name),
        )  # fmt: skip


def _counts(pieces: Sequence[ExplainedPiece]) -> dict[str, int]:
    found = Counter(piece.role for piece in pieces)
    return {role.value: found[role.value] for role in Role}


def _no_such_record() -> InputError:
    return InputError(
        Message(
            "Phần mềm bây giờ đọc tệp này ra ít hồ sơ hơn, không có hồ sơ ấy",
            "The software now reads fewer records from this file, and not this one",
        ),
        code="explain.no_record",
    )
