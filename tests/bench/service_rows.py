"""Millions of stored documents for the look-up of holdings, made by the database itself.

Person `m` has a card, document `m`, and an act, document `half + m * 7919 % half`: two places far apart. Rows go in in
the order of their keys and indexes are made afterwards, or it would take an hour; indexes that no look-up reads are
left out. A row is as wide as a real one but for the digests of its source and its work.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psycopg

TABLES = ("documents", "held_documents", "held_persons")
KINDS = ("citizen_id_chip", "birth_certificate")
OFFICE = "00001"
_UNREAD = ("ix_documents_review", "ix_documents_source_sha256", "ix_documents_work_id", "ix_held_documents_identity")
Person = tuple[str, str]
"""The digest of a known person, and the id of a document of theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """`rows` documents of half as many people; every `step`-th of them is known by the real digest of an id.

    `records`: names of objects that the documents share; `copy` that of the archival copy they share.
    """

    rows: int
    step: int
    records: Sequence[str]
    copy: str

    @property
    def half(self) -> int:
        return self.rows // 2

    @property
    def spread(self) -> int:
        return 0xFFFFFFFF // self.rows

    def documents_of(self, person: int) -> tuple[str, str]:
        """Ids of a person's card and act."""
        card, act = (
            f"{number * self.spread:08x}{number:024x}" for number in (person, self.half + person * 7919 % self.half)
        )
        return card, act

    def known(self) -> range:
        return range(0, self.half, self.step)


def statements(many: Rows, *, numbers: Callable[[str, int], str], digits: Callable[..., str], true: str) -> list[str]:
    """What fills the tables, all but the known people. `digits(width, expression, ...)` writes hexadecimal digits."""
    document = digits(8, f"n * {many.spread}", 24, "n")
    code = f"'HT-' || {digits(16, 'n')}"
    kind = f"CASE WHEN n < {many.half} THEN '{KINDS[0]}' ELSE '{KINDS[1]}' END"
    record = f"(SELECT name FROM bench_records WHERE id = n % {len(many.records)})"
    person = digits(16, f"m * {0x7FFFFFFFFFFFFFFF // many.half}", 48, "m")
    act = f"({many.half} + m * 7919 % {many.half})"
    cards, acts = (digits(8, f"{number} * {many.spread}", 24, number) for number in ("m", act))
    return [
        "INSERT INTO documents (document_id, revision, current, holding_code, work_id, ordinal, source_sha256,"
        " document_type, form, status, register_outcome, original, archival, record, actor, committed_at)"
        f" SELECT {document}, 1, {true}, {code}, 'bench', 1, 'bench', {kind}, '2021', 'accepted', 'match',"
        f" '{many.copy}', '{many.copy}', {record}, 'bench', '2026-01-01T00:00:00.000000Z'"
        f" FROM {numbers('n', many.rows)}",
        "INSERT INTO held_documents (document_id, revision, holding_code, document_type, office, identity)"
        f" SELECT {document}, 1, {code}, {kind}, '{OFFICE}', {digits(64, 'n')} FROM {numbers('n', many.rows)}",
        "INSERT INTO held_persons (person, document_id, revision, role)"
        f" SELECT {person}, {cards}, 1, 'subject' FROM {numbers('m', many.half)} WHERE m % {many.step} <> 0",
        "INSERT INTO held_persons (person, document_id, revision, role)"
        f" SELECT {person}, {acts}, 1, 'subject' FROM {numbers('m', many.half)} WHERE m % {many.step} <> 0",
    ]


def fill_sqlite(path: str, many: Rows, people: Sequence[Person]) -> None:
    """Fills the tables, which are there and empty."""

    def numbers(name: str, count: int) -> str:
        return (
            f"(WITH RECURSIVE counted({name}) AS (SELECT 0 UNION ALL SELECT {name} + 1 FROM counted"
            f" WHERE {name} + 1 < {count}) SELECT {name} FROM counted)"
        )

    def digits(*parts: int | str) -> str:
        pattern = "".join(f"%0{width}x" for width in parts[::2])
        return f"printf('{pattern}', {', '.join(str(value) for value in parts[1::2])})"

    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -400000",
                   "temp_store = MEMORY", "locking_mode = EXCLUSIVE"):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TEMP TABLE bench_records (id INTEGER PRIMARY KEY, name TEXT)")
    connection.executemany("INSERT INTO bench_records VALUES (?, ?)", enumerate(many.records))
    marks = ",".join("?" * len(TABLES))
    query = f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> '' AND tbl_name IN ({marks})"
    found = connection.execute(query, TABLES).fetchall()
    connection.execute("BEGIN")
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    for statement in statements(many, numbers=numbers, digits=digits, true="1"):
        connection.execute(statement)
    connection.executemany("INSERT INTO held_persons VALUES (?, ?, 1, 'subject')", sorted(people))
    for name, sql in found:
        if name not in _UNREAD:
            connection.execute(sql)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def fill_postgresql(url: str, many: Rows, people: Sequence[Person]) -> None:
    """As `fill_sqlite`; `url` is the administrator's."""

    def numbers(name: str, count: int) -> str:
        return f"generate_series(0::bigint, {count - 1}) AS {name}"

    def digits(*parts: int | str) -> str:
        pairs = zip(parts[::2], parts[1::2], strict=True)
        return " || ".join(f"lpad(to_hex({value}), {width}, '0')" for width, value in pairs)

    with psycopg.connect(url, autocommit=True) as connection:

        def run(statement: str) -> None:
            connection.execute(statement)

        run("SET session_replication_role = replica")  # no look at other tables for each row
        run("SET maintenance_work_mem = '1GB'")
        run("CREATE TEMP TABLE bench_records (id bigint PRIMARY KEY, name text)")
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bench_records VALUES (%s, %s)", list(enumerate(many.records)))
        found = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT LIKE 'pk_%%'",
            (list(TABLES),),
        ).fetchall()
        for name, _ in found:
            run(f"DROP INDEX {name}")
        for statement in statements(many, numbers=numbers, digits=digits, true="true"):
            run(statement)
        with connection.cursor() as cursor, cursor.copy("COPY held_persons FROM STDIN") as copy:
            for digest, document in people:
                copy.write_row((digest, document, 1, "subject"))
        for name, sql in found:
            if name not in _UNREAD:
                run(sql)
        for table in TABLES:
            run(f"ANALYZE {table}")
