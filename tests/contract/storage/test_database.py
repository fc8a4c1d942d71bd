"""Migrations, refusals and full disks, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.catalogue import Catalogue
from storage.catalogue.tables import SCHEMA as CATALOGUE
from storage.database import Database
from storage.errors import AccessRefused, CorruptCatalogue, DiskFull, StoreBusy, StoreUnavailable
from storage.migration import Schema, upgrade, version
from storage.office.schema import SCHEMA as SERVICE
from storage.register.tables import SCHEMA as REGISTER
from tests.contract.conftest import PostgresServer
from tests.contract.storage.samples import work_key

SCHEMAS = pytest.mark.parametrize("schema", [CATALOGUE, REGISTER, SERVICE], ids=["catalogue", "register", "service"])


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@SCHEMAS
def test_the_migrations_make_exactly_the_declared_tables(database: Database, schema: Schema) -> None:
    ours = set(schema.metadata.tables)

    def include(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or name in ours

    with database.read() as connection:
        options = {"include_object": include, "version_table": schema.version_table}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema.metadata) == []


@SCHEMAS
def test_the_stated_head_is_the_newest_migration(schema: Schema) -> None:
    assert ScriptDirectory(str(schema.folder)).get_current_head() == schema.head


@SCHEMAS
def test_upgrading_again_changes_nothing(database: Database, schema: Schema) -> None:
    upgrade(database, schema)
    assert version(database, schema) == schema.head


@SCHEMAS
def test_a_database_of_a_newer_version_is_left_alone(database: Database, schema: Schema) -> None:
    table = sa.table(schema.version_table, sa.column("version_num"))
    with database.write() as connection:
        connection.execute(sa.update(table).values(version_num="9999"))
    with pytest.raises(CorruptCatalogue):
        upgrade(database, schema)
    assert version(database, schema) == "9999"


def test_several_processes_may_open_a_new_catalogue_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    errors: list[BaseException] = []

    def start() -> None:
        try:
            Catalogue.open(url).close()
        except BaseException as error:
            errors.append(error)

    starters = [threading.Thread(target=start) for _ in range(4)]
    for one in starters:
        one.start()
    for one in starters:
        one.join()
    assert errors == []
    database = Database(url)
    assert version(database, CATALOGUE) == CATALOGUE.head
    database.close()


def test_a_wrong_secret_is_refused(postgres_server: PostgresServer) -> None:
    with pytest.raises(AccessRefused):
        Catalogue.open(postgres_server.url("hotich_template", password="not the secret"))


def test_a_server_that_is_not_there_is_worth_another_try(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        Catalogue.open(f"postgresql://hotich:x@/hotich?host={tmp_path}")
    assert caught.value.retryable


def test_an_unknown_database_is_reported(postgres_server: PostgresServer) -> None:
    with pytest.raises(StoreUnavailable):
        Catalogue.open(postgres_server.url("nowhere"))


def test_a_full_disk_leaves_the_catalogue_as_it_was(tmp_path: Path) -> None:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path}/c.db")
    key = work_key(b"scan")
    with catalogue.database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(DiskFull) as caught:
        catalogue.claim(key, name="tên dài " * 10_000, size=4)
    assert caught.value.code == "resource.disk_full"
    assert catalogue.item(key) is None
    catalogue.close()


def test_a_lock_that_is_not_got_in_time_is_worth_another_try(tmp_path: Path) -> None:
    holder = Catalogue.open(f"sqlite:///{tmp_path}/c.db")
    waiting = Database(f"sqlite:///{tmp_path}/c.db")
    with waiting.autocommit() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 10")
    with holder.unit(), pytest.raises(StoreBusy) as caught, waiting.write():
        pass
    assert caught.value.retryable
    holder.close()
    waiting.close()


def test_an_embedded_database_survives_power_cuts_and_readers(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/c.db")
    with database.read() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS]
    database.close()
    assert dict(zip(PRAGMAS, pragmas, strict=True)) == PRAGMAS


#: Write-ahead log; every commit forced to the disk (2 = FULL); references checked; half a minute of patience.
PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_reading_goes_on_while_somebody_writes(database_url: str) -> None:
    writer, reader = Catalogue.open(database_url), Catalogue.open(database_url)
    with writer.unit() as unit:
        unit.audit.append(actor="a", action="b", subject="c")
        assert reader.audit_entries() == []
        unit.commit()
    assert len(reader.audit_entries()) == 1
    writer.close()
    reader.close()
