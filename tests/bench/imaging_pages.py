"""Pages whose lie is known: own papers drawn straight, papers in random layouts, and another maker's flatbed scans.

Drawn pages are made once, under `build/bench/imaging`. Angles are in degrees, clockwise.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import cv2
import numpy as np

from ocr_models.workshop.drawing import degrade
from ocr_models.workshop.drawing.canvas import Pixels
from ocr_models.workshop.drawing.capture import age
from ocr_models.workshop.drawing.dataset import content_for
from ocr_models.workshop.drawing.degrade import Shot
from ocr_models.workshop.drawing.document import Drawing, draw_document
from ocr_models.workshop.layouts.__main__ import KINDS, content_of
from ocr_models.workshop.layouts.papers import Paper
from ocr_models.workshop.layouts.rendering import browser, rendered
from ocr_models.workshop.layouts.style import css, make_style
from ocr_models.workshop.measuring.foreign import is_kept_apart
from pipeline.forms.loading import load_forms
from pipeline.intake import open_document
from tests.bench.measure import bench_folder

SEED = 2911  # skew and orientation were chosen on pages of 1403
LID, OPEN_LID = (250, 250, 250), (22, 20, 20)  # what a scanner sees beside the paper, blue, green, red
_CARDS = ("citizen_id", "national_id")
_OWN_DPI = (200.0, 300.0, 300.0, 300.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPage:
    """A page in a file: `lies` is the direction of its lines, 0 when it is upright and straight."""

    name: str
    source: str
    path: Path
    dpi: float
    lies: float

    def pixels(self) -> Pixels:
        """Its first page, BGR."""
        with open_document(self.path) as document:
            pixels = document.page(1).pixels
        return pixels if pixels.ndim == 3 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), np.uint8)


def turned_by(pixels: Pixels, degrees: float, quarters: int, ground: tuple[int, int, int]) -> Pixels:
    """The page turned clockwise, in a frame that holds all of it, as a scanner's glass does."""
    height, width = pixels.shape[:2]
    c, s = abs(np.cos(np.radians(degrees))), abs(np.sin(np.radians(degrees)))
    size = (round(width * c + height * s), round(width * s + height * c))
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1.0)
    matrix[:, 2] += ((size[0] - width) / 2, (size[1] - height) / 2)
    laid = cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_CUBIC, borderValue=ground)
    return np.ascontiguousarray(np.rot90(laid, -quarters))


def known_pages(count: int, forms: Path | None, *, seed: int = SEED) -> list[KnownPage]:
    """So many of each source; of another maker's set, in an order by the seed, at most so many that are open to
    looking."""
    pages = [*_own(count, seed), *_layouts(count, seed)]
    if forms is not None:
        open_ones = list(_foreign(forms))
        Random(f"{seed}/foreign").shuffle(open_ones)
        pages += open_ones[:count]
    return pages


def _own(count: int, seed: int) -> Iterator[KnownPage]:
    folder = bench_folder("imaging") / f"own-{seed}"
    folder.mkdir(exist_ok=True)
    forms = [form for form in load_forms() if form.paper.size != "ID1"]
    for number in range(count):
        rng = Random(f"{seed}/own/{number}")
        form = forms[number % len(forms)]
        dpi = rng.choice(_OWN_DPI)
        path = folder / f"{number:04d}-{dpi:.0f}.jpg"
        if not path.exists():
            drawing = Drawing(form=form, content=content_for(rng, form), seed=f"{seed}/{number}", dpi=dpi,
                              kind=rng.choice(form.writing), split="test", mark=0.08)  # fmt: skip
            side = rng.choice([s for s in draw_document(drawing) if s.placed])
            _scan(path, side.pixels, rng)
        yield KnownPage(name=f"own/{path.stem}/{form.type.value}", source="own", path=path, dpi=dpi, lies=0.0)


def _layouts(count: int, seed: int) -> Iterator[KnownPage]:
    folder = bench_folder("imaging") / f"layouts-{seed}"
    folder.mkdir(exist_ok=True)
    listed = folder / "pages.json"
    told: list[tuple[str, float]] = json.loads(listed.read_text()) if listed.exists() else []
    if len(told) < count:
        with browser() as opened, tempfile.TemporaryDirectory() as scratch:
            for number in range(len(told), count):
                rng = Random(f"{seed}/layouts/{number}")
                kind = KINDS[number % len(KINDS)]
                content = content_of(rng, kind)
                writing = rng.choice(("print", "typed", "pen"))
                style = make_style(rng, kind=writing, split="test", old=content.day.year < 2000)
                paper = Paper(rng, kind, content, style)
                dpi = rng.choice((180.0, 200.0, 240.0, 300.0))
                sides = rendered(opened, paper.pages(), css(style), paper.writer.written, Path(scratch), dpi)
                name = f"{number:04d}-{kind}.jpg"
                _scan(folder / name, rng.choice(sides).pixels, rng)
                told.append((name, dpi))
                listed.write_text(json.dumps(told))
    for name, dpi in told[:count]:
        yield KnownPage(name=f"layouts/{name}", source="layouts", path=folder / name, dpi=dpi, lies=0.0)


def _foreign(folder: Path) -> Iterator[KnownPage]:
    for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        given = json.loads(line)
        condition = given["condition"]
        if is_kept_apart(given["file"]) or condition["capture"] == "phone":
            continue
        if given["document_type"].startswith(_CARDS):
            continue  # each card on a sheet lies in its own way
        lies = condition["rotation"] - condition["skew_deg"]  # theirs is counter-clockwise
        path = folder / given["file"]
        yield KnownPage(
            name=f"foreign/{path.stem}/{given['document_type']}",
            source="foreign",
            path=path,
            dpi=condition["dpi"],
            lies=lies,
        )


def _scan(path: Path, pixels: Pixels, rng: Random) -> None:
    """The drawn side with the wear of years and a scanner's grain, lying straight."""
    wear = rng.choice(("none", "mild", "mild", "hard"))
    black_and_white = rng.random() < 0.2
    shot = age(Shot.of(pixels), rng, wear, thresholded=black_and_white)
    strength = {"none": 0.0, "mild": 1.0, "hard": 2.2}[wear]
    shot = degrade.blur(shot, rng.uniform(0, 0.45) * strength)
    shot = degrade.bilevel(shot, rng) if black_and_white else degrade.noise(shot, rng, rng.uniform(1, 4) * strength)
    cv2.imwrite(str(path), shot.pixels, [cv2.IMWRITE_JPEG_QUALITY, 90])
