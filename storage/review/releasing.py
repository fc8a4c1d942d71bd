"""From decisions to records: a new revision of the document holds what people settled. Nothing is overwritten."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.domain.model import CivilRecord, Status
from pipeline.judging.review.asking import Kind
from pipeline.judging.review.outcome import (
    Choice,
    FieldDecision,
    asked_anew,
    confirmed,
    decided,
    reopened,
    to_be_scanned_again,
)
from pipeline.records.contract import read_record, record_bytes
from pipeline.settling.register import PopulationRegister
from storage.catalogue import Catalogue, NewDocument, StoredDocument, UnitOfWork
from storage.catalogue.documents import Documents
from storage.catalogue.ledger import WorkKey
from storage.catalogue.tables import documents, work
from storage.objects import ObjectKey, ObjectStore
from storage.objects.paper_class import classes_of
from storage.paper_classes import handed_in
from storage.review.causes import SHARED_CAUSE
from storage.review.deciding import Decision, Decisions
from storage.review.store import ReviewStore
from storage.review.tables import IS_OPEN, review_documents, review_items
from storage.times import utc_now

_TRIES = 5
_HOLDING_UP = (Kind.DOUBT, Kind.PAPER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseBasis:
    """What a document's next revision is put together from."""

    base: StoredDocument
    current: StoredDocument
    holding: dict[str, Decision]
    reopened: tuple[str, ...]
    confirmed: bool


class Releasing:
    """Puts records together. It needs the object store, so it is no part of the transaction that decides; a document
    that a crash left behind is `stale` and found again.
    """

    def __init__(
        self,
        *,
        store: ReviewStore,
        catalogue: Catalogue,
        objects: ObjectStore,
        register: PopulationRegister | None = None,
    ) -> None:
        """`register`: asked again once people decided who a paper is about; None where there is none."""
        self._store = store
        self._catalogue = catalogue
        self._objects = objects
        self._register = register

    def stale(self, limit: int) -> list[str]:
        """Documents with decisions that their record does not contain yet."""
        query = sa.select(review_documents.c.document_id).where(review_documents.c.stale).limit(limit)
        with self._catalogue.database.read() as connection:
            return list(connection.scalars(query))

    def release(self, document_id: str, *, actor: str) -> StoredDocument | None:
        """Brings the document's record up to what was settled, as a new revision. None when there is nothing to do
        yet: a document waits until its last doubt is decided. Raises the stores' errors.
        """
        for _ in range(_TRIES):
            with self._catalogue.database.read() as connection:
                if _waits(connection, document_id):
                    return None
                basis = _release_basis(connection, document_id)
                handed = handed_in(connection, [document_id])
            if basis is None:
                return None
            record = self.record(basis, register=self._register)
            data = record_bytes(record)
            key = self._objects.put(data, of=classes_of([record.document_type], handed_in=handed))
            done, made = self._commit(document_id, basis, record, key, actor)
            if done:
                return made
        return None

    def record(self, basis: ReleaseBasis, *, register: PopulationRegister | None = None) -> CivilRecord:
        """The record with everything that was settled, and with the register's answer where one is given."""
        base = read_record(self._objects.get(basis.base.json))
        record = decided(base, {name: field_decision(decision) for name, decision in basis.holding.items() if name})
        open_ = [name for name in basis.reopened if any(field.name == name for field in record.fields)]
        if open_:
            record = reopened(record, open_, SHARED_CAUSE)
        if register is not None and basis.holding:
            record = asked_anew(record, register)
        paper = basis.holding.get("")
        if paper is not None and paper.choice is Choice.RETAKE:
            return to_be_scanned_again(record)
        return confirmed(record) if basis.confirmed else record

    def current(self, document_id: str) -> CivilRecord | None:
        """The record with everything settled so far, stored or not."""
        basis = self._basis_of(document_id)
        return None if basis is None else self.record(basis)

    def _basis_of(self, document_id: str) -> ReleaseBasis | None:
        with self._catalogue.database.read() as connection:
            return _release_basis(connection, document_id)

    def _commit(
        self, document_id: str, basis: ReleaseBasis, record: CivilRecord, key: ObjectKey, actor: str
    ) -> tuple[bool, StoredDocument | None]:
        """Whether it is done, and the stored revision where one was made. Not done: something was decided meanwhile."""
        with self._catalogue.unit() as unit:
            if _release_basis(unit.connection, document_id) != basis:
                return False, None
            this = review_documents.c.document_id == document_id
            values: dict[str, object] = {"stale": False}
            made = None
            if key != basis.current.json:
                made = add_revision(unit, basis.current, record, key, actor=actor)
                values["released_revision"] = made.revision
                details = {"revision": made.revision, "record": key.name, "status": record.status.value}
                tables = self._store.over(unit.connection)
                tables.trail.append(actor=actor, action="released", document_id=document_id, details=details)
            unit.connection.execute(sa.update(review_documents).where(this).values(values))
            # What a person found right as a whole is not asked of the next: of no known kind it stays as it is.
            if record.status is Status.REVIEW and not basis.confirmed:
                self._store.over(unit.connection).items.ask_about_paper(document_id)
            unit.commit()
        return True, None if made is None else unit.dated(made)


def _waits(connection: sa.Connection, document_id: str) -> bool:
    """Whether a doubt is still open in a document that was never released."""
    of_document = review_items.c.document_id == document_id
    holding_up = review_items.c.kind.in_([kind.value for kind in _HOLDING_UP])
    released = sa.select(review_documents.c.released_revision).where(review_documents.c.document_id == document_id)
    open_ = sa.select(review_items.c.item_id).where(of_document, IS_OPEN, holding_up).limit(1)
    return not connection.scalar(released) and connection.scalar(open_) is not None


def _release_basis(connection: sa.Connection, document_id: str) -> ReleaseBasis | None:
    stored = Documents(connection, utc_now)
    row = connection.execute(
        sa.select(review_documents).where(review_documents.c.document_id == document_id)
    ).one_or_none()
    current = stored.current(document_id)
    base = None if row is None else stored.revision(document_id, row.base_revision)
    if row is None or current is None or base is None:
        return None
    reopened = sa.select(review_items.c.field).where(
        review_items.c.document_id == document_id, IS_OPEN, review_items.c.kind == Kind.REOPENED.value
    )
    return ReleaseBasis(
        base=base,
        current=current,
        holding=Decisions(connection, utc_now).holding(document_id),
        reopened=tuple(connection.scalars(reopened.order_by(review_items.c.position))),
        confirmed=row.confirmed,
    )


def add_revision(
    unit: UnitOfWork,
    stored: StoredDocument,
    record: CivilRecord,
    key: ObjectKey,
    *,
    actor: str,
    ordinal: int | None = None,
) -> StoredDocument:
    """Stores `record` as the newest revision of its document, made from what `stored` was made from."""
    row = unit.connection.execute(
        sa.select(work)
        .join(documents, documents.c.work_id == work.c.work_id)
        .where(documents.c.document_id == stored.document_id, documents.c.revision == stored.revision)
    ).one()
    work_key = WorkKey(
        input_sha256=row.input_sha256,
        software=row.software,
        models_sha256=row.models_sha256,
        settings_sha256=row.settings_sha256,
    )
    new = NewDocument(
        record=record,
        ordinal=ordinal or stored.ordinal,
        original=stored.original,
        archival=stored.archival,
        json=key,
    )
    revision = unit.store(work_key, new, actor=actor)
    made = unit.documents.revision(record.document_id, revision)
    assert made is not None
    return made


def field_decision(decision: Decision) -> FieldDecision:
    """A stored decision as `pipeline.judging.review.outcome` takes it."""
    return FieldDecision(
        choice=decision.choice,
        value=decision.value,
        verbatim=decision.verbatim,
        page=decision.page,
        box=decision.box,
    )
