"""Whether a folder is a package by the rules of E-ARK CSIP, as far as files can tell; no schema is asked.

Rules by their numbers in the specification (CSIP 2.x): the header (1-16), descriptive and preservation metadata
(17-57), files (58-79, 113, 114), structure (80-112), and that every file that is there is listed and as it is listed.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from workers.packages.archive.xml import CSIP, METS, PREMIS, XLINK, XSI
from workers.packages.report import sha256_of

_M: Final = f"{{{METS}}}"
_ID = re.compile(r"[A-Za-z_][\w.-]*")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def csip_faults(root: Path) -> list[str]:
    """What is against the rules, with the rule; empty for a sound package."""
    main = root / "METS.xml"
    if not main.is_file():
        return ["no METS.xml (CSIPSTR1)"]
    faults: list[str] = []
    listed: set[Path] = {main}
    for place in [root, *sorted(path.parent for path in root.glob("representations/*/METS.xml"))]:
        faults += [f"{(place / 'METS.xml').relative_to(root)}: {fault}" for fault in _mets_faults(place, listed)]
    top = _parsed(main)
    if top is not None and top.get("OBJID", "").replace(":", "_") != root.name:
        faults.append("OBJID is not the folder's name (CSIPSTR1)")
    there = {path for path in root.rglob("*") if path.is_file()}
    faults += [f"{path.relative_to(root)}: listed nowhere" for path in sorted(there - listed)]
    for path in sorted(root.glob("metadata/preservation/*.xml")):
        faults += [f"{path.relative_to(root)}: {fault}" for fault in _premis_faults(path)]
    return faults


def _mets_faults(place: Path, listed: set[Path]) -> Iterator[str]:
    mets = _parsed(place / "METS.xml")
    if mets is None or mets.tag != f"{_M}mets":
        yield "no METS (CSIP1)"
        return
    for name, rule in (("OBJID", 1), ("TYPE", 2), ("PROFILE", 6)):
        if not mets.get(name):
            yield f"{name} (CSIP{rule})"
    if not mets.get(f"{{{CSIP}}}CONTENTINFORMATIONTYPE"):
        yield "CONTENTINFORMATIONTYPE (CSIP4)"
    yield from _header_faults(mets)
    ids = [value for element in mets.iter() if (value := element.get("ID")) is not None]
    if len(ids) != len(set(ids)) or not all(map(_ID.fullmatch, ids)):
        yield "IDs are not once each, or none"
    for section in (*mets.iter(f"{_M}dmdSec"), *mets.iter(f"{_M}digiprovMD")):
        if not section.get("ID") or section.get("STATUS") != "CURRENT":
            yield "a section without ID or STATUS (CSIP18, CSIP20, CSIP33, CSIP34)"
        yield from _reference_faults(section.find(f"{_M}mdRef"), place, listed, "CSIP21")
    for file in mets.iter(f"{_M}file"):
        yield from _reference_faults(file, place, listed, "CSIP66")
    groups = {group.get("ID", ""): group.get("USE", "") for group in mets.iter(f"{_M}fileGrp")}
    if not groups or not all(groups.values()):
        yield "fileGrp (CSIP60, CSIP64)"
    yield from _structure_faults(mets, place, groups, set(ids))


def _header_faults(mets: ET.Element) -> Iterator[str]:
    header = mets.find(f"{_M}metsHdr")
    if header is None:
        yield "metsHdr (CSIP117)"
        return
    if not _TIME.fullmatch(header.get("CREATEDATE", "")):
        yield "CREATEDATE (CSIP7)"
    if header.get(f"{{{CSIP}}}OAISPACKAGETYPE") not in ("AIP", "SIP", "DIP", "AIU", "AIC"):
        yield "OAISPACKAGETYPE (CSIP9)"
    programs = [
        agent
        for agent in header.iter(f"{_M}agent")
        if (agent.get("ROLE"), agent.get("TYPE"), agent.get("OTHERTYPE")) == ("CREATOR", "OTHER", "SOFTWARE")
    ]
    said = [agent.find(f"{_M}note") for agent in programs if agent.findtext(f"{_M}name")]
    if not any(note is not None and note.get(f"{{{CSIP}}}NOTETYPE") == "SOFTWARE VERSION" for note in said):
        yield "the agent that is the software (CSIP10-16)"


def _reference_faults(element: ET.Element | None, place: Path, listed: set[Path], rule: str) -> Iterator[str]:
    """Of an `mdRef`, or a `file` with its `FLocat`."""
    if element is None:
        yield f"no reference ({rule})"
        return
    locator = element if element.tag == f"{_M}mdRef" else element.find(f"{_M}FLocat")
    href = "" if locator is None else locator.get(f"{{{XLINK}}}href", "")
    sound = locator is not None and locator.get("LOCTYPE") == "URL" and locator.get(f"{{{XLINK}}}type") == "simple"
    path = (place / href).resolve()
    if not sound or not href or not path.is_relative_to(place.resolve()) or not path.is_file():
        yield f"{href or 'a reference'} leads to no file ({rule})"
        return
    listed.add(place / href)
    if element.get("CHECKSUMTYPE") != "SHA-256" or element.get("CHECKSUM", "").lower() != sha256_of(path):
        yield f"{href}: checksum ({rule})"
    if element.get("SIZE") != str(path.stat().st_size) or not element.get("MIMETYPE") or not element.get("CREATED"):
        yield f"{href}: size, type or time ({rule})"


def _structure_faults(mets: ET.Element, place: Path, groups: dict[str, str], ids: set[str]) -> Iterator[str]:
    maps = [one for one in mets.iter(f"{_M}structMap") if one.get("LABEL") == "CSIP"]
    if len(maps) != 1 or maps[0].get("TYPE") != "PHYSICAL" or not maps[0].get("ID"):
        yield "structMap (CSIP80-83)"
        return
    top = maps[0].find(f"{_M}div")
    if top is None or top.get("LABEL") != mets.get("OBJID") or not top.get("ID"):
        yield "the structure's first div (CSIP84, CSIP85)"
        return
    divs = {div.get("LABEL", ""): div for div in top.findall(f"{_M}div")}
    metadata = divs.get("Metadata")
    for attribute, section in (("DMDID", "dmdSec"), ("ADMID", "digiprovMD")):
        wanted = {element.get("ID") for element in mets.iter(f"{_M}{section}")}
        said = set() if metadata is None else set(metadata.get(attribute, "").split())
        if wanted != said:
            yield f"div Metadata, {attribute} (CSIP88-92)"
    for pointer in top.iter(f"{_M}fptr"):
        if pointer.get("FILEID") not in ids:
            yield "fptr leads nowhere (CSIP96)"
    for group, use in groups.items():
        if use.startswith("Representations/"):
            div = divs.get(use)
            pointer_there = None if div is None else div.find(f"{_M}mptr")
            if pointer_there is None or pointer_there.get(f"{{{XLINK}}}title") != group:
                yield f"div {use} (CSIP105-110)"
            elif not (place / pointer_there.get(f"{{{XLINK}}}href", "-")).is_file():
                yield f"mptr of {use} leads nowhere (CSIP110)"


def _premis_faults(path: Path) -> Iterator[str]:
    root = _parsed(path)
    if root is None or root.tag != f"{{{PREMIS}}}premis" or root.get("version") != "3.0":
        yield "no PREMIS 3"
        return
    known = {element.text for kind in ("object", "agent")
             for element in root.iter(f"{{{PREMIS}}}{kind}IdentifierValue")}  # fmt: skip
    for kind in ("linkingObject", "linkingAgent", "relatedObject"):
        for element in root.iter(f"{{{PREMIS}}}{kind}IdentifierValue"):
            if element.text not in known:
                yield f"{kind} leads nowhere"
    for made in root.iter(f"{{{PREMIS}}}object"):
        if made.get(f"{{{XSI}}}type") == "premis:file":
            name = made.findtext(f"{{{PREMIS}}}objectIdentifier/{{{PREMIS}}}objectIdentifierValue") or ""
            digest = made.findtext(f".//{{{PREMIS}}}messageDigest")
            file = path.parents[2] / name
            if not file.is_file() or sha256_of(file) != digest:
                yield f"{name}: digest"
    for event in root.iter(f"{{{PREMIS}}}event"):
        if not _TIME.fullmatch(event.findtext(f"{{{PREMIS}}}eventDateTime") or ""):
            yield "eventDateTime"


def _parsed(path: Path) -> ET.Element | None:
    try:
        return ET.parse(path).getroot()  # noqa: S314
    except (OSError, ET.ParseError):
        return None
