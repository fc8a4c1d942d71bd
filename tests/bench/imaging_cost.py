"""What imaging costs: CPU of a page and of a large photo, and the memory of a process that reads hostile files."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, cast

import cv2
import numpy as np
import tifffile
from PIL import Image

from ocr_models.workshop.drawing import degrade
from ocr_models.workshop.drawing.canvas import Pixels
from ocr_models.workshop.drawing.degrade import Shot
from pipeline.domain.errors import HotichError
from pipeline.domain.model import PageImage
from pipeline.domain.recognition import Recognizer
from pipeline.imaging import prepare_page
from pipeline.intake import open_document
from pipeline.read_page import Readers, read_page
from tests.bench.imaging_pages import KnownPage
from tests.bench.measure import bench_folder
from tests.making.hostile import write_hostile_files

_A4_AT_300 = [2480, 3508]  # pixels
_PHOTO = (8064, 6048)  # 48.8 million pixels, as phones take them
_ALL = (10_900, 11_000)  # nearly as many pixels as a page may have


def cpu_table(pages: Sequence[KnownPage], reader: Recognizer) -> Iterator[str]:
    """CPU ms of imaging; of a photo with its decoding apart."""
    scans = [page for page in pages if page.dpi == 300 and sorted(page.pixels().shape[:2]) == _A4_AT_300]
    spent = [_cpu_ms(page.pixels(), page.dpi, reader) for page in scans]
    if spent:
        whole, read = np.median(spent, axis=0)
        yield (f"A4 at 300 dpi, {len(spent)} pages: {whole - read:.0f} CPU ms of imaging (asked: 250), "
               f"and {read:.0f} of reading runs to tell which way is up")  # fmt: skip
    path = bench_folder("imaging") / "photo-48mp.jpg"
    if not path.exists():
        shot = degrade.photograph(Shot.of(scans[0].pixels()), _rng(), long_side=_PHOTO[0], strength=1.0)
        cv2.imwrite(str(path), degrade.noise(shot, _rng(), 3).pixels, [cv2.IMWRITE_JPEG_QUALITY, 88])
    started = time.process_time()
    with open_document(path) as document:
        page = document.page(1)
    decoded = 1000 * (time.process_time() - started)
    whole, read = _cpu_ms(page.pixels, page.dpi, reader)
    yield (f"48 MP photo: {whole - read:.0f} CPU ms of imaging (asked: 600), {decoded:.0f} of decoding, {read:.0f} of "
           f"reading runs")  # fmt: skip


def _rng() -> Random:
    return Random("48 MP")


def _cpu_ms(pixels: Pixels, dpi: float | None, reader: Recognizer) -> tuple[float, float]:
    watched = _Watched(reader)
    started = time.process_time()
    prepare_page(PageImage(number=1, pixels=pixels, dpi=dpi), reader=cast(Recognizer, watched))
    return 1000 * (time.process_time() - started), 1000 * watched.spent


class _Watched:
    """A reader, and the CPU seconds that it took."""

    def __init__(self, reader: Recognizer) -> None:
        self._reader, self.spent = reader, 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def read(self, *arguments: Any, **named: Any) -> Any:
        started = time.process_time()
        try:
            return self._reader.read(*arguments, **named)
        finally:
            self.spent += time.process_time() - started


def memory_table(readers: Readers) -> Iterator[str]:
    """Highest resident memory of a process for each file, its readers loaded before."""
    folder = bench_folder("imaging") / "hostile"
    folder.mkdir(exist_ok=True)
    write_hostile_files(folder)
    write_large_files(folder)
    yield f"memory of a worker (asked: 700 MB at most); before any file {_peak_of(lambda: None):.0f} MB"
    peaks = {path.name: _peak_of(lambda path=path: _read(path, readers)) for path in sorted(folder.iterdir())}  # type: ignore[misc]
    for name, peak in sorted(peaks.items(), key=lambda pair: -pair[1])[:12]:
        yield f"{peak:7.0f} MB  {name!r}"


def write_large_files(folder: Path) -> None:
    """The largest pages that are let in, in each way of storing them."""
    small = np.random.default_rng(5).integers(0, 255, (110, 109, 3), dtype=np.uint8)

    def picture(mode: str, size: tuple[int, int] = _ALL) -> Image.Image:
        return Image.fromarray(small).resize(size, Image.Resampling.NEAREST).convert(mode)

    kinds: dict[str, Callable[[Path], object]] = {
        "photo of 48 MP.jpg": lambda path: picture("RGB", _PHOTO).save(path, quality=80),
        "grey of 120 MP.jpg": lambda path: picture("L").save(path, quality=80),
        "colour of 120 MP.jpg": lambda path: picture("RGB").save(path, quality=80),
        "progressive of 120 MP.jpg": lambda path: picture("RGB").save(path, quality=80, progressive=True),
        "cmyk of 120 MP.jpg": lambda path: picture("CMYK").save(path, quality=80),
        "colour of 120 MP.png": lambda path: picture("RGB").save(path, compress_level=1),
        "clear of 120 MP.png": lambda path: picture("RGBA").save(path, compress_level=1),
        "colour of 120 MP.tif": lambda path: picture("RGB").save(path, compression="tiff_lzw"),
        "black and white of 120 MP.tif": lambda path: picture("1").save(path, compression="group4"),
        "16 bit of 120 MP.tif": lambda path: tifffile.imwrite(
            path, np.asarray(picture("L")).astype(np.uint16) * 257, compression="lzw"
        ),
        "colour of 120 MP.pdf": lambda path: picture("RGB").save(path, resolution=600, quality=80),
        "colour of 48 MP.webp": lambda path: picture("RGB", _PHOTO).save(path, quality=70, method=0),
    }
    for name, write in kinds.items():
        if not (folder / name).exists():
            write(folder / name)


def _read(path: Path, readers: Readers) -> None:
    try:
        with open_document(path) as document:
            for number in range(1, min(document.page_count, 3) + 1):
                read_page(document.page(number), readers)
    except HotichError:
        return


def _peak_of(work: Callable[[], None]) -> float:
    """Peak resident MB of a child that does this work, what it shares with its parent counted in."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    _, _, usage = os.wait4(child, 0)
    return usage.ru_maxrss / 1024
