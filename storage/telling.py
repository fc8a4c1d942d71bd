"""What a transaction changed in the catalogue, told in full: so that the catalogue can be made anew from the store.

Whoever changes a row that cannot be had from records, page ledgers or the log says so with `touch`. At the end of the
transaction these rows are read as they then stand and written down as one text, sealed by an entry of the audit log
(`CatalogueTold`): see `storage.store_log`.

A log is for ever, and what it seals cannot be taken back. Rows that may say something of a person (`APART`) are told
apart, in an object of their own: the text names it by its digest, and a random salt in it keeps the digest from telling
what was in it. Such an object can be erased, and the log stays whole (decision 0056).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import sqlalchemy as sa

from storage.objects.key import ObjectKey

TOLD = "catalogue.told"
"""The action of an audit entry whose digest is that of a text of this module."""

APART = frozenset({"search_pages", "source_names", "source_places"})
"""Tables whose rows are told apart: words on pages, names of files and of the places they lay in. Each is told by the
digest of the source file that it speaks of."""

_OPTION = "hotich_told"
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldApart:
    """What a transaction told of one source file apart: the bytes of an object (`key`), as text."""

    source_sha256: str
    text: str

    @property
    def key(self) -> ObjectKey:
        return ObjectKey.of(self.text.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A row that gets the time at which its transaction ends: `where` names it by its columns."""

    column: sa.Column[str]
    where: dict[str, str | int]


@dataclass
class Told:
    """What one transaction touched: conditions on tables. `new`: values by which nobody else finds
    anything yet. `moment` stands in a text where the time is to stand at which the transaction ends."""

    touched: dict[tuple[str, tuple[tuple[str, str | int], ...]], sa.Table] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)
    moment: str = field(default_factory=lambda: f"<{secrets.token_hex(8)}>")

    def options(self) -> dict[str, Any]:
        """As options of the transaction's connection."""
        return {_OPTION: self}

    def names(self) -> set[str] | None:
        """By which values the touched rows are found that others may touch too; None: a whole table is touched."""
        if any(not where for _, where in self.touched):
            return None
        return {str(value) for _, where in self.touched for _, value in where} - self.new

    def text(self, connection: sa.Connection, dated: Sequence[Dated] = ()) -> tuple[str, list[ToldApart]]:
        """Every touched row as it stands now, in a fixed form, and what is told apart from it."""
        parts: Rows = []
        apart: dict[str, Rows] = {}
        for (name, where), table in self.touched.items():
            columns = [column for column in table.columns if name != "search_documents" or column.name in _FOUND_BY]
            query = sa.select(*columns).where(*(table.c[column] == value for column, value in where))
            rows = connection.execute(query.order_by(*table.primary_key.columns)).mappings()
            found = [dict(row) for row in rows]
            for row, one in product(found, (one for one in dated if one.column.table is table)):
                if all(row[column] == value for column, value in one.where.items()):
                    row[one.column.name] = self.moment
            part = {"rows": found, "table": name, "where": dict(where)}
            if name in APART and part["rows"] and len(where) == 1:
                apart.setdefault(str(where[0][1]), []).append(part)
            else:
                parts.append(part)
        made = [_apart(source, told) for source, told in apart.items()]
        parts += [{"apart": one.key.name, "source": one.source_sha256} for one in made]
        return _json(parts), made


_FOUND_BY = frozenset({"document_id", "office"})  # all else of the search index is made from records


def touch(connection: sa.Connection, table: sa.Table, **where: str | int) -> None:
    """The rows of the table with these values were added, changed or taken away in this transaction."""
    told: Told | None = connection.get_execution_options().get(_OPTION)
    if told is not None:
        told.touched[table.name, tuple(sorted(where.items()))] = table


def read_told(text: str, apart: Callable[[str], str | None]) -> Iterator[tuple[str, Mapping[str, str | int], Rows]]:
    """The table, the condition, and the rows that fulfil it since then. `apart` gives the text of an object by its
    name; where it gives None, nothing is known of what that object told. Raises ValueError, KeyError or TypeError for a
    text that is none of these."""
    for part in json.loads(text):
        if "apart" not in part:
            yield part["table"], part["where"], part["rows"]
        elif (told := apart(part["apart"])) is not None:
            for of_object in json.loads(told)["parts"]:
                yield of_object["table"], of_object["where"], of_object["rows"]


def objects_apart(text: str) -> Iterator[tuple[ObjectKey, str]]:
    """The objects in which a text says that more is told, each with the digest of the source file it is about. Raises
    as `read_told` does, and WrongUse."""
    for part in json.loads(text):
        if "apart" in part:
            yield ObjectKey.parse(part["apart"]), str(part["source"])


def _apart(source: str, parts: Rows) -> ToldApart:
    return ToldApart(source_sha256=source, text=_json({"parts": parts, "salt": secrets.token_hex(16)}))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
