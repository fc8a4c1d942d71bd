"""Bringing a database to the newest schema, from code, safely from several processes at once."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from pipeline.domain.message import Message
from storage.database import Database
from storage.errors import CorruptCatalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """One set of tables with its own migrations: several schemas can share a database.

    `head` is the newest revision, stated here so that an up-to-date database is known without Alembic.
    """

    metadata: sa.MetaData
    folder: Path
    head: str
    version_table: str


def new_metadata() -> sa.MetaData:
    """For one schema's tables; constraints are named alike in every database, so that migrations can name them."""
    return sa.MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
        }
    )


def version(database: Database, schema: Schema) -> str | None:
    """The revision the database stands at, None when it holds none of the schema's tables."""
    with database.read() as connection:
        return _version(connection, schema)


def upgrade(database: Database, schema: Schema) -> None:
    """Creates or upgrades the schema's tables: wholly or not at all, idempotent, in one transaction.

    Raises CorruptCatalogue for a database that a newer hotich has written.
    """
    if version(database, schema) == schema.head:
        return
    with database.write() as connection:
        if not database.is_sqlite:
            lock = zlib.crc32(schema.version_table.encode())
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))
        if _version(connection, schema) != schema.head:
            _run(connection, schema)


def _version(connection: sa.Connection, schema: Schema) -> str | None:
    if not sa.inspect(connection).has_table(schema.version_table):
        return None
    table = sa.table(schema.version_table, sa.column("version_num"))
    return connection.scalar(sa.select(table.c.version_num))


def _run(connection: sa.Connection, schema: Schema) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(schema.folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["schema"] = schema
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise CorruptCatalogue(
            Message(
                "Cơ sở dữ liệu thuộc phiên bản hotich khác.",
                "The database was written by another version of hotich; install that one or a newer one.",
            )
        ) from error


def run_environment() -> None:
    """What a migrations folder's `env.py` does: run within the caller's connection and transaction."""
    from alembic import context

    schema: Schema = context.config.attributes["schema"]
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=schema.metadata,
        version_table=schema.version_table,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
