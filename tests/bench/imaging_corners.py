"""Corners of papers on photos whose truth is known, and pages that fill their frame."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import numpy as np

from ocr_models.workshop.drawing import degrade
from ocr_models.workshop.drawing.degrade import Shot
from ocr_models.workshop.measuring.foreign import is_kept_apart
from pipeline.domain.geometry import Quad
from pipeline.imaging.locate import locate_regions
from pipeline.intake import open_document
from tests.bench.imaging_pages import KnownPage

_INSIDE = 0.005  # of the outline's longer side that a box may reach over it


def corner_errors(pages: Sequence[KnownPage]) -> Iterator[tuple[str, float, bool]]:
    """Of each page photographed on a table: its name, the mean distance of its corners from the truth over the
    paper's diagonal, and whether the whole frame was left."""
    for page in pages:
        rng = Random(f"photo/{page.name}")
        pixels = page.pixels()
        shot = degrade.photograph(
            Shot.of(pixels), rng, long_side=rng.randint(2600, 3400), strength=rng.choice((0.5, 1, 1.6))
        )
        shot = degrade.uneven_light(shot, rng, rng.choice((0.85, 0.65, 0.5)))
        shot = degrade.noise(degrade.blur(shot, rng.uniform(0.3, 0.9)), rng, rng.uniform(2, 6))
        height, width = pixels.shape[:2]
        true = shot.quad(0, 0, width, height)
        region = max(locate_regions(shot.pixels, None, cards_too=False), key=lambda r: r.size[0] * r.size[1])
        yield page.name, distance(region.quad, true), region.whole


def distance(found: Quad, true: Quad) -> float:
    """Mean distance of corners over the diagonal, whichever corner comes first."""
    f, t = np.array(found), np.array(true)
    diagonal = float(np.linalg.norm(t[2] - t[0]))
    return min(float(np.linalg.norm(np.roll(f, n, axis=0) - t, axis=1).mean()) for n in range(4)) / diagonal


def left_alone(pages: Sequence[KnownPage]) -> Iterator[tuple[str, bool]]:
    """Whether a page that fills its frame is left alone: as scanned, and as a photo within the paper."""
    for page in pages:
        rng = Random(f"full/{page.name}")
        pixels = page.pixels()
        yield page.name, locate_regions(pixels, page.dpi, cards_too=False)[0].whole
        height, width = pixels.shape[:2]
        x, y = round(width * rng.uniform(0.01, 0.05)), round(height * rng.uniform(0.01, 0.05))
        shot = degrade.uneven_light(Shot.of(np.ascontiguousarray(pixels[y : height - y, x : width - x])), rng, 0.6)
        yield f"{page.name}, within", locate_regions(shot.pixels, None, cards_too=False)[0].whole


def boxes_inside(folder: Path, count: int) -> Iterator[tuple[str, float]]:
    """Of another maker's photos: the share of labelled boxes that lie within what was cut out. Their corners are not
    told."""
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    given = [g for g in map(json.loads, lines) if g["condition"]["capture"] == "phone" and not is_kept_apart(g["file"])]
    for file in given[:count]:
        with open_document(folder / file["file"]) as document:
            page = document.page(1)
        regions = locate_regions(page.pixels, page.dpi)
        boxes = [field["box"] for field in file["fields"].values() if field["page"] == 1]
        if boxes:
            inside = [any(_holds(region.quad, box) for region in regions) for box in boxes]
            yield file["file"], float(np.mean(inside))


def _holds(quad: Quad, box: Sequence[Sequence[float]]) -> bool:
    corners, middle = np.array(quad), np.array(box).mean(axis=0)
    edges = np.roll(corners, -1, axis=0) - corners
    across = edges[:, 0] * (middle[1] - corners[:, 1]) - edges[:, 1] * (middle[0] - corners[:, 0])
    lengths = np.linalg.norm(edges, axis=1)
    return bool((across / lengths >= -_INSIDE * lengths.max()).all())


def table(pages: Sequence[KnownPage], folder: Path | None, *, verbose: bool) -> Iterator[str]:
    rows = list(corner_errors(pages))
    errors = np.array([error for _, error, _ in rows])
    lost = sum(whole for _, _, whole in rows)
    high = np.percentile(errors, 95)
    yield (f"corners on {len(rows)} photos: median {np.median(errors):.2%} of the diagonal (asked: 0.5 %), "
           f"95th percentile {high:.2%}, worst {errors.max():.1%}, left as a whole {lost}")  # fmt: skip
    if verbose:
        for name, error, whole in sorted(rows, key=lambda row: -row[1])[:12]:
            yield f"  {error:.2%} {name}{', whole frame' if whole else ''}"
    alone = list(left_alone(pages))
    yield f"frame-filling pages left alone: {np.mean([whole for _, whole in alone]):.1%} of {len(alone)}"
    if verbose:
        yield from (f"  cut: {name}" for name, whole in alone if not whole)
    if folder is not None:
        inside = list(boxes_inside(folder, len(pages)))
        if inside:
            yield (f"another maker's photos, labelled boxes within what was cut out: "
                   f"{np.mean([share for _, share in inside]):.1%}, on {len(inside)}")  # fmt: skip
        if verbose:
            yield from (f"  {share:.0%} inside: {name}" for name, share in inside if share < 1)
