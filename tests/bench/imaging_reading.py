"""What imaging does to reading: with and without each step, on pages made hard to read, and the gate for photos.

Error is of characters: the fewest edits that make a labelled entry out of some part of what was read, over its length.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from random import Random
from unittest.mock import patch

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_models.workshop.drawing import degrade, faults
from ocr_models.workshop.drawing.canvas import Pixels
from ocr_models.workshop.drawing.dataset import content_for
from ocr_models.workshop.drawing.degrade import Shot
from ocr_models.workshop.drawing.document import Drawing, Side, draw_document
from ocr_models.workshop.measuring.capture_set import Photo, photos
from pipeline.domain.model import PageImage
from pipeline.forms.loading import load_forms
from pipeline.imaging import prepare
from pipeline.imaging.locate import frame_itself
from pipeline.imaging.regions import Region
from pipeline.imaging.skew import SkewEstimate
from pipeline.imaging.warp import Shrunk
from pipeline.judging.verdict import CaptureLimits
from pipeline.judging.verdict.capture import WantedEntry, capture_reasons
from pipeline.read_page import Readers, read_page

SEED = 1404
READABLE, UNREADABLE = 0.1, 0.4  # error rates of characters up to which an entry, or from which a photo, counts so
_DPI = 300.0
_FAINT = 0.10  # contrast of the faintest ink that is asked to be readable
_POLICY = ("cut_off", "screen")  # faults for which a photo is refused however well it reads


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPage:
    name: str
    side: Side

    @property
    def entries(self) -> list[str]:
        return [placed.entry.verbatim for placed in self.side.placed if placed.entry.verbatim]


def labelled_pages(count: int) -> Iterator[LabelledPage]:
    """Printed forms filled in by machine: what is misread on them, imaging may have spoilt."""
    forms = [form for form in load_forms() if form.paper.size == "A4" and "print" in form.writing]
    for number in range(count):
        rng = Random(f"{SEED}/{number}")
        form = forms[number % len(forms)]
        drawing = Drawing(form=form, content=content_for(rng, form), seed=f"{SEED}/{number}", kind="print", dpi=_DPI,
                          split="test", mark=0.06)  # fmt: skip
        yield LabelledPage(name=form.type.value, side=next(s for s in draw_document(drawing) if s.placed))


def error_rate(entries: Sequence[str], text: str) -> float:
    return float(np.mean(entry_errors(entries, text))) if entries else 0.0


def entry_errors(entries: Sequence[str], text: str) -> list[float]:
    """Per entry, fewest edits to some part of the text over the entry's length (Sellers 1980)."""
    read = np.array([ord(c) for c in _plain(text)] or [0])
    errors = []
    for entry in entries:
        letters = _plain(entry)
        row: NDArray[np.int_] = np.zeros(len(read) + 1, dtype=np.int_)
        steps = np.arange(len(read) + 1)
        for at, letter in enumerate(letters, start=1):
            new = np.empty_like(row)
            new[0] = at
            new[1:] = np.minimum(row[:-1] + (read != ord(letter)), row[1:] + 1)
            row = np.minimum.accumulate(new - steps) + steps
        errors.append(float(row.min()) / max(len(letters), 1))
    return errors


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).casefold().split())


def text_of(pixels: Pixels, dpi: float | None, readers: Readers) -> str:
    page = read_page(PageImage(number=1, pixels=pixels, dpi=dpi), readers)
    return " ".join(line.text for image in page.images for line in image.lines)


def _frame(scan: Shrunk, dpi: float | None) -> Region:
    height, width = scan.scan.shape[:2]
    return frame_itself(width, height, dpi)


_WITHOUT: dict[str, dict[str, Callable[..., object]]] = {
    "all steps": {},
    "straightening": {"estimate_skew": lambda *_, **__: SkewEstimate(None, False)},
    "finding the paper": {"locate_regions": lambda scan, dpi, **_: [_frame(scan, dpi)]},
    "even light": {"is_uneven": lambda _: False},
    "deepening": {"deepened": lambda colour, _: colour},
}


def without_each_step(pages: Sequence[LabelledPage], readers: Readers) -> Iterator[str]:
    """A table of error rates: straight from the scanner, askew, on a table in a shadow, faint."""
    kinds: dict[str, Callable[[LabelledPage, Random], tuple[Pixels, float | None]]] = {
        "as it came": lambda page, rng: (_worn(page.side.pixels, rng), _DPI),
        "askew": lambda page, rng: (
            degrade.skew(Shot.of(_worn(page.side.pixels, rng)), rng.choice((-2.5, 1.2, 3.5))).pixels, _DPI),
        "photo": lambda page, rng: (_photo(page.side.pixels, rng), None),
        "faint": lambda page, rng: (faint(page.side.pixels, rng, 0.18), _DPI),
    }  # fmt: skip
    yield "error rate of characters with all steps and without one (never worse than it came)"
    yield f"{'without':20}" + "".join(f"{kind:>12}" for kind in kinds)
    for step, replaced in _WITHOUT.items():
        cells = []
        for make in kinds.values():
            rates = []
            for page in pages:
                pixels, dpi = make(page, Random(f"{page.name}/steps"))
                with ExitStack() as stack:
                    for name, stand_in in replaced.items():
                        stack.enter_context(patch.object(prepare, name, stand_in))
                    rates.append(error_rate(page.entries, text_of(pixels, dpi, readers)))
            cells.append(f"{np.mean(rates):12.2%}")
        yield f"{'-' if not replaced else step:20}" + "".join(cells)


def hard_pages(pages: Sequence[LabelledPage], readers: Readers) -> Iterator[str]:
    """Share of entries readable on pages that are hard to read, beside the same pages as drawn."""
    kinds: dict[str, Callable[[Pixels, Side, Random], tuple[Pixels, float | None]]] = {
        "as drawn": lambda pixels, _, rng: (_worn(pixels, rng), _DPI),
        "uneven light": lambda pixels, _, rng: (
            degrade.noise(degrade.uneven_light(Shot.of(pixels), rng, 0.4), rng, 2).pixels, _DPI),
        "ink of 10 % contrast": lambda pixels, _, rng: (faint(pixels, rng, _FAINT), _DPI),
        "bleed-through": lambda pixels, _, rng: (_bled(pixels, rng),
                                                 _DPI),
        "seals over text": lambda pixels, side, rng: (sealed(pixels, side, rng), _DPI),
        "moiré of a screen": lambda pixels, _, rng: (
            faults.on_screen(pixels, rng, screen_px=1500, long_side=4000).pixels, None),
    }  # fmt: skip
    yield f"share of entries readable (error up to {READABLE:.0%})"
    for kind, make in kinds.items():
        errors: list[float] = []
        for page in pages:
            pixels, dpi = make(page.side.pixels, page.side, Random(f"{page.name}/{kind}"))
            errors += entry_errors(page.entries, text_of(pixels, dpi, readers))
        good = np.array(errors) <= READABLE
        yield f"{kind:22}{good.mean():8.1%} of {len(errors)}, error rate {np.mean(errors):.2%}"


def faint(pixels: Pixels, rng: Random, contrast: float) -> Pixels:
    """Ink that is darker than its paper by this share, with a scanner's grain."""
    paper = np.median(pixels.reshape(-1, 3), axis=0)
    ink = paper - (paper - pixels.astype(np.float32)) * contrast
    return degrade.noise(Shot.of(np.clip(ink, 0, 255).astype(np.uint8)), rng, 0.8).pixels


def sealed(pixels: Pixels, side: Side, rng: Random) -> Pixels:
    """Red rings of a seal over a third of the entries."""
    canvas = pixels.copy()
    ppm = side.dpi / 25.4
    for placed in side.placed[::3]:
        middle = (round((placed.box.x0 + placed.box.x1) / 2), round((placed.box.y0 + placed.box.y1) / 2))
        veil = np.full_like(canvas, 255)
        for part, width in ((18.0, 0.9), (16.2, 0.35), (10.0, 0.35)):
            cv2.circle(veil, middle, round(part * ppm), (90, 60, 210), max(1, round(width * ppm)), cv2.LINE_AA)
        canvas = np.asarray(cv2.multiply(canvas, veil, scale=1 / 255), np.uint8)
    return _worn(canvas, rng)


def _worn(pixels: Pixels, rng: Random) -> Pixels:
    return degrade.noise(degrade.blur(Shot.of(pixels), rng.uniform(0.2, 0.5)), rng, rng.uniform(1, 4)).pixels


def _bled(pixels: Pixels, rng: Random) -> Pixels:
    return degrade.bleed_through(Shot.of(_worn(pixels, rng)), rng, strength=0.3).pixels


def _photo(pixels: Pixels, rng: Random) -> Pixels:
    shot = degrade.photograph(Shot.of(pixels), rng, long_side=3400, strength=1.0)
    return degrade.noise(degrade.uneven_light(shot, rng, 0.5), rng, 3).pixels


def gate(rounds: int, seed: int, readers: Readers, *, verbose: bool) -> Iterator[str]:
    """Of photos that cannot be read, how many the gate stops; of those that can, how many it refuses.

    The gate is the product's: what it says of a photo of which all, or not all, could be read.
    """
    judged: dict[bool, list[bool]] = {True: [], False: []}  # whether it was stopped, by whether it can be read
    astray: list[str] = []
    for photo in photos(seed, rounds, split="test"):
        page = read_page(PageImage(number=1, pixels=photo.pixels, dpi=None), readers)
        rate = error_rate(_names(photo), " ".join(line.text for image in page.images for line in image.lines))
        readable = rate <= READABLE
        if READABLE < rate < UNREADABLE or (readable and photo.fault in _POLICY):
            continue
        wanted = (WantedEntry(name="full_name", read=None, legible=readable),)
        stopped = {
            reason.code
            for capture in page.report.captures
            for reason in capture_reasons(photo.name, 1, capture, wanted, CaptureLimits(), complete=readable)
        }
        judged[readable].append(bool(stopped))
        if bool(stopped) is readable:
            measures = [dict(capture.measures) for capture in page.report.captures]
            astray.append(f"  {rate:.0%} wrong, {photo.name} {photo.document_type} {photo.side}: {stopped} {measures}")
    caught, lost = np.mean(judged[False] or [False]), np.mean(judged[True] or [False])
    yield (f"quality gate: unreadable photos stopped {caught:.1%} of {len(judged[False])} (asked: 95 %), "
           f"readable refused {lost:.1%} of {len(judged[True])} (asked: at most 2 %)")  # fmt: skip
    if verbose:
        yield from astray


def _names(photo: Photo) -> list[str]:
    """The name and the number on this side; all that is written on it where it bears neither."""
    named = [photo.written[name] for name in ("full_name", "personal_id") if name in photo.written]
    return named or list(photo.written.values())
