"""Transforms lead back exactly, and pixels lie where their transforms say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.geometry import Transform, rectangle
from pipeline.imaging.warp import Shrunk, cut, quad_to_rectangle, quarter_turn, rotation, turned, turned_size

coordinates = st.floats(-500, 3000)
sizes = st.floats(50, 3000)


@given(st.sampled_from([0, 90, 180, 270]), sizes, sizes, coordinates, coordinates)
def test_four_quarter_turns_are_none(turn: int, width: float, height: float, x: float, y: float) -> None:
    there = quarter_turn(turn, width, height)
    back = quarter_turn(-turn % 360, *turned_size(turn, width, height))
    assert (there @ back)((x, y)) == pytest.approx((x, y), abs=1e-6)


@given(st.floats(-15, 15), sizes, sizes, coordinates, coordinates)
def test_straightening_and_its_inverse_are_none(angle: float, width: float, height: float, x: float, y: float) -> None:
    level, _ = rotation(angle, width, height)
    assert level.inverse()(level((x, y))) == pytest.approx((x, y), abs=1e-6)


@given(st.floats(-15, 15), sizes, sizes)
def test_a_straightened_canvas_holds_every_corner(angle: float, width: float, height: float) -> None:
    level, (out_w, out_h) = rotation(angle, width, height)
    for corner in rectangle(0, 0, width, height):
        x, y = level.inverse()(corner)
        assert -1e-6 <= x <= out_w + 1e-6
        assert -1e-6 <= y <= out_h + 1e-6


@given(st.lists(st.floats(-40, 40), min_size=8, max_size=8), sizes, sizes)
def test_a_homography_leads_from_the_rectangle_to_its_quadrilateral(
    wobble: list[float], width: float, height: float
) -> None:
    base = rectangle(100, 100, 1100, 800)
    moved = [(x + wobble[2 * i], y + wobble[2 * i + 1]) for i, (x, y) in enumerate(base)]
    quad = (moved[0], moved[1], moved[2], moved[3])
    to_parent = quad_to_rectangle(quad, width, height)
    for corner, expected in zip(rectangle(0, 0, width, height), quad, strict=True):
        assert to_parent(corner) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_pixels_lie_where_the_transform_says(turn: int) -> None:
    scan = np.full((60, 40), 255, np.uint8)
    scan[5:9, 30:33] = 0  # x 30..33, y 5..9
    out = turned(scan, turn)
    rows, columns = np.nonzero(out == 0)
    middle = ((columns.min() + columns.max() + 1) / 2, (rows.min() + rows.max() + 1) / 2)
    assert quarter_turn(turn, 40, 60)(middle) == pytest.approx((31.5, 7.0))


def test_cutting_by_whole_pixels_copies_them() -> None:
    scan = np.arange(60 * 40, dtype=np.uint16).reshape(60, 40).astype(np.uint8)
    assert np.array_equal(cut(scan, Transform.shift(7, 11), (20, 30)), scan[11:41, 7:27])


def test_a_shrinking_cut_keeps_thin_strokes() -> None:
    scan = np.full((400, 400), 255, np.uint8)
    scan[:, 200:202] = 0
    small = cut(scan, Transform.scale(4, 4), (100, 100))
    assert small[:, 50].max() < 140


@pytest.mark.parametrize("angle", [0.0, 7.0])
def test_a_small_view_of_a_part_shows_what_its_transform_says(angle: float) -> None:
    scan = np.full((1201, 1603), 255, np.uint8)  # odd sides: halves leave a row and a column off
    scan[700:760, 1000:1090] = 0
    level, _ = rotation(angle, 400.0, 300.0)
    to_scan = Transform.shift(850, 560) @ level @ Transform.scale(5.2, 5.2)
    for view in (Shrunk(scan).cut(to_scan, (70, 55)), cut(scan, to_scan, (70, 55))):
        dark = 255.0 - view
        middle = tuple(float(np.average(i + 0.5, weights=dark)) for i in np.indices(view.shape)[::-1])
        assert to_scan((middle[0], middle[1])) == pytest.approx((1045, 730), abs=1.0)


def test_views_of_one_scan_are_as_if_each_were_made_of_the_scan_alone() -> None:
    scan = np.random.default_rng(3).integers(0, 256, (823, 1217, 3)).astype(np.uint8)
    shared = Shrunk(scan)
    for size in ((100, 70), (608, 411), (300, 203), (1000, 676)):
        assert np.array_equal(shared.reduced(size), Shrunk(scan).reduced(size))
