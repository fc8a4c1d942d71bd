"""`hotich read PATH…`: what stands on images of single text lines."""

from __future__ import annotations

import json
import sys
import time
from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from hotich.settings import load_settings
from hotich.wiring.processes import own_reader
from ocr_models.confidence import with_probability
from ocr_models.readers import open_reader
from pipeline.domain.errors import WrongUse
from pipeline.domain.geometry import Transform
from pipeline.domain.message import Message
from pipeline.domain.recognition import LineImage, Reading, Recognizer
from pipeline.intake.line_images import LineFile, LineImages

_BATCH = 32
_BATCH_PIXELS = 12_000_000  # with the next image, what is held at once
_NOTE_EVERY_S = 2.0


def run(arguments: Namespace) -> int:
    """Exit code 0, or 1 with `--strict` when an image was set aside."""
    settings = load_settings(arguments.home)
    images = LineImages(arguments.paths)
    count = len(images)
    if not count:
        raise WrongUse(
            Message("Không tìm thấy ảnh dòng chữ nào", "no line images found").about(
                ", ".join(map(str, arguments.paths))
            )
        )
    reader = open_reader(arguments.engine, tessdata=settings.tessdata or None, folder=own_reader(settings))
    if images.passed_over:
        _note(f"bỏ qua {images.passed_over} tệp không phải ảnh / {images.passed_over} other files were passed over")
    with _table(arguments.out) as table:
        out = _Output(table, as_json=arguments.json, rows_on=arguments.out is not None or not arguments.json)
        progress = _Pace(count)
        for file, reading in read_all(images, reader):
            out.row(file, reading)
            progress.step(out.set_aside)
        out.close()
    _note(f"{out.read} dòng đã đọc, {out.set_aside} chưa xử lý được / {out.read} lines read, {out.set_aside} set aside")
    return 1 if out.set_aside and arguments.strict else 0


def read_all(images: Iterable[LineFile], reader: Recognizer) -> Iterator[tuple[LineFile, Reading | None]]:
    """Every file with its reading (None for one set aside), in order. Few images are in memory at once.

    The readings' probability is calibrated where the reader's calibration is known.
    """
    for batch in _batches(images):
        usable = [file.pixels for file in batch if file.pixels is not None]
        lines = [LineImage(pixels=pixels, to_upright=Transform.identity()) for pixels in usable]
        readings = (with_probability(reading, reader.identity) for reading in reader.read(lines))
        for file in batch:
            reading = next(readings) if file.pixels is not None else None
            yield LineFile(name=file.name, trouble=file.trouble), reading


def _batches(images: Iterable[LineFile]) -> Iterator[list[LineFile]]:
    batch: list[LineFile] = []
    held = 0
    for file in images:
        batch.append(file)
        held += 0 if file.pixels is None else file.pixels.size
        if len(batch) >= _BATCH or held >= _BATCH_PIXELS:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


class _Output:
    """Rows `file TAB text TAB confidence` to the table, images set aside to standard error, all as JSON if asked."""

    def __init__(self, table: TextIO, *, as_json: bool, rows_on: bool) -> None:
        self._table, self._as_json, self._rows_on = table, as_json, rows_on
        self.read = self.set_aside = 0
        if as_json:
            print('{"files": [', end="")

    def row(self, file: LineFile, reading: Reading | None) -> None:
        about: dict[str, Any]
        first = not self.read + self.set_aside
        if reading is not None:
            self.read += 1
            text, sure = _one_line(reading.text), reading.confidence.probability
            about = {"status": "done", "text": text, "confidence": None if sure is None else round(sure, 4)}
            if self._rows_on:
                print(f"{file.name}\t{text}\t{'' if sure is None else f'{sure:.4f}'}", file=self._table)
        elif file.trouble is not None:
            self.set_aside += 1
            code, message = file.trouble.code, _one_line(str(file.trouble.message))
            about = {"status": "set_aside", "code": code, "message": message}
            _note(f"{file.name}\t{code}\t{message}")
        if self._as_json:
            print(("" if first else ",") + "\n " + json.dumps({"file": file.name, **about}, ensure_ascii=False), end="")

    def close(self) -> None:
        if self._as_json:
            totals = {"files": self.read + self.set_aside, "done": self.read, "set_aside": self.set_aside}
            print(f'\n], "totals": {json.dumps(totals)}}}')


class _Pace:
    """A line on standard error every two seconds."""

    def __init__(self, count: int) -> None:
        self._count, self._done = count, 0
        self._started = self._told = time.monotonic()

    def step(self, set_aside: int) -> None:
        self._done += 1
        now = time.monotonic()
        if now - self._told >= _NOTE_EVERY_S:
            self._told = now
            rate = self._done / (now - self._started)
            aside = f" · {set_aside} chưa xử lý được/set aside" if set_aside else ""
            _note(f"{self._done}/{self._count} dòng/lines · {rate:.0f}/s{aside}")


@contextmanager
def _table(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or the file, which comes into being whole or not at all."""
    if path is None:
        yield sys.stdout
        return
    part = path.with_name(path.name + ".part")
    try:
        table = part.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise WrongUse(Message(f"{path}: không ghi được", f"cannot be written ({error.strerror})")) from error
    try:
        with table:
            yield table
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
