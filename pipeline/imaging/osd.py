"""Tesseract's own guess of which way is up: the fall-back where no reader can tell."""

from __future__ import annotations

import contextlib
import re

import pytesseract

from pipeline.imaging.warp import Pixels

_LEAST_CONFIDENCE = 1.5  # of Tesseract's scale; below it the guess was wrong too often


def upside_down_by_osd(level: Pixels) -> bool | None:
    """Whether a level grey page stands on its head; None when Tesseract cannot tell or is not there.

    Raises nothing. A program is started: about half a second.
    """
    answer = ""
    with contextlib.suppress(pytesseract.TesseractError, OSError, RuntimeError, UnicodeDecodeError):
        answer = str(pytesseract.image_to_osd(level, config="--dpi 150 -c min_characters_to_try=12", timeout=20))
    turn = re.search(r"Rotate: (\d+)", answer)
    sure = re.search(r"Orientation confidence: ([\d.]+)", answer)
    if turn is None or sure is None or float(sure[1]) < _LEAST_CONFIDENCE:
        return None
    return {"0": False, "180": True}.get(turn[1])
