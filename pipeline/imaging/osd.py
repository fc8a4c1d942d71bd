"""Tesseract's own guess at which way is up: the fall-back where no reader can decide."""

from __future__ import annotations

import contextlib
import re

import pytesseract

from pipeline.imaging.warp import Pixels

_LEAST_CONFIDENCE = 1.5  # of Tesseract's scale; below it the guess was wrong too often; by trial
_OPTIONS = "--dpi 150 -c min_characters_to_try=12"
"""The view's resolution, and how many letters Tesseract needs to guess at all; the latter by trial."""
_TIMEOUT_S = 20  # it takes half a second; a page that takes longer than this is given up


def upside_down_by_osd(level: Pixels) -> bool | None:
    """Whether a level grey page is upside down; None when Tesseract cannot tell or is not installed.

    Raises nothing. A program is started: about half a second.
    """
    answer = ""
    with contextlib.suppress(pytesseract.TesseractError, OSError, RuntimeError, UnicodeDecodeError):
        answer = str(pytesseract.image_to_osd(level, config=_OPTIONS, timeout=_TIMEOUT_S))
    turn = re.search(r"Rotate: (\d+)", answer)
    sure = re.search(r"Orientation confidence: ([\d.]+)", answer)
    if turn is None or sure is None or float(sure[1]) < _LEAST_CONFIDENCE:
        return None
    return {"0": False, "180": True}.get(turn[1])
