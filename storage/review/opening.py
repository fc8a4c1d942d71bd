"""From stored documents to items: what a person has to decide, and what is looked at again."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from posixpath import dirname
from typing import Any

import sqlalchemy as sa

from pipeline.domain.model import DocumentType, Status
from pipeline.judging.review.places import template
from pipeline.judging.review.policy import ReviewPolicy, Scheme, class_of
from storage.catalogue.ledger import WorkKey
from storage.catalogue.tables import audit, documents, fields, source_books, source_names, work
from storage.review.items import ItemState, Kind
from storage.review.queue import freed
from storage.review.tables import IS_OPEN, review_documents, review_head, review_items
from storage.review.trail import Trail
from storage.submissions.tables import submission_documents, submissions
from storage.times import Clock, time_text

PRIORITY = {Kind.DOUBT: 0, Kind.SAMPLE: 0, Kind.SEED: 0, Kind.PAPER: 5, Kind.REOPENED: 20}
OF_A_CITIZEN = 10  # somebody waits for the answer
UNSURE = "field.low_confidence"  # also what a sample is said to be, so that nobody can tell it
SUSPENDED = "sample.promise_broken"

_NEW = {"confirmed": False, "edited_revision": 0, "retired": False}

Draw = Callable[[str], float]
"""A number in [0, 1) for a name, always the same, that nobody outside can foretell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """An item to be opened. `reason` is what the person is told."""

    field: str
    kind: Kind
    reason: str
    scheme: Scheme
    position: int = 0
    page: int = 1
    confidence: float | None = None
    truth: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A current document as items are opened for it. `read_by`: a digest over software and models."""

    document_id: str
    revision: int
    document_type: str
    form: str
    status: str
    actor: str
    record: str
    read_by: str
    office: str
    book: str
    of_citizen: bool


def read_by(key: WorkKey) -> str:
    """One name for everything that read a file: software and models."""
    return hashlib.sha256(f"{key.software}\0{key.models_sha256}".encode()).hexdigest()[:32]


class Opening:
    """Opens items within one transaction. `home_office`: whose papers are that came by no submission."""

    def __init__(
        self, connection: sa.Connection, clock: Clock, *, policy: ReviewPolicy, draw: Draw, home_office: str
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._policy = policy
        self._draw = draw
        self._home_office = home_office
        self._trail = Trail(connection, clock)

    def pending(self, limit: int) -> list[tuple[int, str, int]]:
        """(audit entry, document, revision) of what was stored since, oldest first."""
        head = self._connection.scalar(sa.select(review_head.c.audit_seq))
        query = (
            sa.select(audit.c.seq, audit.c.subject)
            .where(audit.c.seq > head, audit.c.action == "document.stored")
            .order_by(audit.c.seq)
            .limit(limit)
        )
        out = []
        for row in self._connection.execute(query):
            document_id, _, revision = row.subject.rpartition("@")
            out.append((row.seq, document_id, int(revision)))
        return out

    def passed(self, seq: int) -> None:
        """Everything up to this audit entry is done."""
        self._connection.execute(sa.update(review_head).values(audit_seq=seq))

    def take_in(self, document_id: str, revision: int, *, suspended: Collection[tuple[str, str, str]]) -> int:
        """Opens what this revision leaves to people; how many items. Idempotent.

        What was decided before stands: a newer reading only replaces what the machine said, so the document is marked
        to be put together anew. `suspended`: (document type, form, class) whose accepted fields are not to be trusted.
        """
        document = self.document(document_id)
        if document is None or document.revision != revision:
            return 0  # a newer one is current, and will come
        known = self._connection.execute(
            sa.select(review_documents).where(review_documents.c.document_id == document_id)
        ).one_or_none()
        if known is not None and known.released_revision == revision:
            return 0
        if known is not None and known.edited_revision:
            self._keep_edits(document_id, retired=known.retired)
            return 0
        self._withdraw(document_id)
        decided = self.decided_fields(document_id)
        self._note_base(document, stale=bool(decided) or (known is not None and known.confirmed))
        new = [one for one in self._wanted(document, suspended) if one.field not in decided]
        self.open(document, new)
        self._note(document, new)
        return len(new)

    def take_edited(self, document_id: str) -> None:
        """Opens what a person's change to the document itself leaves to decide. What was decided before the change
        stands in its record, and counts no more on its own."""
        document = self.document(document_id)
        assert document is not None
        self._withdraw(document_id)
        self._note_base(document, stale=False)
        this = review_documents.c.document_id == document_id
        values = {"edited_revision": document.revision, "released_revision": document.revision, "retired": False}
        self._connection.execute(sa.update(review_documents).where(this).values(values))
        new = [one for one in self._wanted(document, ()) if one.kind is Kind.DOUBT]
        self.open(document, new)
        self._note(document, new)
        if document.status == Status.REVIEW.value:
            self.ask_about_paper(document_id)

    def retire(self, document_id: str) -> None:
        """The document went into another one: nothing is to be decided of it any more."""
        self._withdraw(document_id)
        this = review_documents.c.document_id == document_id
        values = {"retired": True, "edited_revision": 1, "stale": False}
        self._connection.execute(sa.update(review_documents).where(this).values(values))
        mine = documents.c.document_id == document_id
        self._connection.execute(sa.update(documents).where(mine).values(current=False))

    def _keep_edits(self, document_id: str, *, retired: bool) -> None:
        """The machine read the file anew and knows nothing of a person's changes to its documents: they stand."""
        if retired:
            mine = documents.c.document_id == document_id
            self._connection.execute(sa.update(documents).where(mine).values(current=False))
            return
        source = sa.select(documents.c.source_sha256).where(documents.c.document_id == document_id).limit(1)
        edited = sa.select(review_documents.c.document_id).where(
            review_documents.c.edited_revision > 0, ~review_documents.c.retired
        )
        newest = documents.alias()
        last = (
            sa.select(sa.func.max(newest.c.revision))
            .where(newest.c.document_id == documents.c.document_id)
            .scalar_subquery()
        )
        ours = (documents.c.source_sha256 == source.scalar_subquery()) & documents.c.document_id.in_(edited)
        self._connection.execute(sa.update(documents).where(ours, documents.c.revision == last).values(current=True))
        of_source = sa.select(documents.c.document_id).where(ours)
        self._connection.execute(
            sa.update(review_documents).where(review_documents.c.document_id.in_(of_source)).values(stale=True)
        )

    def _note(self, document: Opened, new: Collection[NewItem]) -> None:
        self._trail.append(
            actor=document.actor,
            action="document.read",
            document_id=document.document_id,
            details={
                "revision": document.revision,
                "record": document.record,
                "read_by": document.read_by,
                "asked": sorted(one.field for one in new),
            },
        )

    def open(self, document: Opened, new: Iterable[NewItem]) -> None:
        """Adds the items, but none for a field that is being asked for already."""
        now = time_text(self._clock())
        rows = [self._row(document, one, now) for one in new]
        mine = review_items.c.document_id == document.document_id
        there = set(self._connection.scalars(sa.select(review_items.c.field).where(mine, IS_OPEN)))
        rows = [row for row in rows if row["field"] not in there]
        if rows:
            self._connection.execute(sa.insert(review_items), rows)

    def ask_about_paper(self, document_id: str) -> None:
        """Every value is settled, and something is said of the document itself: a person has to look at that."""
        document = self.document(document_id)
        mine = review_items.c.document_id == document_id
        waiting = (Kind.DOUBT.value, Kind.REOPENED.value, Kind.PAPER.value)
        waits = sa.select(review_items.c.item_id).where(mine, IS_OPEN, review_items.c.kind.in_(waiting))
        if document is not None and self._connection.scalar(waits.limit(1)) is None:
            scheme = self._policy.scheme("")
            self.open(document, [NewItem(field="", kind=Kind.PAPER, reason="paper.findings", scheme=scheme)])

    def confirm(self, document_id: str) -> None:
        """A person found the document itself right: what is said of it as a whole holds nothing back any more."""
        this = review_documents.c.document_id == document_id
        self._connection.execute(sa.update(review_documents).where(this).values(confirmed=True, stale=True))

    def restore(self, document_id: str) -> None:
        """Asks again for what is doubtful and was not decided: the document itself was found to be right."""
        document = self.document(document_id)
        if document is not None:
            decided = self.decided_fields(document_id)
            wanted = [one for one in self._wanted(document, ()) if one.kind is Kind.DOUBT and one.field not in decided]
            self.open(document, wanted)

    def document(self, document_id: str) -> Opened | None:
        """The document as it stands, with whose it is."""
        return next(iter(self.documents(documents.c.document_id == document_id)), None)

    def documents(self, which: sa.ColumnElement[bool]) -> list[Opened]:
        """Current documents, with whose they are."""
        name = (
            sa.select(sa.func.min(source_names.c.name))
            .where(source_names.c.sha256 == documents.c.source_sha256)
            .scalar_subquery()
        )
        submitted = (
            sa.select(sa.func.min(submissions.c.office))
            .join(submission_documents, submission_documents.c.submission_id == submissions.c.submission_id)
            .where(submission_documents.c.document_id == documents.c.document_id)
            .scalar_subquery()
        )
        query = (
            sa.select(documents, work, source_books.c.book, name.label("name"), submitted.label("submitted"))
            .join(work, work.c.work_id == documents.c.work_id)
            .outerjoin(source_books, source_books.c.sha256 == documents.c.source_sha256)
            .where(documents.c.current, which)
        )
        return [self._opened(row) for row in self._connection.execute(query)]

    def decided_fields(self, document_id: str) -> set[str]:
        """Fields of the document that people have settled."""
        query = sa.select(review_items.c.field).where(
            review_items.c.document_id == document_id,
            review_items.c.state == ItemState.DONE.value,
            review_items.c.kind != Kind.SEED.value,
            since_edit(),
        )
        return set(self._connection.scalars(query))

    def _opened(self, row: Any) -> Opened:
        key = WorkKey(
            input_sha256=row.input_sha256,
            software=row.software,
            models_sha256=row.models_sha256,
            settings_sha256=row.settings_sha256,
        )
        of_citizen = row.submitted is not None
        return Opened(
            document_id=row.document_id,
            revision=row.revision,
            document_type=row.document_type,
            form=row.form or "",
            status=row.status,
            actor=row.actor,
            record=row.record,
            read_by=read_by(key),
            office=row.submitted if of_citizen else self._home_office,
            book=row.book or ("" if of_citizen else dirname(row.name or "")),
            of_citizen=of_citizen,
        )

    def _wanted(self, document: Opened, suspended: Collection[tuple[str, str, str]]) -> list[NewItem]:
        rows = self._connection.execute(
            sa.select(fields)
            .where(fields.c.document_id == document.document_id, fields.c.revision == document.revision)
            .order_by(fields.c.position)
        ).all()
        out = [one for row in rows if (one := self._of_field(document, row, suspended)) is not None]
        asked = any(one.kind is Kind.DOUBT for one in out)
        unknown = document.document_type == DocumentType.UNKNOWN.value or not rows
        if unknown or (document.status != Status.ACCEPTED.value and not asked):
            reason = "paper.unknown_type" if unknown else "paper.findings"
            scheme = self._policy.scheme("")
            return [NewItem(field="", kind=Kind.PAPER, reason=reason, scheme=scheme), *([] if unknown else out)]
        return out

    def sweep(self) -> None:
        """Withdraws items of documents that are no longer there: their file was read anew and cut otherwise."""
        there = sa.select(documents.c.document_id).where(
            documents.c.document_id == review_items.c.document_id, documents.c.current
        )
        gone = IS_OPEN & ~there.exists()
        values = {"state": ItemState.WITHDRAWN.value, "done_at": time_text(self._clock()), **freed()}
        self._connection.execute(sa.update(review_items).where(gone).values(values))

    def _of_field(self, document: Opened, row: Any, suspended: Collection[tuple[str, str, str]]) -> NewItem | None:
        scheme = self._policy.scheme(row.name)
        where = {"field": row.name, "position": row.position + 1, "page": row.page, "confidence": row.confidence}
        if row.status != Status.ACCEPTED.value:
            found: list[str] = json.loads(row.findings)
            telling = [code for code in found if code != UNSURE] or [UNSURE]
            return NewItem(kind=Kind.DOUBT, reason=telling[0], scheme=scheme, **where)
        if (document.document_type, document.form, class_of(row.name).value) in suspended:
            return NewItem(kind=Kind.DOUBT, reason=SUSPENDED, scheme=scheme, **where)
        if self._draw(f"sample:{document.document_id}:{document.revision}:{row.name}") < self._policy.sample_accepted:
            return NewItem(kind=Kind.SAMPLE, reason=UNSURE, scheme=Scheme.DOUBLE, **where)
        return None

    def _row(self, document: Opened, new: NewItem, now: str) -> Mapping[str, Any]:
        priority = PRIORITY[new.kind]
        return {
            "item_id": secrets.token_hex(16),
            "document_id": document.document_id,
            "revision": document.revision,
            "field": new.field,
            "entry": template(new.field),
            "kind": new.kind.value,
            "position": new.position,
            "page": new.page,
            "office": document.office,
            "book": document.book,
            "document_type": document.document_type,
            "form": document.form,
            "field_class": class_of(new.field).value,
            "reason": new.reason,
            "read_by": document.read_by,
            "confidence": new.confidence,
            "scheme": new.scheme.value,
            "stage": 1,
            "state": ItemState.OPEN.value,
            "result": None,
            "wrong": None,
            "truth": new.truth,
            "priority": max(priority, OF_A_CITIZEN) if document.of_citizen else priority,
            "opened_at": now,
            "done_at": None,
            **freed(),
        }

    def _withdraw(self, document_id: str) -> None:
        mine = (review_items.c.document_id == document_id) & IS_OPEN
        values = {"state": ItemState.WITHDRAWN.value, "done_at": time_text(self._clock()), **freed()}
        self._connection.execute(sa.update(review_items).where(mine).values(values))

    def _note_base(self, document: Opened, *, stale: bool) -> None:
        this = review_documents.c.document_id == document.document_id
        values = {"office": document.office, "book": document.book, "base_revision": document.revision, "stale": stale}
        if not self._connection.execute(sa.update(review_documents).where(this).values(values)).rowcount:
            row = {"document_id": document.document_id, "released_revision": 0, **_NEW, **values}
            self._connection.execute(sa.insert(review_documents).values(row))


def since_edit() -> sa.ColumnElement[bool]:
    """That an item was opened after the last change to its document itself; a condition on `review_items`."""
    edited = (
        sa.select(review_documents.c.edited_revision)
        .where(review_documents.c.document_id == review_items.c.document_id)
        .scalar_subquery()
    )
    return review_items.c.revision >= sa.func.coalesce(edited, 0)
