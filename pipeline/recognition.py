"""What a reader of text lines is, and what it gives back.

`ocr_models` implements `Recognizer`; stages receive one and never ask which it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Transform

Gray = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """A reader's raw score, the scale it is on, and the calibrated probability if anyone measured it.

    `probability` is `None` until a calibration says otherwise; it is never a default.
    """

    raw: float
    scale: str
    probability: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """One NFC character, its probability, and where it stands: x range in pixels of the line image."""

    text: str
    probability: float
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reader saw in one line. `text` is the NFC join of the characters."""

    text: str
    characters: tuple[Character, ...]
    confidence: Confidence
    reader: str
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineImage:
    """One text line, cut out: grey, dark ink on a light ground, upright, some margin, any height.

    `to_upright` leads from its pixels to the upright page image it was cut from.
    """

    pixels: Gray
    to_upright: Transform


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelIdentity:
    """A model's name and the digest of its weights, as provenance records it."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words a field may hold, lower case, with the natural log of how usual each is.

    `unknown` is what a word outside pays; `beginnings` are all prefixes of the words. Digits and punctuation are
    always allowed.
    """

    words: Mapping[str, float]
    unknown: float
    beginnings: frozenset[str]

    @staticmethod
    def of(words: Mapping[str, float], *, unknown: float) -> Lexicon:
        beginnings = {word[:end] for word in words for end in range(1, len(word) + 1)}
        return Lexicon(words=words, unknown=unknown, beginnings=frozenset(beginnings))


class Recognizer(Protocol):
    """Reads single text lines. Pure: the same pixels give the same reading.

    `read` returns exactly one reading per line, in order; an empty line gives empty text. It never
    raises for what is on the line. `charset` holds every character it can write; a reader that
    lacks one of the 134 Vietnamese letters refuses to load.
    """

    @property
    def identity(self) -> ModelIdentity: ...

    @property
    def charset(self) -> frozenset[str]: ...

    def read(self, lines: Sequence[LineImage]) -> list[Reading]: ...


@runtime_checkable
class LexicalRecognizer(Recognizer, Protocol):
    """A reader that can also weigh what it sees against the words a field may hold.

    `read_as` gives the same readings as `read`, each with the text that ink and lexicon together make most
    likely as its first alternative (absent when it is the same text).
    """

    def read_as(self, lines: Sequence[LineImage], lexicon: Lexicon) -> list[Reading]: ...
