"""Puts the parts together: which store, which catalogue, which readers, by the settings.

Everything heavy is imported where it is needed, so that a command loads only what it uses.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from hotich import __version__
from hotich.register import LazyRegister
from hotich.settings import Settings
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from flows.prefect_run import Conductor
    from pipeline.domain.model import Provenance
    from pipeline.settings import PipelineSettings
    from storage.catalogue import Catalogue
    from storage.objects import ObjectStore
    from storage.register import LoadReport, SqlRegister
    from workers.batch.batch_run import Listener
    from workers.batch.batches import Order
    from workers.batch.inputs import InputFile
    from workers.batch.results import FileResult
    from workers.processes import WorkerPool, WorkerSpec
    from workers.read_file import FileReader


def open_catalogue(settings: Settings) -> Catalogue:
    """The catalogue, its tables created or brought up to date. Raises HotichError."""
    from storage.catalogue import Catalogue

    make_home(settings)
    return Catalogue.open(settings.catalogue_url)


def open_objects(settings: Settings, *, for_writing: bool = False) -> ObjectStore:
    """The object store: a bucket when one is named, else a folder under home. Raises HotichError.

    `for_writing` makes the bucket where it is missing, so that a new server needs no step of its own.
    """
    from storage.objects import LocalStore, S3Store

    if not settings.s3_bucket:
        make_home(settings)
        return LocalStore(settings.home / "objects")
    store = S3Store(
        endpoint=settings.s3_endpoint,
        bucket=settings.s3_bucket,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        secure=settings.s3_secure,
        region=settings.s3_region or None,
    )
    if for_writing:
        store.prepare()
    return store


def open_register(settings: Settings) -> SqlRegister:
    """The population register's database. Raises HotichError."""
    from storage.register import SqlRegister

    make_home(settings)
    return SqlRegister.open(settings.population_url)


def load_population(settings: Settings, file: Path) -> LoadReport:
    """Loads a population CSV. Raises InputError for a file that is none, and the database's errors."""
    from storage.register import load_register

    register = open_register(settings)
    try:
        return load_register(register.database, file)
    finally:
        register.database.close()


def make_home(settings: Settings) -> None:
    """Makes the home folder, for its owner's eyes only: people's data lies there."""
    from storage.files import translated_os_errors

    with translated_os_errors(Message("tạo thư mục", f"making the folder {settings.home}")):
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)


def pipeline_settings(settings: Settings) -> PipelineSettings:
    from pipeline.intake.limits import IntakeLimits
    from pipeline.settings import PipelineSettings

    return PipelineSettings(limits=IntakeLimits(max_pages=settings.max_pages))


def provenance(settings: Settings, own: Path | None = None) -> Provenance:
    """What will read: software, models, settings. Raises `ModelMissingError` when a model is not there.

    `own`: folder of a book's model, which reads instead of the base (see `hotich.books`).

    Told from the models' files, without loading them. The software's name holds a digest of its code and
    its forms, so that a changed form reads everything anew.
    """
    from ocr_models.readers import reader_identities
    from pipeline.domain.model import Provenance

    return Provenance(
        software=f"hotich {__version__}+{_code_digest()[:12]}",
        models=reader_identities(settings.tessdata or None, own),
        settings_sha256=pipeline_settings(settings).sha256(),
    )


def _code_digest() -> str:
    """One digest over everything that decides what is read: code, forms, gazetteer, calibration. What only judges or
    shows what was read does not count."""
    root = Path(__file__).resolve().parent.parent
    files = [*(root / "pipeline").rglob("*"), *(root / "ocr_models").glob("*")]
    files += (root / "ocr_models" / "reader").rglob("*")
    digest = hashlib.sha256()
    judging = {root / "pipeline" / "judging"}
    for path in sorted(files):
        reads = judging.isdisjoint(path.parents)
        if reads and path.suffix in (".py", ".toml", ".json", ".tsv", ".gz", ".onnx"):
            digest.update(str(path.relative_to(root)).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def build_file_reader(
    *, tessdata: str, provenance: Provenance, settings: PipelineSettings, ask_register: bool, own: Path | None = None
) -> FileReader:
    """What a worker process loads: named by `worker_spec`.

    Raises `ModelDamagedError` when the line reader is not the one that `provenance` names.
    """
    import cv2

    from ocr_models.calibration import load_calibration
    from ocr_models.errors import ModelDamagedError
    from ocr_models.readers import load_readers
    from workers.read_file import FileReader

    cv2.setNumThreads(1)
    readers = load_readers(tessdata or None, own)
    if readers.primary.identity not in provenance.models:
        raise ModelDamagedError(
            Message(
                "Mô hình đọc chữ vừa bị thay; hãy chạy lại.",
                "The line reader's model was exchanged just now; run again.",
            )
        )
    return FileReader(
        readers=readers,
        calibration=load_calibration(),
        provenance=provenance,
        settings=settings,
        ask_register=ask_register,
    )


def worker_spec(settings: Settings, made_by: Provenance, own: Path | None = None) -> WorkerSpec:
    """How worker processes are made and bounded; the register is asked in this process."""
    from workers.processes import WorkerLimits, WorkerSpec

    register = LazyRegister(settings)
    return WorkerSpec(
        factory="hotich.wiring:build_file_reader",
        arguments={
            "tessdata": settings.tessdata,
            "provenance": made_by,
            "settings": pipeline_settings(settings),
            "ask_register": True,  # also of one that is loaded while the workers live
            "own": own,
        },
        limits=WorkerLimits(
            memory_mb=settings.worker_memory_mb,
            page_cpu_s=settings.page_cpu_seconds,
            page_wall_s=settings.page_wall_seconds,
        ),
        answer=register.look_up,
    )


class Office:
    """Everything one order to digitize needs, opened and closed together."""

    def __init__(
        self,
        settings: Settings,
        *,
        listener: Listener,
        out: Path | None,
        inputs: Sequence[InputFile],
        made_by: Provenance,
        retry: bool = False,
        own: Path | None = None,
        book: str | None = None,
    ) -> None:
        """Opens catalogue and stores. `own`: as `made_by` was told with; `book`: what the inputs are of. Raises
        HotichError when they cannot be used at all."""
        self._settings = settings
        self._book = book
        self._own = own
        self._pool: WorkerPool | None = None
        self.made_by = made_by
        make_home(settings)
        if settings.is_new:
            # Everything is still to be read: workers load while this process opens its stores.
            self.start_workers()
        try:
            self._open(listener, out, inputs, retry)
        except BaseException:
            if self._pool is not None:
                self._pool.close()
            raise

    def _open(self, listener: Listener, out: Path | None, inputs: Sequence[InputFile], retry: bool) -> None:
        from workers.batch.batch_run import Desk
        from workers.batch.keep_results import Shelf
        from workers.batch.output_folder import Delivery

        settings = self._settings
        self.catalogue = open_catalogue(settings)
        self.objects = open_objects(settings, for_writing=True)
        self._crops = settings.home / "review" / "crops"
        self._spool = new_spool(settings.home / "spool")
        delivery = None
        if out is not None:
            paths = [file.path for file in inputs]
            delivery = Delivery(out, catalogue=self.catalogue, objects=self.objects, inputs=paths)
        shelf = Shelf(
            catalogue=self.catalogue,
            objects=self.objects,
            crops=self._crops,
            actor=actor(settings),
            delivery=delivery,
        )
        self.desk = Desk(
            catalogue=self.catalogue,
            shelf=shelf,
            provenance=self.made_by,
            spool=self._spool,
            listener=listener,
            reader=self.start_workers,
            retry_set_aside=retry,
            book=self._book,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.close()
        self.desk.close()
        self.catalogue.close()
        shutil.rmtree(self._spool, ignore_errors=True)

    def start_workers(self) -> WorkerPool:
        """The pool, started at the first call."""
        from workers.processes import WorkerPool

        if self._pool is None:
            spec = worker_spec(self._settings, self.made_by, self._own)
            self._pool = WorkerPool(spec, size=self._settings.worker_count)
        return self._pool

    def conductor(self, files: Sequence[InputFile]) -> Conductor:
        from flows.prefect_run import Conductor, Orchestration
        from workers.batch.batch_run import batches
        from workers.batch.batches import Order

        return Conductor(
            Order(self.desk, batches(files)),
            home=self._settings.home / "prefect",
            mode=Orchestration(self._settings.orchestration),
            api_url=self._settings.prefect_api_url or None,
        )

    def results(self, files: Sequence[InputFile]) -> list[FileResult]:
        """Results in the order of the inputs."""
        known = {result.file: result for result in self.desk.results}
        return [known[file.name] for file in files if file.name in known]

    def write_review(self, results: Sequence[FileResult], folder: Path) -> Path | None:
        """Writes the review list; its page's path, or None when there is nothing to review."""
        from workers.batch.review_list import review_items, write_review

        items = list(review_items(results, catalogue=self.catalogue, objects=self.objects, crops=self._crops))
        page = write_review(folder, items)
        return page if items else None


class _Silent:
    """A listener for runs that nobody watches: Prefect shows the counts."""

    def page(self, name: str, number: int) -> None:
        """Nothing to show."""

    def file(self, result: FileResult) -> None:
        """Nothing to show."""


@contextlib.contextmanager
def inbox_order(retry_set_aside: bool) -> Iterator[Order]:
    """The order for what lies in `HOTICH_INBOX` now; results also go to `HOTICH_OUTBOX` where it is set."""
    from hotich.settings import load_settings
    from pipeline.domain.errors import WrongUse
    from workers.batch.batch_run import batches
    from workers.batch.batches import Order
    from workers.batch.inputs import find_inputs

    settings = load_settings()
    if not settings.inbox:
        raise WrongUse(Message("Chưa đặt HOTICH_INBOX", "HOTICH_INBOX is not set"))
    out = Path(settings.outbox) if settings.outbox else None
    beside = [path for path in (settings.home, out) if path is not None and path.exists()]
    found = find_inputs([Path(settings.inbox)], leave_out=beside)
    with Office(
        settings,
        listener=_Silent(),
        out=out,
        inputs=found.files,
        made_by=provenance(settings),
        retry=retry_set_aside,
    ) as office:
        yield Order(office.desk, batches(found.files))
        office.write_review(office.results(found.files), out or settings.home / "review")


def new_spool(folder: Path) -> Path:
    """A working folder of this process; those that killed processes left are removed."""
    from storage.files import translated_os_errors

    with translated_os_errors(Message("tạo thư mục tạm", "making the working folder")):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in folder.iterdir():
            if not (old.name.isdigit() and Path(f"/proc/{old.name}").exists()):
                shutil.rmtree(old, ignore_errors=True)
        mine = folder / str(os.getpid())
        mine.mkdir(exist_ok=True)
    return mine


def actor(settings: Settings) -> str:
    """Who does it, as the audit log notes it: as set, else the system's user."""
    return settings.actor or _user()


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"
