"""Values written between printed prompts: "ngày … tháng … năm …", "… giờ … phút"."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.forms.keys import fold, fold_character

_GAP = r"[^\n]{0,22}?"  # characters written between two prompts: "hai mươi ba (23)" has 16; by trial
_WRITTEN = re.compile(r"\w|[./…_-]{2,}|/|\s{3,}")  # something between the prompts, unlike "Ngày, tháng, năm sinh"


@lru_cache(maxsize=64)
def pattern(prompts: str) -> re.Pattern[str]:
    """Finds the prompts on a folded line, each word with one letter wrong at most. Gaps may hold anything."""
    words = [fold(w) for w in re.split(r"…", prompts) if fold(w)]
    return re.compile(_GAP.join(f"({_nearly(w)})" for w in words))


def spans(prompts: str, text: str) -> list[tuple[int, int]]:
    """Where the prompts stand in a line with something written between: from the first word to the last's end."""
    folded = _folded(text)
    places = []
    for match in pattern(prompts).finditer(folded):
        start, end = match.start(), match.end()
        if start and folded[start - 1].isalpha():
            continue
        gaps = [text[match.end(n) : match.start(n + 1)] for n in range(1, match.re.groups)]
        if all(_WRITTEN.search(gap) for gap in gaps):
            places.append((start, end))
    return places


def _folded(text: str) -> str:
    """The text in bare letters, every other character as a space, one for one."""
    return "".join(fold_character(c) or " " for c in text)


def _nearly(word: str) -> str:
    """A word, or the word with one letter misread; words of two letters must be right."""
    if len(word) < 3:
        return re.escape(word)
    return "|".join([word, *(f"{word[:i]}[a-z0-9]{word[i + 1 :]}" for i in range(len(word)))])
