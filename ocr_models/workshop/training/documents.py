"""Training lines out of generated documents: what the line cutter really hands to a reader, with its truth.

A value's wording and box are known, its label's box is not; so the cut goes around the value inside its
segment's line image, and only where one segment holds the whole value and no other value comes near.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_models.evaluation.truth import TrueRecord, parse_truth
from ocr_models.workshop.measuring.layout import TrueValue
from ocr_models.workshop.training.lines import to_height
from ocr_models.workshop.training.real import write_archive
from ocr_models.workshop.training.texts import tidy
from pipeline.domain.geometry import Transform, bounds
from pipeline.domain.model import UprightImage
from pipeline.imaging import prepare_page
from pipeline.intake import open_document
from pipeline.layout import Box, PageLayout, cut_lines, find_layout

_TALLEST = 2.6  # a value's box against its segment's letter height; taller ones may hold two rows
_LEAST_SHARE = 0.7  # of a value's height inside its segment


def cut_documents(folder: Path, target: Path, *, quality: int = 80) -> int:
    """Write the value lines of a labelled folder (`truth.jsonl`) into an archive as `real_lines` reads it.

    How many there are. Use folders in fonts of the split `train` alone.
    """
    rows = []
    for name, image, values in upright_pages(folder):
        for value, pixels in certain_values(find_layout(image), values):
            text = tidy(value.verbatim)
            if text:
                rows.append((to_height(pixels), text, f"{folder.name}/{name}", value.writing))
    write_archive(target, rows, quality=quality)
    return len(rows)


def upright_pages(folder: Path) -> Iterator[tuple[str, UprightImage, list[TrueValue]]]:
    """The upright images of a labelled folder, each with the values on it.

    Which way is up is decided by the truth here, not by a reader: images that came out on their head are
    left out.
    """
    records, _ = parse_truth((folder / "truth.jsonl").read_text(encoding="utf-8").splitlines())
    for name in sorted({record.file for record in records}):
        known = [record for record in records if record.file == name]
        with open_document(folder / name) as document:
            for number in range(1, document.page_count + 1):
                for image in prepare_page(document.page(number), reader=None).images:
                    values = list(_values_on(image, known, number))
                    if values:
                        yield f"{name}#{number}.{image.part}", image, values


def _values_on(image: UprightImage, records: Sequence[TrueRecord], page: int) -> Iterator[TrueValue]:
    height, width = image.colour.shape[:2]
    assert isinstance(image.to_scan, Transform)  # drawn sets hold no opened books
    back = image.to_scan.inverse()
    for record in records:
        for name, field in record.fields.items():
            if field.box is None or not field.verbatim or (field.page or 1) != page:
                continue
            corners = [back(corner) for corner in field.box]
            x0, y0, x1, y1 = bounds(corners)
            right, down = corners[1][0] - corners[0][0], corners[-1][1] - corners[0][1]
            if right > 0 and down > 0 and 0 <= (x0 + x1) / 2 < width and 0 <= (y0 + y1) / 2 < height:
                writing = field.writing or record.writing
                yield TrueValue(name=name, verbatim=field.verbatim, writing=writing, box=(x0, y0, x1, y1))


def certain_values(layout: PageLayout, values: Sequence[TrueValue]) -> Iterator[tuple[TrueValue, NDArray[np.uint8]]]:
    """Each value that one segment holds alone, with its part of the segment's line image."""
    lines = cut_lines(layout)
    for value in values:
        touching = [i for i, s in enumerate(layout.segments) if _overlap(s.box, value.box)]
        if len(touching) != 1:
            continue
        segment = layout.segments[touching[0]]
        others = [v for v in values if v is not value and _overlap(v.box, value.box, along=6.0)]
        if others or not _holds(segment.box, value.box, segment.text_height):
            continue
        line = lines[touching[0]]
        back = line.to_upright.inverse()
        left, _, right, _ = bounds([back((x, y)) for x in value.box[::2] for y in value.box[1::2]])
        start, end = max(0, round(left)), min(line.pixels.shape[1], round(right))
        if end - start >= 12:
            margin = round(0.25 * segment.text_height)
            framed = cv2.copyMakeBorder(
                line.pixels[:, start:end], 0, 0, margin, margin, cv2.BORDER_CONSTANT, value=255.0
            )
            yield value, np.asarray(framed, np.uint8)


def _overlap(segment: Box, value: Box, *, along: float = 0.0) -> bool:
    wide = min(segment[2], value[2]) - max(segment[0], value[0])
    tall = min(segment[3], value[3]) - max(segment[1], value[1])
    return wide > -along and tall > 0.25 * min(segment[3] - segment[1], value[3] - value[1])


def _holds(segment: Box, value: Box, letters: float) -> bool:
    """Whether the segment covers the value from end to end, in one row."""
    inside = min(segment[3], value[3]) - max(segment[1], value[1])
    tall = value[3] - value[1]
    one_row = tall < _TALLEST * 1.6 * letters and inside > _LEAST_SHARE * min(tall, segment[3] - segment[1])
    return one_row and segment[0] < value[0] + letters and segment[2] > value[2] - 1.5 * letters
