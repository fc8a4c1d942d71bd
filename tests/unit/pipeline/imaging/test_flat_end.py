from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline.domain.geometry import bounds
from pipeline.domain.model import PageImage
from pipeline.imaging.flat_end import flat_end
from pipeline.imaging.prepare import judged


def scanned(level: int | None, *, rows: int = 300) -> NDArray[np.uint8]:
    """A page with noise like paper's, its last rows of one level; saved as a JPEG and opened again."""
    page = np.random.default_rng(3).normal(230, 4, (1000, 700, 3)).clip(0, 255).astype(np.uint8)
    page[100:900:40, 80:600] = 40
    if level is not None:
        page[-rows:] = level
    saved = BytesIO()
    Image.fromarray(page).save(saved, "JPEG", quality=80)
    return np.asarray(Image.open(saved))


@pytest.mark.parametrize("turns", range(4))
def test_a_page_that_is_one_grey_from_an_edge_on_is_missing_from_there(turns: int) -> None:
    page = np.ascontiguousarray(np.rot90(scanned(128), turns))
    height, width = page.shape[:2]
    missing = flat_end(page)
    assert missing is not None
    expected = [(0, 700, width, height), (700, 0, width, height), (0, 0, width, 300), (0, 0, 300, height)][turns]
    assert bounds(missing) == pytest.approx(expected, abs=16)
    seen = judged(PageImage(number=1, pixels=page, dpi=100))
    assert seen.page.missing == missing


@pytest.mark.parametrize("level", [None, 0, 255])
def test_paper_and_margins_that_programs_add_are_not_missing(level: int | None) -> None:
    assert flat_end(scanned(level)) is None


def test_a_page_on_a_grey_canvas_is_whole() -> None:
    canvas = np.full((1400, 1100, 3), 128, np.uint8)
    canvas[200:1200, 200:900] = scanned(None)
    assert flat_end(canvas) is None


def test_a_page_of_one_colour_has_no_part_that_is_there() -> None:
    assert flat_end(np.full((300, 200), 128, np.uint8)) is None


def test_a_few_flat_rows_are_a_scanners_last_lines() -> None:
    assert flat_end(scanned(128, rows=4)) is None
