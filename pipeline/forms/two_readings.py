"""One leaf read in two ways, by its form and by its labels: what both say, and what only one of them says.

The way that explains the leaf better is taken; the other fills what it left out. Where they differ the field says so: a
value that two ways of reading give to the same field is seldom another person's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.forms.definition import PLACES
from pipeline.forms.fields import UNCOUNTED, ExtractedField, by_name
from pipeline.forms.keys import fold
from pipeline.forms.leaf import LeafFields
from pipeline.forms.sheet import Piece
from pipeline.gazetteer.resolve import ends_in_unit
from pipeline.values import Normal, normalise

AGREE, ALONE, DIFFER = 1.0, 0.0, -1.0
"""What the other way of reading says of a value: the same, nothing, another value."""
# What a filled field is worth when the two ways are compared. By trial, on papers of two makers.
FITS, MAY_FIT, NO_FIT = 1.0, 0.6, -0.7  # its value has its grammar's form; may have any form; has not
OVER_LABEL, SLACK = -1.0, 1  # its value runs over a label; characters that do not count
SINGLE = 0.9  # times: what the labels' way is worth elsewhere, since a form knows more than labels say
LISTS = 1.1  # times: what the labels' way is worth where people or acts repeat, which it keeps apart better
RULED = 1.3  # times: what the labels' way is worth where the cells of a ruled form tell labels and values apart
CLAIMED = 0.5  # share of a value's characters that are another field's by the leading way, from which it fills no gap
LOOSE = frozenset({"text", "address", "place", "name"})


def reconciled(by_form: LeafFields, by_labels: LeafFields, *, form_leads: bool = False) -> LeafFields:
    """The leaf's fields, each with what the other way of reading says of it.

    `form_leads`: the form's way is taken whatever it explains, and the other only fills its gaps.
    """
    printed = by_labels.printed
    lists = by_labels.members or by_labels.entries
    lead = 0.0 if form_leads else RULED if by_labels.ruled else LISTS if lists else SINGLE
    first, second = (
        (by_form, by_labels) if worth(by_form, printed) >= lead * worth(by_labels, printed) else (by_labels, by_form)
    )
    result = LeafFields(
        labels=by_form.labels, labels_seen=max(by_form.labels_seen, min(by_labels.labels_seen, by_form.labels))
    )
    join = _Join(first)
    result.fields = join.fields(first.fields, second.fields)
    result.entries = join.lists(first.entries, second.entries, second.fields if not second.entries else [])
    result.members = join.lists(first.members, second.members, [])
    if first.entries and not second.entries:
        result.fields = join.fields(first.fields, [])
    if second.entries and not first.entries:
        result.fields = join.fields(first.fields, second.entries[0] if len(second.entries) == 1 else [])
    if len(second.entries) > 1 and first.fields and not first.entries:
        # One act or several: that is for a person. No ink stands in the act that is told and in one of the others too.
        result.fields = [_told(field, DIFFER) for field in result.fields]
        result.entries = [[_told(f, DIFFER) for f in row if not join.is_claimed(f)] for row in result.entries]
    return result


def _characters(field: ExtractedField) -> Iterator[tuple[int, int]]:
    return ((piece.line, at) for piece in field.pieces for at in range(piece.start, piece.end))


def _base(name: str) -> str:
    """A field's name without the person or the member, who may be counted otherwise by each way."""
    return name.removeprefix("members[].")


def worth(leaf: LeafFields, printed: Sequence[Piece]) -> float:
    """How much of the leaf a reading explains: its filled fields, less those whose value cannot be theirs."""
    spans: dict[int, list[Piece]] = {}
    for piece in printed:
        spans.setdefault(piece.line, []).append(piece)
    return sum(_worth(field, spans) for field in _all(leaf))


def _all(leaf: LeafFields) -> Iterator[ExtractedField]:
    yield from leaf.fields
    for group in (*leaf.entries, *leaf.members):
        yield from group


def _worth(field: ExtractedField, printed: Mapping[int, Sequence[Piece]]) -> float:
    if field.empty or not field.verbatim:
        return 0.0
    if any(p.start < s.end - SLACK and s.start < p.end - SLACK for p in field.pieces for s in printed.get(p.line, ())):
        return OVER_LABEL
    normal = normalise(field.grammar, field.text)
    if normal.value is None or not normal.valid:
        return NO_FIT
    return (MAY_FIT if field.grammar in LOOSE else FITS) * (1.0 - field.support.shared)


class _Join:
    """Joins the fields of both ways: the leading way's value where it has one, the other's in its gaps.

    No gap is filled with ink that the leading way gives to another field.
    """

    def __init__(self, first: LeafFields) -> None:
        self._claimed: dict[tuple[int, int], set[str]] = {}
        for field in _all(first):
            for at in _characters(field):
                self._claimed.setdefault(at, set()).add(_base(field.name))

    def lists(
        self,
        first: Sequence[Sequence[ExtractedField]],
        second: Sequence[Sequence[ExtractedField]],
        single: Sequence[ExtractedField],
    ) -> list[list[ExtractedField]]:
        """The entries or members of the first way, each with its like of the second: the same place among as many."""
        if not first:
            return [self.fields(group, []) for group in second]
        if len(first) == 1 and single:
            return [self.fields(first[0], single)]
        if len(first) != len(second):
            return [self.fields(group, []) for group in first]
        return [self.fields(a, b) for a, b in zip(first, second, strict=True)]

    def fields(self, first: Sequence[ExtractedField], second: Sequence[ExtractedField]) -> list[ExtractedField]:
        other = by_name(second)
        own = by_name(first)
        fields = [self._with_witness(field, other.get(name)) for name, field in own.items()]
        gaps = [field for name, field in other.items() if name not in own and not self.is_claimed(field)]
        return fields + [_told(field, ALONE) for field in gaps]

    def _with_witness(self, field: ExtractedField, other: ExtractedField | None) -> ExtractedField:
        if other is None:
            return _told(field, ALONE)
        if field.empty and not other.empty:
            return _told(field if self.is_claimed(other) else other, ALONE)
        if field.empty and other.empty:
            return _told(field, AGREE)
        if other.empty:
            return _told(field, ALONE)
        return _compared(field, other)

    def is_claimed(self, field: ExtractedField) -> bool:
        """Whether the leading way gives the field's ink to another field."""
        own = list(_characters(field))
        others = sum(bool(self._claimed.get(at, set()) - {_base(field.name)}) for at in own)
        return bool(own) and others >= CLAIMED * len(own)


def _compared(field: ExtractedField, other: ExtractedField) -> ExtractedField:
    """The leading value, with what the other way's says of it; the other's where only that has its grammar's form.

    A longer value around the same ink is no other value: that way went on into what stands beside. It proves nothing,
    nor does it speak against; but a place's does, and is taken, where it alone comes to the end of an address. One that
    the leading value goes beyond speaks against it: what it added may be a neighbour's.
    """
    if fold(field.verbatim) == fold(other.verbatim):
        return _told(field, AGREE, ruled=other.support.ruled)
    own, others = set(_characters(field)), set(_characters(other))
    valid, rather = normalise(field.grammar, field.text), normalise(other.grammar, other.text)
    told = bool(rather.valid and rather.value) and not (valid.valid and valid.value)
    if told and field.grammar == other.grammar and (others < own or not own & others):
        return _told(other, DIFFER)
    if own and own == others and valid.value == rather.value:
        return _told(field, AGREE)
    if not (own and own < others):
        return _told(field, DIFFER)
    if {field.grammar, other.grammar} <= PLACES and _ends(rather) and not _ends(valid):
        return _told(other, DIFFER)
    return _told(field, ALONE)


def _ends(place: Normal) -> bool:
    return bool(place.value) and ends_in_unit(place.value or "")


def doubted(field: ExtractedField) -> ExtractedField:
    """The field with something that says its value may be another one's."""
    return _told(field, DIFFER)


def contradicted(field: ExtractedField) -> ExtractedField:
    """The member's field with something that says its value may be another person's."""
    notes = field.notes if UNCOUNTED in field.notes else (*field.notes, UNCOUNTED)
    return doubted(replace(field, notes=notes))


def _told(field: ExtractedField, witness: float, *, ruled: float = 0.0) -> ExtractedField:
    support = replace(field.support, witness=witness, ruled=max(ruled, field.support.ruled))
    return replace(field, support=support)
