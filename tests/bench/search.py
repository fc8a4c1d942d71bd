"""`make bench-search`: searches over a million papers, on SQLite and on PostgreSQL: 95 of 100 within 300 ms.

Each kind of question is asked about papers that are there, drawn anew each time; the answer is a page of fifty with
their count, as the search page and `hotich find` show it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from pipeline.records.searching import Question
from pipeline.values.keys import strip_marks
from storage.catalogue import Catalogue
from storage.catalogue.tables import SCHEMA
from storage.database import Database
from storage.migration import upgrade
from tests.bench.measure import bench_folder
from tests.bench.search_rows import Paper, fill_postgresql, fill_sqlite, papers
from tests.bench.service_holdings import postgresql_server

PROMISE_MS = 300.0
Ask = Callable[[dict[str, str], Paper, Random], Question]


def _misspelt(name: str, random: Random) -> str:
    at = random.randrange(len(name))
    return name[:at] + random.choice("aeinohtg") + name[at + 1 :]


QUESTIONS: dict[str, Ask] = {
    "name": lambda v, p, r: Question(name=v["full_name"]),
    "name, no marks": lambda v, p, r: Question(name=strip_marks(v["full_name"])),
    "name, misspelt": lambda v, p, r: Question(name=_misspelt(v["full_name"], r)),
    "name, near": lambda v, p, r: Question(name=v["full_name"], near=True),
    "given name": lambda v, p, r: Question(name=v["full_name"].split()[-1]),
    "surname": lambda v, p, r: Question(name=v["full_name"].split()[0]),
    "name, office": lambda v, p, r: Question(name=v["mother_full_name"], offices=(p.office,)),
    "number": lambda v, p, r: Question(number=v["personal_id"]),
    "act and year": lambda v, p, r: Question(number=v["document_number"]),
    "born": lambda v, p, r: Question(born="/".join(reversed(v["date_of_birth"].split("-")))),
    "year": lambda v, p, r: Question(date=v["date_of_birth"][:4]),
    "ten years": lambda v, p, r: Question(date=f"{int(v['date_of_birth'][:4]) - 9}-{v['date_of_birth'][:4]}"),
    "place": lambda v, p, r: Question(place=v["place_of_birth"].partition(",")[0].removeprefix("xã ")),
    "book": lambda v, p, r: Question(book=p.book),
    "status, type": lambda v, p, r: Question(status="review", document_type=p.record.document_type.value),
    "text": lambda v, p, r: Question(text=f"chủ nghĩa {v['full_name']}"),
    "rare text": lambda v, p, r: Question(text=p.text.split()[-1]),
    "printed text": lambda v, p, r: Question(text="Độc lập Tự do Hạnh phúc"),
    "everything": lambda v, p, r: Question(offices=(p.office,)),
    "all at once": lambda v, p, r: Question(
        name=v["full_name"], born=v["date_of_birth"][:4], place="xã", status=p.record.status.value, offices=(p.office,)
    ),
}


def main() -> None:
    options = _options()
    folder = bench_folder("search")
    figures: dict[str, Any] = {}
    for kind in options.databases:
        for url in _filled(kind, folder, options.count):
            figures[kind] = measure(url, options.count, options.asks)
            _print(kind, figures[kind])
    (folder / "figures.json").write_text(json.dumps(figures, indent=2))


def measure(url: str, count: int, asks: int) -> dict[str, Any]:
    """Milliseconds for each kind of question. Fails where a paper that is there is not found."""
    random = Random(1)
    step = max(1, count // asks)
    known = [paper for paper in papers(count) if paper.number % step == 0][:asks]
    catalogue = Catalogue.open(url)
    catalogue.find(Question(name="an"))  # opens the database
    every: list[float] = []
    figures: dict[str, Any] = {}
    for name, ask in QUESTIONS.items():
        times = []
        for paper in known:
            values = {field.name: field.value or "" for field in paper.record.fields}
            question = ask(values, paper, random)
            started = time.perf_counter()
            finds = catalogue.find(question)
            times.append(1000 * (time.perf_counter() - started))
            assert finds.count or "misspelt" in name, f"{name}: a paper that is there was not found"
        figures[name] = _at(times)
        every += times
    catalogue.close()
    return {**figures, "all": _at(every)}


def _at(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {f"p{share}": ordered[min(len(ordered) - 1, share * len(ordered) // 100)] for share in (50, 95, 99)}


def _filled(kind: str, folder: Path, count: int) -> Iterator[str]:
    """The address of a filled database; it is kept for another run."""
    if kind == "sqlite":
        path = folder / f"search-{count}.db"
        url = f"sqlite:///{path.absolute()}"
        if not path.exists():
            unfinished = path.with_suffix(".unfinished")
            unfinished.unlink(missing_ok=True)
            _prepare(f"sqlite:///{unfinished.absolute()}")
            fill_sqlite(unfinished, count)
            unfinished.rename(path)
        yield url
        return
    home = folder / f"search-{count}"
    home.mkdir(exist_ok=True)
    with postgresql_server(home) as server:
        if not _is_filled(server, count):
            _prepare(server)
            fill_postgresql(server, count)
        yield server


def _is_filled(server: str, count: int) -> bool:
    with psycopg.connect(server) as connection:
        there = connection.execute("SELECT to_regclass('search_documents')").fetchone()
        if there is None or there[0] is None:
            return False
        return connection.execute("SELECT count(*) FROM search_documents").fetchone() == (count,)


def _prepare(url: str) -> None:
    database = Database(url)
    upgrade(database, SCHEMA)
    if database.is_sqlite:
        with database.autocommit() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
    database.close()


def _print(kind: str, figures: dict[str, Any]) -> None:
    print(f"\n{kind}")
    for name, at in figures.items():
        verdict = "" if at["p95"] <= PROMISE_MS else f"  > {PROMISE_MS:.0f} ms"
        print(f"  {name:18} " + "  ".join(f"{share} {ms:7.1f}" for share, ms in at.items()) + verdict)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000, help="papers in the archive")
    parser.add_argument("--asks", type=int, default=50, help="questions of each kind")
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    return parser.parse_args()


if __name__ == "__main__":
    main()
