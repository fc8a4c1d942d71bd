"""Distance between spellings, and the nearest words of a small vocabulary."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from pipeline.values.keys import folded_key, strip_marks
from pipeline.values.model import Candidate

# A wrong or lost mark is the commonest slip of every reader, so it costs less than a wrong letter.
_MARK_COST = 0.3


@lru_cache(maxsize=16384)
def _keys(text: str) -> tuple[str, str]:
    folded = folded_key(text)
    return folded, strip_marks(folded)


def spelling_cost(text: str, other: str) -> float:
    """Edit distance that counts a letter 1 and a mark 0.3; case, tone placement and spaces' width ignored."""
    (a, plain_a), (b, plain_b) = _keys(text), _keys(other)
    if a == b:
        return 0.0
    letters = Levenshtein.distance(plain_a, plain_b)
    return letters + _MARK_COST * max(0, Levenshtein.distance(a, b) - letters)


def nearest(text: str, vocabulary: Iterable[str], *, limit: float, keep: int = 4) -> tuple[Candidate, ...]:
    """The words of the vocabulary within `limit`, cheapest first."""
    scored = ((spelling_cost(text, word), word) for word in vocabulary)
    close = sorted((cost, word) for cost, word in scored if cost <= limit)
    return tuple(Candidate(value=word, cost=round(cost, 3)) for cost, word in close[:keep])
