"""What one act says twice, a name or an address, is read from both places together.

Who declares a birth is mostly the father or the mother, the head of a household is one of its members, and parents
live under one roof. Where two such places are read nearly alike, one of them was misread: the wording that both inks
bear best is taken for both, unless together they speak clearly for two different ones.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import combinations

from rapidfuzz.distance import Levenshtein

from pipeline.constraints.by_grammar import wording
from pipeline.domain.recognition import ScoringRecognizer
from pipeline.forms.definition import PLACES
from pipeline.forms.fields import ExtractedField
from pipeline.read_image import ReadImage
from pipeline.settling.ink import Written
from pipeline.settling.settle_field import Settled, retold, written_in
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

    Digits never change. What a place by itself said stays an alternative where the other place's words are taken, a
    finding tells it, and the reading is no surer than either. Nothing changes where the reader cannot say how well a
    text fits the ink.
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
        texts = _of_both(pair[0], pair[1], fields[a].grammar, reader)
        first, second = result[a], result[b]
        result[a] = _told(first, fields[a].grammar, texts[0], by=second)
        result[b] = _told(second, fields[b].grammar, texts[1], by=first)
    return result


def _told(one: Settled, grammar: str, texts: tuple[str, ...], *, by: Settled) -> Settled:
    """The field with these texts, which the other place said, in place of its own."""
    told = retold(one, grammar, texts)
    if told is one:
        return one
    own = () if one.field.value is None else ((one.field.value, round(one.evidence.reader_mean, 4)),)
    others = [a for a in one.field.alternatives if a[0] not in (told.field.value, one.field.value)]
    field = told.field.evolve(alternatives=(*own, *others), findings=(*told.field.findings, "value.said_twice"))
    evidence = replace(
        one.evidence,
        reader_min=min(one.evidence.reader_min, by.evidence.reader_min),
        reader_mean=min(one.evidence.reader_mean, by.evidence.reader_mean),
        read_again=True,
    )
    return replace(told, field=field, evidence=evidence)


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
    of_a, of_b = _as_in(b, a), _as_in(a, b)  # each one's words in the other's place
    read_a, lent_a = a.likelihoods(reader, (a.texts, of_a))
    read_b, lent_b = b.likelihoods(reader, (b.texts, of_b))
    usual_a, usual_b = (_usual(grammar, text) for text in (a.text, b.text))
    if read_a + lent_b + usual_a >= lent_a + read_b + usual_b:
        borne, both = lent_b - read_b, (a.texts, of_b)
    else:
        borne, both = lent_a - read_a, (of_a, b.texts)
    return both if borne + TWICE > 0 else (a.texts, b.texts)


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


def _as_in(other: Written, place: Written) -> tuple[str, ...]:
    """The other place's words, as many, over this place's cuts, and in capitals where they are."""
    parts = place.by_words(other.text) or place.texts
    capitals = place.text.isupper()
    if capitals == other.text.isupper():
        return parts
    return tuple(part.upper() if capitals else part.title() for part in parts)
