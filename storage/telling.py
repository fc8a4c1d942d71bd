"""What a transaction changed in the catalogue, told in full: so that the catalogue can be made anew from the store.

Whoever changes a row that cannot be had from records, page ledgers or the log says so with `touch`. At the end of the
transaction these rows are read as they then stand and written down as one text, sealed by an entry of the audit log
(`CatalogueTold`): see `storage.store_log`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

TOLD = "catalogue.told"
"""The action of an audit entry whose digest is that of a text of this module."""

_OPTION = "hotich_told"
Rows = list[dict[str, Any]]


@dataclass
class Told:
    """What one transaction touched: conditions on tables. `logged`: whether it wrote to the audit log."""

    touched: dict[tuple[str, tuple[tuple[str, str | int], ...]], sa.Table] = field(default_factory=dict)
    logged: bool = False

    def options(self) -> dict[str, Any]:
        """As options of the transaction's connection."""
        return {_OPTION: self}

    def text(self, connection: sa.Connection) -> str:
        """Every touched row as it stands now, in a fixed form."""
        parts = []
        for (name, where), table in self.touched.items():
            columns = [column for column in table.columns if name != "search_documents" or column.name in _FOUND_BY]
            query = sa.select(*columns).where(*(table.c[column] == value for column, value in where))
            rows = connection.execute(query.order_by(*table.primary_key.columns)).mappings()
            parts.append({"rows": [dict(row) for row in rows], "table": name, "where": dict(where)})
        return json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


_FOUND_BY = frozenset({"document_id", "office"})  # all else of the search index is made from records


def touch(connection: sa.Connection, table: sa.Table, **where: str | int) -> None:
    """The rows of the table with these values were added, changed or taken away in this transaction."""
    told: Told | None = connection.get_execution_options().get(_OPTION)
    if told is not None:
        told.touched[table.name, tuple(sorted(where.items()))] = table


def note_logged(connection: sa.Connection) -> None:
    """The audit log has grown in this transaction."""
    told: Told | None = connection.get_execution_options().get(_OPTION)
    if told is not None:
        told.logged = True


def read_told(text: str) -> Iterator[tuple[str, Mapping[str, str | int], Rows]]:
    """The table, the condition, and the rows that fulfil it since then. Raises ValueError, KeyError or TypeError for a
    text that is none of these."""
    for part in json.loads(text):
        yield part["table"], part["where"], part["rows"]
