"""Loading a population CSV: all of it in one transaction, bad lines named, again without effect."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipeline.domain.errors import InputError
from pipeline.domain.message import Message
from storage.database import Database
from storage.files import translated_os_errors
from storage.register.rows import COLUMNS, BadValue, person_row
from storage.register.tables import PERSON_COLUMNS, name_counts, people, register_state

_BATCH = 5000
_LISTED = 1000

_staging = sa.Table(
    "staging",
    sa.MetaData(),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    *(sa.Column(name, people.c[name].type) for name in PERSON_COLUMNS),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A line that was left out: where it begins (the heading is line 1), a stable code, and why; no value."""

    line: int
    code: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What a load did. `bad` lists the first thousand bad lines of `bad_count`."""

    added: int
    updated: int
    unchanged: int
    bad_count: int
    bad: tuple[BadRow, ...]
    people: int
    source_sha256: str


def load_register(database: Database, file: Path, *, progress: Callable[[int], None] | None = None) -> LoadReport:
    """Adds the people of a UTF-8 CSV and brings those already known up to date; removes nobody.

    Wholly or not at all: until the whole file is in, readers see the register as it was. Columns: `rows.COLUMNS` in
    any order, only `full_name` is needed, others are ignored; comma or semicolon. `progress` is called with the count
    of lines read. Raises InputError ("register.no_heading") and the database's errors.
    """
    bad = _BadRows()
    with translated_os_errors(Message("đọc tệp", f"reading {file.name!r}")), database.write() as connection:
        before = connection.scalar(sa.select(sa.func.count()).select_from(people)) or 0
        _staging.create(connection)
        digest = _stage(connection, file, bad, progress)
        _leave_out_repeated(connection, bad)
        staged = connection.scalar(sa.select(sa.func.count()).select_from(_staging)) or 0
        updated = _update(connection)
        _insert(connection)
        _staging.drop(connection)
        total = _count(connection, digest)
        added = total - before
    _refresh_statistics(database)
    return LoadReport(
        added=added,
        updated=updated,
        unchanged=staged - added - updated,
        bad_count=bad.count,
        bad=tuple(sorted(bad.listed, key=lambda row: row.line)),
        people=total,
        source_sha256=digest,
    )


class _BadRows:
    def __init__(self) -> None:
        self.count = 0
        self.listed: list[BadRow] = []

    def add(self, line: int, code: str, message: Message) -> None:
        self.count += 1
        if len(self.listed) < _LISTED:
            self.listed.append(
                BadRow(
                    line=line, code=code, message=Message(f"Dòng {line}: {message.vi}", f"line {line}: {message.en}")
                )
            )


class _Hashing(io.RawIOBase):
    """A file that keeps the digest of what was read from it."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._file.readinto(buffer) or 0
        self.digest.update(memoryview(buffer)[:count])
        return count


def _stage(connection: sa.Connection, file: Path, bad: _BadRows, progress: Callable[[int], None] | None) -> str:
    """Fills the staging table and returns the file's SHA-256."""
    with io.FileIO(file) as raw:
        hashing = _Hashing(raw)
        text = io.TextIOWrapper(
            io.BufferedReader(hashing, 1 << 20), encoding="utf-8-sig", errors="surrogateescape", newline=""
        )
        rows = _rows(text, bad)
        while batch := list(islice(rows, _BATCH)):
            _insert_batch(connection, batch)
            if progress is not None:
                progress(batch[-1]["line"])
        return hashing.digest.hexdigest()


def _insert_batch(connection: sa.Connection, batch: list[dict[str, Any]]) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(sa.insert(_staging), batch)
        return
    # COPY is several times faster than INSERT; only the driver itself speaks it.
    columns = [column.name for column in _staging.columns]
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY staging ({', '.join(columns)}) FROM STDIN") as copy:
        for row in batch:
            copy.write_row([row[name] for name in columns])


def _rows(text: io.TextIOBase, bad: _BadRows) -> Iterator[dict[str, Any]]:
    """The good lines as staging rows; the others go to `bad`."""
    heading = text.readline()
    reader = csv.reader(text, delimiter=";" if heading.count(";") > heading.count(",") else ",", strict=True)
    names = [name.strip().lower() for name in next(csv.reader([heading], dialect=reader.dialect), [])]
    if "full_name" not in names:
        raise InputError(
            Message(
                "Tệp dân cư thiếu dòng tiêu đề có cột full_name.",
                f"The population file has no heading with a full_name column; columns: {', '.join(COLUMNS)}.",
            ),
            code="register.no_heading",
        )
    while True:
        line = reader.line_num + 2
        try:
            cells = next(reader)
            if any(cells):
                yield {"line": line, **person_row(_named(names, cells))}
        except StopIteration:
            return
        except csv.Error:
            bad.add(line, "register.bad_csv", Message("không phải CSV đúng", "not well-formed CSV"))
        except BadValue as error:
            bad.add(line, error.code, error.message)


def _named(names: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(names):
        raise BadValue(
            "register.bad_columns",
            Message(f"{len(cells)} ô thay vì {len(names)}", f"{len(cells)} cells, not {len(names)}"),
        )
    for cell in cells:
        if not cell.isascii() and any("\udc80" <= char <= "\udcff" for char in cell):
            raise BadValue("register.bad_encoding", Message("không phải UTF-8", "not UTF-8"))
    return dict(zip(names, cells, strict=True))


def _leave_out_repeated(connection: sa.Connection, bad: _BadRows) -> None:
    """Of several lines about one person the first counts; a later one that differs is bad."""
    first = sa.select(_staging.c.register_id, sa.func.min(_staging.c.line).label("line"))
    firsts = first.group_by(_staging.c.register_id).having(sa.func.count() > 1).subquery()
    other = _staging.alias()
    later = (
        sa.select(_staging.c.line, _differs(_staging, other).label("differs"))
        .join(firsts, firsts.c.register_id == _staging.c.register_id)
        .join(other, other.c.line == firsts.c.line)
        .where(_staging.c.line > firsts.c.line)
    )
    repeated = connection.execute(later.order_by(_staging.c.line)).all()
    for row in repeated:
        if row.differs:
            bad.add(row.line, "register.duplicate", Message("trùng số với dòng trước", "same id as an earlier line"))
    for start in range(0, len(repeated), _BATCH):
        lines = [row.line for row in repeated[start : start + _BATCH]]
        connection.execute(sa.delete(_staging).where(_staging.c.line.in_(lines)))


def _differs(left: sa.FromClause, right: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.or_(*(left.c[name].is_distinct_from(right.c[name]) for name in PERSON_COLUMNS))


def _update(connection: sa.Connection) -> int:
    changed = (people.c.register_id == _staging.c.register_id) & _differs(people, _staging)
    values = {name: _staging.c[name] for name in PERSON_COLUMNS}
    return connection.execute(sa.update(people).where(changed).values(values)).rowcount


def _insert(connection: sa.Connection) -> None:
    """Inserts in the order of birth and sex, so that a block's people lie side by side."""
    known = sa.exists().where(people.c.register_id == _staging.c.register_id)
    new = sa.select(*(_staging.c[name] for name in PERSON_COLUMNS)).where(~known)
    new = new.order_by(_staging.c.date_of_birth, _staging.c.sex, _staging.c.line)
    connection.execute(sa.insert(people).from_select(list(PERSON_COLUMNS), new))


def _count(connection: sa.Connection, digest: str) -> int:
    """Stores how many people there are, how common each name is, and how spread places of origin are."""
    connection.execute(sa.delete(name_counts))
    counts = sa.select(people.c.name_key, sa.func.count()).group_by(people.c.name_key)
    connection.execute(sa.insert(name_counts).from_select(["name_key", "people"], counts))
    total = connection.scalar(sa.select(sa.func.count()).select_from(people)) or 0
    origin = people.c.place_of_origin
    count = sa.func.count().label("people")
    sizes = sa.select(count).where(origin.is_not(None)).group_by(origin).subquery()
    size = sa.cast(sizes.c.people, sa.Float)
    pairs, known = connection.execute(sa.select(sa.func.sum(size * size), sa.func.sum(size))).one()
    shared = pairs / known**2 if known else 0.0
    connection.execute(sa.update(register_state).values(people=total, origin_shared=shared, source_sha256=digest))
    return total


def _refresh_statistics(database: Database) -> None:
    """Updates the query planner's statistics; on PostgreSQL blocks can then be read from the index alone."""
    with database.autocommit() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
            connection.exec_driver_sql("ANALYZE")
        else:
            connection.exec_driver_sql("VACUUM ANALYZE people")
            connection.exec_driver_sql("VACUUM ANALYZE name_counts")
