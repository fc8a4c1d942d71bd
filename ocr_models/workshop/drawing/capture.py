"""How drawn sides become the pages of a file: on a scanner's glass, as a photo, several cards on a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from ocr_models.workshop.drawing import degrade
from ocr_models.workshop.drawing.canvas import Pixels
from ocr_models.workshop.drawing.clerk import Entry
from ocr_models.workshop.drawing.degrade import Shot
from ocr_models.workshop.drawing.document import Side
from ocr_models.workshop.drawing.sheet import Placed
from pipeline.domain.geometry import Quad


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where one field stands in the final scan. `copy` counts documents in a file, `record` entries on a page."""

    name: str
    entry: Entry
    quad: Quad
    record: int
    copy: int
    writing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A finished page: pixels as they go into the file, and where the fields are on them.

    `rotation` is how the page must be turned clockwise to be upright; `scale` its size against the drawing.
    """

    number: int
    pixels: Pixels
    spots: tuple[Spot, ...]
    rotation: int = 0
    scale: float = 1.0


def capture_pages(
    documents: Sequence[Sequence[Side]],
    rng: Random,
    *,
    capture: str,
    wear: str,
    dpi: float,
    card: bool,
    turned: int | None = None,
) -> list[Page]:
    """Wear the sides down and scan or photograph them; one page a side, or one sheet for all cards.

    `turned`: by how many quarters clockwise the paper lay wrong; by chance (mostly not) when None.
    """
    chance = rng.choice((0,) * 8 + (1, 2, 3))
    rotation = chance if turned is None else turned
    if capture == "sheet":
        return [_cards_on_sheet(documents, rng, wear, dpi, rotation)]
    pages: list[Page] = []
    for copy, sides in enumerate(documents):
        for side in sides:
            shot = age(Shot.of(side.pixels), rng, wear, gentle=card, thresholded=capture == "bilevel")
            shot = _captured(shot, rng, capture, wear, side.dpi / 25.4, card, rotation)
            pages.append(page_of(len(pages) + 1, shot, [(shot, side.placed, copy)], rotation))
    return pages


def page_of(number: int, final: Shot, parts: Sequence[tuple[Shot, Sequence[Placed], int]], rotation: int) -> Page:
    """A finished page; `parts` are the sides on it, each with its own way to the page's pixels."""
    spots = [
        Spot(
            name=placed.name,
            entry=placed.entry,
            quad=shot.quad(placed.box.x0, placed.box.y0, placed.box.x1, placed.box.y1),
            record=placed.record,
            copy=copy,
            writing=placed.writing,
        )
        for shot, all_placed, copy in parts
        for placed in all_placed
    ]
    scale = float(abs(np.linalg.det(parts[0][0].matrix[:2, :2]))) ** 0.5
    return Page(
        number=number,
        pixels=final.pixels,
        spots=tuple(spots),
        rotation=(360 - rotation * 90) % 360,
        scale=scale,
    )


def age(shot: Shot, rng: Random, wear: str, *, gentle: bool = False, thresholded: bool = False) -> Shot:
    """What years in a drawer do: paling ink, ink from the back, blots, creases.

    `gentle` for plastic cards. `thresholded`: the scan will be black and white, where ink that pales too far
    is gone for people too, so it pales less.
    """
    if wear == "none" or gentle:
        return shot
    hard = wear == "hard"
    if rng.random() < (0.6 if hard else 0.25):
        kept = rng.uniform(0.42, 0.7) if hard else rng.uniform(0.65, 0.9)
        shot = degrade.fade(shot, rng, max(kept, 0.78) if thresholded else kept)
    if rng.random() < (0.5 if hard else 0.15):
        shot = degrade.bleed_through(shot, rng, strength=rng.uniform(0.1, 0.28) if hard else 0.1)
    if rng.random() < (0.6 if hard else 0.2):
        shot = degrade.stains(shot, rng, rng.randint(1, 5) if hard else 1)
    if rng.random() < (0.5 if hard else 0.15):
        shot = degrade.folds(shot, rng, rng.randint(1, 2))
    return shot


def _captured(shot: Shot, rng: Random, capture: str, wear: str, ppm: float, card: bool, rotation: int) -> Shot:
    if capture == "phone":
        shot = degrade.turn(shot, rotation)
        return _photographed(shot, rng, wear, card)
    limit = {"none": 0.3, "mild": 1.5, "hard": 4.0}[wear]
    ground = (250, 250, 250)
    if card:
        margin = rng.uniform(2, 8) * ppm
        height, width = shot.pixels.shape[:2]
        size = (round(width + 2 * margin), round(height + 2 * margin))
        shot = degrade.on_ground(shot, size, (margin, margin), ground)
    elif rng.random() < (0.1 if wear == "mild" else 0.3 if wear == "hard" else 0.0):
        shot = degrade.border(shot, rng, ppm)
        ground = (22, 20, 20)
    shot = degrade.skew(shot, rng.uniform(-limit, limit), ground)
    shot = degrade.turn(shot, rotation)
    return _scanned(shot, rng, capture, wear)


def _scanned(shot: Shot, rng: Random, capture: str, wear: str) -> Shot:
    """The scanner's own share: softness, grain, grey or black-and-white output."""
    strength = {"none": 0.0, "mild": 1.0, "hard": 2.2}[wear]
    shot = degrade.blur(shot, rng.uniform(0, 0.45) * strength)
    if capture == "bilevel":
        return degrade.bilevel(shot, rng)
    if wear != "none" and rng.random() < 0.2:
        shot = degrade.uneven_light(shot, rng, 0.85, shadow=False)
    if strength:
        shot = degrade.noise(shot, rng, rng.uniform(1, 4) * strength)
    return degrade.grey(shot) if rng.random() < 0.2 else shot


def _photographed(shot: Shot, rng: Random, wear: str, card: bool) -> Shot:
    strength = {"none": 0.4, "mild": 1.0, "hard": 1.6}[wear]
    long_side = rng.randint(1500, 2200) if card else rng.randint(2600, 3400)
    shot = degrade.photograph(shot, rng, long_side=long_side, strength=strength)
    shot = degrade.uneven_light(shot, rng, {"none": 0.85, "mild": 0.65, "hard": 0.5}[wear])
    shot = degrade.blur(shot, rng.uniform(0.3, 0.6) * strength)
    if rng.random() < 0.15 * strength:
        shot = degrade.motion_blur(shot, rng.uniform(2, 5), rng.uniform(0, 180))
    return degrade.noise(shot, rng, rng.uniform(2, 5) * strength)


def _cards_on_sheet(documents: Sequence[Sequence[Side]], rng: Random, wear: str, dpi: float, rotation: int) -> Page:
    """Fronts and backs laid on one A4 sheet, each a little askew, then scanned together."""
    ppm = dpi / 25.4
    size = (round(210 * ppm), round(297 * ppm))
    sheet = degrade.on_ground(Shot.of(documents[0][0].pixels[:1, :1]), size, (0, 0), (252, 252, 252)).pixels
    parts: list[tuple[Shot, Sequence[Placed], int]] = []
    for copy, sides in enumerate(documents):
        for number, side in enumerate(sides):
            side_by_side = len(documents) > 1
            column = number if side_by_side else 0
            row = copy if side_by_side else number
            left = (10 if side_by_side else 55) + 97 * column + rng.uniform(-3, 3)
            top = 25 + 75 * row + rng.uniform(-6, 6)
            shot = _laid(Shot.of(side.pixels), rng, sheet, (left * ppm, top * ppm))
            parts.append((shot, side.placed, copy))
    whole = Shot.of(sheet)
    limit = {"none": 0.2, "mild": 1.0, "hard": 2.5}[wear]
    whole = degrade.skew(whole, rng.uniform(-limit, limit), (252, 252, 252))
    whole = _scanned(degrade.turn(whole, rotation), rng, "sheet", wear)
    moved = [
        (Shot(pixels=whole.pixels, matrix=whole.matrix @ shot.matrix), placed, copy) for shot, placed, copy in parts
    ]
    return page_of(1, whole, moved, rotation)


def _laid(card: Shot, rng: Random, sheet: Pixels, at: tuple[float, float]) -> Shot:
    """Put a card on the sheet, askew by up to 4 degrees. Changes the sheet's pixels."""
    height, width = card.pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-4, 4), 1.0)
    matrix[:, 2] += at
    cv2.warpAffine(card.pixels, matrix, (sheet.shape[1], sheet.shape[0]), dst=sheet, flags=cv2.INTER_LINEAR,
                   borderMode=cv2.BORDER_TRANSPARENT)  # fmt: skip
    return card.moved(card.pixels, np.vstack([matrix, [0, 0, 1]]))
