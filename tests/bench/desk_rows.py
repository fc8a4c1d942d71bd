"""A review desk with a year behind it: open items as they mix in an office, and the decisions that were made of others.

Papers are copies of the specimens, so each item can really be opened and decided; rows go in through the drivers,
since the desk itself would take hours. The numbers of books, reasons and people are guesses of a province's archive.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import psycopg
import sqlalchemy as sa

from pipeline.judging.review.places import template
from pipeline.judging.review.policy import class_of, default_policy
from storage.catalogue.tables import documents, fields, source_names, sources, work
from storage.review.tables import review_decisions, review_documents, review_items

OFFICE = "00001"
OTHERS = ("00004", "00007", "00010")
_WORK = "bench"
_REASONS = (
    ("field.low_confidence", 60), ("field.invalid_form", 9), ("field.sources_differ", 8), ("field.register_differs", 8),
    ("field.unread", 6), ("field.struck_out", 4), ("field.unlabelled", 5),
)  # fmt: skip
_BOOKED = ("birth_register_entry", "household_book", "temporary_residence_book", "birth_certificate_old")
_KINDS = (("doubt", 92), ("sample", 5), ("seed", 2), ("reopened", 1))
_MINUTE = 60_000_000
_DAY = 1440 * _MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """A stored paper that many documents are copies of: names of its objects, its fields with their pages."""

    document_type: str
    form: str
    sha256: str
    original: str
    record: str
    fields: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRows:
    """`waiting` open items of the measured office (a fifth as many of others beside them); `decided` decisions of the
    last `days` days."""

    specimens: Sequence[Specimen]
    now: datetime
    waiting: int = 100_000
    decided: int = 500_000
    days: int = 365
    books: int = 240
    people: int = 24
    _papers: list[dict[str, Any]] = field(default_factory=list)

    def items(self) -> Iterator[dict[str, Any]]:
        """Open items, then those that were decided; notes the papers they are of."""
        rng, made = Random(1), _Drawn(1)
        asked = self._asked(rng)
        first = self.waiting + self.waiting // 5
        for number in range(first):
            office = OFFICE if number < self.waiting else OTHERS[number % len(OTHERS)]
            age = int(rng.expovariate(1 / (9 * _DAY)))
            row = _item(made, number, next(asked), office)
            row["state"], row["stage"], row["opened_at"] = "open", made.stage(), self._at(age)
            self._note(row, age)
            yield row
        for number in range(self.decided_items):
            age = self._age(number)
            opened = age + int(rng.expovariate(1 / (2 * _DAY)))
            row = _item(made, first + number, next(asked), OFFICE if number % 6 else OTHERS[number % 3])
            row |= {
                "state": "done", "stage": 2 if number % 4 == 0 else 1, "result": made.result(),
                "wrong": None if row["kind"] == "doubt" else made.wrong(), "opened_at": self._at(opened),
                "done_at": self._at(age),
            }  # fmt: skip
            self._note(row, opened)
            yield row

    def decisions(self) -> Iterator[dict[str, Any]]:
        """In order of time; every fourth item was decided by two."""
        made, count, first = _Drawn(2), 0, self.waiting + self.waiting // 5
        for number in range(self.decided_items):
            for stage in (1, 2) if number % 4 == 0 else (1,):
                row = _decision(made, count, first + number, stage)
                row["person"] = f"can.bo.{(number * 7 + stage) % self.people:02d}"
                row["upheld"] = made.upheld() if number % 4 == 0 else None
                row["at"] = self._at(self._age(number) - stage)
                yield row
                count += 1

    def papers(self) -> Iterator[dict[str, Any]]:
        """The documents of the items; only after them."""
        kept = {one.sha256: one for one in self.specimens}
        for paper in self._papers:
            one = kept[paper["sha256"]]
            yield {
                "document_id": paper["document_id"], "revision": 1, "current": True,
                "holding_code": f"HT-{paper['document_id'][-16:]}", "work_id": _WORK, "ordinal": 1,
                "source_sha256": one.sha256, "document_type": one.document_type, "form": one.form, "status": "review",
                "register_outcome": "not_checked", "original": one.original, "archival": None, "record": one.record,
                "actor": "bench", "committed_at": self._at(paper["age"]),
            }  # fmt: skip

    def known(self) -> Iterator[dict[str, Any]]:
        """What the desk knows of the documents; only after the items."""
        for paper in self._papers:
            yield {
                "document_id": paper["document_id"], "office": paper["office"], "book": paper["book"],
                "base_revision": 1, "released_revision": 0, "stale": False, "confirmed": False, "edited_revision": 0,
                "retired": False,
            }  # fmt: skip

    @property
    def decided_items(self) -> int:
        return self.decided * 4 // 5

    def _age(self, number: int) -> int:
        """Microseconds since an item was done."""
        return int(self.days * _DAY * (1 - number / self.decided_items))

    def _at(self, age: int) -> str:
        moment = self.now - timedelta(microseconds=max(age, 0))
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def _note(self, row: dict[str, Any], age: int) -> None:
        sha256 = row.pop("sha256")
        if not self._papers or self._papers[-1]["document_id"] != row["document_id"]:
            told = {name: row[name] for name in ("document_id", "office", "book")}
            self._papers.append({**told, "sha256": sha256, "age": age})

    def _asked(self, rng: Random) -> Iterator[dict[str, Any]]:
        """Fields of papers one after the other, those of one book following each other."""
        booked = [one for one in self.specimens if one.document_type in _BOOKED]
        single = [one for one in self.specimens if one.document_type not in _BOOKED]
        shelf = [(f"so-{n:04d}", rng.choice(booked)) for n in range(self.books)]
        paper = 0
        while True:
            book, one = rng.choice(shelf) if rng.random() < 0.1 else ("", rng.choice(single))
            for _ in range(rng.randint(5, 60) if book else 1):
                paper += 1
                for place in sorted(rng.sample(range(len(one.fields)), min(len(one.fields), rng.randint(1, 6)))):
                    name, page = one.fields[place]
                    yield {
                        "document_id": f"{paper:032x}", "field": name, "entry": template(name),
                        "position": place + 1, "page": page,
                        "book": book, "document_type": one.document_type, "form": one.form, "sha256": one.sha256,
                        "field_class": class_of(name).value, "scheme": default_policy().scheme(name).value,
                    }  # fmt: skip


class _Drawn:
    """What rows draw by lot, drawn beforehand: a million draws one by one take minutes."""

    def __init__(self, seed: int) -> None:
        rng = Random(seed)
        self.kind = _cycle(rng, dict(_KINDS))
        self.reason = _cycle(rng, dict(_REASONS))
        self.stage = _cycle(rng, {1: 88, 2: 12})
        self.priority = _cycle(rng, {0: 90, 10: 8, 20: 2})
        self.result = _cycle(rng, {"accept": 55, "correct": 38, "illegible": 4, "absent": 3})
        self.wrong = _cycle(rng, {True: 1.2, False: 98.8})
        self.upheld = _cycle(rng, {True: 97, False: 3})
        self.undone = _cycle(rng, {True: 1, False: 99})
        self.choice = _cycle(rng, {"accept": 60, "correct": 40})
        self.keys = _cycle(rng, dict.fromkeys(range(3, 19), 1))
        self.seconds = _cycle(rng, dict.fromkeys((round(rng.lognormvariate(1.2, 0.6), 2) for _ in range(500)), 1))


def _cycle(rng: Random, weights: dict[Any, float]) -> Callable[[], Any]:
    drawn = rng.choices(list(weights), list(weights.values()), k=rng.randrange(9_000, 11_000))
    place = -1

    def one() -> Any:
        nonlocal place
        place = (place + 1) % len(drawn)
        return drawn[place]

    return one


_EMPTY_ITEM = dict.fromkeys(column.name for column in review_items.columns)


def _item(made: _Drawn, number: int, place: dict[str, Any], office: str) -> dict[str, Any]:
    row = _EMPTY_ITEM | place
    row["item_id"], row["revision"], row["kind"], row["office"] = f"{number:032x}", 1, made.kind(), office
    row["reason"], row["read_by"], row["confidence"] = made.reason(), f"{number % 3:032x}", 0.61
    row["priority"] = made.priority()
    return row


def _decision(made: _Drawn, count: int, item: int, stage: int) -> dict[str, Any]:
    choice = made.choice()
    return {
        "decision_id": f"{count:032x}", "item_id": f"{item:032x}", "stage": stage, "choice": choice,
        "value": "Nguyễn Văn Mẫu", "verbatim": "NGUYỄN VĂN MẪU", "comment": "", "page": None, "box": None,
        "agrees": choice == "accept", "undone": made.undone(), "seconds": made.seconds(),
        "keys": 1 if choice == "accept" else made.keys(),
    }  # fmt: skip


def fill_sqlite(path: str, rows: DeskRows) -> None:
    """Fills the tables, which are there and empty."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("synchronous = OFF", "foreign_keys = OFF", "cache_size = -200000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    for table, made in _tables(rows):
        names = [column.name for column in table.columns]
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        connection.executemany(statement, ([row[name] for name in names] for row in made))
    connection.execute("CREATE TEMP TABLE bench_fields (record TEXT, name TEXT, position INT, page INT, status TEXT)")
    connection.executemany("INSERT INTO bench_fields VALUES (?, ?, ?, ?, ?)", _template(rows))
    connection.execute(_FIELDS)
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def fill_postgresql(url: str, rows: DeskRows) -> None:
    """As `fill_sqlite`; `url` is the administrator's."""
    with psycopg.connect(url, autocommit=True) as connection:

        def run(statement: str) -> None:
            connection.execute(statement)

        def put(into: str, names: Sequence[str], made: Iterable[Sequence[Any]]) -> None:
            statement = f"COPY {into} ({', '.join(names)}) FROM STDIN"
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                for row in made:
                    copy.write_row(row)

        run("SET session_replication_role = replica")  # no look at other tables for each row
        for table, made in _tables(rows):
            names = [column.name for column in table.columns]
            put(table.name, names, ([row[name] for name in names] for row in made))
        run("CREATE TEMP TABLE bench_fields (record text, name text, position int, page int, status text)")
        put("bench_fields", ("record", "name", "position", "page", "status"), _template(rows))
        run(_FIELDS)
        run("VACUUM ANALYZE")


_FIELDS = (
    f"INSERT INTO {fields.name} (document_id, revision, name, position, page, status, confidence, findings)"
    " SELECT d.document_id, d.revision, t.name, t.position, t.page, t.status, 0.9, '[]'"
    f" FROM {documents.name} d JOIN bench_fields t ON t.record = d.record"
)


def _template(rows: DeskRows) -> list[tuple[str, str, int, int, str]]:
    return [
        (one.record, name, place, page, "review" if place % 3 == 0 else "accepted")
        for one in rows.specimens
        for place, (name, page) in enumerate(one.fields)
    ]


def _tables(rows: DeskRows) -> Iterable[tuple[sa.Table, Iterator[dict[str, Any]]]]:
    """In the order that they are filled in."""
    at = rows.now.isoformat(timespec="microseconds").replace("+00:00", "Z")
    seen = [{"sha256": one.sha256, "size": 1, "first_seen": at} for one in rows.specimens]
    named = [{"sha256": one.sha256, "name": "bench.pdf", "first_seen": at} for one in rows.specimens]
    job = dict.fromkeys(column.name for column in work.columns) | {
        "work_id": _WORK, "input_sha256": rows.specimens[0].sha256, "software": "bench", "models_sha256": "0" * 64,
        "settings_sha256": "0" * 64, "state": "done", "attempts": 1, "created_at": at, "changed_at": at,
    }  # fmt: skip
    yield sources, iter(seen)
    yield source_names, iter(named)
    yield work, iter([job])
    yield review_items, rows.items()
    yield review_decisions, rows.decisions()
    yield documents, rows.papers()
    yield review_documents, rows.known()


def utc_now() -> datetime:
    return datetime.now(UTC)
