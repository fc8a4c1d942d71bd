"""Times and free text in the one form that both databases keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def lease_time(connection: sa.Connection, clock: Clock) -> datetime:
    """The time that leases go by: a server's own, one for all machines whatever their clocks say; else the clock's."""
    if clock is not utc_now or connection.dialect.name == "sqlite":
        return clock()
    moment: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)


def time_text(moment: datetime) -> str:
    """`2026-11-21T08:30:00.000000Z`: sorts as text in order of time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def clean(text: str) -> str:
    """The text in a form any database can hold.

    A file name that is not UTF-8 reaches Python with lone surrogates, which no database takes: they are written as
    `\\udcXX`. PostgreSQL takes no NUL.
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\ufffd")


def insert_new(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Inserts the row unless one with its primary key is there; whether it did."""
    kind = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = kind.insert(table).values(values).on_conflict_do_nothing()
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount > 0


def insert_all_new(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts, in this order, the rows whose primary keys are not there yet."""
    if rows:
        kind = sqlite if connection.dialect.name == "sqlite" else postgresql
        connection.execute(kind.insert(table).on_conflict_do_nothing(), rows)
