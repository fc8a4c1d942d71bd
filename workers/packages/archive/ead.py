"""How a dossier and its documents are described: by the circular's own short form, and as a finding aid in EAD3.

Source of the short form: Thông tư 05/2025/TT-BNV, Phụ lục I, by what is public of it (secondary: the fields' names and
codes; its schema was not at hand). `confidenceLevel` carries the promise (`workers.packages.confidence`).
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.model import Status
from pipeline.judging.review.wording import paper_label
from workers.packages.archive.xml import EAD3, add, as_bytes
from workers.packages.confidence import confidence_level
from workers.packages.selected import Selected

_FOR_EVER, _OTHER_TERM = "01", "07"
_RESTRICTED: Final = "02"  # 01 open, 02 with conditions, 03 secret
_VIETNAMESE: Final = "01"
_OTHER_KIND: Final = "32"
_REGISTER: Final = "birth_register_entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """`code`: the archive's code of it; `title`; `agency`: whose papers they are."""

    code: str
    title: str
    agency: str
    documents: tuple[Selected, ...]

    @property
    def days(self) -> tuple[str, str]:
        """The first and the last day that its documents tell; empty where none does."""
        found = sorted(day for one in self.documents if (day := day_of(one)))
        return (found[0], found[-1]) if found else ("", "")

    @property
    def for_ever(self) -> bool:
        return all(one.found.document_type == _REGISTER for one in self.documents)


def day_of(one: Selected) -> str:
    return one.value("date_of_registration", "date_of_issue")


def short_form(dossier: Dossier) -> bytes:
    """`EAD.xml` of a dossier, by the circular."""
    first, last = dossier.days
    pages = sum(len(one.pages) for one in dossier.documents)
    values = {
        "arcFileCode": dossier.code, "title": dossier.title,
        "maintenance": _FOR_EVER if dossier.for_ever else _OTHER_TERM, "mode": _RESTRICTED, "language": _VIETNAMESE,
        "startDate": first, "endDate": last, "keyword": "hộ tịch", "totalDoc": str(len(dossier.documents)),
        "numberOfPaper": "", "numberOfPage": str(pages), "format": "PDF/A-2b", "inforSign": "",
        "confidenceLevel": _weakest(dossier.documents), "paperFileCode": "", "description": "", "riskRecovery": "0",
        "riskRecoveryStatus": "",
    }  # fmt: skip
    return _simple(values)


def short_form_of_document(one: Selected, code: str, agency: str) -> bytes:
    """`EAD_doc_….xml` of a document, by the circular."""
    values = {
        "arcDocCode": code, "maintenance": _FOR_EVER if one.found.document_type == _REGISTER else _OTHER_TERM,
        "typeDoc": _OTHER_KIND, "codeNumber": one.number(),
        "codeNotation": one.value("document_number", "registration_number"), "issuedDate": day_of(one),
        "organName": one.value("place_of_registration") or agency, "subject": one.title, "language": _VIETNAMESE,
        "numberOfPage": str(len(one.pages)), "inforSign": "", "keyword": paper_label(one.found.document_type, None)[0],
        "mode": _RESTRICTED, "confidenceLevel": confidence_level(one), "autograph": "", "format": "PDF/A-2b",
        "process": "", "riskRecovery": "0", "riskRecoveryStatus": "", "description": one.code,
    }  # fmt: skip
    return _simple(values)


def finding_aid(dossier: Dossier, agency_code: str) -> bytes:
    """The same as EAD3: a file with an item for each document, names of people in none of them."""
    root = ET.Element(f"{{{EAD3}}}ead")
    control = add(root, EAD3, "control", countryencoding="iso3166-1", langencoding="iso639-2b")
    add(control, EAD3, "recordid", dossier.code)
    described = add(add(control, EAD3, "filedesc"), EAD3, "titlestmt")
    add(described, EAD3, "titleproper", dossier.title)
    add(control, EAD3, "maintenancestatus", value="new")
    keeper = add(control, EAD3, "maintenanceagency", countrycode="VN")
    add(keeper, EAD3, "agencycode", agency_code or "-")
    add(keeper, EAD3, "agencyname", dossier.agency or agency_code or "-")
    language = add(control, EAD3, "languagedeclaration")
    add(language, EAD3, "language", "Tiếng Việt", langcode="vie")
    add(language, EAD3, "script", "Latin", scriptcode="Latn")
    event = add(add(control, EAD3, "maintenancehistory"), EAD3, "maintenanceevent")
    add(event, EAD3, "eventtype", value="created")
    add(event, EAD3, "eventdatetime", max((one.found.committed_at for one in dossier.documents), default=""))
    add(event, EAD3, "agenttype", value="machine")
    add(event, EAD3, "agent", "hotich")
    top = add(root, EAD3, "archdesc", level="file")
    did = add(top, EAD3, "did")
    add(did, EAD3, "unitid", dossier.code)
    add(did, EAD3, "unittitle", dossier.title)
    first, last = dossier.days
    if first:
        add(did, EAD3, "unitdate", f"{first}/{last}", normal=f"{first}/{last}")
    add(did, EAD3, "physdesc", f"{len(dossier.documents)} giấy tờ")
    access = add(top, EAD3, "accessrestrict")
    add(access, EAD3, "p", "Hạn chế: dữ liệu cá nhân")
    parts = add(top, EAD3, "dsc")
    for one in dossier.documents:
        item = add(add(parts, EAD3, "c", level="item"), EAD3, "did")
        add(item, EAD3, "unitid", one.code)
        add(item, EAD3, "unittitle", paper_label(one.found.document_type, one.found.form)[0])
        if day := day_of(one):
            add(item, EAD3, "unitdate", day, normal=day)
    return as_bytes(root)


def _simple(values: dict[str, str]) -> bytes:
    root = ET.Element("simpledc")
    for name, value in values.items():
        add(root, "", name, value)
    return as_bytes(root)


def _weakest(documents: Sequence[Selected]) -> str:
    """What is said of the document of which least is settled."""

    def settled(one: Selected) -> float:
        fields = one.record.fields
        return sum(field.status is Status.ACCEPTED for field in fields) / max(1, len(fields))

    return confidence_level(min(documents, key=settled)) if documents else ""
