"""`hotich explain RECORD`: each page of a record's original, each piece of ink in its role's colour."""

from __future__ import annotations

import json
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotich.settings import Settings, load_settings
from pipeline.continuing import resumed
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord
from pipeline.records.contract import read_record

if TYPE_CHECKING:
    from storage.catalogue import Catalogue, StoredDocument
    from storage.objects import ObjectStore
    from workers.explaining import Explained

ROLES = {
    "label": ("chữ in của mẫu, hỏi điều gì", "wording of the form that asks for something", "xanh dương / blue"),
    "heading": ("tiêu đề", "heading", "tím / purple"),
    "value": ("giá trị của một trường", "value of one field", "xanh lá / green"),
    "note": ("chữ in khác", "other fixed print", "lam / teal"),
    "signature": ("chữ ký, con dấu", "signature or stamp", "cam / orange"),
    "ornament": ("hoa văn, đường kẻ", "ornament", "xám / grey"),
    "unexplained": ("KHÔNG GIẢI THÍCH ĐƯỢC", "UNEXPLAINED", "đỏ / red"),
}
"""What each role means, and its colour in the pictures."""
_SAYS = {
    "agree": "cách kia cũng đọc vậy / the other way agrees",
    "nothing": "cách kia không thấy / the other way says nothing",
    "other": "CÁCH KIA ĐỌC KHÁC / THE OTHER WAY DIFFERS",
}
_DAMAGED = Message("Tệp gốc không phải tệp của hồ sơ này", "This original is not the file of the record")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """The record that is to be explained, which of its file's records it is (from 1), and its original."""

    record: CivilRecord
    ordinal: int
    original: Path


def run(arguments: Namespace) -> int:
    """Exit code 0. What stands in the fields is written to the folder alone; it is printed only for `--json`."""
    settings = load_settings(arguments.home)
    out = (arguments.out or Path("hotich-explain")).absolute()
    with _wanted(arguments, settings) as wanted:
        explained = _explained(settings, wanted, out)
    report = _report(wanted.record, explained)
    text = json.dumps(report, ensure_ascii=False, indent=2)
    try:
        (out / "explain.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise WrongUse(Message(f"{out}: không ghi được", f"cannot be written ({error.strerror})")) from error
    if arguments.json:
        print(text)
    _tell(report, out)
    return 0


@contextmanager
def _wanted(arguments: Namespace, settings: Settings) -> Iterator[_Wanted]:
    """Finds record and original. Raises WrongUse where there is none, and the stores' errors."""
    from hotich.wiring.stores import stores
    from workers.spool import working_folder

    given = Path(arguments.record)
    record = _record_in(given) if given.is_file() else None
    if record is not None and arguments.scan is not None:
        yield _Wanted(record=record, ordinal=_ordinal(given), original=_checked(arguments.scan, record))
        return
    if settings.is_new:
        raise _no_document(arguments.record)
    with stores(settings) as (catalogue, objects), working_folder(settings.home / "spool") as folder:
        document = _document(catalogue, record.document_id if record is not None else arguments.record)
        if document is None:
            raise _no_document(arguments.record)
        record = record or read_record(objects.get(document.json))
        original = arguments.scan or _fetched(objects, document, folder)
        yield _Wanted(record=record, ordinal=document.ordinal, original=_checked(original, record))


def _record_in(path: Path) -> CivilRecord:
    try:
        return read_record(path.read_bytes())
    except OSError as error:
        raise WrongUse(Message(f"{path}: không đọc được", f"cannot be read ({error.strerror})")) from error


def _ordinal(path: Path) -> int:
    """Which of a file's records a copy holds, by its name: see `workers.batch.output_folder`."""
    number = path.stem.rpartition(".")[2]
    return int(number) if number.isdecimal() and int(number) else 1


def _checked(original: Path, record: CivilRecord) -> Path:
    from pipeline.intake.fixity import sha256_of_file

    if not original.is_file() or sha256_of_file(original) != record.source.sha256:
        raise WrongUse(_DAMAGED.about(str(original)))
    return original


def _document(catalogue: Catalogue, name: str) -> StoredDocument | None:
    """By document id, or by holding code."""
    known = catalogue.document(name)
    if known is not None or not name.upper().startswith("HT-"):
        return known
    return next((d for d in catalogue.all_documents() if d.current and d.holding_code == name.upper()), None)


def _fetched(objects: ObjectStore, document: StoredDocument, folder: Path) -> Path:
    path = folder / document.original.sha256
    with objects.open(document.original) as stored, path.open("wb") as out:
        shutil.copyfileobj(stored, out, 1 << 20)
    return path


def _no_document(name: str) -> WrongUse:
    return WrongUse(
        Message(
            "không có hồ sơ ấy trong kho; với tệp hồ sơ lẻ, thêm --scan TỆP_GỐC",
            "no such record in the store; for a record's file alone, add --scan ORIGINAL",
        ).about(name)
    )


def _explained(settings: Settings, wanted: _Wanted, out: Path) -> Explained:
    from hotich.wiring.processes import explaining_process
    from workers.explaining import ExplainFile

    try:
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise WrongUse(Message(f"{out}: không ghi được", f"cannot be written ({error.strerror})")) from error
    job = ExplainFile(
        path=str(wanted.original), name=wanted.record.source.file, sha256=wanted.record.source.sha256,
        ordinal=wanted.ordinal, before=resumed(wanted.record),
    )  # fmt: skip
    with explaining_process(settings) as pool:
        explained: Explained = pool.submit(job).result()
    try:
        for page, picture in explained.pictures.items():
            (out / _picture_name(page)).write_bytes(picture)
    except OSError as error:
        raise WrongUse(Message(f"{out}: không ghi được", f"cannot be written ({error.strerror})")) from error
    return explained


def _picture_name(page: int) -> str:
    return f"page-{page:d}.png"


def _report(record: CivilRecord, explained: Explained) -> dict[str, Any]:
    now = explained.record
    differing = _differing(record, now)
    return {
        "document_id": record.document_id,
        "document_type": now.document_type.value,
        "form": now.form,
        "read_by": record.provenance.software,
        "read_again_by": now.provenance.software,
        "same_reading": not differing and record.document_type == now.document_type,
        "differing_fields": differing,
        "roles": dict(explained.counts),
        "pictures": [{"page": page, "file": _picture_name(page)} for page in sorted(explained.pictures)],
        "fields": [asdict(field) for field in explained.fields],
        "pieces": [asdict(piece) for piece in explained.pieces],
    }


def _differing(record: CivilRecord, now: CivilRecord) -> list[str]:
    """Names of fields that the record and this reading do not agree in."""
    then = {field.name: (field.value, field.verbatim) for field in record.fields}
    read = {field.name: (field.value, field.verbatim) for field in now.fields}
    return sorted(name for name in {*then, *read} if then.get(name) != read.get(name))


def _tell(report: dict[str, Any], out: Path) -> None:
    """Numbers and names of fields, never their values."""
    for role, (vi, en, colour) in ROLES.items():
        print(f"{report['roles'][role]:5}  {vi} / {en}  [{colour}]", file=sys.stderr)
    for field in report["fields"]:
        sure = "—" if field["association"] is None else f"{field['association']:.3f}"
        print(
            f"  {field['name']}: {_SAYS[field['other_way']]}; nhãn / label {field['label']:.2f},"
            f" cách / gap {field['gap']:.1f}, thuộc về / association {sure}",
            file=sys.stderr,
        )
    if report["same_reading"]:
        print("Đọc lại giống hồ sơ / read again as in the record", file=sys.stderr)
    else:
        names = ", ".join(report["differing_fields"]) or "document_type"
        print(f"ĐỌC LẠI KHÁC HỒ SƠ / READ AGAIN DIFFERENTLY: {names}", file=sys.stderr)
    print(f"Ảnh và danh sách / pictures and listing: {out}", file=sys.stderr)
