"""No library error leaves storage untranslated: every class and code the libraries have is tried."""

from __future__ import annotations

import errno
import inspect
import sqlite3
from pathlib import Path
from types import ModuleType

import minio.error
import psycopg.errors
import pytest
import sqlalchemy as sa
import urllib3
from minio.error import InvalidResponseError, S3Error, ServerError

from pipeline.domain.errors import HotichError
from pipeline.domain.message import Message
from storage.database import Database, database_error, translated_database_errors
from storage.errors import AccessRefused, CorruptCatalogue, DiskFull, StoreBusy, StoreUnavailable
from storage.files import translated_os_errors
from storage.objects.s3_errors import translated_s3_errors


def classes(module: ModuleType, base: type[BaseException]) -> list[type[BaseException]]:
    found = [one for _, one in inspect.getmembers(module, inspect.isclass) if issubclass(one, base)]
    assert found
    return found


def bare(kind: type[BaseException]) -> BaseException:
    """An instance whose constructor need not be known."""
    error = kind.__new__(kind)
    Exception.__init__(error, "made by a test")
    return error


def s3_error(code: str) -> S3Error:
    return S3Error(
        response=urllib3.HTTPResponse(status=400),
        code=code,
        message="…",
        resource="/b/k",
        request_id="1",
        host_id="1",
    )


@pytest.mark.parametrize("kind", classes(urllib3.exceptions, urllib3.exceptions.HTTPError))
def test_every_transport_error_is_translated(kind: type[BaseException]) -> None:
    with pytest.raises(HotichError), translated_s3_errors("b"):
        raise bare(kind)


@pytest.mark.parametrize("kind", classes(minio.error, minio.error.MinioException))
def test_every_error_class_of_the_s3_client_is_translated(kind: type[BaseException]) -> None:
    made: dict[type[BaseException], BaseException] = {
        S3Error: s3_error("Odd"),
        ServerError: ServerError("…", 500),
        InvalidResponseError: InvalidResponseError(502, "text/html", "…"),
    }
    with pytest.raises(HotichError), translated_s3_errors("b"):
        raise made.get(kind) or bare(kind)


@pytest.mark.parametrize(
    ("code", "expected", "retryable"),
    [
        ("SignatureDoesNotMatch", "resource.access_refused", False),
        ("AccessDenied", "resource.access_refused", False),
        ("NoSuchKey", "storage.object_missing", False),
        ("NoSuchBucket", "resource.bucket_missing", False),
        ("XMinioStorageFull", "resource.disk_full", False),
        ("SlowDown", "resource.store_unavailable", True),
        ("InternalError", "resource.store_unavailable", True),
        ("MalformedXML", "resource.s3", False),
    ],
)
def test_the_servers_answers_have_their_own_codes(code: str, expected: str, retryable: bool) -> None:
    with pytest.raises(HotichError) as caught, translated_s3_errors("b"):
        raise s3_error(code)
    assert (caught.value.code, caught.value.retryable) == (expected, retryable)


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [(503, StoreUnavailable, True), (507, DiskFull, False), (403, AccessRefused, False)],
)
def test_answers_that_are_no_xml_are_told_apart_by_status(
    status: int, kind: type[HotichError], retryable: bool
) -> None:
    with pytest.raises(kind) as caught, translated_s3_errors("b"):
        raise InvalidResponseError(status, "text/html", "…")
    assert caught.value.retryable == retryable


def test_a_wrong_certificate_is_not_tried_again() -> None:
    with pytest.raises(StoreUnavailable) as caught, translated_s3_errors("b"):
        raise urllib3.exceptions.MaxRetryError(
            urllib3.HTTPSConnectionPool("host"), "/", urllib3.exceptions.SSLError("self-signed")
        )
    assert not caught.value.retryable


@pytest.mark.parametrize("code", sorted(errno.errorcode))
def test_every_error_of_the_operating_system_is_translated(code: int) -> None:
    with pytest.raises(HotichError), translated_os_errors(Message.same("trying")):
        raise OSError(code, "…")


@pytest.mark.parametrize("kind", classes(sa.exc, sa.exc.SQLAlchemyError))
def test_every_error_class_of_the_database_library_is_translated(kind: type[BaseException]) -> None:
    error = bare(kind)
    if isinstance(error, sa.exc.DBAPIError):
        error.orig = sqlite3.OperationalError("…")
    with pytest.raises(HotichError), translated_database_errors():
        raise error


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SQLITE_FULL", DiskFull),
        ("SQLITE_BUSY", StoreBusy),
        ("SQLITE_LOCKED_SHAREDCACHE", StoreBusy),
        ("SQLITE_CORRUPT", CorruptCatalogue),
        ("SQLITE_NOTADB", CorruptCatalogue),
        ("SQLITE_READONLY", AccessRefused),
        ("SQLITE_CANTOPEN", StoreUnavailable),
        ("SQLITE_IOERR_FSYNC", StoreUnavailable),
        ("SQLITE_CONSTRAINT", HotichError),
    ],
)
def test_sqlites_codes_are_told_apart(name: str, kind: type) -> None:
    error = sqlite3.OperationalError("…")
    error.sqlite_errorname = name
    assert isinstance(database_error(error), kind)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (psycopg.errors.DiskFull("…"), DiskFull),
        (psycopg.errors.InvalidPassword("…"), AccessRefused),
        (psycopg.errors.InsufficientPrivilege("…"), AccessRefused),
        (psycopg.errors.DeadlockDetected("…"), StoreBusy),
        (psycopg.errors.LockNotAvailable("…"), StoreBusy),
        (psycopg.errors.AdminShutdown("…"), StoreUnavailable),
        (psycopg.errors.TooManyConnections("…"), StoreUnavailable),
        (psycopg.errors.DataCorrupted("…"), CorruptCatalogue),
        (psycopg.errors.UniqueViolation("…"), HotichError),
        (psycopg.OperationalError("connection refused"), StoreUnavailable),
        (psycopg.OperationalError('password authentication failed for user "x"'), AccessRefused),
    ],
)
def test_postgresqls_codes_are_told_apart(error: psycopg.Error, kind: type) -> None:
    assert isinstance(database_error(error), kind)


def test_a_file_that_is_no_database_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    path.write_bytes(b"this is no database at all, " * 100)
    with pytest.raises(CorruptCatalogue), Database(f"sqlite:///{path}").read() as connection:
        connection.exec_driver_sql("SELECT 1 FROM sqlite_master")


def test_a_message_shows_no_statement_and_no_value(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/c.db")
    with pytest.raises(HotichError) as caught, database.read() as connection:
        connection.execute(sa.text("SELECT :name FROM nowhere"), {"name": "Nguyễn Văn An"})
    assert "Nguyễn" not in str(caught.value)
    assert "SELECT" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://x/y", "no address", ""])
def test_other_databases_are_wrong_use(url: str) -> None:
    with pytest.raises(HotichError) as caught:
        Database(url)
    assert caught.value.code == "usage.wrong"
