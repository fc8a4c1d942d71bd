"""PREMIS 3: which files and documents there are, what happened to them by the archive's sealed log, and who did it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from workers.packages.archive.mets import Kept
from workers.packages.archive.xml import PREMIS, XSI, add, as_bytes
from workers.packages.report import sha256_of

_EVENTS: Final = {
    "document.stored": "ingestion", "document.copied": "creation", "document.withdrawn": "deaccession",
    "document.restored": "reaccession", "document.blocked": "policy assignment",
    "document.unblocked": "policy assignment", "object.healed": "replacement",
    "packaged": "information package creation",
}  # fmt: skip
"""PREMIS event types (id.loc.gov/vocabulary/preservation/eventType) of what the log says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """`number`: of the entry in the audit log, empty where it is none; `of`: identifiers of what it happened to."""

    action: str
    at: str
    actor: str
    number: str
    of: tuple[str, ...]


def premis(
    documents: Sequence[tuple[str, Sequence[Kept]]], happened: Iterable[Happened], *, software: str, package: str
) -> bytes:
    """`documents`: holding codes with the document's files."""
    root = ET.Element(f"{{{PREMIS}}}premis", {"version": "3.0"})
    for code, files in documents:
        entity = _object(root, "intellectualEntity", code)
        for kept in files:
            _related(entity, kept.href)
    for _, files in documents:
        for kept in files:
            _file(root, kept, software)
    events = list(happened)
    for event in events:
        _event(root, event, package)
    for name in sorted({event.actor for event in events}):
        _agent(root, name, "person" if name != software else "software")
    if software not in {event.actor for event in events}:
        _agent(root, software, "software")
    return as_bytes(root)


def event_type(action: str) -> str | None:
    """The PREMIS type of an action of the log; None for one that a package has nothing to say of."""
    return _EVENTS.get(action.partition(":")[0])


def _object(root: ET.Element, kind: str, identifier: str) -> ET.Element:
    made = add(root, PREMIS, "object")
    made.set(f"{{{XSI}}}type", f"premis:{kind}")
    _identifier(made, "object", identifier)
    return made


def _file(root: ET.Element, kept: Kept, software: str) -> None:
    made = _object(root, "file", kept.href)
    said = add(made, PREMIS, "objectCharacteristics")
    fixity = add(said, PREMIS, "fixity")
    add(fixity, PREMIS, "messageDigestAlgorithm", "SHA-256")
    add(fixity, PREMIS, "messageDigest", sha256_of(kept.path))
    add(fixity, PREMIS, "messageDigestOriginator", software)
    add(said, PREMIS, "size", str(kept.path.stat().st_size))
    designation = add(add(said, PREMIS, "format"), PREMIS, "formatDesignation")
    add(designation, PREMIS, "formatName", "PDF/A-2b" if kept.path.suffix == ".pdf" else kept.media_type)
    add(made, PREMIS, "originalName", kept.path.name)


def _event(root: ET.Element, event: Happened, package: str) -> None:
    made = add(root, PREMIS, "event")
    number = event.number or f"{package}/{event.action}"
    _identifier(made, "event", f"audit:{number}" if event.number else number)
    add(made, PREMIS, "eventType", event_type(event.action) or event.action)
    add(made, PREMIS, "eventDateTime", event.at)
    detail = add(made, PREMIS, "eventDetailInformation")
    add(detail, PREMIS, "eventDetail", event.action)
    agent = add(made, PREMIS, "linkingAgentIdentifier")
    add(agent, PREMIS, "linkingAgentIdentifierType", "local")
    add(agent, PREMIS, "linkingAgentIdentifierValue", event.actor)
    for identifier in event.of:
        linked = add(made, PREMIS, "linkingObjectIdentifier")
        add(linked, PREMIS, "linkingObjectIdentifierType", "local")
        add(linked, PREMIS, "linkingObjectIdentifierValue", identifier)


def _agent(root: ET.Element, name: str, kind: str) -> None:
    made = add(root, PREMIS, "agent")
    _identifier(made, "agent", name)
    add(made, PREMIS, "agentName", name)
    add(made, PREMIS, "agentType", kind)


def _identifier(parent: ET.Element, kind: str, value: str) -> None:
    made = add(parent, PREMIS, f"{kind}Identifier")
    add(made, PREMIS, f"{kind}IdentifierType", "local")
    add(made, PREMIS, f"{kind}IdentifierValue", value)


def _related(entity: ET.Element, identifier: str) -> None:
    related = add(entity, PREMIS, "relationship")
    add(related, PREMIS, "relationshipType", "structural")
    add(related, PREMIS, "relationshipSubType", "is represented by")
    named = add(related, PREMIS, "relatedObjectIdentifier")
    add(named, PREMIS, "relatedObjectIdentifierType", "local")
    add(named, PREMIS, "relatedObjectIdentifierValue", identifier)
