"""A SQLite file or a PostgreSQL database behind one interface; the drivers' errors become `HotichError`s."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url

from pipeline.domain.errors import HotichError, ResourceError, WrongUse
from pipeline.domain.message import Message
from storage.ending import Ending, Step
from storage.errors import (
    AccessRefused,
    CorruptCatalogue,
    DiskFull,
    StoreBusy,
    StoreUnavailable,
)
from storage.log_times import LogTimes

_BUSY_MS = 30_000
_ATTEMPTS = 4


class Keeper(Protocol):
    """Whoever keeps the audit log outside the database too (`storage.store_log`)."""

    def tell(self, connection: sa.Connection, ending: Ending) -> None:
        """Adds what the transaction changed to its entries."""
        ...

    def keep(self) -> None:
        """Called after a transaction in which the audit log has grown. Raises nothing."""
        ...


class Database:
    """Connections to one database. A process opens its own: never share one over a fork.

    Every method raises only `HotichError`s: StoreUnavailable, StoreBusy, AccessRefused, DiskFull,
    CorruptCatalogue, ResourceError.
    """

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        """`url`: `sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://user:secret@host/name`.

        Connects at first use. `read_only`: nothing is written, no database is made, and a file of SQLite's may lie on a
        medium that cannot be written. Raises WrongUse for any other kind of database.
        """
        self._stack = contextlib.ExitStack()
        self.keeper: Keeper | None = None
        self.log_times = LogTimes()
        try:
            parsed = make_url(url)
        except sa.exc.ArgumentError as error:
            raise WrongUse(Message("Địa chỉ cơ sở dữ liệu không hợp lệ.", "Not a database address.")) from error
        backend = parsed.get_backend_name()
        self._file = Path(parsed.database) if backend == "sqlite" and parsed.database else None
        if backend == "sqlite":
            self.engine = (
                _sqlite_reader(Path(parsed.database or ""), self._stack) if read_only else _sqlite_engine(parsed)
            )
        elif backend == "postgresql":
            self.engine = _postgresql_engine(parsed, read_only=read_only)
        else:
            raise WrongUse(
                Message("Chỉ dùng SQLite hoặc PostgreSQL.", f"Only SQLite and PostgreSQL are known, not {backend!r}.")
            )

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Ends every idle connection."""
        self.engine.dispose()
        self._stack.close()

    def is_there(self) -> bool:
        """False for a database of SQLite's without its file; a server is asked when it is read."""
        return self._file is None or self._file.is_file()

    @contextlib.contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection for reading; what is written through it is rolled back."""
        with self._connection() as connection:
            yield connection

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """A connection for reading that sees the database as it stood at one moment, whatever is written meanwhile."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self._connection(**options) as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction: committed when the block ends well, rolled back when it raises.

        On SQLite it takes the write lock at once, so that what it reads cannot change under it. What is left for the
        end of the transaction (`storage.ending`) is done when the block is through.
        """
        ending = Ending()
        with self._connection(writes=True, **ending.options()) as connection:
            with self._begun(connection, ending) as transaction:
                yield connection
                if transaction.is_active:
                    self._end(connection, ending)
            if ending.logged and ending.held_since is not None:
                held_s = time.monotonic() - ending.held_since
                self.log_times.note(waited_s=ending.waited_s, held_s=held_s)
        if self.keeper is not None and ending.logged:
            self.keeper.keep()

    def _end(self, connection: sa.Connection, ending: Ending) -> None:
        ending.do(Step.SPELL)
        if self.keeper is not None and ending.told.touched:
            self.keeper.tell(connection, ending)
        ending.do(Step.LINK)
        ending.close()

    def _begun(self, connection: sa.Connection, ending: Ending) -> sa.RootTransaction:
        """On SQLite whoever writes holds the log too, from the beginning."""
        if self.is_sqlite:
            begun: sa.RootTransaction = ending.wait(connection.begin)
            return begun
        return connection.begin()

    @contextlib.contextmanager
    def autocommit(self) -> Iterator[sa.Connection]:
        """A connection outside any transaction (VACUUM, PRAGMA)."""
        with self._connection(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    @contextlib.contextmanager
    def _connection(self, **options: Any) -> Iterator[sa.Connection]:
        with self._connected() as connection, translated_database_errors():
            yield connection.execution_options(**options)

    def _connected(self) -> sa.Connection:
        """A connection. A server that is out of reach is asked again, 0.2 s, 0.4 s, 0.8 s later: nothing was begun."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with translated_database_errors():
                    return self.engine.connect()
            except StoreUnavailable:
                if self.is_sqlite or attempt == _ATTEMPTS:
                    raise
                time.sleep(0.1 * 2**attempt)
        raise _unavailable("attempts")


def _sqlite_engine(url: URL) -> sa.Engine:
    engine = sa.create_engine(url.set(drivername="sqlite+pysqlite"), connect_args={"timeout": _BUSY_MS / 1000})

    @event.listens_for(engine, "do_connect")
    def _before_connect(_dialect: object, _record: object, _given: object, _named: object) -> None:
        if url.database and url.database != ":memory:":
            close_to_others(Path(url.database))

    @event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transaction handling commits behind our back; we begin every one ourselves.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        _use_wal(connection)
        # FULL: a committed record survives a power cut, not only a killed process.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")

    return engine


def _sqlite_reader(path: Path, stack: contextlib.ExitStack) -> sa.Engine:
    """Connections that only read. `stack` removes the copy that a database needs whose log cannot be read in place."""
    place: list[str] = []

    def connect() -> sqlite3.Connection:
        if not place:
            place.append(_to_read(path, stack))
        connection = sqlite3.connect(place[0], uri=True, timeout=_BUSY_MS / 1000, isolation_level=None)
        connection.execute("PRAGMA query_only = ON")
        return connection

    engine = sa.create_engine("sqlite+pysqlite://", creator=connect, poolclass=sa.NullPool)

    @event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN")

    return engine


def _to_read(path: Path, stack: contextlib.ExitStack) -> str:
    """How SQLite is to open the file. Beside one in WAL mode it must write `-shm`, unless the file is sure to stay as
    it is: so it is on a medium that cannot be written. A log that was left there is taken in by a copy elsewhere."""
    if os.access(path.parent, os.W_OK):
        return f"{path.absolute().as_uri()}?mode=ro"
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or log.stat().st_size == 0:
        return f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hotich-verify-")))
    for file in (path, log):
        shutil.copyfile(file, folder / file.name)
    return f"{(folder / path.name).as_uri()}?mode=rw"


def close_to_others(path: Path) -> None:
    """Makes the database's file, where it is not there yet, for its owner alone, and takes from others what they may
    do with one that is there, and with the log beside it. A group that was let in to write on purpose stays in."""
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        return
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with contextlib.suppress(OSError):
            narrow(file)


def narrow(path: Path) -> None:
    """Takes from others, and from a group that may not write, what they may do. Raises OSError."""
    mode = stat.S_IMODE(path.stat().st_mode)
    wanted = mode & ~(0o007 if mode & 0o020 else 0o077)
    if mode != wanted:
        path.chmod(wanted)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switches to the write-ahead log. SQLite does not wait for other processes in this step, so this function does."""
    until = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.05)


def _postgresql_engine(url: URL, *, read_only: bool) -> sa.Engine:
    options = "-c lock_timeout=30s" + (" -c default_transaction_read_only=on" if read_only else "")
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_size=5,
        connect_args={"connect_timeout": 10, "options": options},
    )


@contextlib.contextmanager
def translated_database_errors() -> Iterator[None]:
    """Turns every error of SQLAlchemy and the drivers raised in the block into a `HotichError`."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise database_error(error.orig if isinstance(error.orig, Exception) else error) from error
    except sa.exc.SQLAlchemyError as error:
        if isinstance(error, sa.exc.TimeoutError):
            raise StoreBusy(Message("Cơ sở dữ liệu đang bận.", "No free database connection in time.")) from error
        raise _other(type(error).__name__) from error
    except sqlite3.Error as error:
        raise database_error(error) from error


def database_error(error: Exception) -> HotichError:
    """The hotich error for a driver's error. No statement and no parameter goes into the message."""
    if isinstance(error, sqlite3.Error):
        return _sqlite_error(error)
    state = getattr(error, "sqlstate", None)
    if state is None:
        # The connection itself failed; the server's refusal then stands only in the text.
        text = str(error)
        if "authentication failed" in text or "no password supplied" in text:
            return _refused()
        return _unavailable(type(error).__name__)
    return _postgresql_error(state)


def _sqlite_error(error: sqlite3.Error) -> HotichError:
    name = getattr(error, "sqlite_errorname", "") or type(error).__name__
    if name.startswith("SQLITE_FULL"):
        return _full()
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusy(
            Message("Cơ sở dữ liệu đang bị khóa.", "The database is locked by another process; run again.")
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return CorruptCatalogue(
            Message(
                "Tệp cơ sở dữ liệu bị hỏng; hãy khôi phục từ bản sao lưu.",
                "The database file is damaged or is no database; restore it from a backup.",
            )
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        return _refused()
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_PROTOCOL")):
        return _unavailable(name)
    return _other(name)


def _postgresql_error(state: str) -> HotichError:
    if state == "53100":
        return _full()
    if state in {"28000", "28P01", "42501"}:
        return _refused()
    if state in {"40001", "40P01", "55P03"}:
        return StoreBusy(Message("Cơ sở dữ liệu đang bận.", f"The database is busy ({state}); run again."))
    if state[:2] in {"08", "53", "57", "3D"}:
        return _unavailable(state)
    if state[:2] in {"58", "XX"}:
        return CorruptCatalogue(Message("Cơ sở dữ liệu bị hỏng.", f"The database reports damage ({state})."))
    return _other(state)


def _full() -> DiskFull:
    return DiskFull(
        Message(
            "Đĩa của cơ sở dữ liệu đã đầy; hãy giải phóng chỗ trống.", "The database's disk is full; free some space."
        )
    )


def _refused() -> AccessRefused:
    return AccessRefused(
        Message(
            "Cơ sở dữ liệu không cho truy cập; hãy kiểm tra tài khoản và quyền.",
            "The database refuses access; check user, secret and permissions.",
        )
    )


def _unavailable(why: str) -> StoreUnavailable:
    return StoreUnavailable(Message("Cơ sở dữ liệu chưa sẵn sàng.", f"The database cannot be reached ({why})."))


def _other(why: str) -> ResourceError:
    return ResourceError(Message("Lỗi cơ sở dữ liệu.", f"Database error ({why})."), code="storage.database_error")
