"""What a worker does with one source file: read it, write its archival PDF, cut out what is in doubt."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_models.calibration import load_calibration
from ocr_models.errors import ModelDamagedError
from ocr_models.reader import own_identities
from ocr_models.readers import load_readers
from pipeline.continuing import Preceding
from pipeline.domain.errors import InputError
from pipeline.domain.geometry import Quad, bounds, rectangle
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, FieldValue, PageImage, PageReport, Provenance, Status, TextLine
from pipeline.forms.loading import add_forms
from pipeline.imaging.negative import shown_as_read
from pipeline.intake import open_document
from pipeline.intake.source import ReadableFile
from pipeline.page_ledger import PageLedger
from pipeline.read_document import OnLedger, conclude, read_document
from pipeline.read_image import ReadImage
from pipeline.read_page import Readers, ReadPage
from pipeline.records.archival import ArchivalPdf, TextSpan
from pipeline.records.archival.text import levelled
from pipeline.settings import PipelineSettings
from pipeline.settling.register import Claims, RegisterAnswer
from pipeline.settling.triage import Calibration
from workers.jobs import PAGE_FINDINGS, Crop, FileRead, Later, ReadFile, ReadLater, WhatPrecedes
from workers.processes.process import Channel

_HELD_BYTES = 90 << 20  # pixels kept for crops: two A4 colour pages at 300 dpi; other pages are decoded again
_CROP_MARGIN = 0.6  # of the field's height, so that a person sees what stands around it
_CROP_WIDTH = 1600
_LEVEL = 0.02  # a slope that no eye sees


@dataclass(frozen=True, slots=True)
class RemoteRegister:
    """The population register, asked through the parent: a worker has no network and no database."""

    channel: Channel

    def look_up(self, claims: Claims) -> RegisterAnswer:
        answer: RegisterAnswer | None = self.channel.ask(claims)
        return answer or RegisterAnswer()


class FileReader:
    """A worker's job handler: `ReadFile` in, `FileRead` out. Raises `InputError` for a file set aside."""

    def __init__(
        self,
        *,
        readers: Readers,
        calibration: Calibration | None,
        provenance: Provenance,
        settings: PipelineSettings,
        ask_register: bool,
    ) -> None:
        self._readers = readers
        self._calibration = calibration
        self._provenance = provenance
        self._settings = settings
        self._ask_register = ask_register

    def __call__(self, job: ReadFile, channel: Channel) -> FileRead:
        started = time.monotonic()
        source = channel.source(job.path)
        with open_document(source, self._settings.limits) as document:
            pages = document.page_count
        if len(job.skip) >= pages:
            raise _all_passed_over(job)
        held = _Held()
        ledgers: list[PageLedger] = []
        texts: dict[int, str] = {}
        records = self._read(job, channel, pages, held, ledgers.append, texts)
        crops = tuple(self._crops(source, records, held))
        return FileRead(
            records=records,
            crops=crops,
            pdf=job.pdf,
            pages=pages,
            seconds=time.monotonic() - started,
            elsewhere=tuple(page for ledger in ledgers for page in ledger.elsewhere),
            texts=texts,
        )

    def _read(
        self,
        job: ReadFile,
        channel: Channel,
        pages: int,
        held: _Held,
        on_ledger: OnLedger,
        texts: dict[int, str],
    ) -> tuple[CivilRecord, ...]:
        with (
            channel.target() as stream,
            ArchivalPdf(stream, identifier=f"sha256:{job.sha256}") as pdf,
        ):

            def on_page(page: PageImage, read: ReadPage) -> None:
                believed = read.report.dpi  # what the file states is believed only where it can be
                sized = replace(page, dpi=None if believed is None else believed / page.finer)
                spans = tuple(text_spans(read))
                pdf.add_page(sized, spans, rotation=read.report.rotation)
                texts[page.number] = "".join(span.text for span in spans)
                held.keep(page, read.report)
                channel.page_done(page.number)
                if page.number < pages:
                    channel.page(page.number + 1)

            channel.page(1)
            drafts = read_document(
                channel.source(job.path),
                name=job.name,
                sha256=job.sha256,
                readers=self._readers,
                provenance=self._provenance,
                settings=self._settings,
                on_page=on_page,
                skip=job.skip,
                before=(lambda: _preceding(channel)) if job.follows else None,
                on_ledger=on_ledger,
            )
        register = RemoteRegister(channel) if self._ask_register else None
        triage = self._settings.triage
        return tuple(
            conclude(draft, register=register, calibration=self._calibration, settings=triage) for draft in drafts
        )

    def _crops(self, source: ReadableFile, records: Sequence[CivilRecord], held: _Held) -> Iterator[Crop]:
        wanted: dict[int, list[tuple[int, FieldValue]]] = {}
        for index, record in enumerate(records):
            for value in record.fields:
                if value.status is not Status.ACCEPTED:
                    wanted.setdefault(value.page, []).append((index, value))
        for page in held.pages(source, sorted(wanted), self._settings):
            for index, value in wanted[page.number]:
                jpeg = crop_of(page.pixels, page.to_scan.inverse().quad(value.box))
                if jpeg is not None:
                    yield Crop(record=index, field=value.name, jpeg=jpeg)


def _preceding(channel: Channel) -> Preceding | None:
    """What the file before left open. Raises `ReadLater` where that is not known yet."""
    answer: Preceding | Later | None = channel.ask(WhatPrecedes())
    if isinstance(answer, Later):
        raise ReadLater(Message("Chờ tệp trước", "Waits for the file before"))
    return answer


def load_file_reader(
    *,
    tessdata: str,
    provenance: Provenance,
    settings: PipelineSettings,
    ask_register: bool,
    base_model: Path | None = None,
    book_model: Path | None = None,
) -> FileReader:
    """What a reading process loads: named by its `WorkerSpec`. Raises what `load_checked_readers` raises."""
    cv2.setNumThreads(1)
    add_forms(settings.added_forms)
    readers = load_checked_readers(tessdata, provenance, base_model, book_model)
    return FileReader(
        readers=readers,
        calibration=load_calibration(),
        provenance=provenance,
        settings=settings,
        ask_register=ask_register,
    )


def load_checked_readers(
    tessdata: str, provenance: Provenance, base_model: Path | None, book_model: Path | None
) -> Readers:
    """The readers. Raises `ModelDamagedError` when a network that reads lines is none that `provenance` names."""
    readers = load_readers(tessdata or None, base_model, book_model)
    if not set(own_identities(base_model, book_model)) <= set(provenance.models):
        raise ModelDamagedError(
            Message(
                "Mô hình đọc chữ vừa bị thay; hãy chạy lại.",
                "The line reader's model was exchanged just now; run again.",
            )
        )
    return readers


def text_spans(read: ReadPage) -> Iterator[TextSpan]:
    """The words of a page where they stand on the scan, in reading order, one space after each."""
    for image in read.images:
        for line, cut in zip(image.lines, image.cuts, strict=True):
            yield from levelled(list(_words(image, line, cut.pixels.shape[0])))


def crop_of(pixels: NDArray[np.uint8], box: Quad) -> bytes | None:
    """The box's place with some margin, turned so that its text is upright, as a JPEG no wider than a screen; None
    when it is off the page."""
    piece = _upright_piece(pixels, box)
    if piece is None or min(piece.shape[:2]) < 2:
        return None
    if piece.shape[1] > _CROP_WIDTH:
        size = (_CROP_WIDTH, max(1, round(piece.shape[0] * _CROP_WIDTH / piece.shape[1])))
        piece = np.asarray(cv2.resize(piece, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    done, encoded = cv2.imencode(".jpg", np.ascontiguousarray(piece), [cv2.IMWRITE_JPEG_QUALITY, 80])
    return encoded.tobytes() if done else None


def _upright_piece(pixels: NDArray[np.uint8], box: Quad) -> NDArray[np.uint8] | None:
    """The box and what stands around it. Corners are clockwise from the text's top left."""
    x0, y0, x1, y1 = bounds(box)
    height, width = pixels.shape[:2]
    if x1 < 0 or y1 < 0 or x0 >= width or y0 >= height:
        return None
    (ax, ay), (bx, by), _, (dx, dy) = box
    long, high = float(np.hypot(bx - ax, by - ay)), float(np.hypot(dx - ax, dy - ay))
    level = abs(by - ay) <= _LEVEL * long and bx > ax and dy > ay
    if level or min(long, high) < 1:
        margin = _CROP_MARGIN * max(min(x1 - x0, y1 - y0), 8.0)
        left, top = max(0, int(x0 - margin)), max(0, int(y0 - margin))
        return pixels[top : max(0, int(y1 + margin) + 1), left : max(0, int(x1 + margin) + 1)]
    margin = _CROP_MARGIN * max(min(long, high), 8.0)
    corners = np.array([(margin, margin), (margin + long, margin), (margin, margin + high)], dtype=np.float32)
    turned = cv2.getAffineTransform(np.array([box[0], box[1], box[3]], dtype=np.float32), corners)
    size = (max(1, round(long + 2 * margin)), max(1, round(high + 2 * margin)))
    made = cv2.warpAffine(
        pixels, turned, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_CONSTANT, borderValue=(255, 255, 255)
    )
    return np.asarray(made, dtype=np.uint8)


def _all_passed_over(job: ReadFile) -> InputError:
    first = min(job.skip)
    codes = {finding: code for code, finding in PAGE_FINDINGS.items()}
    return InputError(job.skip[first].message, code=codes[job.skip[first].code], page=first)


def _words(image: ReadImage, line: TextLine, height: int) -> Iterator[TextSpan]:
    """A line cut at its spaces: each word as wide as its characters, as high as the line."""
    if not line.readings:
        return
    left, top, right, bottom = bounds(line.box)
    run: list[tuple[str, float, float]] = []
    characters = [(c.text, c.start, c.end) for c in line.readings[0].characters]
    for text, start, end in [*characters, (" ", 0.0, 0.0)]:
        if not text.isspace():
            run.append((text, start, end))
            continue
        if run:
            x0 = line.line_to_upright((min(s for _, s, _ in run), height / 2))[0]
            x1 = line.line_to_upright((max(e for _, _, e in run), height / 2))[0]
            x0, x1 = max(x0, left), min(x1, right)
            place = rectangle(x0, top, x1, bottom) if x1 > x0 else line.box
            word = "".join(c for c, _, _ in run)
            yield TextSpan(text=word + " ", box=image.image.to_scan.quad(place))
        run = []


@dataclass(slots=True)
class _Held:
    """The first pages, kept until it is known what is in doubt."""

    _pages: dict[int, PageImage] = field(default_factory=dict)
    _reports: dict[int, PageReport] = field(default_factory=dict)
    _size: int = 0

    def keep(self, page: PageImage, report: PageReport) -> None:
        self._reports[page.number] = report
        if self._size + page.pixels.nbytes <= _HELD_BYTES:
            self._pages[page.number] = replace(page, pixels=shown_as_read(page, report), embedded=None)
            self._size += page.pixels.nbytes

    def pages(self, source: ReadableFile, numbers: Iterable[int], settings: PipelineSettings) -> Iterator[PageImage]:
        """These pages, which were offered to be kept, one at a time; those that are not held are decoded again."""
        numbers = list(numbers)
        missing = [number for number in numbers if number not in self._pages]
        for number in numbers:
            if number in self._pages:
                yield self._pages.pop(number)
        if missing:
            with open_document(source, settings.limits) as document:
                for number in missing:
                    try:
                        page = document.page(number)
                        yield replace(page, pixels=shown_as_read(page, self._reports[number]))
                    except InputError:  # it was readable a minute ago: then there is no picture of it
                        continue
