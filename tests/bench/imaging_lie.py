"""How pages lie: turned by known angles and quarters, found by us and by programs that do the same.

Every page is looked at once for each quarter turn; by the other programs, which take most of the time, at one of them.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import cv2
import numpy as np
from ocrmypdf._exec import tesseract
from PIL import Image

from ocr_models.workshop.drawing.canvas import Pixels
from pipeline.domain.model import PageImage
from pipeline.domain.recognition import Recognizer
from pipeline.imaging import prepare_page
from pipeline.imaging.ink import VIEW_DPI, find_ink
from pipeline.imaging.skew import estimate_skew
from pipeline.imaging.warp import reduced
from tests.bench.imaging_pages import LID, OPEN_LID, KnownPage, turned_by

ANGLES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 5.0, 8.0)
UNSURE = "page.orientation_unsure"
_OCRMYPDF_ROTATES = 14.0  # confidence from which `--rotate-pages` turns a page, its default
_TIMEOUT_S = 60
_KNOWN_DEG = 2.0  # clockwise: what everybody is asked about first
SAME = "hotich, same"  # the row of our own answers on the very views that the others were asked about


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one program says of one page: clockwise direction of its lines, None where it does not say, and CPU ms."""

    direction: float | None
    cpu_ms: float = 0.0
    unsure: bool = False


@dataclass(slots=True)
class Lies:
    """Errors in degrees by program and source; how orientation came out."""

    errors: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    ways: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    cpu_ms: dict[str, list[float]] = field(default_factory=dict)
    worst: list[tuple[float, str]] = field(default_factory=list)


def measure_lies(
    pages: Sequence[KnownPage], reader: Recognizer | None, others: Path | None, *, ocrmypdf: bool = True
) -> Lies:
    """Each page askew by an angle of its own for each quarter turn; `others`: a Python that has the other two."""
    lies = Lies()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "page.png"
        strangers = _Strangers(others) if others else None
        for page in pages:
            rng = Random(page.name)
            pixels = page.pixels()
            asked_of_others = Random(f"{page.name}/others").randrange(4)
            for quarter in range(4):
                angle = rng.choice(ANGLES) * rng.choice((-1, 1))
                laid = turned_by(pixels, angle, quarter, OPEN_LID if rng.random() < 0.25 else LID)
                true = page.lies + angle + 90 * quarter
                name = f"{page.name} {angle:+.2f} {90 * quarter}"
                found = ours(laid, page.dpi, reader)
                _count(lies, "hotich", page.source, name, true, found)
                lies.cpu_ms.setdefault("hotich", []).append(skew_cpu_ms(laid, page.dpi))
                if quarter == asked_of_others and (strangers or ocrmypdf):
                    _count(lies, SAME, page.source, name, true, found)
                    for program, theirs in _theirs(path, laid, page.dpi, strangers, ocrmypdf=ocrmypdf).items():
                        _count(lies, program, page.source, name, true, theirs)
    return lies


def signs(page: KnownPage, others: Path | None) -> str:
    """What each program says of one page turned clockwise by two degrees: whether its answers are taken the right way
    round. Raises ValueError where one says the opposite."""
    with tempfile.TemporaryDirectory() as scratch:
        laid = turned_by(page.pixels(), _KNOWN_DEG, 0, LID)
        strangers = _Strangers(others) if others else None
        said = {"hotich": ours(laid, page.dpi, None)}
        said |= _theirs(Path(scratch) / "page.png", laid, page.dpi, strangers, ocrmypdf=True)
    for program, found in said.items():
        if abs((found.direction or 0.0) - page.lies + _KNOWN_DEG) < _KNOWN_DEG / 2:
            raise ValueError(f"{program} turns the other way round than it is taken to")
    told = ", ".join(f"{program} {found.direction}" for program, found in said.items())
    return f"{page.name} turned {page.lies + _KNOWN_DEG:.2f} degrees clockwise: {told}"


def _theirs(path: Path, laid: Pixels, dpi: float, strangers: _Strangers | None, *, ocrmypdf: bool) -> dict[str, Found]:
    Image.fromarray(cv2.cvtColor(laid, cv2.COLOR_BGR2RGB)).save(path, dpi=(dpi, dpi), compress_level=1)
    found = {"OCRmyPDF": ocrmypdf_s(path, dpi)} if ocrmypdf else {}
    return found | (strangers.find(path) if strangers else {})


def ours(pixels: Pixels, dpi: float, reader: Recognizer | None) -> Found:
    """As the page came out: where the upright picture's lines run on the scan."""
    prepared = prepare_page(PageImage(number=1, pixels=pixels, dpi=dpi), reader=reader, cards=False)
    image = prepared.images[0]
    height, width = image.colour.shape[:2]
    (x0, y0), (x1, y1) = image.to_scan((0.25 * width, height / 2)), image.to_scan((0.75 * width, height / 2))
    unsure = any(finding.code == UNSURE for finding in prepared.report.findings)
    return Found(direction=float(np.degrees(np.arctan2(y1 - y0, x1 - x0))), unsure=unsure)


def skew_cpu_ms(pixels: Pixels, dpi: float) -> float:
    """What skew costs us: the grey view, its ink, the estimate."""
    started = time.process_time()
    size = (round(pixels.shape[1] * VIEW_DPI / dpi), round(pixels.shape[0] * VIEW_DPI / dpi))
    grey = cv2.cvtColor(reduced(pixels, size), cv2.COLOR_BGR2GRAY)
    estimate_skew(find_ink(np.asarray(grey, np.uint8)))
    return 1000 * (time.process_time() - started)


def ocrmypdf_s(path: Path, dpi: float) -> Found:
    """What `--rotate-pages --deskew` do: turn where Tesseract is sure enough, then its own deskew angle, by which
    OCRmyPDF turns a page counter-clockwise."""
    logging.getLogger("ocrmypdf").setLevel(logging.CRITICAL)
    before = _children_s()
    quarter, sure = 0, False
    try:
        way = tesseract.get_orientation(path, None, _TIMEOUT_S)
        sure = way.confidence >= _OCRMYPDF_ROTATES
        quarter = round(way.angle / 90) % 4 if sure else 0
        turned = path
        if quarter:
            turned = path.with_name("turned.png")
            with Image.open(path) as picture:
                picture.rotate(90 * quarter, expand=True).save(turned, dpi=(dpi, dpi), compress_level=1)
        skew = tesseract.get_deskew(turned, ["vie"], None, _TIMEOUT_S)
    except Exception:  # it gives up on some pages with errors of its own
        return Found(direction=90.0 * quarter, unsure=not sure)
    return Found(direction=90.0 * quarter + skew, cpu_ms=1000 * (_children_s() - before), unsure=not sure)


class _Strangers:
    """`jdeskew` and `deskew`, which live in an environment of their own."""

    def __init__(self, python: Path) -> None:
        program = Path(__file__).with_name("other_deskewers.py")
        self._process = subprocess.Popen([python, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def find(self, path: Path) -> dict[str, Found]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return {program: Found(direction=a["degrees"], cpu_ms=a["cpu_ms"]) for program, a in answer.items()}


def _children_s() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _count(lies: Lies, program: str, source: str, name: str, true: float, found: Found) -> None:
    if found.cpu_ms:
        lies.cpu_ms.setdefault(program, []).append(found.cpu_ms)
    apart = _within_half_turn((found.direction or 0.0) - true, 360)
    skew = abs(_within_half_turn(apart, 90))
    lies.errors.setdefault((program, source), []).append(skew)
    turned_right = abs(apart) < 45
    way = "right" if turned_right else "wrong"
    lies.ways.setdefault((program, source), []).append(f"{way}, unsure" if found.unsure else way)
    if program == "hotich" and (skew > 0.1 or not turned_right):
        lies.worst.append((skew if turned_right else 90 + skew, f"{name}: {'' if turned_right else way} {skew:.3f}"
                           f"{', unsure' if found.unsure else ''}"))  # fmt: skip


def _within_half_turn(degrees: float, turn: float) -> float:
    return (degrees + turn / 2) % turn - turn / 2


def tables(lies: Lies) -> Iterator[str]:
    sources = sorted({source for _, source in lies.errors})
    programs = list(dict.fromkeys(program for program, _ in lies.errors))
    yield "skew: share within 0.1°, worst (asked: 95 %, 0.5°), CPU ms (median; asked of ours: 60)"
    yield f"{'':14}" + "".join(f"{source:>24}" for source in sources) + f"{'CPU ms':>10}"
    for program in programs:
        cells = []
        for source in sources:
            errors = np.array(lies.errors[program, source])
            cells.append(f"{(errors <= 0.1).mean():8.1%} {np.median(errors):7.3f} {errors.max():6.2f}°")
        cpu = lies.cpu_ms.get(program)
        yield f"{program:14}" + "".join(f"{cell:>24}" for cell in cells) + (f"{np.median(cpu):10.0f}" if cpu else "")
    yield "\norientation over 0, 90, 180, 270 (asked: 99.8 % right, unsure apart)"
    for program in [p for p in ("hotich", SAME, "OCRmyPDF") if p in programs]:
        for source in sources:
            ways = lies.ways[program, source]
            counts = {way: ways.count(way) for way in ("right", "right, unsure", "wrong, unsure", "wrong")}
            said = counts["right"] + counts["wrong"]
            share = f"{counts['right'] / said:.2%}" if said else "none"
            yield (f"{program:14}{source:10}{len(ways):5} pages: {share:>7} right where sure; "
                   + ", ".join(f"{way} {count}" for way, count in counts.items()))  # fmt: skip
