from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ocr_models.reader.preparation import HEIGHT
from ocr_models.workshop.training.alphabet import encode
from ocr_models.workshop.training.feed import LEAST_PER_CHARACTER, PACK, WIDTHS, fits, packs, width_class
from ocr_models.workshop.training.lines import Line
from ocr_models.workshop.training.measure_text import edits


def line(width: int, text: str = "Nam") -> Line:
    pixels = np.full((HEIGHT, width), 240, np.uint8)
    pixels[10:30, 5:12] = 30
    return Line(pixels, text, "print")


class Repeating:
    def __init__(self, lines: list[Line]) -> None:
        self.lines, self.taken = lines, 0

    def render(self) -> Line:
        self.taken += 1
        return self.lines[(self.taken - 1) % len(self.lines)]


@given(st.integers(1, WIDTHS[-1]))
def test_a_line_goes_into_the_narrowest_class_that_holds_it(width: int) -> None:
    found = width_class(width)
    assert found is not None
    assert found >= width
    assert all(other < width for other in WIDTHS if other < found)


def test_a_line_too_long_to_train_on_has_no_class() -> None:
    assert width_class(WIDTHS[-1] + 1) is None


def test_width_classes_suit_the_steps_of_both_networks() -> None:
    assert all(width % 12 == 0 for width in WIDTHS)


def test_a_text_longer_than_its_ink_is_left_out() -> None:
    text = "x" * 40
    assert not fits(line(int(40 * LEAST_PER_CHARACTER) - 1, text))
    assert fits(line(int(40 * LEAST_PER_CHARACTER) + 1, text))


def test_a_pack_holds_lines_of_one_class_padded_with_paper() -> None:
    width, ink, labels = next(packs(Repeating([line(100, "Nam"), line(130, "Bắc"), line(700, "Tây")])))
    assert width == 144
    assert ink.shape == (PACK, HEIGHT, 144)
    assert labels[0] == encode("Nam")
    assert ink[0, :, 100:].max() == 0
    assert ink[0].max() > 250


@given(st.text("abc", max_size=8), st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_edit_distance_is_a_metric(a: str, b: str, c: str) -> None:
    assert edits(a, b) == edits(b, a)
    assert (edits(a, b) == 0) == (a == b)
    assert edits(a, c) <= edits(a, b) + edits(b, c)
