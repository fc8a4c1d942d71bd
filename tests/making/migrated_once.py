"""Fresh SQLite databases by the statements of the first: Alembic takes a tenth of a second for each schema of each.

Only what holds nothing of a schema is made so. A database of an older version, and every one of PostgreSQL, is migrated
as offices' are; the migrations read no rows, so what they do to an empty schema is always the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from storage import migration
from storage.migration import Schema

_LOOKS = ("SELECT", "PRAGMA")


class MigratedOnce:
    """In the place of `storage.migration._run`."""

    def __init__(self, run: Callable[[sa.Connection, Schema], None]) -> None:
        self._run = run
        self._made: dict[str, list[tuple[str, Any]]] = {}

    def __call__(self, connection: sa.Connection, schema: Schema) -> None:
        fresh = migration._version(connection, schema) is None
        if connection.dialect.name != "sqlite" or not fresh:
            self._run(connection, schema)
        elif schema.version_table in self._made:
            for statement, parameters in self._made[schema.version_table]:
                connection.exec_driver_sql(statement, parameters)
        else:
            self._made[schema.version_table] = self._noted(connection, schema)

    def _noted(self, connection: sa.Connection, schema: Schema) -> list[tuple[str, Any]]:
        """Migrates; what was said to the database, without what only looked."""
        said: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            if not statement.lstrip().startswith(_LOOKS):
                said.append((statement, parameters))

        sa.event.listen(connection, "before_cursor_execute", note)
        try:
            self._run(connection, schema)
        finally:
            sa.event.remove(connection, "before_cursor_execute", note)
        return said


REAL = migration._run


@contextmanager
def migrated_once() -> Iterator[None]:
    """While it lasts, each schema is migrated by Alembic for the first fresh database only."""
    with patch.object(migration, "_run", MigratedOnce(REAL)):
        yield
