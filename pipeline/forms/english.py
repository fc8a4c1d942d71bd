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
_WORDS = re.compile(r"\s*([^\W\d_]+(?:['’][a-z]+)?)\.?")


@cache
def known() -> tuple[str, ...]:
    """The keys of all English wordings of `english.toml`."""
    table = tomllib.loads(resources.files("pipeline.forms").joinpath("english.toml").read_text(encoding="utf-8"))
    return tuple(fold(word) for word in table["words"])


def is_english(text: str) -> bool:
    """Whether a line is small English print beside a label."""
    key = fold(text)
    return without_marks(text) and len(key) > 1 and any(fuzz.ratio(key, word) >= _LIKE for word in known())


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
