"""Which runs of ink are read to tell how a page lies."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.imaging.ink import find_ink
from pipeline.imaging.runs import find_runs
from tests.making.sheets import page

DPI = 150


@pytest.mark.parametrize("mark", ["dots", "dashes"])
def test_rows_of_like_marks_are_no_runs_of_writing(mark: str) -> None:
    sheet = page(DPI, lines=6).copy()
    height, width = sheet.shape
    for x in range(60, width - 60, 24):
        for y in (60, height - 60):
            if mark == "dots":
                cv2.circle(sheet, (x, y), 6, 0, -1)
            else:
                cv2.rectangle(sheet, (x, y), (x + 15, y + 6), 0, -1)
    runs, _ = find_runs(find_ink(np.asarray(sheet)), 0.0, vertical=False, limit=6)
    assert runs
    assert all(90 < run.box[0][1] < height - 90 for run in runs)
