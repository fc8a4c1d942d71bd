"""How sure a line's reading is: probabilities measured on lines in fonts and hands that nobody trained on.

A network's own probabilities are too high. `confidence.json` has the correction for each reader, by the digest of its
weights: fitted by `python -m ocr_models.workshop.training calibrate` on the split `dev`, measured on the split `test`.
How a line is written is not known when it is read, so features stand for it: handwriting and wear leave many characters
a little unsure, print leaves few.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from ocr_models.errors import ModelDamagedError
from pipeline.domain.message import Message
from pipeline.domain.recognition import ModelIdentity, Reading

_LEAST, _MOST = 1e-5, 1.0 - 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderCalibration:
    """Weights of two logistic regressions, over `line_features` and over `character_features`."""

    line: Mapping[str, float]
    character: Mapping[str, float]

    def of_line(self, reading: Reading) -> float:
        """The probability that every character of the line is right."""
        return _logistic(self.line, line_features(reading))

    def of_characters(self, reading: Reading) -> list[float]:
        """The probability that it is right, for each character."""
        return [_logistic(self.character, row) for row in character_features(reading)]


def with_probability(reading: Reading, reader: ModelIdentity) -> Reading:
    """The reading with the calibrated probability that the whole line is right.

    None, as it was, where this reader with these weights was never measured.
    """
    known = load_confidence(reader.sha256)
    if known is None:
        return reading
    return replace(reading, confidence=replace(reading.confidence, probability=known.of_line(reading)))


@cache
def load_confidence(sha256: str) -> ReaderCalibration | None:
    """The shipped calibration of the reader with these weights. Raises `ModelDamagedError`."""
    file = resources.files("ocr_models") / "confidence.json"
    if not file.is_file():
        return None
    try:
        for known in json.loads(file.read_text(encoding="utf-8"))["readers"].values():
            if known["sha256"] == sha256:
                return ReaderCalibration(line=_weights(known["line"]), character=_weights(known["character"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelDamagedError(
            Message(
                "confidence.json bị hỏng; hãy cài lại chương trình",
                "confidence.json is damaged; install the program again",
            )
        ) from error
    return None


def line_features(reading: Reading) -> dict[str, float]:
    """What a line's probability is weighed from; an empty line has the feature `empty` alone."""
    values = [c.probability for c in reading.characters]
    if not values:
        return {"bias": 1.0, "empty": 1.0}
    low = sorted(values)[:3]
    doubt = sum(1.0 - v for v in values)
    return {
        "bias": 1.0,
        "doubt": math.log(doubt + 1e-3),
        "doubt_squared": math.log(doubt + 1e-3) ** 2,
        "least": _logit(low[0]),
        "second": _logit(low[min(1, len(low) - 1)]),
        "third": _logit(low[-1]),
        "mean": _logit(reading.confidence.raw),
        "log_length": math.log(len(values)),
    }


def character_features(reading: Reading) -> list[dict[str, float]]:
    """What each character's probability is weighed from: its own, its neighbours', its line's."""
    values = [c.probability for c in reading.characters]
    line = _logit(reading.confidence.raw)
    return [
        {
            "bias": 1.0,
            "own": _logit(value),
            "beside": _logit(min(_beside(values, place))),
            "line": line,
            "space": float(reading.characters[place].text.isspace()),
        }
        for place, value in enumerate(values)
    ]


def _beside(values: Sequence[float], place: int) -> list[float]:
    return [*values[max(0, place - 1) : place], *values[place + 1 : place + 2]] or [1.0]


def _logit(p: float) -> float:
    p = min(max(p, _LEAST), _MOST)
    return math.log(p / (1.0 - p))


def _logistic(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    z = sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))


def _weights(raw: Mapping[str, object]) -> dict[str, float]:
    weights = {name: float(str(value)) for name, value in raw.items()}
    if not all(map(math.isfinite, weights.values())):
        raise ValueError("a weight is no number")
    return weights
