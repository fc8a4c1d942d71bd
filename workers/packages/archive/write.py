"""One archive package (AIP) a book, in the folders that the circular's annex names."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.catalogue import AuditEntry
from storage.objects import ObjectStore
from workers.packages.archive.checks import csip_faults
from workers.packages.archive.ead import Dossier, finding_aid, short_form, short_form_of_document
from workers.packages.archive.mets import Header, Kept, package_mets, representation_mets
from workers.packages.archive.premis import Happened, event_type, premis
from workers.packages.report import PackageReport
from workers.packages.selected import Selected

_VIETNAM: Final = timezone(timedelta(hours=7))
_SPACE: Final = uuid.UUID("0f4b8a8e-3d2b-4f0c-8b64-7a5f7f3f2c11")
_PREMIS: Final = "metadata/preservation/PREMIS.xml"
_COPIES, _MASTERS = "rep1", "rep2"
_ABOUT: Final = """Gói lưu trữ theo Thông tư 05/2025/TT-BNV (E-ARK CSIP: METS, EAD, PREMIS 3; SHA-256).
rep1: bản PDF/A-2b hai lớp và hồ sơ JSON. rep2: tệp gốc đúng như đã nhận.
Lược đồ (schemas/*.xsd) không kèm theo: lấy từ nơi ban hành. Tệp package.json nêu những gì không đưa vào và vì sao.

An archive package. rep1: two-layer PDF/A-2b copies and records (JSON). rep2: the original files as they came.
Schemas (*.xsd) are not included: have them from their publishers. package.json tells what was left out and why.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fonds:
    """Of which archival fonds the papers are: its code, and the agency's code and name."""

    code: str
    agency_code: str
    agency: str


def write_archive(
    selected: Iterable[Selected],
    objects: ObjectStore,
    folder: Path,
    *,
    fonds: Fonds,
    history: Callable[[Selected], Sequence[AuditEntry]],
    now: datetime,
    software: tuple[str, str],
) -> PackageReport:
    """`history`: what the audit log has of a document; `software`: name and version. Each package is checked against
    the specification's rules once it is written (`csip_faults`): no schema is at hand. Raises WrongUse without a fonds.
    """
    if not fonds.code or not all(char.isalnum() or char in ".-" for char in fonds.code):
        raise WrongUse(Message("Cần mã phông: fonds_code", "The code of the fonds is needed: fonds_code"))
    report = PackageReport(kind="archive")
    books: dict[str, list[Selected]] = {}
    for one in selected:
        books.setdefault(one.found.book, []).append(one)
    made = {}
    for number, (book, documents) in enumerate(sorted(books.items()), start=1):
        writer = _Writer(objects, fonds, history, now.astimezone(_VIETNAM), software, report)
        made[writer.write(folder, book, number, documents)] = len(documents)
    report.notes["packages"] = made
    report.leave_out("", "schemas/*.xsd", "không tải được, lấy từ nơi ban hành / have them from their publishers")
    report.leave_out("", "inforSign", "bản chưa ký số / copies are not signed yet")
    return report


class _Writer:
    def __init__(
        self,
        objects: ObjectStore,
        fonds: Fonds,
        history: Callable[[Selected], Sequence[AuditEntry]],
        now: datetime,
        software: tuple[str, str],
        report: PackageReport,
    ) -> None:
        self._objects = objects
        self._fonds = fonds
        self._history = history
        self._at = now.isoformat(timespec="seconds")
        self._year = now.year
        self._name, self._version = software
        self._report = report

    def write(self, folder: Path, book: str, number: int, documents: Sequence[Selected]) -> str:
        """Writes one package below the folder; gives its folder's name."""
        objid = self._objid(documents)
        root = folder / objid.replace(":", "_")
        code = f"{self._fonds.code}.{self._year}.{number:03d}"
        title = f"Sổ {book}" if book else "Giấy tờ hộ tịch, cư trú"
        dossier = Dossier(code=code, title=title, agency=self._fonds.agency, documents=tuple(documents))
        header = Header(label=title, created=self._at, software=self._name, version=self._version,
                        agency=self._fonds.agency)  # fmt: skip
        for part in ("metadata/descriptive", "metadata/preservation", "documentation"):
            (root / part).mkdir(parents=True)
        copies, masters = self._files(root, code, documents)
        (root / "metadata/descriptive/EAD.xml").write_bytes(short_form(dossier))
        (root / "metadata/descriptive/EAD3.xml").write_bytes(finding_aid(dossier, self._fonds.agency_code))
        (root / "documentation/README.txt").write_text(_ABOUT, encoding="utf-8")
        listed = [
            (one.code, [*copies.get(one.code, ()), *([masters[one.code]] if one.code in masters else [])])
            for one in documents
        ]
        told = premis(listed, self._happened(documents), software=self._name, package=objid)
        (root / _PREMIS).write_bytes(told)
        described = [
            Kept(path=path, href=f"metadata/descriptive/{path.name}")
            for path in sorted((root / "representations" / _COPIES / "metadata/descriptive").iterdir())
        ]
        representations = {
            _COPIES: self._representation(root, _COPIES, header, [file for files in copies.values() for file in files],
                                          described),
            _MASTERS: self._representation(root, _MASTERS, header, list(dict.fromkeys(masters.values())), []),
        }  # fmt: skip
        text = package_mets(
            header, objid, representations=representations,
            descriptive=[Kept(path=root / name, href=name)
                         for name in ("metadata/descriptive/EAD.xml", "metadata/descriptive/EAD3.xml")],
            preservation=[Kept(path=root / _PREMIS, href=_PREMIS)],
            documentation=[Kept(path=root / "documentation/README.txt", href="documentation/README.txt")],
        )  # fmt: skip
        (root / "METS.xml").write_bytes(text)
        self._report.faults += [f"{root.name}: {fault}" for fault in csip_faults(root)]
        return root.name

    def _objid(self, documents: Sequence[Selected]) -> str:
        """The same for the same revisions of the same documents."""
        named = sorted(f"{one.found.document_id}@{one.found.revision}" for one in documents)
        made = uuid.uuid5(_SPACE, "\n".join([self._fonds.code, *named]))
        return f"urn:{self._fonds.code}:uuid:{str(made).upper()}"

    def _files(
        self, root: Path, code: str, documents: Sequence[Selected]
    ) -> tuple[dict[str, list[Kept]], dict[str, Kept]]:
        """Writes copies, records and originals. Paths in what is given back are relative to the package."""
        data = root / "representations" / _COPIES / "data"
        about = root / "representations" / _COPIES / "metadata/descriptive"
        originals = root / "representations" / _MASTERS / "data"
        for part in (data, about, originals):
            part.mkdir(parents=True)
        copies: dict[str, list[Kept]] = {}
        masters: dict[str, Kept] = {}
        for number, one in enumerate(documents, start=1):
            name = f"{code}.{number:03d}"
            pdf = one.pdf(self._objects)
            if pdf is None:
                self._report.leave_out(one.code, "PDF", "kho không có bản PDF / the archive has no copy")
            else:
                (data / f"{name}.pdf").write_bytes(pdf)
            (data / f"{name}.json").write_bytes(self._objects.get(one.found.record))
            (about / f"EAD_doc_{name}.xml").write_bytes(short_form_of_document(one, name, self._fonds.agency))
            copies[one.code] = [
                Kept(path=path, href=path.relative_to(root).as_posix()) for path in sorted(data.glob(f"{name}.*"))
            ]
            masters[one.code] = self._master(originals, root, one)
            self._report.documents += 1
        return copies, masters

    def _master(self, originals: Path, root: Path, one: Selected) -> Kept:
        """The file that the document came in, once for all documents in it."""
        ending = Path(one.found.source_name).suffix.lower()
        path = originals / f"{one.original.sha256}{ending}"
        if not path.exists():
            with self._objects.open(one.original) as stored, path.open("wb") as out:
                shutil.copyfileobj(stored, out, 1 << 20)
        return Kept(path=path, href=path.relative_to(root).as_posix())

    def _representation(
        self, root: Path, name: str, header: Header, files: Sequence[Kept], described: Sequence[Kept]
    ) -> Kept:
        place = root / "representations" / name
        within = [Kept(path=file.path, href=file.path.relative_to(place).as_posix()) for file in files]
        text = representation_mets(header, name, data=within, descriptive=described, preservation=[])
        (place / "METS.xml").write_bytes(text)
        return Kept(path=place / "METS.xml", href=f"representations/{name}/METS.xml")

    def _happened(self, documents: Sequence[Selected]) -> list[Happened]:
        told = []
        for one in documents:
            for entry in self._history(one):
                if event_type(entry.action) is not None:
                    told.append(Happened(action=entry.action, at=entry.at, actor=entry.actor, number=str(entry.seq),
                                         of=(one.code,)))  # fmt: skip
        codes = tuple(one.code for one in documents)
        told.append(Happened(action="packaged", at=self._at, actor=self._name, number="", of=codes))
        return told
