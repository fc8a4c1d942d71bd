"""The service of the office's month in a process of its own: real but for its readers, which are told in the upload
what stands on the paper, and for its clock, which a file puts forward."""

from __future__ import annotations

import hashlib
import json
import sys
from base64 import b32encode
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from argon2 import PasswordHasher

from pipeline.domain.model import DocumentType, Provenance
from pipeline.judging.review.policy import load_policy
from service.app import create_app
from service.context import ServiceParts
from service.wire.keys import Keys
from service.wire.limits import ServiceLimits
from storage.catalogue import Catalogue
from storage.objects import LocalStore
from storage.office.store import OfficeStore
from storage.submissions.tray import open_tray
from storage.times import utc_now
from tests.making.submitted import a_field, a_record
from workers.jobs import FileRead

MASTER = bytes(range(32))
JPEG = b"\xff\xd8\xff\xe0"
PROVENANCE = Provenance(software="office month", models=(), settings_sha256="0" * 64)


class MovedClock:
    """The time of day and what the file says has passed besides, in seconds."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read = 0
        self._more = timedelta(0)

    def __call__(self) -> datetime:
        written = self._file.stat().st_mtime_ns
        if written != self._read:
            self._more, self._read = timedelta(seconds=float(self._file.read_text() or 0)), written
        return utc_now() + self._more


def upload(kind: DocumentType, form: str | None, values: dict[str, str], doubtful: list[str]) -> bytes:
    """A file that `ToldReader` reads as this paper."""
    return JPEG + json.dumps([kind.value, form, values, doubtful], ensure_ascii=False, sort_keys=True).encode()


class ToldReader:
    """Gives the record that an upload tells of, with an archival copy that is no PDF a viewer would open."""

    def __init__(self, spool: Path) -> None:
        spool.mkdir(exist_ok=True)
        self._spool = spool
        self._pool = ThreadPoolExecutor(2)

    def submit(
        self, path: Path, *, name: str, sha256: str, on_page: Callable[[int], None] | None = None
    ) -> Future[FileRead]:
        return self._pool.submit(self._read, path, name, sha256)

    def _read(self, path: Path, name: str, sha256: str) -> FileRead:
        kind, form, values, doubtful = json.loads(path.read_bytes().removeprefix(JPEG))
        fields = tuple(a_field(field, value, sure=field not in doubtful) for field, value in values.items())
        record = a_record(DocumentType(kind), form, fields=fields)
        named = hashlib.sha256(sha256.encode()).digest()
        record = record.evolve(
            document_id=named[:16].hex(),
            holding_code=f"HT-{b32encode(named[16:26]).decode()}",
            source=replace(record.source, file=name, sha256=sha256, size=path.stat().st_size),
            provenance=PROVENANCE,
        )
        pdf = self._spool / f"{sha256}.pdf"
        pdf.write_bytes(b"%PDF-1.7 " + sha256.encode())
        return FileRead(records=(record,), crops=(), pdf=str(pdf), pages=1, seconds=0.0)


def serve(home: Path, port: int, office: str) -> None:
    """Serves until it is killed. `office`: the setting of that name."""
    clock = MovedClock(home / "clock")
    catalogue = Catalogue.open(f"sqlite:///{home / 'catalogue.db'}", clock=clock)
    parts = ServiceParts(
        catalogue=catalogue,
        store=OfficeStore(catalogue.database, clock=clock),
        objects=LocalStore(home / "objects"),
        tray=open_tray(home / "tray"),
        reader=ToldReader(home / "spool"),
        readers=2,
        provenance=PROVENANCE,
        keys=Keys(master=MASTER),
        version="0",
        hasher=cheap_hasher(),
        limits=ServiceLimits(answer_s=10.0, anonymous_per_minute=1_000_000),
        policy=load_policy(home / "review.toml"),
        home_office=office,
    )
    uvicorn.run(create_app(parts), port=port, log_level="error", access_log=False)


def cheap_hasher(**more: Any) -> PasswordHasher:
    """Passwords are no part of what is measured."""
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1, **more)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
