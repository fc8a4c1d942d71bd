"""Spelling of units' names in addresses: the ink decides between spellings, knowing which names exist."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.domain.recognition import LineImage, ScoringRecognizer
from pipeline.gazetteer.spelling import respellings

KNOWN_NAME = 6.0
"""Natural log of how much likelier a unit's known name is than another spelling of it, before the ink is seen."""


def spelled_as_known(texts: Sequence[str], cuts: Sequence[LineImage], reader: ScoringRecognizer) -> tuple[str, ...]:
    """The texts of an address, one for each cut, with its units spelled as ink and gazetteer together make likeliest.

    A known name is taken only where the ink makes it less likely than what was read by no more than `KNOWN_NAME`. The
    texts are unchanged when nothing better is known.
    """
    read = tuple(texts)
    wordings = [read, *(w for text in respellings(" ".join(read)) if (w := _divided(text, read)) is not None)]
    if len(wordings) == 1:
        return read
    by_cut = [_scores(reader, cut, column) for cut, column in zip(cuts, zip(*wordings, strict=True), strict=True)]
    likelihood = [sum(scores) for scores in zip(*by_cut, strict=True)]
    likelihood[0] -= KNOWN_NAME
    return wordings[max(range(len(wordings)), key=likelihood.__getitem__)]


def _scores(reader: ScoringRecognizer, cut: LineImage, texts: Sequence[str]) -> list[float]:
    """The score of each text, each distinct one scored once; texts that the reader cannot write score alike."""
    known = dict(zip(distinct := list(dict.fromkeys(texts)), reader.score(cut, distinct), strict=True))
    if len(distinct) == 1:
        return [0.0] * len(texts)
    return [known[text] if math.isfinite(known[text]) else -1e9 for text in texts]


def _divided(text: str, like: Sequence[str]) -> tuple[str, ...] | None:
    """`text` in parts of as many words as the parts of `like`; None when the counts of words differ."""
    words, parts = text.split(), []
    if len(words) != sum(len(part.split()) for part in like):
        return None
    for part in like:
        count = len(part.split())
        parts.append(" ".join(words[:count]))
        words = words[count:]
    return tuple(parts)
