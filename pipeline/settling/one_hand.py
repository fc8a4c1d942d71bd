"""Addresses of one paper, read as one hand wrote them: what it puts between units it puts there every time.

A comma's space or the point behind "TP" is a pixel or two: read one by one, a sixth of what stands between units comes
out otherwise than it is written, though every word is right. Whoever filled in the paper kept to one habit. So the ink
of all its addresses together says which, and a single place follows unless its own ink speaks clearly against it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.domain.model import FieldSource
from pipeline.domain.recognition import LineImage, ScoringRecognizer
from pipeline.forms.cleaning import joined
from pipeline.forms.fields import ExtractedField
from pipeline.gazetteer.separators import names_institution, pointed, separated
from pipeline.read_image import ReadImage
from pipeline.settling.settle_field import PLACES, Settled, cut_of
from pipeline.values import normalise

SEPARATORS = (", ", " , ", " - ", "-", " ")
FOLLOWS = 4.0
"""Natural log of how much likelier it is, before the ink is seen, that one gap is filled as all others are."""
SPACED = 3.4
"""How much readier our reader is, in nats, to see a comma without a space before it than one with it: of papers where
no comma has one the ink spoke against it with 4.9 nats a gap and more, where all have one with 2.1 and less."""
_MOST = 8.0  # what one address may say against a habit, in nats: a place that was read wrongly decides nothing


@dataclass(frozen=True, slots=True)
class _Written:
    """An address and its ink: where its field stands, the text of each cut, the cuts."""

    place: int
    texts: tuple[str, ...]
    cuts: tuple[LineImage, ...]

    @property
    def address(self) -> str:
        return " ".join(self.texts)


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
    addresses = [w for n, one in enumerate(settled) if (w := _written(n, fields[n], one, images)) is not None]
    for institution in (False, True):
        group = [w for w in addresses if names_institution(w.address) == institution]
        group = _of_one_habit(group, reader, [_between(s) for s in SEPARATORS])
        group = _of_one_habit(group, reader, [_with_points, _without_points])
        for one in group:
            result[one.place] = _told(result[one.place], fields[one.place], one.texts)
    return result


def _written(place: int, field: ExtractedField, one: Settled, images: Sequence[ReadImage]) -> _Written | None:
    """The address and its ink; None for what is none, is empty, or whose text is not the ink's."""
    if field.grammar not in PLACES or field.repeated is not None or not one.votes:
        return None
    texts = one.votes[0].texts
    if one.field.source is not FieldSource.TEXT or one.field.value is None or len(texts) != len(field.pieces):
        return None
    cuts = tuple(cut_of(images[field.leaf], piece) for piece in field.pieces)
    return _Written(place=place, texts=texts, cuts=cuts)


def _between(separator: str) -> Callable[[str], str]:
    return lambda address: separated(address, separator)


def _with_points(address: str) -> str:
    return pointed(address, points=True)


def _without_points(address: str) -> str:
    return pointed(address, points=False)


def _of_one_habit(
    group: Iterable[_Written], reader: ScoringRecognizer, habits: Sequence[Callable[[str], str]]
) -> list[_Written]:
    """Each address as the likeliest habit of all would have it, or as it was read where its ink forbids that."""
    group = list(group)
    likelihoods = [_likelihoods(one, reader, [_as(one, habit) for habit in habits]) for one in group]
    told = [_bounded(rest) for _, *rest in likelihoods if len(set(rest)) > 1]
    if not told:
        return group
    likeliest = max(range(len(habits)), key=[sum(column) for column in zip(*told, strict=True)].__getitem__)
    written = []
    for one, (read, *rest) in zip(group, likelihoods, strict=True):
        texts = _as(one, habits[likeliest])
        gain = rest[likeliest] - read + FOLLOWS * _changes(one.texts, texts)
        written.append(replace(one, texts=texts) if texts != one.texts and gain > 0 else one)
    return written


def _bounded(likelihoods: Sequence[float]) -> list[float]:
    best = max(likelihoods)
    return [max(likelihood - best, -_MOST) for likelihood in likelihoods]


def _likelihoods(one: _Written, reader: ScoringRecognizer, others: Sequence[tuple[str, ...]]) -> list[float]:
    """How well the ink bears the address as read, then each of the others; all alike where they do not differ."""
    wordings = [one.texts, *others]
    if len(set(wordings)) == 1:
        return [0.0] * len(wordings)
    totals = [0.0] * len(wordings)
    for cut, column in zip(one.cuts, zip(*wordings, strict=True), strict=True):
        distinct = list(dict.fromkeys(column))
        known = dict(zip(distinct, reader.score(cut, distinct), strict=True)) if len(distinct) > 1 else {}
        totals = [total + max(known.get(text, 0.0), -1e6) for total, text in zip(totals, column, strict=True)]
    spaced = (sum(text.count(" ,") for text in texts) for texts in wordings)
    return [total + SPACED * count for total, count in zip(totals, spaced, strict=True)]


def _as(one: _Written, habit: Callable[[str], str]) -> tuple[str, ...]:
    """The texts of the cuts as the habit would have the address: what stands at a cut's end stays there."""
    address, parts = habit(one.address), []
    if address == one.address:
        return one.texts
    for text in one.texts[:-1]:
        count = sum(c.isalnum() for c in text)
        end = next((n for n in range(len(address) + 1) if sum(c.isalnum() for c in address[:n]) >= count), len(address))
        while end < len(address) and not address[end].isalnum():
            end += 1
        parts.append(address[:end].strip())
        address = address[end:]
    return (*parts, address.strip())


def _changes(before: Sequence[str], after: Sequence[str]) -> int:
    """How many places between words differ."""
    apart = [re.split(r"\w+", " ".join(texts)) for texts in (before, after)]
    return sum(a != b for a, b in zip(*apart, strict=False))


def _told(one: Settled, field: ExtractedField, texts: tuple[str, ...]) -> Settled:
    """The field with these texts in place of those that were taken."""
    taken = one.votes[0]
    if texts == taken.texts:
        return one
    text = joined(texts)
    vote = replace(taken, texts=texts, verbatim=text, normal=normalise(field.grammar, text))
    told = one.field.evolve(value=vote.normal.value, verbatim=text)
    return replace(one, field=told, votes=(vote, *one.votes[1:]))
