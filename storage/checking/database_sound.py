"""Whether the database itself is sound, as far as it can tell."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

_MOST = 20


def database_faults(connection: sa.Connection) -> Iterator[str]:
    """What the database finds wrong with itself, in its own words, which hold names of tables and no values.

    SQLite: `integrity_check` (pages, indexes, constraints) and `foreign_key_check`. PostgreSQL: pages with wrong
    checksums, and where the extension `amcheck` is installed the structure of every B-tree index.
    """
    if connection.dialect.name == "sqlite":
        for (text,) in connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST})"):
            if text != "ok":
                yield str(text)
        rows = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(_MOST)
        yield from sorted({f"{row[0]}: a row refers to one of {row[2]} that is not there" for row in rows})
        return
    failed = connection.scalar(
        sa.text("SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()")
    )
    if failed:
        yield f"{failed} pages have wrong checksums"
    yield from _btrees(connection)


def _btrees(connection: sa.Connection) -> Iterator[str]:
    if not connection.scalar(sa.text("SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'")):
        return
    indexes = connection.execute(
        sa.text(
            "SELECT c.oid AS index, c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE a.amname = 'btree' AND i.indisvalid AND n.nspname = current_schema() ORDER BY c.relname"
        )
    ).all()
    for row in indexes:
        try:
            with connection.begin_nested():
                connection.execute(sa.text("SELECT bt_index_check(CAST(:index AS oid))"), {"index": row.index})
        except sa.exc.DBAPIError as error:
            state = getattr(error.orig, "sqlstate", "")
            if state == "42501":  # not this account's to ask
                return
            yield f"index {row.name} ({state})"
