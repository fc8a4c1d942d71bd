"""How well layout finds the values that are written on labelled pages, and how well they read then.

`python -m ocr_models.workshop.measuring.layout DIR... [--raw] [--worst FOLDER]` takes folders with `truth.jsonl` and
prints, per kind of writing and of form: recall and precision of value lines at an intersection over union
of 0.5 (see `detection`), the share of truth boxes that segments cover, CER and exact share of the values inside
their segments, with `--raw` the same with layout's ink cleaning left out, and CPU seconds a page.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_models.evaluation.truth import TrueRecord, parse_truth
from ocr_models.reader import OwnReader
from ocr_models.workshop.measuring.detection import Detection, detect
from pipeline.domain.geometry import Transform, bounds
from pipeline.domain.model import UprightImage
from pipeline.domain.recognition import LineImage, Recognizer
from pipeline.imaging import prepare_page
from pipeline.intake import open_document
from pipeline.layout import Box, PageLayout, Segment, cut_lines, find_layout

_COVERED = 0.8
_NO_WRITING = frozenset({"qr"})  # a code's content is no line


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueValue:
    """One written value: its wording, kind of writing and box in the upright image's pixels."""

    name: str
    verbatim: str
    writing: str
    box: Box
    form: str = "form"  # "form" | "card" | "book" | "ledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueScore:
    """`detection` counts the lines found in the value's area, `covered` is the share of the truth box inside
    segments; errors are edit distances inside the text of the segments it touches, with and without layout's
    ink cleaning."""

    value: TrueValue
    detection: Detection
    covered: float
    text: str
    errors: int
    errors_raw: int | None


def score_page(
    image: UprightImage, values: Sequence[TrueValue], reader: Recognizer, *, raw: bool = False
) -> tuple[PageLayout, list[ValueScore], float]:
    """Scores of one page's values, and the CPU seconds that layout took."""
    start = time.process_time()
    layout = find_layout(image)
    lines = cut_lines(layout)
    seconds = time.process_time() - start
    texts = [r.text for r in reader.read(lines)]
    plain = [r.text for r in reader.read([_uncleaned(image, s) for s in layout.segments])] if raw else None
    boxes, cuts = [s.box for s in layout.segments], [_extent(line) for line in lines]
    scores = []
    for value in values:
        touched = [i for i, s in enumerate(layout.segments) if _touches(s.box, value.box)]
        text = " ".join(texts[i] for i in touched)
        errors = distance_inside(value.verbatim, text)
        errors_raw = None
        if plain is not None:
            errors_raw = distance_inside(value.verbatim, " ".join(plain[i] for i in touched))
        scores.append(
            ValueScore(
                value=value,
                detection=detect(value.box, boxes, cuts),
                covered=_covered(value.box, boxes),
                text=text,
                errors=errors,
                errors_raw=errors_raw,
            )
        )
    return layout, scores, seconds


def distance_inside(wanted: str, text: str) -> int:
    """Fewest edits that turn some stretch of `text` into `wanted` (Sellers 1980)."""
    row = np.zeros(len(text) + 1, np.int64)
    letters = np.array([ord(c) for c in text], np.int64)
    for number, letter in enumerate(wanted, start=1):
        best = np.minimum(row[1:] + 1, row[:-1] + (letters != ord(letter)))
        full = np.concatenate(([number], best))
        # An insertion costs one a step: the running minimum of (cost - place).
        places = np.arange(len(full))
        row = np.minimum.accumulate(full - places) + places
    return int(row.min())


def _uncleaned(image: UprightImage, segment: Segment) -> LineImage:
    """The segment cut straight out of the page, as a line detector alone would give it."""
    margin = round(0.45 * segment.text_height)
    x0, y0, x1, y1 = (round(v) for v in segment.box)
    top, left = max(0, y0 - margin), max(0, x0 - margin)
    crop = image.colour[top : y1 + margin, left : x1 + margin]
    grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.uint8)
    return LineImage(pixels=grey, to_upright=Transform.shift(left, top))


def _extent(line: LineImage) -> Box:
    """The area of the upright image that a line image shows."""
    rows, columns = line.pixels.shape
    return bounds([line.to_upright(corner) for corner in ((0, 0), (columns, 0), (columns, rows), (0, rows))])


def _touches(segment: Box, truth: Box) -> bool:
    wide = min(segment[2], truth[2]) - max(segment[0], truth[0])
    tall = min(segment[3], truth[3]) - max(segment[1], truth[1])
    return wide > 0 and tall > 0.4 * min(segment[3] - segment[1], truth[3] - truth[1])


def _covered(truth: Box, segments: Iterable[Box]) -> float:
    """Share of the truth box's width above which some touching segment lies."""
    x0, x1 = round(truth[0]), round(truth[2])
    columns = np.zeros(max(1, x1 - x0), bool)
    for box in segments:
        if _touches(box, truth):
            columns[max(0, int(box[0]) - x0) : max(0, int(box[2] + 1) - x0)] = True
    return float(columns.mean())


def summary(scores: Sequence[ValueScore]) -> dict[str, float]:
    """Recall and precision of lines, coverage, CER and exact share of these values; `*_raw` without ink cleaning."""
    letters = sum(len(s.value.verbatim) for s in scores) or 1
    lines = sum((s.detection for s in scores), Detection())
    out = {
        "values": float(len(scores)),
        "recall": lines.recall,
        "precision": lines.precision,
        "covered": sum(s.covered >= _COVERED for s in scores) / max(1, len(scores)),
        "cer": sum(min(s.errors, len(s.value.verbatim)) for s in scores) / letters,
        "exact": sum(s.errors == 0 for s in scores) / max(1, len(scores)),
    }
    if scores and scores[0].errors_raw is not None:
        raw = [s.errors_raw or 0 for s in scores]
        out["cer_raw"] = sum(raw) / letters
        out["exact_raw"] = sum(e == 0 for e in raw) / len(scores)
    return out


def labelled_pages(
    folder: Path, reader: Recognizer | None = None
) -> Iterator[tuple[str, UprightImage, list[TrueValue]]]:
    """Every upright image of a labelled folder with the values that lie on it.

    With a `reader`, pages are also told from pages upside down.
    """
    records, _ = parse_truth((folder / "truth.jsonl").read_text(encoding="utf-8").splitlines())
    files = sorted({record.file for record in records})
    for name in files:
        values = [
            (
                field.page or 1,
                field.box,
                TrueValue(
                    name=key,
                    verbatim=field.verbatim,
                    writing=record.writing if field.writing is None else field.writing,
                    box=(0, 0, 0, 0),
                    form=form_kind(record, records),
                ),
            )
            for record in records
            if record.file == name
            for key, field in record.fields.items()
            if field.box is not None and field.verbatim and key not in _NO_WRITING
        ]
        with open_document(folder / name) as document:
            for number in range(1, document.page_count + 1):
                prepared = prepare_page(document.page(number), reader=reader)
                for image in prepared.images:
                    on_image = _on(image, [(box, v) for page, box, v in values if page == number])
                    yield f"{name}#{number}.{image.part}", image, on_image


def _on(image: UprightImage, values: list[tuple[tuple[tuple[float, float], ...], TrueValue]]) -> list[TrueValue]:
    assert isinstance(image.to_scan, Transform)  # drawn sets hold no opened books
    to_upright = image.to_scan.inverse()
    height, width = image.colour.shape[:2]
    out = []
    for quad, value in values:
        x0, y0, x1, y1 = bounds([to_upright(p) for p in quad])
        if 0 <= (x0 + x1) / 2 < width and 0 <= (y0 + y1) / 2 < height:
            out.append(replace(value, box=(x0, y0, x1, y1)))
    return out


def draw(layout: PageLayout, values: Sequence[TrueValue] = ()) -> NDArray[np.uint8]:
    """The upright image with what layout found: segments red (in cells green), truth boxes grey."""
    picture = layout.image.colour.copy()
    colours = {"rules": (220, 220, 0), "leaders": (0, 220, 220), "seals": (220, 0, 220)}
    for value in values:
        _frame(picture, value.box, (170, 170, 170), 6)
    for segment in layout.segments:
        _frame(picture, segment.box, (0, 0, 255) if segment.cell_row is None else (0, 160, 0), 3)
    for kind, colour in colours.items():
        for item in getattr(layout, kind):
            _frame(picture, item.box, colour, 2)
    for box in layout.ignored:
        _frame(picture, box, (120, 120, 0), 8)
    return picture


def _frame(picture: NDArray[np.uint8], box: Box, colour: tuple[int, int, int], width: int) -> None:
    x0, y0, x1, y1 = (round(v) for v in box)
    cv2.rectangle(picture, (x0, y0), (x1, y1), colour, width)


def form_kind(record: TrueRecord, records: Sequence[TrueRecord]) -> str:
    """ "card", "book" (of a household), "ledger" (a register page of several acts) or else "form"."""
    kind = record.document_type
    if kind.startswith(("citizen_id", "national_id")):
        return "card"
    if kind in ("household_book", "temporary_residence_book"):
        return "book"
    several = sum(other.file == record.file for other in records) > 1
    return "ledger" if kind == "birth_register_entry" and several else "form"


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure layout on labelled folders.")
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--raw", action="store_true", help="also read the segments uncleaned")
    parser.add_argument("--worst", type=Path, help="draw the twenty worst pages here")
    arguments = parser.parse_args(given)
    reader = OwnReader()
    scores: list[ValueScore] = []
    pages: list[tuple[float, str, NDArray[np.uint8]]] = []
    seconds = []
    for name, image, values in (page for folder in arguments.folders for page in labelled_pages(folder, reader)):
        layout, page_scores, cpu = score_page(image, values, reader, raw=arguments.raw)
        scores.extend(page_scores)
        seconds.append(cpu)
        if arguments.worst and page_scores:
            pages.append((summary(page_scores)["recall"], name, draw(layout, values)))
            pages = sorted(pages, key=lambda page: page[:2])[:20]
    _say(scores)
    print("layout CPU s a page", round(float(np.mean(seconds)), 3) if seconds else None)
    if arguments.worst:
        arguments.worst.mkdir(parents=True, exist_ok=True)
        for place, (_, name, picture) in enumerate(pages):
            target = arguments.worst / f"{place:02d}-{name.replace('/', '_')}.png"
            cv2.imwrite(str(target), cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))


def _say(scores: Sequence[ValueScore]) -> None:
    """One line of JSON for each kind of writing, each kind of form and both together."""
    groups = {("all", "all"), *((s.value.writing, "all") for s in scores), *(("all", s.value.form) for s in scores)}
    groups |= {(s.value.writing, s.value.form) for s in scores}
    for writing, form in sorted(groups):
        chosen = [s for s in scores if writing in ("all", s.value.writing) and form in ("all", s.value.form)]
        print(writing, form, json.dumps({k: round(v, 4) for k, v in summary(chosen).items()}))


if __name__ == "__main__":
    main()
