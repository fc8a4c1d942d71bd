"""Light writing on dark film is a negative; what is dark for another reason is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.domain.model import PageImage
from pipeline.imaging import prepare, prepare_page
from pipeline.imaging.negative import is_negative
from pipeline.imaging.prepare import judged
from tests.making.sheets import Pixels, colour, page, slanted


def _grainy(pixels: Pixels, spread: float = 5) -> Pixels:
    noise = np.random.default_rng(3).normal(0, spread, pixels.shape)
    return np.asarray((pixels + noise).clip(0, 255), np.uint8)


def _lying_on(pixels: Pixels, table: int, share: float) -> Pixels:
    """The page reduced to this share of a dark table's width."""
    small = cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    frame = np.full(pixels.shape, table, np.uint8)
    frame[200 : 200 + small.shape[0], 200 : 200 + small.shape[1]] = small
    return frame


NEGATIVE: Pixels = np.asarray(255 - page(), np.uint8)


@pytest.mark.parametrize(
    "pixels",
    [
        NEGATIVE,
        _grainy(np.asarray(255 - 0.9 * page(), np.uint8)),
        np.asarray((NEGATIVE > 127) * 255, np.uint8),
        np.asarray(255 - slanted(page(), 3), np.uint8),
        np.ascontiguousarray(np.rot90(NEGATIVE)),
    ],
    ids=["drawn", "grainy", "black and white", "slanted", "on its side"],
)
def test_light_lines_on_film_are_a_negative(pixels: Pixels) -> None:
    assert is_negative(pixels, 300)


@pytest.mark.parametrize(
    "pixels",
    [
        page(),
        _grainy(_lying_on(page(), 30, 0.5)),
        _grainy(_lying_on(page(), 30, 0.35)),
        cv2.copyMakeBorder(page(), 900, 900, 900, 900, cv2.BORDER_CONSTANT, value=0),
        _grainy(np.asarray(0.35 * page(), np.uint8)),
        np.asarray(255 - page(lines=2), np.uint8),
        np.full((3507, 2481), 8, np.uint8),
        _grainy(np.full((3507, 2481), 40, np.uint8), 12),
        colour(NEGATIVE, (40, 40, 250)) // 2 + np.array((0, 0, 90), np.uint8),
    ],
    ids=["page", "dark table", "small on a table", "border", "too dark", "title", "black", "grain", "red cover"],
)
def test_what_is_dark_otherwise_is_no_negative(pixels: Pixels) -> None:
    assert not is_negative(np.ascontiguousarray(pixels, np.uint8), 300)


def test_a_negative_is_inverted_to_be_read_and_noted() -> None:
    prepared = prepare_page(PageImage(number=1, pixels=NEGATIVE, dpi=300), reader=None)
    assert np.median(prepared.images[0].colour) > 200 and not prepared.report.blank
    assert "page.negative" in [f.code for f in prepared.report.findings]


def test_a_page_that_is_looked_at_again_is_not_judged_again() -> None:
    known = judged(PageImage(number=1, pixels=NEGATIVE, dpi=300))
    with pytest.MonkeyPatch.context() as context:
        context.setattr(prepare, "positive", lambda _: pytest.fail("judged again"))
        prepared = prepare_page(known, reader=None)
    assert np.median(prepared.images[0].colour) > 200
    assert "page.negative" in [f.code for f in prepared.report.findings]


def test_a_negative_in_clear_film_that_is_not_told_for_one_is_never_blank() -> None:
    film = NEGATIVE.copy()
    film[:, -500:] = 255  # a window, for all that can be told
    assert not is_negative(film, 300)
    assert not prepare_page(PageImage(number=1, pixels=film, dpi=300), reader=None).report.blank


def test_a_black_sheet_is_blank() -> None:
    black = np.zeros((3507, 2481), np.uint8)
    assert prepare_page(PageImage(number=1, pixels=black, dpi=300), reader=None).report.blank
