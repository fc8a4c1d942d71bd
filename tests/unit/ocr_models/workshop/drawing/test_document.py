"""Drawn documents: truth boxes hold the ink of their values, nothing runs off the sheet or into its neighbour."""

from __future__ import annotations

from functools import cache
from random import Random

import numpy as np
import pytest

from ocr_models.workshop.drawing.canvas import Box
from ocr_models.workshop.drawing.dataset import content_for
from ocr_models.workshop.drawing.document import Drawing, Side, draw_document
from ocr_models.workshop.drawing.sheet import Placed
from pipeline.forms.definition import FormDefinition
from pipeline.forms.loading import load_forms

# Each form once, its ways of writing in turn: the same code draws all of them.
CASES = [(form, form.writing[n % len(form.writing)]) for n, form in enumerate(load_forms())]
IDS = [f"{form.type.value}-{form.form}-{kind}" for form, kind in CASES]


def drawing(form: FormDefinition, kind: str, seed: str = "1") -> Drawing:
    content = content_for(Random(f"{seed}/{form.form}"), form)
    return Drawing(form=form, content=content, seed=seed, kind=kind, dpi=90, split="dev", mark=0.1)


@cache
def drawn(place: int) -> list[Side]:
    return draw_document(drawing(*CASES[place]))


def overlap(a: Box, b: Box) -> float:
    """Shared part of the smaller box."""
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    smaller = min((a.x1 - a.x0) * (a.y1 - a.y0), (b.x1 - b.x0) * (b.y1 - b.y0))
    return max(0.0, width) * max(0.0, height) / max(smaller, 1.0)


def one_line(side: Side, placed: Placed) -> bool:
    """Boxes of several lines enclose the label before them, and a code lies under several fields."""
    return placed.box.y1 - placed.box.y0 < side.dpi * 0.26 and placed.name not in ("qr", "old_national_id")


@pytest.mark.parametrize("place", range(len(CASES)), ids=IDS)
def test_every_value_lies_on_its_sheet(place: int) -> None:
    for side in drawn(place):
        height, width = side.pixels.shape[:2]
        for placed in side.placed:
            box = placed.box
            assert -2 <= box.x0 < box.x1 <= width + 2 and -2 <= box.y0 < box.y1 <= height + 2, placed.name


@pytest.mark.parametrize("place", range(len(CASES)), ids=IDS)
def test_the_box_of_a_value_holds_ink(place: int) -> None:
    for side in drawn(place):
        grey = side.pixels[:, :, 1]
        paper = np.median(grey)
        for placed in side.placed:
            if placed.entry.value is not None:
                x0, y0, x1, y1 = (round(max(0, v)) for v in _corners(placed.box))
                part = grey[y0 : y1 + 1, x0 : x1 + 1]
                assert part.min() < paper - 35, placed.name


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


@pytest.mark.parametrize("place", range(len(CASES)), ids=IDS)
def test_values_do_not_run_into_each_other(place: int) -> None:
    for side in drawn(place):
        lines = [placed for placed in side.placed if placed.entry.verbatim and one_line(side, placed)]
        for number, one in enumerate(lines):
            for other in lines[number + 1 :]:
                assert overlap(one.box, other.box) < 0.34, (one.name, other.name)


@pytest.mark.parametrize("place", range(len(CASES)), ids=IDS)
def test_every_field_of_the_form_has_a_place(place: int) -> None:
    form, _ = CASES[place]
    placed = {spot.name for side in drawn(place) for spot in side.placed}
    wanted = {name.replace("[]", "[0]") for name in form.fields()}
    assert wanted <= placed


@pytest.mark.parametrize("place", [0, 9, 20], ids=[IDS[0], IDS[9], IDS[20]])
def test_the_same_drawing_gives_the_same_pixels(place: int) -> None:
    again = draw_document(drawing(*CASES[place]))
    for one, other in zip(drawn(place), again, strict=True):
        assert np.array_equal(one.pixels, other.pixels) and one.placed == other.placed


def test_another_seed_gives_another_layout() -> None:
    form, kind = CASES[0]
    one, other = (draw_document(drawing(form, kind, seed))[0] for seed in ("1", "2"))
    boxes = [{p.name: p.box for p in side.placed} for side in (one, other)]
    assert boxes[0]["full_name"] != boxes[1]["full_name"]
