from __future__ import annotations

from collections import Counter
from typing import Any

import cv2
import numpy as np
import pytest

from ocr_models.workshop.fonts import catalogue
from ocr_models.workshop.training.alphabet import CHARACTERS
from ocr_models.workshop.training.lines import HEIGHT, MAX_WIDTH, Line, LineRenderer, to_height
from ocr_models.workshop.training.marks import can_draw, split_letter
from ocr_models.workshop.training.texts import TextBank


def renderer(seed: int, **options: Any) -> LineRenderer:
    fonts = [next(iter(catalogue(kind=kind, split="train"))) for kind in ("print", "typed", "pen")]
    return LineRenderer(fonts, TextBank(4, size=40), seed, **options)


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    maker = renderer(1)
    return [maker.render() for _ in range(60)]


def test_every_line_has_the_readers_height_and_a_text_it_can_write(lines: list[Line]) -> None:
    for line in lines:
        assert line.pixels.shape[0] == HEIGHT
        assert line.pixels.dtype == np.uint8
        assert set(line.text) <= set(CHARACTERS)
        assert line.text


def test_all_kinds_of_writing_come_up(lines: list[Line]) -> None:
    assert set(Counter(line.kind for line in lines)) == {"print", "typed", "pen"}


def test_writing_is_darker_than_its_paper(lines: list[Line]) -> None:
    contrast = [np.percentile(line.pixels, 80) - np.percentile(line.pixels, 1) for line in lines]
    assert np.median(contrast) > 80
    assert min(contrast) > 15


def test_the_same_seed_draws_the_same_lines() -> None:
    one, other = renderer(9), renderer(9)
    for _ in range(8):
        a, b = one.render(), other.render()
        assert a.text == b.text
        assert np.array_equal(a.pixels, b.pixels)


def test_another_seed_draws_other_lines() -> None:
    assert renderer(9).render().text != renderer(10).render().text


def test_longer_texts_are_wider() -> None:
    maker = renderer(3, plain=True, kinds=(1.0, 0.0, 0.0))
    lines = [maker.render() for _ in range(40)]
    correlation = np.corrcoef([len(line.text) for line in lines], [line.pixels.shape[1] for line in lines])[0, 1]
    assert correlation > 0.7


@pytest.mark.parametrize("rows", [20, 48, 130])
def test_scaling_keeps_proportions(rows: int) -> None:
    strip = cv2.resize(np.full((10, 40), 200, np.uint8), (4 * rows, rows))
    assert to_height(strip).shape == (HEIGHT, 4 * HEIGHT)


@pytest.mark.parametrize("letter", "ễẫộựỵẳĐđỢ")
def test_a_letter_taken_apart_is_drawable_and_keeps_its_base(letter: str) -> None:
    base, marks = split_letter(letter)
    assert can_draw(letter)
    assert base.isascii()
    assert marks


def test_no_line_is_wider_than_the_widest_class(lines: list[Line]) -> None:
    assert MAX_WIDTH <= 1632
