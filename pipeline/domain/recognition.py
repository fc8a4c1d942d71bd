"""What a reader of text lines is, and what it gives back.

`ocr_models` implements `Recognizer`; stages receive one and never ask which it is.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Transform
from pipeline.domain.trace import Trace

Gray = NDArray[np.uint8]

USUAL_TESSDATA = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
"""Where Debian, Ubuntu, Fedora, Arch, source builds and Homebrew put the language files."""


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


BY_REGISTER = "+register"
"""Ends the name of a model that the population register has taught."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelIdentity:
    """A model's name and the digest of its weights, as provenance records it."""

    name: str
    sha256: str

    @property
    def taught_by_register(self) -> bool:
        """Whether it learnt from what the population register says stands in the lines, not from people's words."""
        return self.name.endswith(BY_REGISTER)


class Wording(Protocol):
    """What a field may say: a weighted automaton that a reader's search walks along, a character at a time.

    `start` is the state before the first character; states can be compared and hashed. `characters` are all that can
    ever stand in the text, None for any.
    """

    @property
    def characters(self) -> frozenset[str] | None: ...

    @property
    def start(self) -> Hashable: ...

    def follow(self, state: Any, character: str) -> Hashable | None:
        """The state after one more character; None where the field never goes on so."""

    def weight(self, state: Any, *, ended: bool) -> float:
        """Natural log of how usual the text that led here is; -inf for one that may not end here if `ended`."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words a field may hold, lower case, with the natural log of how usual each is: a `Wording`.

    `unknown` is what a word outside pays; `beginnings` are all prefixes of the words. Digits and punctuation are
    always allowed. A state is the word being written and what the words before it earned.
    """

    words: Mapping[str, float]
    unknown: float
    beginnings: frozenset[str]

    @staticmethod
    def of(words: Mapping[str, float], *, unknown: float) -> Lexicon:
        beginnings = {word[:end] for word in words for end in range(1, len(word) + 1)}
        return Lexicon(words=words, unknown=unknown, beginnings=frozenset(beginnings))

    @property
    def characters(self) -> None:
        return None

    @property
    def start(self) -> tuple[str, float]:
        return "", 0.0

    def follow(self, state: tuple[str, float], character: str) -> tuple[str, float]:
        word, earned = state
        if character.isalpha():
            return word + character.lower(), earned
        return ("", earned + self.words.get(word, self.unknown)) if word else state

    def weight(self, state: tuple[str, float], *, ended: bool) -> float:
        word, earned = state
        if not word:
            return earned
        if ended:
            return earned + self.words.get(word, self.unknown)
        return earned if word in self.beginnings else earned + self.unknown


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
    """A reader that can also weigh what it sees against what a field may say.

    `read_as` gives the same readings as `read`, each with the texts that ink and wording together make most
    likely as its alternatives, likeliest first, at most five; the plain text is among them where the wording has
    it so. None where the wording allows nothing that the ink could be. A text's number is the probability that the
    ink alone says it: the wording decides the order and makes nothing surer.
    """

    def read_as(self, lines: Sequence[LineImage], wording: Wording) -> list[Reading]: ...


@runtime_checkable
class ScoringRecognizer(Recognizer, Protocol):
    """A reader that can say how well a given text fits the ink.

    `score` gives for each NFC text the natural logarithm of the probability that this ink says it; -inf for one
    it cannot write. Over all texts of a line the probabilities sum to no more than 1.
    """

    def score(self, line: LineImage, texts: Sequence[str]) -> list[float]: ...


@runtime_checkable
class TracingRecognizer(Recognizer, Protocol):
    """A reader that can keep what it saw in a line, for texts that are known only later."""

    def trace(self, line: LineImage) -> Trace: ...
