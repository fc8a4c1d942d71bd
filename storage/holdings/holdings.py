"""Which stored documents concern whom: an index that follows the audit log, and the uses made of them.

The catalogue holds no values; this index holds people only as keyed digests. It can be dropped and made anew from
the audit log and the records at any time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage.catalogue.tables import audit, blocked_documents, documents, issued_copies
from storage.holdings.tables import held_documents, held_persons, holding_uses, holdings_head
from storage.objects import ObjectKey
from storage.submissions.tables import submission_documents, submissions
from storage.times import Clock, clean, insert_new, time_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A stored document that the index does not know yet, by its audit entry. `record`: its JSON object."""

    seq: int
    document_id: str
    revision: int
    record: ObjectKey


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPerson:
    """`person`: the keyed digest of a personal id; `role`: subject, member, father, mother, spouse."""

    person: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A current stored document. `role`: of the person it was looked up for, None when by code."""

    holding_code: str
    document_id: str
    revision: int
    document_type: str
    office: str
    role: str | None
    original: ObjectKey
    archival: ObjectKey | None
    record: ObjectKey
    committed_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUse:
    """A stored copy used in place of the paper. `digest`: of the copy that was handed out."""

    use_id: str
    holding_code: str
    document_id: str
    revision: int
    client_id: str
    request_key: str | None
    officer: str
    office: str
    procedure: str
    purpose: str
    digest: str


class Holdings:
    """The index within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def pending(self, limit: int) -> list[Pending]:
        """What was stored since the index was last brought up to date, oldest first."""
        head = self._connection.scalar(sa.select(holdings_head.c.seq))
        query = (
            sa.select(audit.c.seq, audit.c.subject, audit.c.digest)
            .where(audit.c.seq > head, audit.c.action == "document.stored")
            .order_by(audit.c.seq)
            .limit(limit)
        )
        out = []
        for row in self._connection.execute(query):
            document_id, _, revision = row.subject.rpartition("@")
            key = ObjectKey.parse(row.digest)
            out.append(Pending(seq=row.seq, document_id=document_id, revision=int(revision), record=key))
        return out

    def index(
        self,
        pending: Pending,
        *,
        holding_code: str,
        document_type: str,
        identity: str | None,
        people: Iterable[HeldPerson],
    ) -> None:
        """Adds one document to the index. Idempotent; give the entries in order."""
        of_document = submission_documents.c.document_id == pending.document_id
        office = sa.select(sa.func.min(submissions.c.office)).join(submission_documents).where(of_document)
        row = {
            "document_id": pending.document_id,
            "revision": pending.revision,
            "holding_code": holding_code,
            "document_type": document_type,
            "office": self._connection.scalar(office.where(submission_documents.c.document_id == pending.document_id))
            or "",
            "identity": identity,
        }
        insert_new(self._connection, held_documents, row)
        for held in people:
            where = {"document_id": pending.document_id, "revision": pending.revision}
            insert_new(self._connection, held_persons, {"person": held.person, "role": held.role, **where})
        self.mark_indexed(pending.seq)

    def mark_indexed(self, seq: int) -> None:
        """Everything up to this audit entry is in the index."""
        behind = holdings_head.c.seq < seq
        self._connection.execute(sa.update(holdings_head).where(behind).values(seq=seq))

    def of_person(self, person: str, *, types: Collection[str], offices: Collection[str] | None) -> list[Holding]:
        """Current documents of these types about a person, newest first; `offices` None: of every office."""
        asked: dict[str, Any] = {"person": person, "types": list(types)}
        query = _OF_PERSON if offices is None else _OF_PERSON_AT
        if offices is not None:
            asked["offices"] = list(offices)
        return [_holding(row, row.role) for row in self._connection.execute(query, asked)]

    def by_code(self, holding_code: str, *, offices: Collection[str] | None) -> Holding | None:
        """The current document kept under this code, if one of these offices may rely on it."""
        query = _current().where(held_documents.c.holding_code == holding_code)
        if offices is not None:
            query = query.where(held_documents.c.office.in_(offices))
        row = self._connection.execute(query).first()
        return None if row is None else _holding(row, None)

    def by_identity(self, identities: Sequence[str], *, offices: Collection[str]) -> dict[str, tuple[str, str]]:
        """Document id and holding code of current documents by identity (`pipeline.judging.verdict.identity_of`)."""
        query = _current().add_columns(held_documents.c.identity).where(held_documents.c.identity.in_(identities))
        query = query.where(held_documents.c.office.in_(offices)).order_by(documents.c.committed_at.desc())
        return {row.identity: (row.document_id, row.holding_code) for row in self._connection.execute(query)}

    def copy_is_ours(self, holding_code: str, name: str) -> bool | None:
        """Whether an archival or a signed copy of this object name was made under this code, and is still the
        current one; None when it never was."""
        of_holding = documents.c.holding_code == holding_code
        query = sa.select(documents.c.current).where(of_holding, documents.c.archival == name)
        issued = sa.select(documents.c.current).join(
            issued_copies,
            (issued_copies.c.document_id == documents.c.document_id)
            & (issued_copies.c.revision == documents.c.revision),
        )
        ours = list(self._connection.scalars(query.union_all(issued.where(of_holding, issued_copies.c.object == name))))
        return any(ours) if ours else None

    def offices_of(self, subject: str) -> set[str]:
        """Whose the documents of this holding code or document id are; empty for what is not held."""
        of_subject = (held_documents.c.holding_code == subject) | (held_documents.c.document_id == subject)
        return set(self._connection.scalars(sa.select(held_documents.c.office).where(of_subject)))

    def add_use(self, use: NewUse) -> None:
        row = {name: getattr(use, name) for name in use.__slots__} | {"used_at": time_text(self._clock())}
        for name in ("officer", "office", "procedure", "purpose"):
            row[name] = clean(row[name])
        self._connection.execute(sa.insert(holding_uses).values(row))

    def use(self, use_id: str) -> Any:
        """The row of a use, or None."""
        return self._connection.execute(sa.select(holding_uses).where(holding_uses.c.use_id == use_id)).one_or_none()

    def use_by_request(self, client_id: str, request_key: str) -> Any:
        """The row of a use made with this request key before, or None."""
        of_request = (holding_uses.c.client_id == client_id) & (holding_uses.c.request_key == request_key)
        return self._connection.execute(sa.select(holding_uses).where(of_request)).one_or_none()

    def uses(self, holding_code: str) -> list[Any]:
        query = sa.select(holding_uses).where(holding_uses.c.holding_code == holding_code)
        return list(self._connection.execute(query.order_by(holding_uses.c.used_at)))


def _same(table: sa.Table) -> sa.ColumnElement[bool]:
    return (table.c.document_id == held_documents.c.document_id) & (table.c.revision == held_documents.c.revision)


def _current() -> Any:
    columns = (
        held_documents.c.holding_code,
        held_documents.c.document_id,
        held_documents.c.revision,
        held_documents.c.document_type,
        held_documents.c.office,
        documents.c.original,
        documents.c.archival,
        documents.c.record,
        documents.c.committed_at,
    )
    joined = held_documents.join(documents, _same(documents))
    is_blocked = sa.select(blocked_documents.c.document_id).where(
        blocked_documents.c.document_id == held_documents.c.document_id
    )
    return sa.select(*columns).select_from(joined).where(documents.c.current, ~is_blocked.exists())


# Made once: building a statement takes longer than running it.
_OF_PERSON = (
    _current()
    .join(held_persons, _same(held_persons))
    .add_columns(held_persons.c.role)
    .where(held_persons.c.person == sa.bindparam("person"))
    .where(held_documents.c.document_type.in_(sa.bindparam("types", expanding=True)))
    .order_by(documents.c.committed_at.desc(), documents.c.document_id)
)
_OF_PERSON_AT = _OF_PERSON.where(held_documents.c.office.in_(sa.bindparam("offices", expanding=True)))


def _holding(row: Any, role: str | None) -> Holding:
    return Holding(
        holding_code=row.holding_code,
        document_id=row.document_id,
        revision=row.revision,
        document_type=row.document_type,
        office=row.office,
        role=role,
        original=ObjectKey.parse(row.original),
        archival=None if row.archival is None else ObjectKey.parse(row.archival),
        record=ObjectKey.parse(row.record),
        committed_at=row.committed_at,
    )
