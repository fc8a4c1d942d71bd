"""Documents that are taken out of use, brought back within a term, and removed after it where that is allowed.

A withdrawn document is in no queue and no search, stands in for no paper and belongs to no book; everything stored of
it stays. The logs name it for ever: that it came, was withdrawn, by whom and why, and that it was removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, groupby
from typing import Any

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.records.contract import read_record
from storage.catalogue import Catalogue, UnitOfWork
from storage.catalogue.ledger import WorkState
from storage.catalogue.tables import (
    documents,
    import_works,
    search_documents,
    source_names,
    withdrawn_documents,
    work,
)
from storage.objects import ObjectKey, ObjectStore
from storage.removing import has_table, kept_because, remove
from storage.review.items import ItemState
from storage.review.queue import freed
from storage.review.tables import IS_OPEN, review_documents, review_items
from storage.review.trail import Trail
from storage.submissions.tables import submission_documents, submissions
from storage.telling import touch
from storage.times import clean, time_text

TERM_DAYS = 30
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A document in the trash. `kept_because`: why it is not removed after `keep_until`; None where nothing speaks
    against it. `import_id`: the import that was undone with it, or empty."""

    document_id: str
    holding_code: str
    document_type: str
    form: str
    file: str
    office: str
    import_id: str
    reason: str
    actor: str
    withdrawn_at: str
    keep_until: str
    kept_because: Message | None


def withdraw(
    unit: UnitOfWork,
    objects: ObjectStore,
    document_ids: Iterable[str],
    *,
    reason: str,
    actor: str,
    days: int = TERM_DAYS,
    import_id: str = "",
    superseded: bool = False,
) -> list[str]:
    """Takes these documents out of use; returns those that were in use. `superseded`: those too that are not in force
    any more because their file was read anew; only to remove them in the same transaction. Raises WrongUse without a
    reason."""
    reason = clean(reason.strip())[:_LONGEST_REASON]
    if not reason:
        raise WrongUse(Message("Cần ghi lý do", "A reason is needed"))
    taken = []
    for document_id in document_ids:
        stored = unit.documents.current(document_id) or (unit.documents.newest(document_id) if superseded else None)
        if stored is None or _is_withdrawn(unit.connection, document_id):
            continue
        now = unit.clock()
        row = {
            "document_id": document_id, "import_id": import_id, "reason": reason, "actor": clean(actor),
            "withdrawn_at": time_text(now), "keep_until": time_text(now + timedelta(days=days)),
        }  # fmt: skip
        unit.connection.execute(sa.insert(withdrawn_documents).values(row))
        touch(unit.connection, withdrawn_documents, document_id=document_id)
        unit.documents.hold_back(document_id)
        unit.search.forget_document(document_id)
        pages = ranges(page.number for page in read_record(objects.get(stored.json)).pages)
        unit.audit.append(actor=actor, action=f"document.withdrawn:{pages}", subject=document_id)
        _leave_desk(unit, document_id, row["withdrawn_at"], reason=reason, actor=actor)
        taken.append(document_id)
    return taken


def restore(unit: UnitOfWork, objects: ObjectStore, document_ids: Iterable[str], *, actor: str) -> list[str]:
    """Brings documents back as they were, with the questions that were open; returns those that came back. Raises
    WrongUse for one whose file was read anew since: its papers are there already."""
    back = []
    for document_id in document_ids:
        this = withdrawn_documents.c.document_id == document_id
        row = unit.connection.execute(sa.select(withdrawn_documents).where(this)).one_or_none()
        if row is None or row.removed_at is not None:
            continue
        newest = unit.connection.execute(
            sa.select(documents).where(documents.c.document_id == document_id).order_by(documents.c.revision.desc())
        ).first()
        assert newest is not None
        _check_not_read_anew(unit.connection, newest)
        revision = (documents.c.document_id == document_id) & (documents.c.revision == newest.revision)
        unit.connection.execute(sa.update(documents).where(revision).values(current=True))
        unit.connection.execute(sa.delete(withdrawn_documents).where(this))
        for table in (documents, withdrawn_documents, search_documents):
            touch(unit.connection, table, document_id=document_id)
        unit.search.put(
            read_record(objects.get(ObjectKey.parse(newest.record))),
            revision=newest.revision,
            work_id=newest.work_id,
            office=_office(unit.connection, document_id),
        )
        unit.audit.append(actor=actor, action="document.restored", subject=document_id)
        _return_to_desk(unit, document_id, row.withdrawn_at, actor=actor)
        back.append(document_id)
    return back


def in_trash(
    connection: sa.Connection, offices: Sequence[str] | None = None, *, objects: ObjectStore | None = None
) -> list[Withdrawn]:
    """What is withdrawn and not removed, of these offices (None: of all), the newest first. `objects`: the store is
    asked too what it keeps."""
    name = sa.select(sa.func.min(source_names.c.name)).where(source_names.c.sha256 == documents.c.source_sha256)
    other = documents.alias()
    newest = sa.select(sa.func.max(other.c.revision)).where(other.c.document_id == documents.c.document_id)
    query = (
        sa.select(withdrawn_documents, documents.c.holding_code, documents.c.document_type, documents.c.form,
                  name.scalar_subquery().label("file"))
        .join(documents, documents.c.document_id == withdrawn_documents.c.document_id)
        .where(withdrawn_documents.c.removed_at.is_(None), documents.c.revision == newest.scalar_subquery())
        .order_by(withdrawn_documents.c.withdrawn_at.desc(), withdrawn_documents.c.document_id)
    )  # fmt: skip
    found = [_withdrawn(connection, row, objects) for row in connection.execute(query).all()]
    return [one for one in found if offices is None or one.office in offices]


def documents_of_import(connection: sa.Connection, import_id: str) -> list[str]:
    """The documents in force that an import brought, and that took no other's place. Raises WrongUse for an import
    that there is none of."""
    works = list(connection.scalars(sa.select(import_works.c.work_id).where(import_works.c.import_id == import_id)))
    if not works:
        raise WrongUse(Message(f"{import_id}: không có lượt nhập này", "there is no such import"))
    older, mine = work.alias(), work.alias()
    first = (
        sa.select(mine.c.work_id)
        .where(
            mine.c.work_id.in_(works),
            ~sa.select(older.c.work_id)
            .where(
                older.c.input_sha256 == mine.c.input_sha256,
                older.c.work_id != mine.c.work_id,
                older.c.state == WorkState.DONE.value,
                older.c.changed_at < mine.c.changed_at,
            )
            .exists(),
        )
        .scalar_subquery()
    )
    query = sa.select(documents.c.document_id).where(documents.c.current, documents.c.work_id.in_(first))
    return list(connection.scalars(query.order_by(documents.c.document_id)))


def withdrawn_of_import(connection: sa.Connection, import_id: str) -> list[str]:
    """What is in the trash since this import was undone."""
    c = withdrawn_documents.c
    return list(connection.scalars(sa.select(c.document_id).where(c.import_id == import_id, c.removed_at.is_(None))))


def empty_trash(catalogue: Catalogue, objects: ObjectStore, *, decision: str, actor: str) -> list[str]:
    """Removes for good what its term is over for and nothing speaks against; returns which. A document of which the
    store has anything locked stays whole, until that day (`in_trash` tells). See `storage.removing.remove`."""
    with catalogue.database.read() as connection:
        now = time_text(catalogue.now())
        found = in_trash(connection, objects=objects)
        due = [one.document_id for one in found if one.keep_until <= now and one.kept_because is None]
    remove(catalogue, objects, due, decision=decision, actor=actor)
    return due


def ranges(numbers: Iterable[int]) -> str:
    """Page numbers, short: `1-3,5`."""
    ordered = sorted(set(numbers))
    runs = [
        [number for _, number in run]
        for _, run in groupby(zip(count(), ordered, strict=False), key=lambda pair: pair[1] - pair[0])
    ]
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _is_withdrawn(connection: sa.Connection, document_id: str) -> bool:
    this = withdrawn_documents.c.document_id == document_id
    return connection.scalar(sa.select(withdrawn_documents.c.document_id).where(this)) is not None


def _leave_desk(unit: UnitOfWork, document_id: str, at: str, *, reason: str, actor: str) -> None:
    if not has_table(unit.connection, review_items):
        return
    this = review_items.c.document_id == document_id
    values = {"state": ItemState.WITHDRAWN.value, "done_at": at, **freed()}
    unit.connection.execute(sa.update(review_items).where(this, IS_OPEN).values(values))
    known = review_documents.c.document_id == document_id
    unit.connection.execute(sa.update(review_documents).where(known).values(stale=False))
    Trail(unit.connection, unit.clock).append(
        actor=actor, action="withdrawn", document_id=document_id, details={"reason": reason}
    )


def _return_to_desk(unit: UnitOfWork, document_id: str, since: str, *, actor: str) -> None:
    """What left the desk with the document is open again; decisions that its record lacks are put into it."""
    if not has_table(unit.connection, review_items):
        return
    item = review_items.c
    left = (item.document_id == document_id) & (item.state == ItemState.WITHDRAWN.value) & (item.done_at == since)
    unit.connection.execute(sa.update(review_items).where(left).values(state=ItemState.OPEN.value, done_at=None))
    known = review_documents.c.document_id == document_id
    unit.connection.execute(sa.update(review_documents).where(known, ~review_documents.c.retired).values(stale=True))
    Trail(unit.connection, unit.clock).append(actor=actor, action="restored", document_id=document_id)


def _check_not_read_anew(connection: sa.Connection, newest: Any) -> None:
    mine = sa.select(work.c.changed_at).where(work.c.work_id == newest.work_id).scalar_subquery()
    later = sa.select(work.c.work_id).where(
        work.c.input_sha256 == newest.source_sha256, work.c.state == WorkState.DONE.value, work.c.changed_at > mine
    )
    if connection.scalar(later.limit(1)) is not None:
        raise WrongUse(
            Message(
                f"{newest.holding_code}: tệp đã được đọc lại từ khi rút, giấy tờ mới đã có",
                f"{newest.holding_code}: its file was read anew since; its papers are there",
            )
        )


def _withdrawn(connection: sa.Connection, row: Any, objects: ObjectStore | None) -> Withdrawn:
    plain = ("document_id", "holding_code", "document_type", "import_id", "reason", "actor", "withdrawn_at",
             "keep_until")  # fmt: skip
    return Withdrawn(
        **{name: getattr(row, name) for name in plain},
        form=row.form or "",
        file=row.file or "",
        office=_office(connection, row.document_id),
        kept_because=kept_because(connection, row.document_id, objects),
    )


def _office(connection: sa.Connection, document_id: str) -> str:
    if has_table(connection, review_documents):
        known = sa.select(review_documents.c.office).where(review_documents.c.document_id == document_id)
        if (office := connection.scalar(known)) is not None:
            return str(office)
    if has_table(connection, submissions):
        submitted = sa.select(sa.func.min(submissions.c.office)).join(submission_documents)
        return connection.scalar(submitted.where(submission_documents.c.document_id == document_id)) or ""
    return ""
