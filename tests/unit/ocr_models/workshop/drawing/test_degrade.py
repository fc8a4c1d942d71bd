"""Every degradation that moves the page says where its points went."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import cv2
import numpy as np
import pytest

from ocr_models.workshop.drawing import degrade
from ocr_models.workshop.drawing.degrade import Shot

SPOT = (140.0, 90.0)


def page() -> Shot:
    """A white page with one dark spot."""
    pixels = np.full((400, 300, 3), 255, np.uint8)
    cv2.circle(pixels, (int(SPOT[0]), int(SPOT[1])), 6, (0, 0, 0), -1)
    return Shot.of(pixels)


def darkest(shot: Shot, at: tuple[float, float]) -> tuple[float, float]:
    """Centre of the dark pixels within 25 pixels of a point."""
    grey = shot.pixels if shot.pixels.ndim == 2 else shot.pixels.mean(axis=2)
    x0, y0 = max(0, round(at[0]) - 25), max(0, round(at[1]) - 25)
    part = grey[y0 : y0 + 50, x0 : x0 + 50]
    ys, xs = np.nonzero(part < part.min() + 60)
    return x0 + float(xs.mean()), y0 + float(ys.mean())


MOVES: dict[str, Callable[[Shot], Shot]] = {
    "skew": lambda s: degrade.skew(s, 3.5),
    "quarter turn": lambda s: degrade.turn(s, 1),
    "half turn": lambda s: degrade.turn(s, 2),
    "three quarters": lambda s: degrade.turn(s, 3),
    "scanner border": lambda s: degrade.border(s, Random(1), 10, (250, 250, 250)),
    "bigger sheet": lambda s: degrade.on_ground(s, (500, 600), (60, 80), (255, 255, 255)),
    "photo": lambda s: degrade.photograph(s, Random(4), long_side=800),
    "turned photo": lambda s: degrade.photograph(degrade.turn(s, 1), Random(5), long_side=800),
}


@pytest.mark.parametrize("name", MOVES)
def test_a_point_is_found_where_the_transform_says(name: str) -> None:
    shot = MOVES[name](page())
    wanted = shot.point(*SPOT)
    found = darkest(shot, wanted)
    assert np.hypot(found[0] - wanted[0], found[1] - wanted[1]) < 2.0


LOOKS: dict[str, Callable[[Shot], Shot]] = {
    "light": lambda s: degrade.uneven_light(s, Random(1)),
    "blur": lambda s: degrade.blur(s, 1.2),
    "motion": lambda s: degrade.motion_blur(s, 5, 30),
    "noise": lambda s: degrade.noise(s, Random(1), 6),
    "fading": lambda s: degrade.fade(s, Random(1)),
    "bleeding": lambda s: degrade.bleed_through(s, Random(1)),
    "stains": lambda s: degrade.stains(s, Random(1), 3),
    "folds": lambda s: degrade.folds(s, Random(1), 2),
    "grey": degrade.grey,
    "bilevel": lambda s: degrade.bilevel(s, Random(1)),
}


@pytest.mark.parametrize("name", LOOKS)
def test_what_only_changes_the_look_moves_nothing(name: str) -> None:
    before = page()
    after = LOOKS[name](before)
    assert np.array_equal(after.matrix, before.matrix)
    assert after.pixels.shape[:2] == before.pixels.shape[:2]
    found = darkest(after, SPOT)
    assert np.hypot(found[0] - SPOT[0], found[1] - SPOT[1]) < 3.0


@pytest.mark.parametrize("name", LOOKS)
def test_a_degradation_changes_pixels_the_same_way_each_time(name: str) -> None:
    once, twice = LOOKS[name](page()), LOOKS[name](page())
    assert np.array_equal(once.pixels, twice.pixels)
    assert not np.array_equal(once.pixels, page().pixels)


def test_bilevel_has_two_levels_only() -> None:
    assert set(np.unique(degrade.bilevel(page(), Random(2)).pixels)) == {0, 255}


def test_a_turned_box_starts_at_the_text_s_top_left() -> None:
    quad = degrade.turn(page(), 2).quad(10, 20, 60, 40)
    assert quad[0] == (289.0, 379.0) and quad[2] == (239.0, 359.0)
