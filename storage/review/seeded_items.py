"""Items of known truth, mixed unmarked among the others: they measure whoever decides them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.judging.review.asking import UNSURE, Kind, NewItem
from pipeline.judging.review.places import grammar_of
from pipeline.judging.review.policy import Scheme
from pipeline.judging.review.typed_value import read_typed
from storage.catalogue.tables import fields
from storage.review.review_items import CurrentDocument, ReviewItems
from storage.review.tables import IS_OPEN, review_items


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """The known truth of a field of a stored document. `value` as a clerk writes it."""

    document_id: str
    field: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeededItems:
    """What became of seeds, each by its place among those given, from 0.

    `repeated`: the same was seeded before; `asked`: the field is being asked for anyway; `unknown`: no such document or
    field; `impossible`: the field cannot have that value.
    """

    opened: tuple[int, ...]
    repeated: tuple[int, ...]
    asked: tuple[int, ...]
    unknown: tuple[int, ...]
    impossible: tuple[int, ...]


def add_seeds(connection: sa.Connection, items: ReviewItems, seeds: Sequence[Seed]) -> SeededItems:
    """Opens an item for every seed that can be one; the same again opens none."""
    places_by_result: dict[str, list[int]] = {name: [] for name in SeededItems.__slots__}
    for place, seed in enumerate(seeds):
        places_by_result[_add(connection, items, seed)].append(place)
    return SeededItems(**{name: tuple(places) for name, places in places_by_result.items()})


def _add(connection: sa.Connection, items: ReviewItems, seed: Seed) -> str:
    document = items.document(seed.document_id)
    row = None if document is None else _field(connection, document, seed.field)
    if document is None or row is None:
        return "unknown"
    typed = read_typed(grammar_of(document.document_type, document.form or None, seed.field), seed.value)
    truth = typed.value or typed.verbatim
    if typed.wrong_form or not truth:
        return "impossible"
    of_field = (review_items.c.document_id == seed.document_id) & (review_items.c.field == seed.field)
    same = of_field & (review_items.c.kind == Kind.SEED.value) & (review_items.c.truth == truth)
    if _any(connection, same):
        return "repeated"
    if _any(connection, of_field & IS_OPEN):
        return "asked"
    new = NewItem(
        field=seed.field, kind=Kind.SEED, reason=UNSURE, scheme=Scheme.SINGLE, position=row.position + 1,
        page=row.page, confidence=row.confidence, truth=truth,
    )  # fmt: skip
    items.open(document, [new])
    return "opened"


def _field(
    connection: sa.Connection, document: CurrentDocument, name: str
) -> sa.Row[tuple[int, int, float | None]] | None:
    query = sa.select(fields.c.position, fields.c.page, fields.c.confidence).where(
        fields.c.document_id == document.document_id,
        fields.c.revision == document.revision,
        fields.c.name == name,
    )
    return connection.execute(query).one_or_none()


def _any(connection: sa.Connection, which: sa.ColumnElement[bool]) -> bool:
    return connection.scalar(sa.select(review_items.c.item_id).where(which).limit(1)) is not None
