"""The small English print beside or below a Vietnamese label ("Dân tộc", below it "Ethnic group"): never a value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from rapidfuzz import fuzz

from pipeline.forms.keys import fold
from pipeline.forms.sheet import Piece, Sheet

_LIKE = 80.0  # likeness (rapidfuzz) of a line to English print beside labels; by trial
_HEAD_LIKE, _HEAD_LETTERS = 86.0, 6  # of a value's first words to it, and their letters at least; by trial
_MOST_WORDS = 5
_BILINGUAL = 3  # lines that are English print by themselves, of a paper that has it under its labels
_PART = 4  # letters of the part of a wording that stands in a line of its own
_SHORTEST = 3  # letters of English print inside a line
_WORDS = re.compile(r"\s*([^\W\d_]+(?:['’][a-z]+)?)\.?")


@cache
def known() -> tuple[str, ...]:
    """The keys of all English wordings of `english.toml`, and of what is left of them where a narrow cell breaks them:
    "Full", "birth"."""
    table = tomllib.loads(resources.files("pipeline.forms").joinpath("english.toml").read_text(encoding="utf-8"))
    whole = [fold(wording) for wording in table["words"]]
    words = [wording.split() for wording in table["words"]]
    parts = [fold(" ".join(part)) for w in words for n in range(1, len(w)) for part in (w[:n], w[n:])]
    return tuple(dict.fromkeys([*whole, *(part for part in parts if len(part) >= _PART)]))


def is_english(text: str) -> bool:
    """Whether a line is small English print beside a label, all of it: "Nữ Date of birth" is a value before some."""
    key = fold(text)
    if not without_marks(text) or len(key) < 2:
        return False
    words = text.split()
    parts = [part for part in (words[1:], words[:-1]) if part]
    like = _likeness(key)
    return like >= _LIKE and all(_likeness(fold(" ".join(part))) <= like for part in parts)


def english_strips(sheet: Sheet) -> frozenset[int]:
    """The strips that are English print, on a paper that has it under its labels."""
    strips = frozenset(n for n, text in enumerate(sheet.texts) if is_english(text))
    return strips if len(strips) >= _BILINGUAL else frozenset()


def english_cuts(sheet: Sheet) -> dict[int, list[int]]:
    """Where the lines of a paper in two languages go on into the English print of the next label, or begin behind it:
    line -> characters. "Nữ Date of birth" is two things."""
    alone = english_strips(sheet)
    if not alone:
        return {}
    cuts: dict[int, list[int]] = {}
    for strip, text in enumerate(sheet.texts):
        if strip in alone or "/" in text:
            continue
        for at in _english_in(text):
            line, character = sheet.cut_at(Piece(line=strip, start=at, end=at))
            cuts.setdefault(line, []).append(character)
    return cuts


def _english_in(text: str) -> list[int]:
    """Where English print begins and ends in a text: the runs of words likest to some, of alike ones the longest."""
    words = [(m.start(), m.end()) for m in re.finditer(r"\S+", text)]
    runs: list[tuple[float, int, int]] = []
    for first, (start, _) in enumerate(words):
        for _, end in words[first : first + _MOST_WORDS]:
            run, key = text[start:end], fold(text[start:end])
            like = _likeness(key) if without_marks(run) and not any(c.isdigit() for c in key) else 0.0
            if like >= (_HEAD_LIKE if len(key) >= _HEAD_LETTERS else 100.0) and len(key) >= _SHORTEST:
                runs.append((like, start, end))
    chosen: list[tuple[int, int]] = []
    for _, start, end in sorted(runs, key=lambda run: (-run[0], run[1] - run[2])):
        if all(end <= a or start >= b for a, b in chosen):
            chosen.append((start, end))
    return [at for run in chosen for at in run]


def _likeness(key: str) -> float:
    """Of a key to the English print that it is likest to."""
    return max((fuzz.ratio(key, word) for word in known()), default=0.0)


def without_marks(text: str) -> bool:
    """Whether no letter has a mark; one of a long word may be misread ("Ethníc")."""
    marked = sum(not c.isascii() for c in text)
    return marked == 0 or (marked == 1 and len(fold(text)) >= _HEAD_LETTERS)


def english_head(text: str) -> int:
    """How many characters of English print the text begins with, the stroke or the colon behind it too; mostly 0."""
    end, key, best = 0, "", (0.0, 0)
    for _ in range(_MOST_WORDS):
        word = _WORDS.match(text, end)
        if word is None or (word.end() < len(text) and text[word.end()].isalnum()):
            break
        end, key = word.end(), key + fold(word.group(1))
        like = max(fuzz.ratio(key, word) for word in known())
        if like >= (_HEAD_LIKE if len(key) >= _HEAD_LETTERS else 100.0) and len(key) > 2:
            best = max(best, (like, end))
    return best[1] + len(text[best[1] :]) - len(text[best[1] :].lstrip(" :;/")) if best[1] else 0


def without_english(sheet: Sheet, pieces: Sequence[Piece]) -> list[Piece]:
    """A value's pieces without the English print of its own label before them, or of the next line's after them.

    Where there is nothing else they stay: the caller says that the place was not read, not that it is empty.
    """
    kept = list(pieces)
    while len(kept) > 1 and _is_all(_text(sheet, kept[0])):
        kept.pop(0)
    while len(kept) > 1 and _is_all(_text(sheet, kept[-1])):
        kept.pop()
    if kept and not _is_all(_text(sheet, kept[0])) and (head := english_head(_text(sheet, kept[0]))):
        kept[0] = Piece(line=kept[0].line, start=kept[0].start + head, end=kept[0].end)
    return kept


def _is_all(text: str) -> bool:
    return english_head(text) >= len(text.rstrip()) > 0


def _text(sheet: Sheet, piece: Piece) -> str:
    return sheet.texts[piece.line][piece.start : piece.end]
