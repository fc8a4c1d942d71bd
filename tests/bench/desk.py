"""`make bench-desk`: the desk's pages and decisions over 100,000 open items, whole requests to a running service.

On SQLite and on PostgreSQL, one clerk after the other and each with a browser's session. What the pages show must be
there within 150 ms, nineteen times of twenty.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import httpx
import psycopg
from argon2 import PasswordHasher

from hotich.settings import load_settings
from hotich.wiring.service import service_keys
from pipeline.records.contract import record_bytes
from service.people.access import cookie_name
from service.people.accounts import Accounts
from storage.catalogue.tables import SCHEMA as CATALOGUE
from storage.database import Database
from storage.migration import upgrade
from storage.office.schema import SCHEMA as SERVICE
from storage.office.store import OfficeStore
from storage.register.tables import SCHEMA as REGISTER
from storage.review.tables import SCHEMA as REVIEW
from tests.bench.desk_rows import OFFICE, DeskRows, Specimen, fill_postgresql, fill_sqlite, utc_now
from tests.bench.measure import bench_folder
from tests.bench.service_holdings import postgresql_server
from tests.bench.service_server import Server, serving
from tests.making.desk_home import DeskHome, copy_of, doubtful, truths

PROMISE_MS = 150.0
CLERKS = 12
_SCHEMAS = (CATALOGUE, SERVICE, REGISTER, REVIEW)


@dataclass(slots=True)
class Clerk:
    """Somebody signed in, with a browser tab."""

    http: httpx.Client
    tab: str = field(default_factory=lambda: secrets.token_hex(16))


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Milliseconds of one kind of request, the first of them aside."""

    name: str
    first: float
    times: list[float]

    def at(self, share: float) -> float:
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def row(self) -> dict[str, float]:
        return {"first": self.first, "p50": self.at(0.5), "p95": self.at(0.95), "p99": self.at(0.99)}


def main() -> None:
    options = _options()
    folder = bench_folder("desk")
    home = folder / f"desk-{options.waiting}-{options.decided}"
    figures: dict[str, Any] = {}
    try:
        if "sqlite" in options.databases:
            figures["SQLite"] = _on_sqlite(home, _rows(home, options), options.requests)
        if "postgresql" in options.databases:
            figures["PostgreSQL"] = _on_postgresql(home, _rows(home, options), options.requests)
    finally:
        if not options.keep:
            shutil.rmtree(home, ignore_errors=True)
    (folder / "figures.json").write_text(json.dumps(figures, indent=2))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waiting", type=int, default=100_000, help="open items of the measured office")
    parser.add_argument("--decided", type=int, default=500_000, help="decisions of the year before")
    parser.add_argument("--requests", type=int, default=200, help="of each kind")
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--keep", action="store_true", help="keep the filled databases for another run")
    return parser.parse_args()


def _rows(home: Path, options: argparse.Namespace) -> DeskRows:
    desk = DeskHome.open(home)
    specimens = []
    for truth in truths().values():
        data = copy_of(truth.file, 0)
        record = desk.record(truth, [doubtful(name, *one) for name, one in truth.fields.items()], data)
        specimens.append(
            Specimen(
                document_type=truth.document_type.value,
                form=truth.form,
                sha256=record.source.sha256,
                original=desk.objects.put(data).name,
                record=desk.objects.put(record_bytes(record)).name,
                fields=[(name, page) for name, (_, _, page, _) in truth.fields.items()],
            )
        )
    desk.close()
    return DeskRows(specimens=specimens, now=utc_now(), waiting=options.waiting, decided=options.decided)


def _on_sqlite(home: Path, rows: DeskRows, requests: int) -> dict[str, Any]:
    path, filled = home / "catalogue.db", home / "filled.db"
    if not filled.exists():
        path.unlink(missing_ok=True)
        _make_tables(f"sqlite:///{path}")
        _filled("SQLite", lambda: fill_sqlite(str(path), rows))
        path.rename(filled)
    for ending in ("", "-wal", "-shm"):
        (home / f"catalogue.db{ending}").unlink(missing_ok=True)
    shutil.copy(filled, path)
    os.sync()  # or the first commits wait behind what is still on its way to the disk
    return _measured("SQLite", home, "", rows, requests)


def _on_postgresql(home: Path, rows: DeskRows, requests: int) -> dict[str, Any]:
    with postgresql_server(home) as admin:
        url = admin.replace("postgres://", "postgresql://", 1)
        with psycopg.connect(admin, autocommit=True) as connection:
            found = connection.execute("SELECT to_regclass('bench_done')").fetchone()
            if found is None or found[0] is None:
                _make_tables(url)
                _filled("PostgreSQL", lambda: fill_postgresql(admin, rows))
                connection.execute("CREATE TABLE bench_done (at timestamptz DEFAULT now())")
                connection.execute("CHECKPOINT")
        return _measured("PostgreSQL", home, url, rows, requests)


def _make_tables(url: str) -> None:
    database = Database(url)
    for schema in _SCHEMAS:
        upgrade(database, schema)
    database.close()


def _filled(name: str, fill: Callable[[], None]) -> None:
    started = time.monotonic()
    fill()
    print(f"{name} filled in {time.monotonic() - started:.0f} s", flush=True)


def _measured(name: str, home: Path, url: str, rows: DeskRows, requests: int) -> dict[str, Any]:
    env = {"HOTICH_DATABASE_URL": url, "HOTICH_OFFICE": OFFICE} if url else {"HOTICH_OFFICE": OFFICE}
    with serving(home, workers=1, env=env) as server, _clerks(home, url, server) as clerks:
        print(f"\n{name}: {rows.waiting:,} open items of one office, {rows.decided:,} decisions; ms")
        print(f"{'':44} first    p50    p95    p99")
        found = [_told(one) for one in _asked(clerks, requests)]
    slow = [one.name for one in found if one.at(0.95) > PROMISE_MS]
    print(f"  over {PROMISE_MS:.0f} ms at p95: {', '.join(slow) or 'nothing'}", flush=True)
    return {one.name: one.row() for one in found}


def _told(one: Timed) -> Timed:
    row = one.row()
    print(f"  {one.name:42}" + "".join(f"{row[name]:7.1f}" for name in ("first", "p50", "p95", "p99")), flush=True)
    return one


def _asked(clerks: list[Clerk], requests: int) -> Iterator[Timed]:
    """Every kind of request, each by one clerk after the other."""
    rng = Random(3)
    claimed: list[tuple[Clerk, dict[str, Any]]] = []

    def get(path: str) -> Callable[[Clerk], None]:
        return lambda clerk: _right(clerk.http.get(path))

    def claim(clerk: Clerk) -> None:
        answer = clerk.http.post("/desk/claims", json={"tab": clerk.tab, "count": 8})
        _right(answer)
        items = answer.json()["items"]
        if len(items) != 8:
            sys.exit(f"a claim of 8 gave {len(items)} items")
        claimed.extend((clerk, item) for item in items)

    def view(_clerk: Clerk) -> None:
        holder, item = rng.choice(claimed)
        _right(holder.http.get(f"/desk/items/{item['item_id']}/view.json"))

    def decide(_clerk: Clerk) -> None:
        holder, item = claimed.pop()
        said = {"decision_id": secrets.token_hex(16), "item_id": item["item_id"], "lease": item["lease"]}
        said |= {"choice": "accept", "seconds": 1.5, "keys": 1, "tab": holder.tab}
        _right(holder.http.post("/desk/decisions", json=said))

    kinds: list[tuple[str, Callable[[Clerk], None], int]] = [
        ("queue page", get("/ban-duyet"), requests),
        ("queue page, one kind of paper and field", get(_filtered()), requests),
        ("claim of 8", claim, max(requests // 4, 2)),
        ("evidence view", view, requests),
        ("decision", decide, requests),
        ("overview page, 7 days", get("/ban-duyet/tong-quan?period=7"), requests),
        ("list behind a number", get("/ban-duyet/muc?state=open&field_class=date"), requests),
    ]
    for name, ask, count in kinds:
        count = min(count, len(claimed) - 1) if name == "decision" else count
        times = []
        for number in range(count + 1):
            clerk = clerks[number % len(clerks)]
            started = time.perf_counter()
            ask(clerk)
            times.append(1000 * (time.perf_counter() - started))
        yield Timed(name=name, first=times[0], times=times[1:])


def _filtered() -> str:
    return "/ban-duyet?document_type=birth_register_entry&field_class=date"


@contextlib.contextmanager
def _clerks(home: Path, url: str, server: Server) -> Iterator[list[Clerk]]:
    """Reviewers of the office, signed in: a session may ask 600 times a minute, so there are several."""
    settings = load_settings(home)
    database = Database(url or f"sqlite:///{home / 'catalogue.db'}")
    store = OfficeStore(database)
    accounts = Accounts(store=store, keys=service_keys(settings), hasher=PasswordHasher(time_cost=1, memory_cost=64))
    with contextlib.ExitStack() as stack:
        clerks = []
        for _ in range(CLERKS):
            login = f"can.bo.{secrets.token_hex(4)}"
            accounts.add_by_subject(login, name=login, office=OFFICE, roles=["reviewer"], oidc_subject=login)
            with store.read() as tables:
                user = tables.users.by_login(login)
            assert user is not None
            session = accounts.begin(user)
            http = stack.enter_context(httpx.Client(base_url=server.address, timeout=60.0))
            http.cookies.set(_COOKIE, session.token)
            http.headers["Hotich-Csrf"] = session.csrf
            clerks.append(Clerk(http))
        database.close()
        yield clerks


_PLAIN: Any = SimpleNamespace(secure=False)
_COOKIE = cookie_name(_PLAIN)


def _right(answer: httpx.Response) -> None:
    if answer.status_code != 200:
        sys.exit(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:300]}")


if __name__ == "__main__":
    main()
