"""METS files of an archive package, by the Common Specification for Information Packages (E-ARK CSIP 2).

Of its requirements those are kept that a package of this make has something to say to; `csip_faults` checks them.
"""

from __future__ import annotations

import mimetypes
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workers.packages.archive.xml import CSIP, METS, XLINK, add, as_bytes
from workers.packages.report import sha256_of

PROFILE: Final = "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml"
_SPACE: Final = uuid.UUID("5c2d1c0e-6c0b-4d0f-9a55-3d3b0c7a9e10")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file of the package: where it lies, and by which name the METS file that lists it calls it."""

    path: Path
    href: str

    @property
    def media_type(self) -> str:
        known = {".xml": "application/xml", ".json": "application/json"}
        return known.get(self.path.suffix) or mimetypes.guess_type(self.path.name)[0] or "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What all METS files of a package share. `created`: ISO 8601 with the offset +07:00."""

    label: str
    created: str
    software: str
    version: str
    agency: str


def representation_mets(header: Header, name: str, *, data: Sequence[Kept], descriptive: Sequence[Kept],
                        preservation: Sequence[Kept]) -> bytes:  # fmt: skip
    """`representations/NAME/METS.xml`."""
    root = _root(header, name)
    _metadata(root, header, name, descriptive, preservation)
    group = _file_section(root, header, name, {"Data": data})["Data"]
    top = _structure(root, name, name)
    _metadata_div(top, root, name)
    div = add(top, METS, "div", ID=new_id(name, "div data"), LABEL="Data")
    add(div, METS, "fptr", FILEID=group)
    return as_bytes(root)


def package_mets(
    header: Header,
    objid: str,
    *,
    descriptive: Sequence[Kept],
    preservation: Sequence[Kept],
    representations: dict[str, Kept],
    documentation: Sequence[Kept],
) -> bytes:
    """The package's own `METS.xml`. `representations`: their METS files, by name."""
    root = _root(header, objid)
    _metadata(root, header, objid, descriptive, preservation)
    groups = {f"Representations/{name}": [kept] for name, kept in representations.items()}
    if documentation:
        groups["Documentation"] = list(documentation)
    ids = _file_section(root, header, objid, groups)
    top = _structure(root, objid, objid)
    _metadata_div(top, root, objid)
    if documentation:
        div = add(top, METS, "div", ID=new_id(objid, "div documentation"), LABEL="Documentation")
        add(div, METS, "fptr", FILEID=ids["Documentation"])
    for name, kept in representations.items():
        label = f"Representations/{name}"
        div = add(top, METS, "div", ID=new_id(objid, "div", name), LABEL=label)
        pointer = add(div, METS, "mptr", LOCTYPE="URL")
        pointer.set(f"{{{XLINK}}}type", "simple")
        pointer.set(f"{{{XLINK}}}href", kept.href)
        pointer.set(f"{{{XLINK}}}title", ids[label])
    return as_bytes(root)


def new_id(*parts: str) -> str:
    """An XML ID that is the same for the same parts."""
    return f"uuid-{str(uuid.uuid5(_SPACE, chr(31).join(parts))).upper()}"


def _root(header: Header, objid: str) -> ET.Element:
    root = ET.Element(f"{{{METS}}}mets", {"OBJID": objid, "LABEL": header.label, "TYPE": "Mixed", "PROFILE": PROFILE})
    root.set(f"{{{CSIP}}}CONTENTINFORMATIONTYPE", "MIXED")
    head = add(root, METS, "metsHdr", CREATEDATE=header.created, LASTMODDATE=header.created, RECORDSTATUS="NEW")
    head.set(f"{{{CSIP}}}OAISPACKAGETYPE", "AIP")
    program = add(head, METS, "agent", ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    add(program, METS, "name", header.software)
    add(program, METS, "note", header.version).set(f"{{{CSIP}}}NOTETYPE", "SOFTWARE VERSION")
    if header.agency:
        office = add(head, METS, "agent", ROLE="ARCHIVIST", TYPE="ORGANIZATION")
        add(office, METS, "name", header.agency)
    return root


def _metadata(
    root: ET.Element, header: Header, objid: str, descriptive: Sequence[Kept], preservation: Sequence[Kept]
) -> None:
    for kept in descriptive:
        section = add(root, METS, "dmdSec", ID=new_id(objid, "dmd", kept.href), CREATED=header.created,
                      STATUS="CURRENT")  # fmt: skip
        standard = kept.path.name == "EAD3.xml"
        kind = {"MDTYPE": "EAD", "MDTYPEVERSION": "EAD3"} if standard else _CIRCULAR
        _reference(section, header, kept, kind)
    if preservation:
        administrative = add(root, METS, "amdSec", ID=new_id(objid, "amd"))
        for kept in preservation:
            part = add(administrative, METS, "digiprovMD", ID=new_id(objid, "prov", kept.href), CREATED=header.created,
                       STATUS="CURRENT")  # fmt: skip
            _reference(part, header, kept, {"MDTYPE": "PREMIS", "MDTYPEVERSION": "3.0"})


_CIRCULAR: Final = {"MDTYPE": "OTHER", "OTHERMDTYPE": "TT05-2025-BNV"}


def _reference(parent: ET.Element, header: Header, kept: Kept, kind: dict[str, str]) -> None:
    made = add(parent, METS, "mdRef", LOCTYPE="URL", **kind, MIMETYPE=kept.media_type, **_fixity(header, kept))
    made.set(f"{{{XLINK}}}type", "simple")
    made.set(f"{{{XLINK}}}href", kept.href)


def _file_section(
    root: ET.Element, header: Header, objid: str, groups: dict[str, Sequence[Kept]] | dict[str, list[Kept]]
) -> dict[str, str]:
    section = add(root, METS, "fileSec", ID=new_id(objid, "files"))
    ids = {}
    for use, files in groups.items():
        ids[use] = new_id(objid, "group", use)
        group = add(section, METS, "fileGrp", ID=ids[use], USE=use)
        if use.startswith("Representations/"):
            group.set(f"{{{CSIP}}}CONTENTINFORMATIONTYPE", "MIXED")
        for kept in files:
            file = add(group, METS, "file", ID=new_id(objid, "file", kept.href), MIMETYPE=kept.media_type,
                       **_fixity(header, kept))  # fmt: skip
            place = add(file, METS, "FLocat", LOCTYPE="URL")
            place.set(f"{{{XLINK}}}type", "simple")
            place.set(f"{{{XLINK}}}href", kept.href)
    return ids


def _fixity(header: Header, kept: Kept) -> dict[str, str]:
    return {
        "SIZE": str(kept.path.stat().st_size), "CREATED": header.created, "CHECKSUM": sha256_of(kept.path).upper(),
        "CHECKSUMTYPE": "SHA-256",
    }  # fmt: skip


def _structure(root: ET.Element, objid: str, label: str) -> ET.Element:
    structure = add(root, METS, "structMap", ID=new_id(objid, "structure"), TYPE="PHYSICAL", LABEL="CSIP")
    return add(structure, METS, "div", ID=new_id(objid, "div top"), LABEL=label)


def _metadata_div(top: ET.Element, root: ET.Element, objid: str) -> None:
    described = [one.attrib["ID"] for one in root.iter(f"{{{METS}}}dmdSec")]
    proven = [one.attrib["ID"] for one in root.iter(f"{{{METS}}}digiprovMD")]
    div = add(top, METS, "div", ID=new_id(objid, "div metadata"), LABEL="Metadata")
    if described:
        div.set("DMDID", " ".join(described))
    if proven:
        div.set("ADMID", " ".join(proven))
