"""Tesseract's own guess at which way is up: the fall-back where no reader can decide."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.domain.recognition import USUAL_TESSDATA
from pipeline.imaging.warp import Pixels

_LEAST_CONFIDENCE = 1.5  # of Tesseract's scale; below it the guess was wrong too often; by trial
_DPI = 150  # of the view
_LETTERS = "12"  # that Tesseract needs to guess at all; by trial


def upside_down_by_osd(level: Pixels) -> bool | None:
    """Whether a level grey page is upside down; None when Tesseract cannot tell or its data are not installed.

    Raises nothing, starts no program and writes no file: decoders may do neither.
    """
    engine = _engine()
    if engine is None:
        return None
    try:
        engine.SetImageBytes(level.tobytes(), level.shape[1], level.shape[0], 1, level.shape[1])
        engine.SetSourceResolution(_DPI)
        answer = engine.DetectOrientationScript()
    except RuntimeError:
        return None
    finally:
        engine.Clear()
    if not answer or answer["orient_conf"] < _LEAST_CONFIDENCE:
        return None
    return {0: False, 180: True}.get(int(answer["orient_deg"]))


@lru_cache(maxsize=1)
def _engine() -> Any:
    """Tesseract with its data of orientations; None where these are not in one of the usual folders."""
    import tesserocr

    folder = next((f for f in USUAL_TESSDATA if Path(f, "osd.traineddata").is_file()), None)
    if folder is None:
        return None
    try:
        engine = tesserocr.PyTessBaseAPI(path=folder, lang="osd", psm=tesserocr.PSM.OSD_ONLY)
    except RuntimeError:
        return None
    engine.SetVariable("min_characters_to_try", _LETTERS)
    return engine
