"""Signed copies that left the archive: which object each is, of which revision of which document.

An issued copy is an object of its own and never changes; whatever is stored of its document later makes it an older
one. Each stands in the audit log, so that the catalogue can be held against it and made anew.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from storage.catalogue import Catalogue, UnitOfWork
from storage.catalogue.tables import documents, issued_copies, withdrawn_documents
from storage.ending import ending_of
from storage.objects import ObjectKey
from storage.telling import Dated, touch
from storage.times import clean, time_text

ISSUED = "copy.issued"
"""An entry's action, with the copy's code behind a colon: of a document's revision; the copy as its digest."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CODE = re.compile(r"BS-[A-Z2-7]{16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCopy:
    """`level`: of the signature, as `storage.signing.Level` names it; `trial`: signed by the test PKI; `actor`: who had
    it made, for which `office`."""

    copy_code: str
    document_id: str
    revision: int
    object: ObjectKey
    level: str
    trial: bool
    office: str
    actor: str
    issued_at: str


class Standing(StrEnum):
    """What has become of what an issued copy was made of."""

    CURRENT = "current"  # it is the newest that the archive has
    SUPERSEDED = "superseded"  # there is a newer revision, or newer work on the file
    WITHDRAWN = "withdrawn"  # an archivist took the document out of use


def new_copy_code() -> str:
    """A code that nobody can guess: 80 bits."""
    return "BS-" + "".join(secrets.choice(_LETTERS) for _ in range(16))


def checked_copy_code(typed: str) -> str | None:
    """The code as a person may type it in its one form; None for what cannot be one."""
    bare = re.sub(r"[\s-]", "", typed).upper().replace("0", "O").replace("1", "I").replace("8", "B")
    code = f"BS-{bare.removeprefix('BS')}"
    return code if _CODE.fullmatch(code) else None


def note_issued(
    unit: UnitOfWork,
    *,
    copy_code: str,
    document_id: str,
    revision: int,
    key: ObjectKey,
    level: str,
    office: str,
    actor: str,
    trial: bool = False,
) -> IssuedCopy:
    """The copy, which the store has already, is issued when the unit commits: at the time of its entry in the log."""
    entry = unit.audit.append(
        actor=actor, action=f"{ISSUED}:{copy_code}", subject=f"{document_id}@{revision}", digest=key.name
    )
    row = {
        "copy_code": copy_code,
        "document_id": document_id,
        "revision": revision,
        "object": key.name,
        "level": level,
        "trial": trial,
        "office": clean(office),
        "actor": entry.actor,
        "issued_at": time_text(unit.clock()),
    }
    unit.connection.execute(sa.insert(issued_copies).values(row))
    ending_of(unit.connection).dated.append(Dated(column=issued_copies.c.issued_at, where={"copy_code": copy_code}))
    touch(unit.connection, issued_copies, document_id=document_id)
    return _copy(row)


def issued_copy(connection: sa.Connection, copy_code: str) -> IssuedCopy | None:
    """The copy of this code; None where none was issued under it."""
    query = sa.select(issued_copies).where(issued_copies.c.copy_code == copy_code)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _copy(row)


def issued_of(connection: sa.Connection, document_id: str) -> list[IssuedCopy]:
    """What was issued of a document, the newest first."""
    query = sa.select(issued_copies).where(issued_copies.c.document_id == document_id)
    rows = connection.execute(query.order_by(issued_copies.c.issued_at.desc(), issued_copies.c.copy_code)).mappings()
    return [_copy(row) for row in rows]


def standing(connection: sa.Connection, copy: IssuedCopy) -> Standing:
    """How the copy stands today."""
    withdrawn = sa.select(withdrawn_documents.c.document_id).where(
        withdrawn_documents.c.document_id == copy.document_id
    )
    if connection.scalar(withdrawn) is not None:
        return Standing.WITHDRAWN
    this = (documents.c.document_id == copy.document_id) & (documents.c.revision == copy.revision)
    current = connection.scalar(sa.select(documents.c.current).where(this))
    return Standing.CURRENT if current else Standing.SUPERSEDED


def look_up(catalogue: Catalogue, copy_code: str) -> tuple[IssuedCopy, Standing] | None:
    """The copy of this code and how it stands; None where none was issued under it."""
    with catalogue.database.read() as connection:
        copy = issued_copy(connection, copy_code)
        return None if copy is None else (copy, standing(connection, copy))


def _copy(row: Any) -> IssuedCopy:
    values = {name: row[name] for name in IssuedCopy.__slots__}
    return IssuedCopy(**values | {"object": ObjectKey.parse(row["object"])})
