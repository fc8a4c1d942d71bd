"""Keys of printed words: lower case, no marks, no spaces, no punctuation, with the way back.

Readers lose marks first, then spaces, then letters. Two keys are compared, and a hit in a key is
led back to the characters of the line it came from.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_SPECIAL = {"đ": "d", "ð": "d", "ɖ": "d", "ı": "i", "ơ": "o", "ư": "u", "ø": "o", "œ": "o", "æ": "a", "ł": "l"}

HEAD = "chuho"  # key of CHỦ HỘ, the printed words over the head's own part of a book


@lru_cache(maxsize=4096)
def fold_character(character: str) -> str:
    """The bare lower-case letter or digit of one character, or "" for everything else."""
    lower = character.lower()
    lower = _SPECIAL.get(lower, lower)
    base = unicodedata.normalize("NFD", lower)[:1]
    base = _SPECIAL.get(base, base)
    return base if ("a" <= base <= "z" or "0" <= base <= "9") else ""


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """The key of a text: "Họ, chữ đệm, tên:" -> "hochudemten"."""
    return "".join(map(fold_character, text))


@dataclass(frozen=True, slots=True)
class Key:
    """A line's key. `origin[i]` is the index in the line's text of the key's character i."""

    text: str
    origin: tuple[int, ...]

    @staticmethod
    def of(text: str) -> Key:
        pairs = [(folded, i) for i, c in enumerate(text) if (folded := fold_character(c))]
        return Key("".join(p[0] for p in pairs), tuple(p[1] for p in pairs))
