"""A review desk with years behind it: open items as they mix in an office, and the decisions that were made of others.

Rows go in through the drivers, since the desk itself would take hours. Fields, types and forms are those of the form
definitions; the numbers of books, reasons and people are guesses of a province's archive.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import psycopg
import sqlalchemy as sa

from pipeline.forms.loading import load_forms
from pipeline.review.policy import class_of, default_policy
from storage.catalogue.text import time_text
from storage.review.tables import review_decisions, review_items

OFFICE = "00001"
OTHERS = ("00004", "00007", "00010")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_REASONS = (
    ("field.low_confidence", 60), ("field.invalid_form", 9), ("field.sources_differ", 8), ("field.register_differs", 8),
    ("field.unread", 6), ("field.struck_out", 3), ("name.unusual", 3), ("field.unlabelled", 2), ("sample", 1),
)  # fmt: skip
_BOOKED = ("birth_register_entry", "household_book", "temporary_residence_book")
_KINDS = (("doubt", 92), ("sample", 5), ("seed", 2), ("reopened", 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRows:
    """`waiting` open items of the measured office (a fifth as many of others beside them); `decided` decisions of the
    last `days` days."""

    waiting: int = 100_000
    decided: int = 500_000
    days: int = 365
    books: int = 240
    people: int = 24
    now: datetime = NOW

    def items(self) -> Iterator[dict[str, Any]]:
        """Open items, then those that were decided."""
        rng = Random(1)
        papers = self._papers(rng)
        for number in range(self.waiting + self.waiting // 5):
            office = OFFICE if number < self.waiting else OTHERS[number % len(OTHERS)]
            age = timedelta(minutes=rng.expovariate(1 / (60 * 24 * 9)))
            yield _item(rng, number, next(papers), office) | {
                "state": "open",
                "stage": 2 if rng.random() < 0.12 else 1,
                "opened_at": time_text(self.now - age),
            }
        for number in range(self.decided_items):
            done = self._done_at(number)
            choice = rng.choices(("accept", "correct", "illegible", "absent"), (55, 38, 4, 3))[0]
            row = _item(rng, self._first_done + number, next(papers), OFFICE if number % 6 else OTHERS[number % 3])
            wrong = None if row["kind"] == "doubt" else rng.random() < 0.012
            yield row | {
                "state": "done",
                "stage": 2 if number % 4 == 0 else 1,
                "result": choice,
                "wrong": wrong,
                "opened_at": time_text(done - timedelta(hours=rng.expovariate(1 / 50))),
                "done_at": time_text(done),
            }

    def decisions(self) -> Iterator[dict[str, Any]]:
        """In order of time; every fourth item was decided by two."""
        rng, made = Random(2), 0
        for number in range(self.decided_items):
            for stage in (1, 2) if number % 4 == 0 else (1,):
                upheld = rng.random() < 0.97 if number % 4 == 0 else None
                yield _decision(rng, made, self._first_done + number, stage, self._done_at(number)) | {
                    "person": f"can.bo.{(number * 7 + stage) % self.people:02d}",
                    "upheld": upheld,
                }
                made += 1

    @property
    def decided_items(self) -> int:
        return self.decided * 4 // 5

    @property
    def _first_done(self) -> int:
        return self.waiting + self.waiting // 5

    def _done_at(self, number: int) -> datetime:
        return self.now - timedelta(days=self.days) * (1 - number / self.decided_items)

    def _papers(self, rng: Random) -> Iterator[dict[str, Any]]:
        """Fields of papers one after the other, those of one book following each other."""
        forms = load_forms()
        booked = [one for one in forms if one.type.value in _BOOKED]
        single = [one for one in forms if one.type.value not in _BOOKED]
        shelf = [(f"so-{n:04d}", rng.choice(booked)) for n in range(self.books)]
        paper = 0
        while True:
            book, form = rng.choice(shelf) if rng.random() < 0.7 else ("", rng.choice(single))
            for _ in range(rng.randint(5, 60) if book else 1):
                paper += 1
                names = [name.replace("[]", f"[{rng.randrange(5)}]") for name in form.fields()]
                asked = sorted(rng.sample(range(len(names)), min(len(names), rng.randint(1, 6))))
                for position in asked:
                    yield {
                        "document_id": f"{paper:032x}",
                        "field": names[position],
                        "position": position,
                        "book": book,
                        "document_type": form.type.value,
                        "form": form.form,
                        "field_class": class_of(names[position]).value,
                    }


def _item(rng: Random, number: int, place: dict[str, Any], office: str) -> dict[str, Any]:
    empty = dict.fromkeys(column.name for column in review_items.columns)
    kind = rng.choices(*zip(*_KINDS, strict=True))[0]
    return empty | place | {
        "item_id": f"{number:032x}",
        "revision": 1,
        "kind": kind,
        "page": 1,
        "office": office,
        "reason": rng.choices(*zip(*_REASONS, strict=True))[0],
        "read_by": f"{number % 3:016x}",
        "confidence": round(rng.random(), 4),
        "scheme": default_policy().scheme(place["field"]).value,
        "priority": rng.choices((0, 10, 50), (90, 8, 2))[0],
    }  # fmt: skip


def _decision(rng: Random, made: int, item: int, stage: int, at: datetime) -> dict[str, Any]:
    empty = dict.fromkeys(column.name for column in review_decisions.columns)
    choice = rng.choices(("accept", "correct"), (60, 40))[0]
    return empty | {
        "decision_id": f"{made:032x}",
        "item_id": f"{item:032x}",
        "stage": stage,
        "choice": choice,
        "value": "Nguyễn Văn Mẫu",
        "verbatim": "NGUYỄN VĂN MẪU",
        "comment": "",
        "agrees": choice == "accept",
        "undone": rng.random() < 0.01,
        "seconds": round(rng.lognormvariate(1.2, 0.6), 2),
        "keys": 1 if choice == "accept" else rng.randint(3, 18),
        "at": time_text(at + timedelta(milliseconds=stage)),
    }


def fill_sqlite(path: str, rows: DeskRows) -> None:
    """Fills the desk's tables, which are there and empty."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("synchronous = OFF", "foreign_keys = OFF", "cache_size = -200000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    for table, made in _tables(rows):
        names = [column.name for column in table.columns]
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        connection.executemany(statement, (tuple(row[name] for name in names) for row in made))
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def fill_postgresql(url: str, rows: DeskRows) -> None:
    """As `fill_sqlite`; `url` is the administrator's."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for table, made in _tables(rows):
            names = [column.name for column in table.columns]
            with connection.cursor() as cursor:
                statement = f"COPY {table.name} ({', '.join(names)}) FROM STDIN"
                with cursor.copy(statement) as copy:  # type: ignore[call-overload]
                    for row in made:
                        copy.write_row([row[name] for name in names])
            connection.execute(f"VACUUM ANALYZE {table.name}")  # type: ignore[call-overload]


def _tables(rows: DeskRows) -> Iterable[tuple[sa.Table, Iterator[dict[str, Any]]]]:
    return ((review_items, rows.items()), (review_decisions, rows.decisions()))
