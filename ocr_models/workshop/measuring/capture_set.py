"""A small set of photos as citizens take them, good and bad, each labelled with what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from ocr_models.workshop.drawing import degrade, faults
from ocr_models.workshop.drawing.canvas import Pixels
from ocr_models.workshop.drawing.capture import age
from ocr_models.workshop.drawing.dataset import content_for
from ocr_models.workshop.drawing.degrade import Shot
from ocr_models.workshop.drawing.document import Drawing, Side, draw_document
from ocr_models.workshop.drawing.facts import Content
from ocr_models.workshop.fonts import Split
from pipeline.domain.geometry import Quad, bounds, rectangle
from pipeline.forms.loading import load_forms

FAULTS = ("blurred", "glare", "cut_off", "too_small", "too_dark", "screen")
_CARDS = ("citizen_id_chip", "citizen_id_2024", "citizen_id_barcode")
_SHEETS = ("birth_notification", "birth_certificate", "marriage_certificate", "birth_certificate_old")
_DPI = {True: 500.0, False: 300.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """One photo: JPEG bytes, its pixels, what is wrong (None: nothing) and where.

    `outline` is the paper's; `written` what stands on this side, by field, as it is written.
    """

    name: str
    jpeg: bytes
    pixels: Pixels
    fault: str | None
    place: Quad | None
    outline: Quad
    document_type: str
    side: str
    content: Content
    written: Mapping[str, str]


def photos(seed: int, count: int, *, split: Split = "dev", only: tuple[str, ...] = ()) -> Iterator[Photo]:
    """`count` rounds, each a drawn side photographed once with every fault and as often without: the same seed gives
    the same photos. Cards and sheets take turns."""
    kinds = [*FAULTS, *(None for _ in FAULTS)]
    for number in range(count):
        rng = Random(f"{seed}/{split}/capture/{number}")
        card = number % 2 == 0
        kind = rng.choice(_CARDS if card else _SHEETS)
        form = rng.choice([f for f in load_forms() if f.type.value == kind])
        content = content_for(rng, form)
        drawing = Drawing(form=form, content=content, seed=f"{seed}/{number}", kind=rng.choice(form.writing),
                          dpi=_DPI[card], split=split, mark=0.05)  # fmt: skip
        side = rng.choice(draw_document(drawing, ("front", "back") if card else ("front",)))
        for place, fault in enumerate(kinds):
            if not only or (fault or "good") in only:
                name = f"{seed}-{number:03d}-{place:02d}-{fault or 'good'}"
                yield _photo(Random(f"{seed}/{split}/{name}"), name, fault, side, kind, content)


def _photo(rng: Random, name: str, fault: str | None, side: Side, kind: str, content: Content) -> Photo:
    shot, place = _taken(rng, side, fault, kind in _CARDS)
    shot = degrade.turn(shot, rng.choice((0, 0, 0, 1, 2, 3))) if place is None else shot
    ok, data = cv2.imencode(".jpg", shot.pixels, [cv2.IMWRITE_JPEG_QUALITY, rng.choice((72, 82, 90, 94))])
    assert ok
    height, width = side.pixels.shape[:2]
    return Photo(
        name=name,
        jpeg=data.tobytes(),
        pixels=np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8),
        fault=fault,
        place=place,
        outline=shot.quad(0, 0, width, height),
        document_type=kind,
        side=side.name,
        content=content,
        written={p.name: p.entry.verbatim for p in side.placed if p.entry.verbatim},
    )


def _taken(rng: Random, side: Side, fault: str | None, card: bool) -> tuple[Shot, Quad | None]:
    """The photo, and the fault's place where it is not the whole paper."""
    long_side = rng.choice((1600, 2000, 2600) if card else (2500, 2900, 3400))
    if fault == "screen":
        shot = faults.on_screen(side.pixels, rng, screen_px=rng.randint(750, 1500), long_side=long_side)
        return degrade.noise(shot, rng, rng.uniform(1, 3)), None
    shot = degrade.photograph(
        age(Shot.of(side.pixels), rng, rng.choice(("none", "mild")), gentle=card),
        rng,
        long_side=long_side,
        strength=rng.uniform(0.2, 1.2),
    )
    shot = degrade.uneven_light(shot, rng, rng.uniform(0.62, 0.95))
    letters = _letters(shot, side, card)
    outline = shot.quad(0, 0, side.pixels.shape[1], side.pixels.shape[0])
    place: Quad | None = None
    if fault == "blurred":
        shot = _blurred(shot, rng, letters)
    else:
        shot = degrade.blur(shot, rng.uniform(0.02, 0.055) * letters)
    if fault == "cut_off":
        shot = faults.cut_off(shot, rng, outline, rng.uniform(0.09, 0.2))
    elif fault == "too_small":
        shot = faults.reduced_to(shot, rng.uniform(3.2, 5.5) / letters)
    elif fault == "too_dark":
        shot = faults.darkened(shot, rng, rng.uniform(0.07, 0.19))
    elif fault == "glare":
        shot, place = _glare_on_field(shot, rng, side, outline)
    elif fault is None and rng.random() < 0.25:
        shot = _harmless_glare(shot, rng, side, outline)
    grain = degrade.noise(shot, rng, rng.uniform(1, 4)) if fault != "too_dark" else shot
    return grain, place


def _letters(shot: Shot, side: Side, card: bool) -> float:
    """Height of small letters in the photo, pixels: 1.5 mm on cards, 1.9 mm on sheets."""
    scale = float(abs(np.linalg.det(shot.matrix[:2, :2]))) ** 0.5
    return float((1.5 if card else 1.9) * side.dpi / 25.4 * scale)


def _blurred(shot: Shot, rng: Random, letters: float) -> Shot:
    if rng.random() < 0.5:
        return degrade.blur(shot, rng.uniform(0.22, 0.45) * letters)
    return degrade.motion_blur(shot, rng.uniform(0.9, 2.0) * letters, rng.uniform(0, 180))


def _written(shot: Shot, side: Side) -> list[Quad]:
    return [shot.quad(p.box.x0, p.box.y0, p.box.x1, p.box.y1) for p in side.placed if p.box.x1 - p.box.x0 > 40]


def _glare_on_field(shot: Shot, rng: Random, side: Side, outline: Quad) -> tuple[Shot, Quad]:
    x0, y0, x1, y1 = bounds(rng.choice(_written(shot, side)))
    short = min(bounds(outline)[2] - bounds(outline)[0], bounds(outline)[3] - bounds(outline)[1])
    size = max(0.16 * short, 0.5 * (x1 - x0))
    return faults.glare_spot(shot, rng, ((x0 + x1) / 2, (y0 + y1) / 2), size)


def _harmless_glare(shot: Shot, rng: Random, side: Side, outline: Quad) -> Shot:
    """A small reflection where nothing is written, if such a place is found."""
    x0, y0, x1, y1 = bounds(outline)
    size = 0.1 * min(x1 - x0, y1 - y0)
    for _ in range(20):
        middle = (rng.uniform(x0 + size, x1 - size), rng.uniform(y0 + size, y1 - size))
        near = rectangle(middle[0] - 1.3 * size, middle[1] - 1.3 * size, middle[0] + 1.3 * size, middle[1] + 1.3 * size)
        if not any(_overlap(near, written) for written in _written(shot, side)):
            return faults.glare_spot(shot, rng, middle, size)[0]
    return shot


def _overlap(box: Quad, other: Quad) -> bool:
    (a0, b0, a1, b1), (c0, d0, c1, d1) = bounds(box), bounds(other)
    return a0 < c1 and c0 < a1 and b0 < d1 and d0 < b1
