from __future__ import annotations

import cv2
import numpy as np

from ocr_models.workshop.measuring.layout import TrueValue
from ocr_models.workshop.training.documents import certain_values
from pipeline.domain.geometry import Transform
from pipeline.layout import PageLayout, Segment
from pipeline.layout.model import InkMap

WIDTH, HEIGHT = 800, 300


def layout(*boxes: tuple[float, float, float, float]) -> PageLayout:
    """A page whose segments are these boxes, each with a word in it."""
    grey = np.full((HEIGHT, WIDTH), 255, np.uint8)
    owners = np.zeros((HEIGHT // 2, WIDTH // 2), np.uint16)
    for number, (x0, y0, x1, y1) in enumerate(boxes, start=1):
        cv2.putText(grey, "label value", (int(x0) + 4, int(y1) - 8), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 3)
        owners[int(y0) // 2 : int(y1) // 2, int(x0) // 2 : int(x1) // 2] = number
    segments = tuple(Segment(box=box, row=i, index=0, text_height=26.0) for i, box in enumerate(boxes))
    page = PageLayout.__new__(PageLayout)
    object.__setattr__(page, "segments", segments)
    object.__setattr__(page, "ink", InkMap(grey=grey, owners=owners, to_upright=Transform.identity()))
    return page


def value(x0: float, y0: float, x1: float, y1: float) -> TrueValue:
    return TrueValue(name="full_name", verbatim="value", writing="print", box=(x0, y0, x1, y1))


def test_a_value_inside_one_segment_is_cut_without_its_label() -> None:
    page = layout((20, 40, 320, 90))
    ((found, pixels),) = certain_values(page, [value(160, 42, 300, 90)])
    assert found.verbatim == "value"
    assert pixels.shape[1] == 140 + 2 * 6  # a margin of a quarter of the letters
    assert pixels.min() == 0


def test_a_value_over_two_segments_is_left_out() -> None:
    page = layout((20, 40, 200, 90), (210, 40, 400, 90))
    assert not list(certain_values(page, [value(160, 42, 300, 90)]))


def test_a_value_that_may_hold_two_rows_is_left_out() -> None:
    page = layout((20, 40, 320, 90))
    assert not list(certain_values(page, [value(160, 42, 300, 190)]))


def test_values_that_touch_each_other_are_left_out() -> None:
    page = layout((20, 40, 420, 90))
    assert not list(certain_values(page, [value(60, 42, 200, 90), value(203, 42, 300, 90)]))


def test_a_value_that_its_segment_covers_in_part_is_left_out() -> None:
    page = layout((20, 40, 220, 90))
    assert not list(certain_values(page, [value(160, 42, 400, 90)]))
