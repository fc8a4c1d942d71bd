"""The application over a fresh home, with a reader that answers at once with records made by hand."""

from __future__ import annotations

import hashlib
import shutil
import threading
from base64 import b32encode
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from pipeline.domain.errors import InputError
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType, Provenance
from service.app import create_app
from service.context import ServiceContext, ServiceParts
from service.desk.views import ScanRenderer, ScanViewer
from service.submissions.registered import PopulationRegister
from service.wire.keys import Keys
from service.wire.limits import ServiceLimits
from storage.catalogue import Catalogue
from storage.objects import LocalStore
from storage.office.store import OfficeStore
from storage.people.security_log import SecurityLog
from storage.review.view_cache import ViewCache
from storage.sealed_file import NO_SEAL, FileSeal
from storage.submissions.tray import open_tray
from tests.making.clock import Clock
from tests.making.submitted import BACK, CARD, a_field, a_record
from workers.jobs import FileRead

JPEG = b"\xff\xd8\xff\xe0"
RESIDENCE, CORRECTION = "1.004222", "1.004859"
DECLARED = {"full_name": "Nguyễn Thị Mẫu", "personal_id": "001190123456", "date_of_birth": "15/01/1990", "sex": "Nữ"}
MASTER = bytes(range(32))


def picture(what: str, copy: int = 0) -> bytes:
    """An upload that `FakeReader` reads as the thing named; `copy` makes other bytes of the same thing."""
    return JPEG + f"{what}|{copy}".encode()


def _record(values: dict[str, str], kind: DocumentType, form: str) -> CivilRecord:
    return a_record(kind, form, fields=tuple(a_field(name, value) for name, value in values.items()))


THINGS: dict[str, Callable[[], list[CivilRecord]]] = {
    "card": lambda: [_record({**CARD, **BACK}, DocumentType.CITIZEN_ID_CHIP, "2021")],
    "front": lambda: [_record(CARD, DocumentType.CITIZEN_ID_CHIP, "2021")],
    "back": lambda: [_record(BACK, DocumentType.CITIZEN_ID_CHIP, "2021")],
    "other back": lambda: [_record({**BACK, "personal_id": "001099000001"}, DocumentType.CITIZEN_ID_CHIP, "2021")],
    "act": lambda: [
        _record(
            {"full_name": "Nguyễn Thị Mẫu", "date_of_birth": "1990-01-15", "document_number": "12/1990"},
            DocumentType.BIRTH_CERTIFICATE,
            "2016",
        )
    ],
    "unknown": lambda: [a_record(DocumentType.UNKNOWN, None)],
}


class FakeReader:
    """Reads what `picture` made. `gate` cleared holds every reading back; `fault` is raised `faults` times."""

    def __init__(self, spool: Path) -> None:
        self._spool = spool
        self._pool = ThreadPoolExecutor(2)
        self.gate = threading.Event()
        self.gate.set()
        self.fault: Exception | None = None
        self.faults = 1
        self.read: list[str] = []

    def submit(
        self, path: Path, *, name: str, sha256: str, on_page: Callable[[int], None] | None = None
    ) -> Future[FileRead]:
        return self._pool.submit(self._read, path, name, sha256, on_page)

    def _read(self, path: Path, name: str, sha256: str, on_page: Callable[[int], None] | None) -> FileRead:
        self.gate.wait(20)
        self.read.append(name)
        if self.fault is not None and self.faults > 0:
            self.faults -= 1
            raise self.fault
        what = path.read_bytes().removeprefix(JPEG).partition(b"|")[0].decode()
        if what not in THINGS:
            raise InputError(Message(f"{name}: hỏng", "damaged"), code="input.corrupt")
        if on_page is not None:
            on_page(1)
        pdf = self._spool / f"{sha256}.pdf"
        pdf.write_bytes(b"%PDF-1.7 " + sha256.encode())
        made = THINGS[what]()
        digest = hashlib.sha256(sha256.encode()).hexdigest()
        records = tuple(
            record.evolve(
                document_id=f"{digest[:31]}{n}",
                holding_code=f"HT-{b32encode(hashlib.sha256(f'{sha256}/{n}'.encode()).digest()[:10]).decode()}",
                source=replace(record.source, file=name, sha256=sha256, size=path.stat().st_size),
            )
            for n, record in enumerate(made)
        )
        return FileRead(records=records, crops=(), pdf=str(pdf), pages=1, seconds=0.0)


@dataclass
class Desk:
    """The running service and what stands behind it."""

    http: TestClient
    context: ServiceContext
    reader: FakeReader
    clock: Clock
    objects: LocalStore
    catalogue: Catalogue
    home: Path
    keys: dict[str, str] = field(default_factory=dict)

    def key(self, client: str = "onestop", *scopes: str, office: str = "00001", rate: int = 10_000) -> str:
        """The key of a client, made at the first call."""
        if client not in self.keys:
            with self.context.store.write() as tables:
                tables.clients.add(
                    client, name=client, office=office, scopes=scopes or ("submit", "status"), rate_per_minute=rate
                )
                self.keys[client] = tables.clients.new_key(
                    client, lambda n: hashlib.sha256(client.encode()).hexdigest()[:43]
                )
        return self.keys[client]

    def bearer(self, client: str = "onestop", *scopes: str, **more: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key(client, *scopes, **more)}"}

    def submit(
        self,
        *pictures: bytes,
        procedure: str = RESIDENCE,
        declared: str | None = None,
        key: str | None = None,
        client: str = "onestop",
        headers: dict[str, str] | None = None,
    ) -> Any:
        import json

        data = {"procedure": procedure, "declared": json.dumps(DECLARED) if declared is None else declared}
        files = [("files", (f"anh{n}.jpg", content, "image/jpeg")) for n, content in enumerate(pictures)]
        sent = self.bearer(client) | ({"Idempotency-Key": key} if key else {}) | (headers or {})
        return self.http.post("/submissions", data=data, files=files, headers=sent)

    def stored(self) -> set[str]:
        return {key.name for key in self.objects.keys()}  # noqa: SIM118


def open_desk(
    home: Path,
    *,
    clock: Clock,
    limits: ServiceLimits | None = None,
    register: PopulationRegister | None = None,
    renderer: ScanRenderer | None = None,
    seal: FileSeal = NO_SEAL,
) -> Desk:
    """A service over this home, not yet started. `renderer`: what makes pictures of scans; without, there are none.
    `seal`: of what stays in the tray for people."""
    home.mkdir(exist_ok=True)
    (home / "spool").mkdir(exist_ok=True)
    catalogue = Catalogue.open(f"sqlite:///{home / 'catalogue.db'}", clock=clock)
    objects = LocalStore(home / "objects")
    reader = FakeReader(home / "spool")
    viewer = None
    if renderer is not None:
        cache = ViewCache(home / "views")
        viewer = ScanViewer(objects=objects, renderer=renderer, cache=cache, spool=home / "spool" / "views")
    parts = ServiceParts(
        viewer=viewer,
        catalogue=catalogue,
        store=OfficeStore(catalogue.database, clock=clock),
        objects=objects,
        tray=open_tray(home / "tray", seal),
        reader=reader,
        readers=1,
        register=register,
        provenance=Provenance(software="test", models=(), settings_sha256="0" * 64),
        keys=Keys(master=MASTER),
        version="0",
        hasher=PasswordHasher(time_cost=1, memory_cost=64, parallelism=1),
        security_log=SecurityLog(path=home / "security.jsonl", clock=clock),
        limits=limits or ServiceLimits(answer_s=60.0, anonymous_per_minute=10_000),
    )
    app = create_app(parts)
    http = TestClient(app, raise_server_exceptions=False)
    return Desk(
        http=http,
        context=app.state.context,
        reader=reader,
        clock=clock,
        objects=objects,
        catalogue=catalogue,
        home=home,
    )


@contextmanager
def running_desk(home: Path, *, clock: Clock, **options: Any) -> Iterator[Desk]:
    """The service while it runs, closed in the end; `options` as in `open_desk`."""
    made = open_desk(home, clock=clock, **options)
    with made.http:
        yield made
    made.context.parts.tray.close()
    made.catalogue.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def empty_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables, to be copied: making them takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "catalogue.db"
    catalogue = Catalogue.open(f"sqlite:///{path}")
    OfficeStore(catalogue.database)
    with catalogue.database.autocommit() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    catalogue.close()
    return path


@pytest.fixture
def home(tmp_path: Path, empty_catalogue: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    shutil.copy(empty_catalogue, folder / "catalogue.db")
    return folder


@pytest.fixture
def desk(home: Path, clock: Clock) -> Iterator[Desk]:
    with running_desk(home, clock=clock) as made:
        yield made
