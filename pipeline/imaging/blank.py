"""Whether there is anything on the page; print that shows through from the other side does not count."""

from __future__ import annotations

import numpy as np

from pipeline.imaging.ink import Gray, Ink, find_ink
from pipeline.imaging.skew import estimate_skew

_FEW_PIECES = 6  # letter-like pieces; a page with fewer holds specks, not writing; by trial; steady
_FAINT = 0.10  # ink's darkness below the paper, 0 to 1: less is grain, a shadow of the other side, or faint; by trial
_FAINT_LETTERS, _CRISP = 100, 0.6  # pieces, and rise of their edges, from which so faint ink is writing; by trial
_GHOST = 0.34  # darkness up to which ink may be the other side's, if its edges are soft; by trial; steady
_SOFT = 0.20  # rise per view pixel over the ink's darkness: softer edges were seen through paper; by trial; steady
_DARK = 110  # grey level of the paper: darker is no paper; by trial; steady
_LIGHT_LETTERS = 120  # light pieces on it that are writing; a cover has fewer; by trial
_SAMPLED = 300  # pieces that are looked at, spread over the page; for speed


def is_blank(ink: Ink, view: Gray) -> bool:
    """Whether a page is empty: no writing, or only what shows through from its back.

    On a dark ground, as a negative that was not told for one has it, light writing counts. Bleed-through is faint and,
    being seen through paper, soft; faded ink is faint and crisp. In doubt the page counts as written on: an empty page
    costs a glance, a lost one costs a record.
    """
    if ink.paper < _DARK and _light_letters(view) >= _LIGHT_LETTERS:
        return False
    if ink.pieces < _FEW_PIECES:
        return True
    if ink.darkness < _FAINT:
        return not _is_faint_writing(ink, view)
    return ink.darkness < _GHOST and edge_rise(ink, view) < _SOFT


def _is_faint_writing(ink: Ink, view: Gray) -> bool:
    """Whether the faint pieces are letters: many, crisp, in rows. Grain lies in no rows, the other side's are soft."""
    if ink.pieces < _FAINT_LETTERS or edge_rise(ink, view) < _CRISP:
        return False
    return estimate_skew(ink).angle_deg is not None


def _light_letters(view: Gray) -> int:
    light = find_ink(np.asarray(255 - view, np.uint8))
    return light.pieces if light.darkness >= _GHOST else 0


def edge_rise(ink: Ink, view: Gray) -> float:
    """Steepest rise of the ink's edges per view pixel, over its own darkness: low when seen through paper."""
    step = max(1, ink.pieces // _SAMPLED)
    rises = []
    for x, y, w, h in ink.boxes[::step]:
        part = view[max(y - 2, 0) : y + h + 2, max(x - 2, 0) : x + w + 2].astype(np.int16)
        depth = float(part.max() - part.min())
        if min(part.shape) > 2 and depth > 0:
            across = np.abs(np.diff(part, axis=1)).max()
            down = np.abs(np.diff(part, axis=0)).max()
            rises.append(max(across, down) / depth)
    return float(np.median(rises)) if rises else 0.0
