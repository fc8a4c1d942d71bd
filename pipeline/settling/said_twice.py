"""What one act says twice, a name or an address, is read from both places together.

Who declares a birth is mostly the father or the mother, the head of a household is one of its members, and parents
live under one roof. Where two such places are read nearly alike, one of them was misread: the wording that both inks
bear best is taken for both, unless together they speak clearly for two different ones.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from itertools import combinations

from rapidfuzz.distance import Levenshtein

from pipeline.constraints.by_grammar import wording
from pipeline.domain.recognition import LineImage, ScoringRecognizer
from pipeline.forms.fields import ExtractedField
from pipeline.read_image import ReadImage
from pipeline.settling.settle_field import PLACES, Settled, Written, retold, written_in
from pipeline.values.keys import ascii_key

TWICE = 6.0
"""Natural log of how much likelier two places that are read nearly alike say the same, before their ink is compared."""
_NEAR = 0.8
_SAME_PERSON = (
    frozenset(("declarant_full_name", "father_full_name")),
    frozenset(("declarant_full_name", "mother_full_name")),
    frozenset(("head_full_name", "members[0].full_name")),
)


def said_twice(
    fields: Sequence[ExtractedField], settled: Sequence[Settled], images: Sequence[ReadImage], reader: object
) -> list[Settled]:
    """The fields of one act, in their order, with what it says twice read alike. `images[i]` is leaf i of the paper.

    Digits never change, nor how sure a reading is. Nothing changes where the reader cannot say how well a text fits
    the ink.
    """
    result = list(settled)
    if not isinstance(reader, ScoringRecognizer):
        return result
    for a, b in combinations(range(len(fields)), 2):
        if not _may_say_the_same(fields[a], fields[b]):
            continue
        pair = [written_in(fields[n], result[n], images) for n in (a, b)]
        if pair[0] is None or pair[1] is None or not _nearly_alike(pair[0].text, pair[1].text):
            continue
        for n, texts in zip((a, b), _of_both(pair[0], pair[1], fields[a].grammar, reader), strict=True):
            result[n] = retold(result[n], fields[n].grammar, texts)
    return result


def _may_say_the_same(a: ExtractedField, b: ExtractedField) -> bool:
    if a.grammar == "name":
        return frozenset((a.name, b.name)) in _SAME_PERSON
    return a.grammar in PLACES and a.grammar == b.grammar


def _nearly_alike(a: str, b: str) -> bool:
    digits = [[c for c in text if c.isdigit()] for text in (a, b)]
    if a.casefold() == b.casefold() or digits[0] != digits[1] or len(a.split()) != len(b.split()):
        return False
    return Levenshtein.normalized_similarity(ascii_key(a), ascii_key(b)) >= _NEAR


def _of_both(
    a: Written, b: Written, grammar: str, reader: ScoringRecognizer
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The texts of both places: the wording that the inks bear and that is usual, where they bear it together."""
    as_read = _score(reader, a, a.texts) + _score(reader, b, b.texts)
    ways = [(a.texts, _divided(a.text, b)), (_divided(b.text, a), b.texts)]
    borne = [_score(reader, a, first) + _score(reader, b, second) for first, second in ways]
    usual = [_usual(grammar, text) for text in (a.text, b.text)]
    likelier = 0 if borne[0] + usual[0] >= borne[1] + usual[1] else 1
    return ways[likelier] if borne[likelier] + TWICE > as_read else (a.texts, b.texts)


def _usual(grammar: str, text: str) -> float:
    """Natural log of how usual the text is for what the field holds: inks that say both alike leave it open."""
    words = wording(grammar)
    if words is None:
        return 0.0
    state: Hashable | None = words.start
    for character in text:
        state = words.follow(state, character)
        if state is None:
            return -math.inf
    return words.weight(state, ended=True)


def _divided(text: str, like: Written) -> tuple[str, ...]:
    """`text`, of as many words as the other place's, in its parts, and in capitals where they are."""
    words, parts = text.split(), []
    for part in like.texts:
        count = len(part.split())
        parts.append(" ".join(words[:count]))
        words = words[count:]
    capitals = like.text.isupper()
    if capitals == text.isupper():
        return tuple(parts)
    return tuple(part.upper() if capitals else part.title() for part in parts)


def _score(reader: ScoringRecognizer, place: Written, texts: Sequence[str]) -> float:
    return sum(_fit(reader, cut, text) for cut, text in zip(place.cuts, texts, strict=True))


def _fit(reader: ScoringRecognizer, cut: LineImage, text: str) -> float:
    return max(reader.score(cut, [text])[0], -1e6)
