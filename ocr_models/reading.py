"""Readings out of what engines give: NFC characters with probabilities and places."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from pipeline.domain.recognition import Character, Confidence, Reading

GEOMETRIC_MEAN = "geometric-mean-character-probability"
"""Scale of `Confidence.raw`: exp of the mean log-probability of the line's characters, 0..1, uncalibrated."""

_FLOOR = 1e-6


def build_reading(
    characters: Sequence[Character], *, reader: str, alternatives: tuple[tuple[str, float], ...] = ()
) -> Reading:
    """A reading whose text is the NFC join of its characters, without leading or trailing spaces.

    Raw confidence is the geometric mean of the character probabilities, 0.0 for an empty line.
    """
    composed = _strip(_compose(characters))
    text = "".join(c.text for c in composed)
    logs = [math.log(max(c.probability, _FLOOR)) for c in composed]
    raw = math.exp(sum(logs) / len(logs)) if logs else 0.0
    return Reading(
        text=text,
        characters=composed,
        confidence=Confidence(raw=raw, scale=GEOMETRIC_MEAN),
        reader=reader,
        alternatives=alternatives,
    )


def _compose(characters: Sequence[Character]) -> tuple[Character, ...]:
    """One `Character` per NFC character: marks join their base, ligatures are split evenly."""
    out: list[Character] = []
    for piece in characters:
        text = unicodedata.normalize("NFC", piece.text)
        if out and text and unicodedata.combining(text[0]):
            joined = unicodedata.normalize("NFC", out[-1].text + text)
            probability = min(out[-1].probability, piece.probability)
            if len(joined) == 1:
                start, end = out[-1].start, max(out[-1].end, piece.end)
                out[-1] = Character(text=joined, probability=probability, start=start, end=end)
            continue  # a mark that no letter takes is no character of Vietnamese
        step = (piece.end - piece.start) / max(1, len(text))
        out.extend(
            Character(
                text=letter,
                probability=piece.probability,
                start=piece.start + index * step,
                end=piece.start + (index + 1) * step,
            )
            for index, letter in enumerate(text)
        )
    return tuple(out)


def _strip(characters: tuple[Character, ...]) -> tuple[Character, ...]:
    inked = [index for index, c in enumerate(characters) if not c.text.isspace()]
    return characters[inked[0] : inked[-1] + 1] if inked else ()
