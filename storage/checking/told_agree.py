"""What transactions told of rows, held against the rows as they stand: files' names and places, work, books."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from storage.catalogue.ledger import WorkState
from storage.catalogue.tables import metadata
from storage.checking.findings import Difference
from storage.checking.scratch import Scratch
from storage.telling import Rows, read_told

_MADE_FROM_OTHERS = frozenset({"search_documents", "search_pages"})
_ENDED = (WorkState.DONE.value, WorkState.SET_ASIDE.value)


def note_told(scratch: Scratch, text: str, apart: Callable[[str], str | None]) -> None:
    """Keeps what was told last under each condition. `apart`: as `read_told` takes it."""
    try:
        parts = list(read_told(text, apart))
    except (ValueError, KeyError, TypeError):
        return
    for name, where, rows in parts:
        if name in metadata.tables and name not in _MADE_FROM_OTHERS and where:
            scratch.tell(json.dumps([name, dict(where)], sort_keys=True), _digest(rows))


def check_told(connection: sa.Connection, scratch: Scratch) -> Iterator[Difference]:
    """Rows that are not as they were told last."""
    for key, digest in scratch.told():
        name, where = json.loads(key)
        table = metadata.tables[name]
        query = sa.select(table).where(*(table.c[column] == value for column, value in where.items()))
        rows = [dict(row) for row in connection.execute(query.order_by(*table.primary_key.columns)).mappings()]
        if _digest(rows) != digest and not _goes_on(name, rows):
            yield Difference(subject=_subject(where), what=name)


def _goes_on(name: str, rows: Rows) -> bool:
    """Work that is done once more: what is told of it comes at its end. That it says so untruly, the log shows."""
    return name == "work" and all(row["state"] not in _ENDED for row in rows) and bool(rows)


def _subject(where: Mapping[str, Any]) -> str:
    return ",".join(str(value) for value in where.values())


def _digest(rows: Rows) -> str:
    text = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
