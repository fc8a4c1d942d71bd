"""Finds and reads the machine-readable zone on a card's back.

The zone is three long lines of even, dark, wide-set letters across the lower part of the card. Lines are
found by closing the gaps between their letters; reading is done by the recogniser that is passed in.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.codes.model import Mrz
from pipeline.codes.td1 import name_is_plausible, parse_td1
from pipeline.domain.geometry import Quad, Transform, rectangle
from pipeline.domain.model import UprightImage
from pipeline.domain.recognition import LineImage, Recognizer

Gray = NDArray[np.uint8]
# Lengths in pixels are of the card at the width it is searched at; all by trial.
_WORK_WIDTH = 640  # the card's width while searching
_SMALLEST_CARD = 200  # the card's own width, below which its zone cannot be read
_LOWER = 0.5  # of the card's height, from the top, where the zone may begin
_LEAST_WIDTH = 0.55  # of the card: a name line that ends in fillers may fade out
_ROW_HEIGHT = (8, 44)
_LETTER_SIDE, _LETTER_GAP, _ROW_LEAST = (15, 15), (27, 1), (9, 5)  # a letter, a gap that is closed, the least of a row
_TALL = 33  # more than a row's height, less than two rows
_PITCH, _UNEVEN, _LEFTS = 15, 1.5, 40  # least distance of lines, largest ratio of the two, largest offset of left ends
_MARGIN, _BEFORE, _BEHIND = 0.35, 12, 0.3  # of a row's height around it; pixels before it; of the left margin behind it
_HIGHER = 1.3  # times the middle row's height
_PALE = 140  # grey level of an evenly lit line from which ink is not the zone's
_DARK, _DARKEST = 2, 200.0  # percentile of an evenly lit line that becomes black, and its grey level at most


def find_mrz(image: UprightImage) -> tuple[Quad, ...]:
    """The boxes of three zone lines, top to bottom, in the upright image's pixels; empty when there are none.

    Only cards have one; a page is not searched.
    """
    if image.kind != "card" or image.colour.shape[1] < _SMALLEST_CARD:
        return ()
    gray = _brightest(image.colour)
    scale = _WORK_WIDTH / gray.shape[1]
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    top = round(_LOWER * small.shape[0])
    rows = _long_rows(small[top:])
    for index in range(len(rows) - 2):
        trio = rows[index : index + 3]
        if _evenly_set(trio):
            return tuple(_box(row, top, scale, gray.shape[1], gray.shape[0]) for row in _as_high(trio))
    return ()


def _brightest(colour: Gray) -> Gray:
    """The brightest channel: the zone is black, and red stamps, blue ink and the coloured ground fade."""
    return np.asarray(colour.max(axis=2) if colour.ndim == 3 else colour, dtype=np.uint8)


def _long_rows(band: Gray) -> list[tuple[int, int, int, int]]:
    """x, y, w, h of dark rows that run across the card, top to bottom."""
    letters = cv2.morphologyEx(band, cv2.MORPH_BLACKHAT, cv2.getStructuringElement(cv2.MORPH_RECT, _LETTER_SIDE))
    strokes = cv2.convertScaleAbs(cv2.Sobel(letters, cv2.CV_16S, 1, 0, ksize=3))
    strokes = cv2.subtract(strokes, _tall_strokes(strokes))
    closed = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, _LETTER_GAP))
    _, ink = cv2.threshold(closed, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    ink = cv2.morphologyEx(ink, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, _ROW_LEAST))
    contours, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = [cv2.boundingRect(c) for c in contours]
    low, high = _ROW_HEIGHT
    rows = [(x, y, w, h) for x, y, w, h in boxes if w >= _LEAST_WIDTH * band.shape[1] and low <= h <= high]
    return sorted(rows, key=lambda row: row[1])


def _tall_strokes(strokes: Gray) -> Gray:
    """What runs down past a letter's height: the card's own edge or outline, which would join the rows."""
    tall = cv2.morphologyEx(strokes, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, (1, _TALL)))
    return np.asarray(cv2.dilate(tall, cv2.getStructuringElement(cv2.MORPH_RECT, (3, _TALL))), dtype=np.uint8)


def _evenly_set(trio: list[tuple[int, int, int, int]]) -> bool:
    centres = [y + h / 2 for _, y, _, h in trio]
    first, second = centres[1] - centres[0], centres[2] - centres[1]
    lefts = [x for x, _, _, _ in trio]
    even = max(first, second) <= _UNEVEN * min(first, second)
    return min(first, second) >= _PITCH and even and max(lefts) - min(lefts) < _LEFTS


def _as_high(trio: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """The rows, none much higher than the middle one: a stamp over one line makes its row higher."""
    height = sorted(h for _, _, _, h in trio)[1]
    middles = [round(y + (h - height) / 2) for _, y, _, h in trio]
    return [
        (row[0], middle, row[2], height) if row[3] > _HIGHER * height else row
        for row, middle in zip(trio, middles, strict=True)
    ]


def _box(row: tuple[int, int, int, int], top: int, scale: float, width: int, height: int) -> Quad:
    """The row with a margin, over the card's whole zone width: faint fillers at its end belong to it."""
    x, y, _, h = row
    margin = _MARGIN * h
    left = max(0.0, x - _BEFORE) / scale
    y0, y1 = (y + top - margin) / scale, (y + h + top + margin) / scale
    return rectangle(left, max(0.0, y0), width - max(0.0, left * _BEHIND), min(float(height), y1))


def read_mrz(image: UprightImage, reader: Recognizer) -> tuple[Mrz, tuple[Quad, ...]] | None:
    """The zone on the card with the boxes of its lines, or None when none can be made out.

    `reader` should be one that knows OCR-B capitals, digits and "<" only. Every reading the recogniser
    offers for a line is tried; the first valid zone wins, else the first readable one comes back not valid.
    A card that lies upside down is read too; then the boxes begin at their lower right (`upside_down`).
    """
    fallback: tuple[Mrz, tuple[Quad, ...]] | None = None
    for turned in (False, True):
        upright = _turned(image) if turned else image
        boxes = find_mrz(upright)
        mrz = _read_lines(upright, boxes, reader) if boxes else None
        if mrz is None:
            continue
        if turned:
            height, width = image.colour.shape[:2]
            back = Transform.of(np.array([[-1.0, 0.0, width], [0.0, -1.0, height]]))
            boxes = tuple(back.quad(box) for box in boxes)
        if mrz.valid:
            return mrz, boxes
        fallback = fallback or (mrz, boxes)
    return fallback


def upside_down(boxes: tuple[Quad, ...]) -> bool:
    """Whether boxes of `read_mrz` belong to a card that lies upside down in its image."""
    return bool(boxes) and boxes[0][0][0] > boxes[0][1][0]


def _turned(image: UprightImage) -> UprightImage:
    return image.evolve(colour=np.ascontiguousarray(image.colour[::-1, ::-1]))


def _read_lines(image: UprightImage, boxes: tuple[Quad, ...], reader: Recognizer) -> Mrz | None:
    """The best of the readings: valid and of a name that may be one, else valid, else any."""
    cuts = [_cut(image, box) for box in boxes]
    found: list[Mrz] = []
    for version in (cuts, [_blackened(cut) for cut in cuts]):
        readings = reader.read(version)
        texts = [[r.text, *(text for text, _ in r.alternatives[:2])] for r in readings]
        for number in range(max(map(len, texts))):
            mrz = parse_td1([options[min(number, len(options) - 1)] for options in texts])
            if mrz is not None and mrz.valid and name_is_plausible(mrz):
                return mrz
            found += [mrz] if mrz is not None else []
    return max(found, key=lambda mrz: mrz.valid, default=None)


def _blackened(cut: LineImage) -> LineImage:
    """The line with everything paler than the zone's own ink made white: what a stamp or a pattern laid over it."""
    level = np.clip(cut.pixels.astype(np.float32) * (255.0 / _PALE), 0, 255).astype(np.uint8)
    return LineImage(pixels=level, to_upright=cut.to_upright)


def _cut(image: UprightImage, box: Quad) -> LineImage:
    """The line image, evenly lit: a zone that lies half in a shadow could not be read."""
    (x0, y0), _, (x1, y1), _ = box
    left, upper, right, lower = int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1))
    crop = image.colour[upper:lower, left:right]
    gray = _brightest(crop)
    side = max(3, lower - upper) | 1
    paper = cv2.dilate(gray, cv2.getStructuringElement(cv2.MORPH_RECT, (side // 2 | 1, side // 2 | 1)))
    paper = cv2.blur(paper, (side, side)).astype(np.float32)
    even = np.clip(gray / np.maximum(paper, 1.0) * 255.0, 0, 255)
    dark = min(float(np.percentile(even, _DARK)), _DARKEST)
    level = np.clip((even - dark) * (255.0 / (255.0 - dark)), 0, 255).astype(np.uint8)
    return LineImage(pixels=np.ascontiguousarray(level), to_upright=Transform.shift(left, upper))
