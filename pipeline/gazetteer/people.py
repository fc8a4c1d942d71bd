"""Frequent syllables of Vietnamese names, for flags and for ranking a reader's alternatives.

Weights are rough. A rare name is a legal name: nothing here may reject or change one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pipeline.values.keys import canonical_tones
from pipeline.values.syllables import legal_syllables

_LEGAL_ONLY = 11.0  # nats a legal but unlisted syllable costs
_MIDDLE = ("văn", "thị")
_ILLEGAL = 16.0  # nats a syllable costs that Vietnamese cannot spell


@cache
def _table() -> Mapping[tuple[str, str], Mapping[str, float]]:
    table: dict[tuple[str, str], dict[str, float]] = {}
    text = files("pipeline.gazetteer").joinpath("people.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            kind, sex, name, weight = line.split("\t")
            table.setdefault((kind, sex), {})[name] = float(weight)
    return table


def surnames() -> Mapping[str, float]:
    """Surnames with rough weights."""
    return _table()["surname", "-"]


def has_surname(name: str) -> bool:
    """Whether a name of several words begins with a listed surname: many that do not have lost it in reading.

    "Văn" and "Thị" begin what is left of "Vũ Văn Nguyên" far oftener than they are surnames.
    """
    first = canonical_tones(name.split()[0]).lower() if name.split() else ""
    return first.startswith("h'") or (first in _costs("surname") and first not in _MIDDLE)  # H'Hen, Ê Đê and Gia Rai


def middle_names(sex: str) -> Mapping[str, float]:
    """Middle-name syllables of "male" or "female" with rough weights."""
    return _table()["middle", sex[0]]


def given_names(sex: str) -> Mapping[str, float]:
    """Given names of "male" or "female" with rough weights."""
    return _table()["given", sex[0]]


@cache
def _costs(kind: str) -> Mapping[str, float]:
    """Nats for each syllable of a kind, both sexes together."""
    weights: dict[str, float] = {}
    for (this, _), names in _table().items():
        if this == kind:
            for name, weight in names.items():
                key = canonical_tones(name).lower()
                weights[key] = weights.get(key, 0.0) + weight
    total = sum(weights.values())
    return {name: -math.log(weight / total) for name, weight in weights.items()}


def name_cost(name: str) -> float:
    """How surprising a whole name is, in nats per syllable: lower is likelier. 0 syllables cost infinity.

    Only for choosing between readings of one line: "Nguyễn Thị Lan" costs less than "Nguyên Thi Lan".
    """
    words = [canonical_tones(word).lower() for word in name.split()]
    if not words:
        return math.inf
    total = 0.0
    for place, word in enumerate(words):
        kind = "surname" if place == 0 else "given" if place == len(words) - 1 else "middle"
        unlisted = _LEGAL_ONLY if word in legal_syllables() else _ILLEGAL
        total += _costs(kind).get(word, unlisted)
    return total / len(words)
