"""Puts the submission service together: stores, tray, reading processes, keys."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotich import __version__
from hotich.settings import Settings
from hotich.wiring import make_home, new_spool, open_catalogue, open_objects, provenance, worker_spec
from pipeline.errors import WrongUse

if TYPE_CHECKING:
    from flows.workers import WorkerPool
    from service.keys import Keys
    from service.parts import Parts
    from service.reading import ScanReading
    from storage.service import ServiceStore

_KEY_BYTES = 32


class PoolReader:
    """The bounded worker processes of `flows`, as the service's reader."""

    def __init__(self, pool: WorkerPool, spool: Path) -> None:
        self._pool = pool
        self._spool = spool

    def submit(
        self, path: Path, *, name: str, sha256: str, on_page: Callable[[int], None] | None = None
    ) -> Future[ScanReading]:
        from flows.jobs import ReadFile
        from service.reading import ScanReading

        pdf = self._spool / f"{secrets.token_hex(16)}.pdf"
        job = ReadFile(path=str(path), name=name, sha256=sha256, size=path.stat().st_size, pdf=str(pdf))
        out: Future[ScanReading] = Future()

        def done(read: Future[Any]) -> None:
            error = read.exception()
            if error is not None:
                pdf.unlink(missing_ok=True)
                out.set_exception(error)
            else:
                found = read.result()
                out.set_result(ScanReading(records=found.records, archival=pdf, pages=found.pages))

        self._pool.submit(job, on_page=on_page).add_done_callback(done)
        return out


@contextlib.contextmanager
def service_parts(settings: Settings) -> Iterator[Parts]:
    """Everything the service needs, opened and closed together. Raises HotichError, WrongUse."""
    from flows.workers import WorkerPool
    from service.limits import ServiceLimits
    from service.parts import Parts
    from storage.service import ServiceStore
    from storage.tray import open_tray

    make_home(settings)
    with contextlib.ExitStack() as stack:
        tray = open_tray(settings.home / "tray")
        stack.callback(tray.close)
        made_by = provenance(settings)
        pool = stack.enter_context(WorkerPool(worker_spec(settings, made_by), size=settings.worker_count))
        catalogue = open_catalogue(settings)
        stack.callback(catalogue.close)
        yield Parts(
            catalogue=catalogue,
            store=ServiceStore(catalogue.database),
            objects=open_objects(settings, for_writing=True),
            tray=tray,
            reader=PoolReader(pool, new_spool(settings.home / "spool")),
            readers=settings.worker_count,
            provenance=made_by,
            keys=service_keys(settings),
            version=__version__,
            limits=ServiceLimits(),
        )


def service_keys(settings: Settings) -> Keys:
    """The installation's keys: from the setting, else from a file under home that is made at first use."""
    from service.keys import Keys

    given = settings.service_key
    if given:
        try:
            master = bytes.fromhex(given)
        except ValueError:
            master = b""
        if len(master) != _KEY_BYTES:
            raise WrongUse("HOTICH_SERVICE_KEY: cần 64 chữ số hex / 64 hexadecimal digits are needed")
        return Keys(master=master)
    return Keys(master=_key_file(settings))


@contextlib.contextmanager
def service_store(settings: Settings) -> Iterator[ServiceStore]:
    """The service's tables alone, for administration."""
    from storage.service import ServiceStore

    catalogue = open_catalogue(settings)
    try:
        yield ServiceStore(catalogue.database)
    finally:
        catalogue.close()


def _key_file(settings: Settings) -> bytes:
    from storage.files import translated_os_errors

    make_home(settings)
    path = settings.home / "service.key"
    with translated_os_errors("đọc khóa của dịch vụ / reading the service's key"):
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            master = path.read_bytes()
        else:
            master = secrets.token_bytes(_KEY_BYTES)
            with os.fdopen(handle, "wb") as file:
                file.write(master)
                file.flush()
                os.fsync(file.fileno())
    if len(master) != _KEY_BYTES:
        raise WrongUse(f"{path}: không phải khóa của dịch vụ / is not the service's key")
    return master
