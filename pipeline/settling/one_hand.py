"""Addresses of one paper, read as one hand wrote them: what it puts between units it puts there every time.

A comma's space or the point behind "TP" is a pixel or two: read one by one, a sixth of what stands between units comes
out otherwise than it is written, though every word is right. Whoever filled in the paper kept to one habit. So the ink
of all its addresses together says which, and a single place follows unless its own ink speaks clearly against it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pipeline.domain.recognition import ScoringRecognizer
from pipeline.forms.definition import PLACES
from pipeline.forms.fields import ExtractedField
from pipeline.gazetteer.separators import names_institution, pointed, separated
from pipeline.read_image import ReadImage
from pipeline.settling.ink import Written
from pipeline.settling.settle_field import Settled, retold, written_in

FOLLOWS = 4.0
"""Natural log of how much likelier it is, before the ink is seen, that one gap is filled as all others are."""
_MOST = 8.0  # what one address may say against a habit, in nats: a place that was read wrongly decides nothing


@dataclass(frozen=True, slots=True)
class Habit:
    """How one hand writes addresses. `unseen`: how many nats a place our reader says too little for it, by trial.

    It hardly sees the space before a comma: where no comma of a paper has one the ink spoke against it with 4.9 nats a
    gap and more, where all have one with 2.1 and less. Points and separators are missed more often than made up.
    """

    write: Callable[[str], str]
    unseen: float = 0.0


SEPARATORS = (
    Habit(partial(separated, separator=", ")),
    Habit(partial(separated, separator=" , "), unseen=3.4),
    Habit(partial(separated, separator=" - ")),
    Habit(partial(separated, separator="-")),
    Habit(partial(separated, separator=" "), unseen=-3.0),
)
POINTS = (Habit(partial(pointed, points=True), unseen=1.25), Habit(partial(pointed, points=False)))


def in_one_hand(
    fields: Sequence[ExtractedField], settled: Sequence[Settled], images: Sequence[ReadImage], reader: object
) -> list[Settled]:
    """The same fields, their addresses written with one habit. `images[i]` is leaf i of the paper.

    Words never change, nor how sure a reading is. Offices and hospitals keep a habit of their own: they are often
    printed where the rest is written. Nothing changes where the reader cannot say how well a text fits the ink.
    """
    result = list(settled)
    if not isinstance(reader, ScoringRecognizer):
        return result
    places = [n for n, field in enumerate(fields) if field.grammar in PLACES]
    addresses = {n: written for n in places if (written := written_in(fields[n], settled[n], images)) is not None}
    for institution in (False, True):
        group = {n: written for n, written in addresses.items() if names_institution(written.text) == institution}
        told = list(group.values())
        for habits in (SEPARATORS, POINTS):
            told = _of_one_habit(told, reader, habits)
        for n, written in zip(group, told, strict=True):
            result[n] = retold(result[n], fields[n].grammar, written.texts)
    return result


def _of_one_habit(group: Sequence[Written], reader: ScoringRecognizer, habits: Sequence[Habit]) -> list[Written]:
    """Each address as the likeliest habit of all would have it, or as it was read where its ink forbids that."""
    wordings = [[one.texts, *(one.by_letters(habit.write(one.text)) for habit in habits)] for one in group]
    likelihoods = [one.likelihoods(reader, texts) for one, texts in zip(group, wordings, strict=True)]
    told = [
        _bounded([said + habit.unseen * _changes(texts[1], texts[2]) for said, habit in zip(rest, habits, strict=True)])
        for texts, (_, *rest) in zip(wordings, likelihoods, strict=True)
        if len(set(texts[1:])) > 1
    ]
    if not told:
        return list(group)
    likeliest = max(range(len(habits)), key=[sum(column) for column in zip(*told, strict=True)].__getitem__)
    follows, written = FOLLOWS + habits[likeliest].unseen, []
    for one, texts, (read, *rest) in zip(group, wordings, likelihoods, strict=True):
        taken = texts[1 + likeliest]
        gain = rest[likeliest] - read + follows * _changes(one.texts, taken)
        written.append(replace(one, texts=taken) if taken != one.texts and gain > 0 else one)
    return written


def _bounded(likelihoods: Sequence[float]) -> list[float]:
    best = max(likelihoods)
    return [max(likelihood - best, -_MOST) for likelihood in likelihoods]


def _changes(before: Sequence[str], after: Sequence[str]) -> int:
    """How many places between words differ."""
    apart = [re.split(r"\w+", " ".join(texts)) for texts in (before, after)]
    return sum(a != b for a, b in zip(*apart, strict=False))
