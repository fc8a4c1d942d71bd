"""How strongly the population register speaks for a person, in words: clerks read no bits and no probabilities.

The figures stand in a tooltip, with a decimal comma as offices write it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.domain.message import Message
from pipeline.values.comparison import Level

STRONGLY: Final = Message("rất khớp", "agrees strongly")
AGREES: Final = Message("khớp", "agrees")
UNSURE: Final = Message("không rõ", "unclear")
AGAINST: Final = Message("mâu thuẫn", "contradicts")
# Bits: from so many on a field alone makes this person 64 times likelier; less than one either way says nothing.
_STRONG_BITS: Final = 6.0
_CLEAR_BITS: Final = 1.0
_STRONG: Final = 0.99
_LIKELY: Final = 0.9
_UNLIKELY: Final = 0.1
LEVELS: Final[Mapping[Level, Message]] = {
    Level.SAME: AGREES,
    Level.MARKS: Message("khác dấu", "other marks"),
    Level.LETTERS: Message("lệch 1–2 chữ", "a letter or two differ"),
    Level.PART: Message("khớp một phần", "agrees in part"),
    Level.DIFFERENT: Message("khác", "different"),
}


def field_words(level: Level, weight: float) -> Message:
    """What a registered field says beside the paper's. `weight`: bits in favour of this person."""
    if level is Level.SAME:
        return STRONGLY if weight >= _STRONG_BITS else AGREES
    spelling = LEVELS[level]
    if weight <= -_CLEAR_BITS:
        return AGAINST if level is Level.DIFFERENT else _both(spelling, AGAINST)
    return spelling if weight >= _CLEAR_BITS else _both(spelling, UNSURE)


def person_words(probability: float) -> Message:
    """Whether this is the person of the paper."""
    if probability >= _STRONG:
        return STRONGLY
    if probability >= _LIKELY:
        return AGREES
    return UNSURE if probability >= _UNLIKELY else AGAINST


def bits(weight: float) -> str:
    """+19,8 bit."""
    return f"{weight:+.1f} bit".replace(".", ",")


def percent(probability: float) -> str:
    """99,9 %; never more than can be known."""
    return f"{min(probability, 0.999) * 100:.1f} %".replace(".", ",")


def _both(one: Message, two: Message) -> Message:
    return Message(f"{one.vi}, {two.vi}", f"{one.en}, {two.en}")
