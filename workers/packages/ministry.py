"""Acts of registers for the ministry's shared software: one PDF an act, one row an act, one `.xlsx` and `.zip` a book.

Source: dispatch 1437/BTP-CNTT (25/4/2019) by what is public of it: its annex with the template was not to be had. The
keys are the ones that three independent tools for digitizing registers share; file names are a setting.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType, Status
from pipeline.judging.review.display import display_value
from pipeline.judging.review.places import grammar_of
from storage.objects import ObjectStore
from workers.packages.report import PackageReport
from workers.packages.selected import Selected
from workers.packages.tables import write_table

NAMES: Final = "{loai}.{nam}.{quyen}.{ngay}.{so}"
"""Of an act's file without its ending. Also known: `{trang}`, `{ma}` (holding code)."""

_TYPES: Final = {DocumentType.BIRTH_REGISTER_ENTRY: "KS"}
_PERSON = ("HoTen", "NgaySinh", "DanToc", "QuocTich", "QuocTichKhac", "LoaiCuTru", "NoiCuTru", "LoaiGiayToTuyThan",
           "SoGiayToTuyThan")  # fmt: skip
_ACT = ("so", "quyenSo", "trangSo", "ngayDangKy", "loaiDangKy", "noiDangKy", "nguoiKy", "chucVuNguoiKy",
        "nguoiThucHien", "ghiChu")  # fmt: skip
_CHILD = ("nksHoTen", "nksGioiTinh", "nksNgaySinh", "nksNgaySinhBangChu", "nksNoiSinh", "nksNoiSinhDVHC", "nksQueQuan",
          "nksDanToc", "nksQuocTich", "nksQuocTichKhac", "nksLoaiKhaiSinh")  # fmt: skip
_DECLARANT = ("nycHoTen", "nycQuanHe", "nycLoaiGiayToTuyThan", "nycGiayToKhac", "nycSoGiayToTuyThan",
              "nycNgayCapGiayToTuyThan", "nycNoiCapGiayToTuyThan")  # fmt: skip
_ABROAD = ("soDangKyNuocNgoai", "ngayDangKyNuocNgoai", "cqNuocNgoaiDaDangKy", "qgNuocNgoaiDaDangKy")
KEYS: Final = (
    *_ACT, *_CHILD, *(f"me{key}" for key in _PERSON), *(f"cha{key}" for key in _PERSON), *_DECLARANT, *_ABROAD
)  # fmt: skip

# What stands under which key; the first field that says something.
_FROM: Final[dict[str, tuple[str, ...]]] = {
    "ngayDangKy": ("date_of_registration",), "noiDangKy": ("place_of_registration",),
    "nguoiKy": ("registrar_full_name", "issuing_officer"), "nksHoTen": ("full_name",),
    "nksNgaySinh": ("date_of_birth",), "nksNoiSinh": ("place_of_birth",), "nksQueQuan": ("place_of_origin",),
    "nksDanToc": ("ethnicity",), "nksQuocTich": ("nationality",), "nycHoTen": ("declarant_full_name",),
    "nycQuanHe": ("declarant_relationship",), "nycGiayToKhac": ("declarant_document",),
    **{
        f"{ours}{key}": tuple(f"{theirs}_{name}" for name in names)
        for ours, theirs in (("me", "mother"), ("cha", "father"))
        for key, names in {
            "HoTen": ("full_name",), "NgaySinh": ("date_of_birth", "birth_year"), "DanToc": ("ethnicity",),
            "QuocTich": ("nationality",), "NoiCuTru": ("residence",), "SoGiayToTuyThan": ("personal_id",),
        }.items()
    },
}  # fmt: skip
_OTHERWISE: Final = {"document_number", "registration_number", "book_number", "sex", "date_of_birth_words"}
_SEX: Final = {"male": "1", "female": "2"}
_UNKNOWN_SEX, _NOT_SAID = "3", "0"
_BOOK_NUMBER = re.compile(r"\s*0*(\d+)(?:\s*/\s*(\d{4}))?")
_YEAR = re.compile(r"(\d{4})")
_UNSAFE = re.compile(r"[^0-9A-Za-z._-]+")


def write_ministry(
    selected: Iterable[Selected], objects: ObjectStore, folder: Path, *, names: str = NAMES, unconfirmed: bool = False
) -> PackageReport:
    """`unconfirmed`: acts of which something is still open go too; the ministry's rule is that a person has confirmed
    every one. Raises WrongUse for a pattern of names that cannot be."""
    report = PackageReport(kind="ministry")
    books: dict[str, list[dict[str, str]]] = {}
    used: set[str] = set()
    for one in selected:
        why = _not_for_the_ministry(one, unconfirmed=unconfirmed)
        pdf = None if why is not None else one.pdf(objects)
        if why is None and pdf is None:
            why = "kho không có bản PDF / the archive has no copy"
        if why is not None or pdf is None:
            report.leave_out(one.code, "document", why or "")
            continue
        book, name = book_of(one), act_name(one, names)
        if name in used:
            report.leave_out(one.code, "document", f"trùng tên {name}.pdf / a second act of this name")
            continue
        used.add(name)
        for field in _without_a_key(one):
            report.leave_out(one.code, f"field {field}", "mẫu của Bộ không có cột / no key of the template")
        books.setdefault(book, []).append({**row_of(one), "ghiChu": ""})
        with zipfile.ZipFile(folder / f"{book}.zip", "a", zipfile.ZIP_STORED) as packed:
            packed.writestr(f"{name}.pdf", pdf)
        report.documents += 1
    for book, rows in books.items():
        write_table(folder / f"{book}.xlsx", KEYS, rows)
    report.notes["books"] = {book: len(rows) for book, rows in sorted(books.items())}
    return report


def row_of(one: Selected) -> dict[str, str]:
    """The act's values by the ministry's keys; what was not read is empty."""
    row = {key: _shown(one, *names) for key, names in _FROM.items()}
    printed = next((number for page in one.record.pages for number in page.printed if number is not None), None)
    row |= {
        "so": one.number(),
        "quyenSo": one.value("book_number"),
        "trangSo": "" if printed is None else str(printed),
        "loaiDangKy": _NOT_SAID,
        "nksGioiTinh": _SEX.get(one.value("sex"), _UNKNOWN_SEX),
        "nksNgaySinhBangChu": one.fields["date_of_birth_words"].verbatim if "date_of_birth_words" in one.fields else "",
    }
    return row


def book_of(one: Selected) -> str:
    """The name of the book's files: `KS.2006.01`."""
    kind = _TYPES[one.record.document_type]
    number, year = _book(one)
    return f"{kind}.{year}.{number}"


def act_name(one: Selected, names: str) -> str:
    """The name of the act's file by the pattern. Raises WrongUse for one that asks for what is not known."""
    number, year = _book(one)
    printed = next((number for page in one.record.pages for number in page.printed if number is not None), "")
    known = {
        "loai": _TYPES[one.record.document_type], "nam": year, "quyen": number, "so": one.number(),
        "ngay": one.value("date_of_registration"), "trang": str(printed), "ma": one.code,
    }  # fmt: skip
    try:
        return _UNSAFE.sub("-", names.format(**known)).strip(".-")
    except (KeyError, IndexError, ValueError) as error:
        raise WrongUse(
            Message(f"mẫu tên tệp không đúng: {names}", f"no pattern of names; known are {', '.join(known)}")
        ) from error


def _not_for_the_ministry(one: Selected, *, unconfirmed: bool) -> str | None:
    if one.record.document_type not in _TYPES:
        return "không phải trang sổ hộ tịch / no act of a register"
    if one.found.status is not Status.ACCEPTED and not unconfirmed:
        return "còn giá trị chờ người xem / something is still open"
    if not one.number():
        return "không có số đăng ký / no act number"
    return None


def _book(one: Selected) -> tuple[str, str]:
    """The book's number, two digits at least, and the year in which it was opened as far as the act tells."""
    match = _BOOK_NUMBER.match(one.value("book_number"))
    registered = _YEAR.match(one.value("date_of_registration"))
    year = (match[2] if match is not None else None) or (registered[1] if registered is not None else "0000")
    return ("00" if match is None else f"{int(match[1]):02d}"), year


def _shown(one: Selected, *names: str) -> str:
    for name in names:
        field = one.fields.get(name)
        if field is not None and (field.value or field.verbatim):
            if field.value is None:
                return field.verbatim
            return display_value(grammar_of(one.found.document_type, one.found.form, name), field.value)
    return ""


def _without_a_key(one: Selected) -> list[str]:
    known = {name for names in _FROM.values() for name in names} | _OTHERWISE
    return [name for name, field in one.fields.items() if name not in known and (field.value or field.verbatim)]
