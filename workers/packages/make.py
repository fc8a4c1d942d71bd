"""Any selection as a package: written beside its place, checked, listed, and only then there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pipeline.domain.errors import ResourceError, WrongUse
from pipeline.domain.message import Message
from pipeline.records.contract import read_record
from storage.catalogue import AuditEntry, Catalogue, FoundDocument
from storage.files import translated_os_errors
from storage.objects import ObjectStore
from workers.exporting import ExportFormat, export
from workers.packages.archive.write import Fonds, write_archive
from workers.packages.cv7197 import write_cv7197
from workers.packages.mets_alto import write_mets_alto
from workers.packages.ministry import NAMES, write_ministry
from workers.packages.report import PackageReport
from workers.packages.selected import Selected

_RECORDS = "records.jsonl"


class PackageKind(StrEnum):
    MINISTRY = "ministry"
    CV7197 = "cv7197"
    ARCHIVE = "archive"
    ALTO = "alto"
    JSON_LINES = "jsonl"


class PackageUnsound(ResourceError):
    """The package's own check found it against the rules of its form: it is not handed out."""

    code = "package.unsound"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageOptions:
    """`names`: pattern of the ministry's file names; `unconfirmed`: acts too of which something is open; `first`: the
    first serial of a CV 7197 package; `software`: name and version."""

    agency_code: str = ""
    agency_name: str = ""
    fonds_code: str = ""
    names: str = NAMES
    unconfirmed: bool = False
    first: int = 1
    software: tuple[str, str] = ("hotich", "")


def make_package(
    kind: PackageKind,
    found: Callable[[], Iterator[FoundDocument]],
    catalogue: Catalogue,
    objects: ObjectStore,
    folder: Path,
    options: PackageOptions,
) -> PackageReport:
    """Writes the package to `folder`, which must not be there yet, for its owner's eyes only. Raises WrongUse,
    PackageUnsound and the stores' errors; then nothing is there."""
    if folder.exists():
        raise WrongUse(Message(f"{folder}: đã có, không ghi đè", f"{folder}: is there already, and is not overwritten"))
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    with translated_os_errors(Message("ghi gói", "writing the package")):
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700, parents=True)
        try:
            report = _write(kind, found, catalogue, objects, unfinished, options)
            if report.faults:
                raise PackageUnsound(
                    Message(f"Gói không đạt: {report.faults[0]}", f"{len(report.faults)} faults: {report.faults[0]}")
                )
            report.write(unfinished)
            unfinished.replace(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return report


def _write(
    kind: PackageKind,
    found: Callable[[], Iterator[FoundDocument]],
    catalogue: Catalogue,
    objects: ObjectStore,
    folder: Path,
    options: PackageOptions,
) -> PackageReport:
    if kind is PackageKind.JSON_LINES:
        count = export(found, objects, folder / _RECORDS, ExportFormat.JSON_LINES)
        report = PackageReport(kind=kind.value, documents=count)
        report.leave_out("", "scans, PDF", "gói này chỉ có hồ sơ / records alone")
        return report
    selected = (_selected(catalogue, objects, one) for one in found())
    if kind is PackageKind.MINISTRY:
        return write_ministry(selected, objects, folder, names=options.names, unconfirmed=options.unconfirmed)
    if kind is PackageKind.CV7197:
        return write_cv7197(
            selected, objects, folder, agency_code=options.agency_code, agency_name=options.agency_name,
            first=options.first,
        )  # fmt: skip
    if kind is PackageKind.ALTO:
        return write_mets_alto(selected, objects, folder)
    fonds = Fonds(code=options.fonds_code, agency_code=options.agency_code, agency=options.agency_name)
    return write_archive(
        selected, objects, folder, fonds=fonds, history=_history(catalogue), now=_now(catalogue),
        software=options.software,
    )  # fmt: skip


def _selected(catalogue: Catalogue, objects: ObjectStore, found: FoundDocument) -> Selected:
    stored = catalogue.document(found.document_id, found.revision)
    assert stored is not None
    return Selected(found=found, record=read_record(objects.get(found.record)), original=stored.original)


def _history(catalogue: Catalogue) -> Callable[[Selected], Sequence[AuditEntry]]:
    def of(one: Selected) -> list[AuditEntry]:
        subjects = [one.found.document_id, *(f"{one.found.document_id}@{n + 1}" for n in range(one.found.revision))]
        entries = [entry for name in subjects for entry in catalogue.audit_entries(subject=name)]
        return sorted(entries, key=lambda entry: entry.seq)

    return of


def _now(catalogue: Catalogue) -> datetime:
    return catalogue.now()
