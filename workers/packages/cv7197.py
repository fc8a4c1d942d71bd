"""Documents for the shared stores of digitized dossiers: a PDF each, and the metadata of dispatch 7197/BKHCN-CĐSQG.

Source: the annex of 29/11/2025 as law portals print it. The dispatch writes the form of dates "YYYY-DD-MM", which no
other rule has: dates are written YYYY-MM-DD here, and the package says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.judging.review.wording import paper_label
from storage.objects import ObjectStore
from workers.packages.confidence import confidence_level
from workers.packages.report import PackageReport
from workers.packages.selected import Selected
from workers.packages.tables import write_table

# Name, greatest length, whether it has to be there.
METADATA: Final = (
    ("DocCode", 30, True), ("TypeName", 100, True), ("CodeNumber", 11, True), ("CodeNotation", 30, True),
    ("IssuedDate", 10, True), ("OrganName", 200, True), ("Subject", 500, True), ("Language", 50, False),
    ("PageAmount", 10, False), ("Description", 500, False), ("InforSign", 30, False), ("Keyword", 100, False),
    ("Mode", 50, False), ("ConfidenceLevel", 100, False), ("Format", 50, False), ("FileName", 255, False),
)  # fmt: skip
_AGENCY = re.compile(r"[A-Z0-9][A-Z0-9.]{1,14}")
_FIELD: Final = "HT"
_SERIAL: Final = 999_999
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def write_cv7197(
    selected: Iterable[Selected],
    objects: ObjectStore,
    folder: Path,
    *,
    agency_code: str,
    agency_name: str,
    first: int = 1,
) -> PackageReport:
    """`first`: the serial of the first document; an office counts on from package to package. Papers of people are of
    the restricted class. Raises WrongUse without the agency's code and name."""
    if not _AGENCY.fullmatch(agency_code) or not agency_name.strip():
        raise WrongUse(
            Message(
                "Cần mã cơ quan (QĐ 20/2020/QĐ-TTg) và tên: agency_code, agency_name",
                "The agency's code and name are needed: agency_code, agency_name",
            )
        )
    report = PackageReport(kind="cv7197")
    rows: list[dict[str, str]] = []
    for one in selected:
        serial = first + report.documents
        pdf = one.pdf(objects)
        if pdf is None or serial > _SERIAL:
            report.leave_out(one.code, "document", "kho không có bản PDF / the archive has no copy")
            continue
        row = _row(one, f"{agency_code}_{_FIELD}_{serial:06d}_V{one.found.revision}", agency_name)
        missing = [name for name, _, needed in METADATA if needed and not row.get(name)]
        if missing:
            report.leave_out(one.code, "document", f"thiếu siêu dữ liệu bắt buộc / mandatory: {', '.join(missing)}")
            continue
        for name, longest, _ in METADATA:
            if len(row.get(name, "")) > longest:
                report.leave_out(one.code, f"end of {name}", f"dài hơn {longest} ký tự / longer than {longest}")
                row[name] = row[name][:longest]
        (folder / row["FileName"]).write_bytes(pdf)
        rows.append(row)
        report.documents += 1
    write_table(folder / "metadata.xlsx", [name for name, _, _ in METADATA], rows)
    (folder / "metadata.json").write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    report.notes |= {"issued_date_form": "YYYY-MM-DD", "next_serial": first + report.documents}
    report.leave_out("", "masters", "bản TIFF/PNG gốc ở lại kho; xem E-ARK / masters stay: see the archive package")
    return report


def _row(one: Selected, code: str, agency_name: str) -> dict[str, str]:
    issued = one.value("date_of_registration", "date_of_issue")
    day = issued if _DAY.fullmatch(issued) else ""
    kind = paper_label(one.found.document_type, one.found.form)[0]
    number = one.value("document_number", "registration_number", "personal_id", "old_national_id")
    return {
        "DocCode": code,
        "TypeName": kind,
        "CodeNumber": one.number() or re.sub(r"\D", "", number)[-11:],
        "CodeNotation": number or one.code,
        "IssuedDate": day,
        "OrganName": one.value("place_of_registration", "issuing_officer") or agency_name,
        "Subject": f"{kind}, {one.code}",
        "Language": "Tiếng Việt",
        "PageAmount": str(len(one.pages)),
        "Description": "",
        "InforSign": "",
        "Keyword": kind,
        "Mode": "Hạn chế",
        "ConfidenceLevel": confidence_level(one),
        "Format": "PDF/A-2b, hai lớp",
        "FileName": f"{code}_{day.replace('-', '')}_{one.code}.pdf",
    }
