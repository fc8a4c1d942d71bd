"""Fits the readers' confidence on held-out lines of the split `dev` and measures it on those of the split `test`.

Nobody trained on either: fonts by font, real lines by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from ocr_models.confidence import ReaderCalibration, character_features, line_features
from ocr_models.workshop.measuring.logistic import expected_calibration_error, fit_logistic
from ocr_models.workshop.training.held_out import HeldOut
from ocr_models.workshop.training.texts import tidy
from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import LineImage, Reading, Recognizer

_REAL = 0.25
TARGET = Path(__file__).parents[2] / "confidence.json"


@dataclass(frozen=True, slots=True)
class Judged:
    """One reading of a line of a kind, whether all of it is right, and which of its characters are."""

    kind: str
    reading: Reading
    right: bool
    characters: tuple[bool, ...]


def judge(reader: Recognizer, sets: Iterable[HeldOut]) -> list[Judged]:
    """The reader's readings of the sets, compared with what the lines say."""
    judged = []
    for held in sets:
        images = [LineImage(pixels=line.pixels, to_upright=Transform.identity()) for line in held.lines]
        for reading, line in zip(reader.read(images), held.lines, strict=True):
            right = tidy(reading.text) == line.text
            judged.append(Judged(held.name, reading, right, right_characters(reading.text, line.text)))
    return judged


def right_characters(read: str, wanted: str) -> tuple[bool, ...]:
    """Which characters of a reading stand where the truth has them, by the shortest way from one to the other."""
    right = [True] * len(read)
    for edit in Levenshtein.editops(read, wanted):
        if edit.tag != "insert":
            right[edit.src_pos] = False
    return tuple(right)


def fit(judged: Sequence[Judged]) -> ReaderCalibration:
    """The calibration under which the judged readings are most likely."""
    share = _shares(judged)
    lines = fit_logistic(
        [line_features(j.reading) for j in judged], [j.right for j in judged], counts=[share[j.kind] for j in judged]
    )
    rows = [row for j in judged for row in character_features(j.reading)]
    right = [is_right for j in judged for is_right in j.characters]
    counts = [share[j.kind] for j in judged for _ in j.characters]
    return ReaderCalibration(line=lines, character=fit_logistic(rows, right, counts=counts))


def measure(calibration: ReaderCalibration, judged: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """For each kind: expected calibration error of lines and characters, and the share of right lines, in per cent."""
    table: dict[str, dict[str, float]] = {}
    for kind in dict.fromkeys(j.kind for j in judged):
        own = [j for j in judged if j.kind == kind]
        lines = expected_calibration_error([calibration.of_line(j.reading) for j in own], [j.right for j in own])
        probabilities = [p for j in own for p in calibration.of_characters(j.reading)]
        characters = expected_calibration_error(probabilities, [is_right for j in own for is_right in j.characters])
        exact = sum(j.right for j in own) / len(own)
        table[kind] = {
            "lines": len(own),
            "exact": round(100 * exact, 1),
            "line_error": round(100 * float(lines), 2),
            "character_error": round(100 * float(characters), 2),
        }
    return table


def calibrate(
    readers: dict[str, Recognizer], dev: Sequence[HeldOut], test: Sequence[HeldOut], out: Path = TARGET
) -> dict[str, Any]:
    """Fit and measure each reader and put it into `out`, beside those that are there; what was measured."""
    known: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))["readers"] if out.exists() else {}
    measured = {}
    for name, reader in readers.items():
        calibration = fit(judge(reader, dev))
        measured[name] = measure(calibration, judge(reader, test))
        known[name] = {
            "sha256": reader.identity.sha256,
            "line": dict(calibration.line),
            "character": dict(calibration.character),
            "measured": measured[name],
        }
    out.write_text(json.dumps({"readers": known}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return measured


def _shares(judged: Sequence[Judged]) -> dict[str, float]:
    """How much a line of each kind counts: every kind alike, real lines less, since they are few and French."""
    kinds = [j.kind for j in judged]
    return {
        kind: (_REAL if kind.startswith("real") else 1.0) * len(judged) / len(set(kinds)) / kinds.count(kind)
        for kind in set(kinds)
    }
