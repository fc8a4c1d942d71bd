"""Small real parts for tests of batches: store and catalogue in a folder, a reader without models."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.continuing import Preceding
from pipeline.domain.errors import HotichError, InputError
from pipeline.domain.geometry import rectangle
from pipeline.domain.message import Message
from pipeline.domain.model import (
    CivilRecord,
    DocumentType,
    FieldValue,
    PageReport,
    Provenance,
    RegisterOutcome,
    SourceFile,
    Status,
    Validation,
)
from pipeline.domain.recognition import ModelIdentity
from pipeline.page_ledger import PageElsewhere, Place
from storage.catalogue import Catalogue
from storage.objects import LocalStore
from storage.objects.paper_class import NOTHING, Chosen
from workers.archive_reading import ArchiveReading
from workers.batch.batch_run import BatchRun
from workers.batch.inputs import InputFile, find_inputs
from workers.batch.keep_results import ResultKeeper
from workers.batch.output_folder import OutputFolder
from workers.batch.results import FileResult
from workers.jobs import Crop, FileRead, Later, ReadFile, ReadLater, WhatPrecedes

SHA = "0" * 64
PROVENANCE = Provenance(software="hotich test", models=(ModelIdentity(name="none", sha256=SHA),), settings_sha256=SHA)


def record_of(job: ReadFile, ordinal: int, made_by: Provenance = PROVENANCE) -> CivilRecord:
    """A record that says nothing about the paper but where it came from."""
    number = hashlib.sha256(f"{job.sha256}/{ordinal}/{made_by.software}".encode()).hexdigest()[:16]
    doubtful = FieldValue(
        name="full_name", value="Trần Thị Mẫu", verbatim="Trần Thị Mẫu", page=1, box=rectangle(1, 1, 9, 5)
    )
    sure = FieldValue(
        name="sex", value="female", verbatim="Nữ", page=1, box=rectangle(1, 6, 9, 9), status=Status.ACCEPTED
    )
    return CivilRecord(
        document_id=f"d-{number}",
        holding_code=f"h-{number}",
        source=SourceFile(file=job.name, sha256=job.sha256, media_type="image/png", size=job.size, pages=1),
        document_type=DocumentType.BIRTH_CERTIFICATE,
        form="2016",
        type_confidence=0.99,
        status=Status.REVIEW,
        fields=(doubtful, sure),
        validation=Validation(outcome=RegisterOutcome.MATCH),
        pages=(PageReport(number=1, dpi=300.0, rotation=0, skew_deg=0.0, quality={}),),
        findings=(),
        provenance=made_by,
    )


def leaf_of(record: CivilRecord, members: int, before: Preceding | None) -> CivilRecord:
    """The record as a leaf with so many members of the book that was begun before."""
    begun = None if before is None else before.begun
    first = 0 if begun is None else begun.members
    names = [
        FieldValue(name=f"members[{n}].full_name", value="Mẫu", verbatim="Mẫu", page=1, box=rectangle(1, 1, 9, 5))
        for n in range(first, first + members)
    ]
    return record.evolve(
        document_type=DocumentType.HOUSEHOLD_BOOK, form="2014", continues=begun, fields=(*record.fields, *names)
    )


def act_of(record: CivilRecord, said: Mapping[str, str]) -> CivilRecord:
    """The record with these values, all accepted, "_" for a space; "type" says what the paper is."""
    said = dict(said)
    kind = DocumentType(said.pop("type", record.document_type.value))
    values = [
        FieldValue(name=name, value=text, verbatim=text, page=1, box=rectangle(1, 1, 9, 5), status=Status.ACCEPTED)
        for name, value in said.items()
        if (text := value.replace("_", " "))
    ]
    return record.evolve(document_type=kind, fields=tuple(values), status=Status.ACCEPTED)


def torn(record: CivilRecord) -> tuple[PageElsewhere, ...]:
    """A second page that could not be read and a third that is blank."""
    told = (
        (2, Place.UNREADABLE, "page.unreadable", Message("Trang 2 không đọc được", "Page 2 could not be read")),
        (3, Place.BLANK, "page.blank", Message("Trang trắng", "Blank page")),
    )
    return tuple(
        PageElsewhere(number=n, place=place, code=code, message=message, beside=record.document_id)
        for n, place, code, message in told
    )


class PlainReader:
    """Reads at once, in this thread. What a file holds decides what happens to it:
    "bad" is an input error, "N records" gives N of them, "unknown" is a paper of no known type, "torn" has a second
    page that could not be read and a third that is blank, "lost" has two that nobody speaks of, "slow page N" hits the
    time limit on that page, "book N" is
    the leaf of a book with N members that goes on with the file before it, "act name=value …" says what stands on the
    paper, all of it accepted."""

    def __init__(self, made_by: Provenance = PROVENANCE) -> None:
        self.jobs: list[ReadFile] = []
        self._made_by = made_by
        self.before: Callable[[ReadFile], object] = lambda job: None

    def submit(
        self,
        payload: Any,
        *,
        on_page: Callable[[int], None] | None = None,
        answers: Mapping[type, Callable[[Any], Any]] | None = None,
    ) -> Future[FileRead]:
        job: ReadFile = payload
        self.jobs.append(job)
        future: Future[FileRead] = Future()
        try:
            self.before(job)
            future.set_result(self._read(job, on_page, answers or {}))
        except HotichError as error:
            future.set_exception(error)
        return future

    def _read(
        self,
        job: ReadFile,
        on_page: Callable[[int], None] | None,
        answers: Mapping[type, Callable[[Any], Any]],
    ) -> FileRead:
        words = Path(job.path).read_text(encoding="utf-8", errors="replace").split()
        if words[:1] == ["bad"]:
            raise InputError(Message("hỏng", "damaged"), code="input.corrupt")
        if words[:2] == ["slow", "page"] and int(words[2]) not in job.skip:
            raise InputError(Message("lâu quá", "too slow"), code="limit.time", page=int(words[2]))
        if on_page is not None:
            on_page(1)
        count = int(words[0]) if words and words[0].isdigit() else 1
        records = tuple(record_of(job, ordinal, self._made_by) for ordinal in range(count))
        if "book" in words:
            before = answers[WhatPrecedes](WhatPrecedes()) if job.follows else None
            if isinstance(before, Later):
                raise ReadLater(Message.same("later"))
            records = (leaf_of(records[0], int(words[words.index("book") + 1]), before),)
        if "act" in words:
            said = dict(part.split("=") for part in words[words.index("act") + 1 :])
            records = (act_of(records[0], said),)
        if "unknown" in words:
            records = (records[0].evolve(document_type=DocumentType.UNKNOWN, form=None, fields=()),)
        elsewhere = torn(records[0]) if "torn" in words else ()
        if "torn" in words or "lost" in words:
            records = tuple(record.evolve(source=record.source.evolve(pages=3)) for record in records)
        Path(job.pdf).write_bytes(b"%PDF-1.7 of " + job.sha256.encode())
        crops = tuple(Crop(record=i, field="full_name", jpeg=b"jpeg") for i in range(len(records)))
        return FileRead(records=records, crops=crops, pdf=job.pdf, pages=1, seconds=0.5, elsewhere=elsewhere)


class Heard:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.results: list[FileResult] = []
        self.pages: list[tuple[str, int]] = []

    def page(self, name: str, number: int) -> None:
        self.pages.append((name, number))

    def file(self, result: FileResult) -> None:
        self.results.append(result)


@cache
def _empty_catalogue() -> bytes:
    """A fresh catalogue's file: creating the tables anew for each test would cost most of its time."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Catalogue.open(f"sqlite:///{folder}/catalogue.db")
        with catalogue.database.autocommit() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
        catalogue.close()
        return Path(folder, "catalogue.db").read_bytes()


class Bench:
    """Everything a batch run needs under one folder; `run` is one start of the program."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.scans = folder / "scans"
        self.out = folder / "out"
        self.home.mkdir()
        self.scans.mkdir()
        self.objects = LocalStore(self.home / "objects")
        (self.home / "catalogue.db").write_bytes(_empty_catalogue())
        self.catalogue = Catalogue.open(f"sqlite:///{self.home / 'catalogue.db'}")
        self.reader = PlainReader()
        self.heard = Heard()

    def scan(self, name: str, text: str | None = None) -> Path:
        path = self.scans / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name if text is None else text)
        return path

    def inputs(self) -> tuple[InputFile, ...]:
        return find_inputs([self.scans]).files

    def batch_run(
        self,
        inputs: tuple[InputFile, ...],
        *,
        retry: bool = False,
        reread: bool = False,
        book: str | None = None,
        made_by: Provenance = PROVENANCE,
        encrypted: Chosen = NOTHING,
    ) -> BatchRun:
        output = OutputFolder(
            self.out, catalogue=self.catalogue, objects=self.objects, inputs=[file.path for file in inputs]
        )
        spool = self.home / "spool"
        spool.mkdir(exist_ok=True)
        return BatchRun(
            catalogue=self.catalogue,
            archive=ArchiveReading(catalogue=self.catalogue, objects=self.objects, actor="tester"),
            keeper=ResultKeeper(
                catalogue=self.catalogue,
                objects=self.objects,
                crops=self.home / "crops",
                output=output,
                encrypted=encrypted,
            ),
            provenance=made_by,
            spool=spool,
            listener=self.heard,
            reader=lambda: self.reader,
            retry_set_aside=retry,
            reread=reread,
            book=book,
        )

    def run(
        self,
        *,
        retry: bool = False,
        reread: bool = False,
        book: str | None = None,
        made_by: Provenance = PROVENANCE,
        encrypted: Chosen = NOTHING,
    ) -> dict[str, FileResult]:
        inputs = self.inputs()
        self.reader = PlainReader(made_by)
        self.heard = Heard()
        run = self.batch_run(inputs, retry=retry, reread=reread, book=book, made_by=made_by, encrypted=encrypted)
        run.finish(run.look(inputs))
        run.close()
        return {result.file: result for result in run.results}


def png_bytes(width: int = 40, height: int = 30) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("L", (width, height), 200).save(buffer, "PNG")
    return buffer.getvalue()
