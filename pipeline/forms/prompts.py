"""Values written between printed prompts: "ngày … tháng … năm …", "… giờ … phút"."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.forms.keys import fold, fold_character

_GAP = r"[^\n]{0,22}?"


@lru_cache(maxsize=64)
def pattern(prompts: str) -> re.Pattern[str]:
    """Finds the prompts on a folded line, each word with one letter wrong at most. Gaps may hold anything."""
    words = [fold(w) for w in re.split(r"…", prompts) if fold(w)]
    return re.compile(_GAP.join(f"(?:{_nearly(w)})" for w in words))


def spans(prompts: str, text: str) -> list[tuple[int, int]]:
    """Where the prompts stand in a line: from the first prompt word to the end of the last."""
    folded, origin = _folded(text)
    found = []
    for match in pattern(prompts).finditer(folded):
        start = match.start()
        if start and folded[start - 1].isalpha():
            continue
        found.append((origin[start], origin[match.end() - 1] + 1))
    return found


def _folded(text: str) -> tuple[str, list[int]]:
    """The text in bare letters, every other character as a space, one for one."""
    return "".join(fold_character(c) or " " for c in text), list(range(len(text)))


def _nearly(word: str) -> str:
    """A word, or the word with one letter misread; words of two letters must be right."""
    if len(word) < 3:
        return re.escape(word)
    return "|".join([word, *(f"{word[:i]}[a-z0-9]{word[i + 1 :]}" for i in range(len(word)))])
