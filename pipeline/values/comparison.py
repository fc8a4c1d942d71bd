"""How two values of one field compare: what is claimed or declared with what a register or a paper says.

Levels from best to worst. A level is about spelling only; whether a difference is a conflict is decided by the
caller, who also knows how sure the reading was. Values are in their normal forms (`pipeline.values`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from pipeline.values.keys import ascii_key, folded_key, strip_marks
from pipeline.values.vocabularies import ethnic_code


class Level(StrEnum):
    SAME = "same"
    MARKS = "marks"  # the same letters under other marks: Thúy, Thùy, Thuy
    LETTERS = "letters"  # one or two letters or one digit that a misreading would explain
    PART = "part"  # some words of it, or one precision of a date, agree
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Spelling:
    """A text in the forms that comparing needs: folded (marks kept), its words and the whole in A-Z, 0-9."""

    folded: str
    words: tuple[str, ...]
    key: str


@lru_cache(maxsize=1 << 13)
def spelling(text: str) -> Spelling:
    """The forms of a text, worked out once for all the candidates and fields it is compared with."""
    words = tuple(word for word in map(ascii_key, text.split()) if word)
    return Spelling(folded=folded_key(text), words=words, key="".join(words))


def compare_names(claimed: str, registered: str) -> Level:
    """Case, spaces and the tone mark's place never count (hòa = hoà). Words are compared one by one.

    LETTERS needs the same count of words (or of letters, where only a space differs), at most two
    letters changed in all, one in a short word: Hòa is not Toàn, An is not Em.
    """
    ours, theirs = spelling(claimed), spelling(registered)
    if ours.folded == theirs.folded:
        return Level.SAME
    if ours.key == theirs.key:
        return Level.MARKS
    if len(ours.words) == len(theirs.words):
        if _misread(ours.words, theirs.words):
            return Level.LETTERS
    elif Levenshtein.distance(ours.key, theirs.key, score_cutoff=1) <= 1:
        return Level.LETTERS
    few, many = sorted((set(ours.words), set(theirs.words)), key=len)
    if len(few) >= 2 and few < many:
        return Level.PART
    return Level.DIFFERENT


def _misread(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    total = 0
    for word, their_word in zip(ours, theirs, strict=True):
        length = max(len(word), len(their_word))
        changes = Levenshtein.distance(word, their_word, score_cutoff=2)
        total += changes
        if total > 2 or changes > min(1 + length // 6, length - 1):
            return False
    return True


def compare_dates(claimed: str, registered: str) -> Level:
    """Of ISO dates at any precision. SAME: equal, of one precision. PART: equal at the precision both have.
    LETTERS: one digit differs, or day and month are swapped."""
    if claimed == registered:
        return Level.SAME
    if len(claimed) != len(registered):
        short = min(len(claimed), len(registered))
        return Level.PART if claimed[:short] == registered[:short] else Level.DIFFERENT
    if sum(a != b for a, b in zip(claimed, registered, strict=True)) == 1:
        return Level.LETTERS
    year, *rest = claimed.split("-")
    return Level.LETTERS if "-".join((year, *reversed(rest))) == registered else Level.DIFFERENT


def compare_numbers(claimed: str, registered: str) -> Level:
    """LETTERS: one digit differs."""
    if claimed == registered:
        return Level.SAME
    if len(claimed) == len(registered) and sum(a != b for a, b in zip(claimed, registered, strict=True)) == 1:
        return Level.LETTERS
    return Level.DIFFERENT


def compare_words(claimed: str, registered: str) -> Level:
    """For closed vocabularies (sex, ethnic group): the same letters or not."""
    return Level.SAME if spelling(claimed).key == spelling(registered).key else Level.DIFFERENT


def compare_ethnicities(claimed: str, registered: str) -> Level:
    """Ethnic groups by their codes: Kinh (Việt) is Kinh, Mèo is Mông. Others as words."""
    code = ethnic_code(claimed)
    if code is not None and code == ethnic_code(registered):
        return Level.SAME
    return compare_words(claimed, registered)


def compare_places(claimed: str, registered: str) -> Level:
    """Addresses: SAME but for marks and unit words; PART when half the words of the shorter one agree."""
    left, right = _place_words(claimed), _place_words(registered)
    if left == right:
        return Level.SAME
    few, many = sorted((set(left), set(right)), key=len)
    if not few:
        return Level.DIFFERENT
    shared = len(few & many) / len(few)
    if shared == 1.0 and len(few) >= 4:
        return Level.SAME
    return Level.PART if shared >= 0.5 else Level.DIFFERENT


_UNIT_WORDS = frozenset(
    ["XA", "PHUONG", "THI", "TRAN", "QUAN", "HUYEN", "TINH", "THANH", "PHO", "THON", "XOM", "SO", "NHA", "TO"]
)
_UNIT_SHORT = frozenset(["TP", "TT", "TX", "P", "Q", "H", "T", "X"])


@lru_cache(maxsize=1 << 13)
def _place_words(text: str) -> tuple[str, ...]:
    plain = strip_marks(text).upper()
    words = "".join(char if char.isalnum() else " " for char in plain).split()
    return tuple(word for word in words if word not in _UNIT_WORDS and word not in _UNIT_SHORT)
