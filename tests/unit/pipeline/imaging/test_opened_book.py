"""Photographed opened books: gutter found, pages flattened, fingers told; flat and folded sheets stay as they are."""

from __future__ import annotations

from random import Random

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_models.workshop.drawing.opened_book import OpenedBook, photograph_book
from pipeline.domain.geometry import Quad, Transform, bounds
from pipeline.domain.model import PageImage
from pipeline.imaging import opened_book, prepare_page
from pipeline.imaging.curved import Curved
from pipeline.imaging.opened_book import find_opened_book

Pixels = NDArray[np.uint8]
PPM = 6.0  # pixels per millimetre of the drawn pages
WIDE, HIGH = round(190 * PPM), round(270 * PPM)
LINES = range(round(30 * PPM), HIGH - round(30 * PPM), round(9 * PPM))
LEFT, RIGHT = round(22 * PPM), WIDE - round(20 * PPM)


def written(seed: int) -> Pixels:
    """A page of rows of letter-like boxes, each on a rule."""
    rng = Random(seed)
    page = np.full((HIGH, WIDE, 3), 238, np.uint8)
    for y in LINES:
        cv2.line(page, (LEFT, y + 6), (RIGHT, y + 6), (90, 90, 90), 2)
        x = LEFT
        while x < RIGHT - 20:
            w = rng.randint(8, 14)
            cv2.rectangle(page, (x, y - 14), (x + w, y), (30, 30, 30), 3)
            x += w + rng.choice((5, 5, 5, 18))
    return page


def taken(seed: int, *, fingers: int = 0, strength: float = 1.0) -> OpenedBook:
    return photograph_book(
        written(1), written(2), PPM, Random(seed), long_side=2600, fingers=fingers, strength=strength
    )


@pytest.fixture(scope="module")
def photo() -> OpenedBook:
    return taken(3, fingers=1)


@pytest.fixture(scope="module")
def found(photo: OpenedBook) -> opened_book.OpenedBook:
    book = find_opened_book(photo.pixels)
    assert book is not None
    return book


def test_the_gutter_lies_where_the_pages_meet(photo: OpenedBook, found: opened_book.OpenedBook) -> None:
    assert off_gutter(photo, found) < 0.01


def test_lines_are_straight_on_the_flattened_pages(photo: OpenedBook, found: opened_book.OpenedBook) -> None:
    for drawn, flat in zip(photo.pages, found.pages, strict=True):
        height = flat.pixels.shape[0]
        for y in list(LINES)[::5]:
            along = np.array([(x, y) for x in np.linspace(LEFT, RIGHT, 9)], dtype=np.float64)
            seen = [back(flat.to_scan, p, flat.pixels.shape) for p in drawn.points(along).tolist()]
            rows = [p[1] for p in seen]
            assert max(rows) - min(rows) < 0.005 * height


def test_letters_keep_their_width_towards_the_gutter(photo: OpenedBook, found: opened_book.OpenedBook) -> None:
    for drawn, flat in zip(photo.pages, found.pages, strict=True):
        along = np.array([(x, HIGH / 2) for x in np.linspace(0.06 * WIDE, 0.94 * WIDE, 12)], dtype=np.float64)
        seen = [back(flat.to_scan, p, flat.pixels.shape)[0] for p in drawn.points(along).tolist()]
        steps = np.diff(seen)
        assert steps.max() / steps.min() < 1.25


def test_what_a_thumb_covers_is_told_and_painted_over(photo: OpenedBook, found: opened_book.OpenedBook) -> None:
    told = [place for page in found.pages for place in page.covered]
    (true,) = photo.covered
    assert len(told) == 1
    assert overlap(told[0], true) > 0.5


def test_places_lead_to_the_photo_and_boxes_hold_what_they_show(
    photo: OpenedBook, found: opened_book.OpenedBook
) -> None:
    flat = found.pages[0]
    height, width = flat.pixels.shape[:2]
    box = flat.to_scan.quad(((0.1 * width, 50), (0.98 * width, 50), (0.98 * width, 90), (0.1 * width, 90)))
    edge = [flat.to_scan((x, 50.0)) for x in np.linspace(0.1 * width, 0.98 * width, 20)]
    hull = np.array(box, dtype=np.float32).reshape(-1, 1, 2)
    assert all(cv2.pointPolygonTest(hull, p, measureDist=True) > -1.0 for p in edge)
    assert bounds(edge)[3] < height and photo.pixels.shape[1] > bounds(edge)[2]


def test_the_pages_are_images_of_their_own_in_reading_order(photo: OpenedBook) -> None:
    prepared = prepare_page(PageImage(number=1, pixels=photo.pixels, dpi=None), reader=None)
    assert [image.part for image in prepared.images] == [1, 2]
    assert prepared.book is not None and len(prepared.report.covered) == 1
    left, right = (image.to_scan((0.0, 0.0))[0] for image in prepared.images)
    assert left < right


def test_a_table_over_both_pages_is_one_image(photo: OpenedBook, found: opened_book.OpenedBook) -> None:
    sheet = found.joined()
    page = found.pages[1]
    width = found.pages[0].pixels.shape[1]
    assert sheet.pixels.shape[1] == width + page.pixels.shape[1]
    assert sheet.to_scan((width + 300.0, 400.0)) == pytest.approx(page.to_scan((300.0, 400.0)), abs=2.0)


def test_a_book_on_its_side_is_found_too(photo: OpenedBook) -> None:
    turned = np.ascontiguousarray(np.rot90(photo.pixels))
    book = find_opened_book(turned)
    assert book is not None
    (ax, ay), (bx, by) = book.gutter
    assert abs(ay - by) < 0.2 * abs(ax - bx)


def test_a_low_book_whose_table_fills_half_the_picture_is_found() -> None:
    left, right = (np.ascontiguousarray(written(seed)[: round(110 * PPM)]) for seed in (1, 2))
    photo = photograph_book(left, right, PPM, Random(3), long_side=2000, strength=1.0)
    book = find_opened_book(photo.pixels)
    assert book is not None
    assert off_gutter(photo, book) < 0.01


def test_a_double_frame_beside_the_gutter_is_not_taken_for_it() -> None:
    left, right = written(1), written(2)
    for page in (left, right):
        for inset, thick in ((8.0, 7), (9.6, 4)):
            at = round(inset * PPM)
            cv2.rectangle(page, (at, 2 * at), (WIDE - at, HIGH - 2 * at), (110, 90, 70), thick)
    photo = photograph_book(left, right, PPM, Random(17), long_side=2000, strength=0.4)
    book = find_opened_book(photo.pixels)
    assert book is not None
    assert off_gutter(photo, book) < 0.01


def test_columns_stand_upright_on_a_page_that_the_picture_cuts_off() -> None:
    photo = photograph_book(written(1), written(2), PPM, Random(22), long_side=2000)
    drawn = photo.pages[1]
    near_edge = drawn.points(np.array([(0.95 * WIDE, y) for y in np.linspace(0, HIGH, 9)]))
    book = find_opened_book(np.ascontiguousarray(photo.pixels[:, : int(near_edge[:, 0].min())]))
    assert book is not None
    flat = book.pages[1]
    column = drawn.points(np.array([(0.85 * WIDE, y) for y in np.linspace(0.1 * HIGH, 0.9 * HIGH, 7)])).tolist()
    seen = [back(flat.to_scan, point, flat.pixels.shape)[0] for point in column]
    assert max(seen) - min(seen) < 0.006 * flat.pixels.shape[1]


def test_two_flat_sheets_side_by_side_are_no_opened_book() -> None:
    table = np.full((1800, 2600, 3), 70, np.uint8)
    for x, seed in ((60, 1), (1320, 2)):
        table[90 : 90 + HIGH, x : x + WIDE] = written(seed)
    assert find_opened_book(table) is None


def test_a_flat_page_and_a_folded_one_stay_as_they_are() -> None:
    page = written(1)
    folded = page.copy()
    folded[:, WIDE // 2 - 8 : WIDE // 2 + 8] = (folded[:, WIDE // 2 - 8 : WIDE // 2 + 8] * 0.6).astype(np.uint8)
    assert find_opened_book(page) is None
    assert find_opened_book(folded) is None


def test_a_bent_way_back_composes_with_transforms() -> None:
    x, y = np.meshgrid(np.linspace(0, 100, 5), np.linspace(0, 50, 3))
    plain = Curved.of(np.stack([x, y + 10], axis=2), (100, 50))
    moved = plain.into(Transform.shift(5, 0)) @ Transform.scale(2, 2)
    assert moved((10.0, 5.0)) == pytest.approx((25.0, 20.0))


def off_gutter(photo: OpenedBook, found: opened_book.OpenedBook) -> float:
    """How far the gutter that was found is from the true one, at most, as a share of the photo's width."""
    (ax, ay), (bx, by) = found.gutter
    off = max(abs(ax + (bx - ax) * (y - ay) / (by - ay) - x) for x, y in photo.gutter)
    return float(off / photo.pixels.shape[1])


def back(to_scan: Curved, point: list[float], shape: tuple[int, ...]) -> tuple[float, float]:
    """Where the scan's point is on the flat page, by search over its grid and one step from there."""
    rows, columns = to_scan.grid.shape[:2]
    off = ((to_scan.grid - np.array(point)) ** 2).sum(axis=2)
    j, i = divmod(int(off.argmin()), columns)
    x, y = i * shape[1] / (columns - 1), j * shape[0] / (rows - 1)
    for _ in range(4):
        here = np.array(to_scan((x, y)))
        slopes = np.stack([np.array(to_scan((x + 1, y))) - here, np.array(to_scan((x, y + 1))) - here], axis=1)
        dx, dy = np.linalg.solve(slopes, np.array(point) - here)
        x, y = x + float(dx), y + float(dy)
    return x, y


def overlap(one: Quad, other: Quad) -> float:
    area, _ = cv2.intersectConvexConvex(np.array(one, dtype=np.float32), np.array(other, dtype=np.float32))
    return float(area) / min(cv2.contourArea(np.array(q, dtype=np.float32)) for q in (one, other))
