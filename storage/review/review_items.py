"""From stored documents to items. Which items a document asks for stands in `pipeline.judging.review.asking`."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from posixpath import dirname
from typing import Any

import sqlalchemy as sa

from pipeline.domain.model import Status
from pipeline.judging.review.asking import (
    PAPER_FINDINGS,
    DocumentFacts,
    Draw,
    FieldFacts,
    FieldGroup,
    Kind,
    NewItem,
    OpenPage,
    items_wanted,
    paper_item,
    priority,
)
from pipeline.judging.review.places import template
from pipeline.judging.review.policy import ReviewPolicy, class_of
from storage.catalogue.book_of import book_of_folder
from storage.catalogue.ledger import WorkKey
from storage.catalogue.tables import (
    audit,
    document_books,
    documents,
    fields,
    open_pages,
    source_books,
    source_names,
    withdrawn_documents,
    work,
)
from storage.review.items import ItemState
from storage.review.queue import freed
from storage.review.tables import IS_OPEN, review_documents, review_head, review_items
from storage.review.trail import Trail
from storage.submissions.tables import submission_documents, submissions
from storage.telling import touch
from storage.times import Clock, time_text

_NEW = {"confirmed": False, "edited_revision": 0, "retired": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentDocument(DocumentFacts):
    """A current document and the office it belongs to. `read_by`: a digest over software and models."""

    actor: str
    record: str
    read_by: str
    office: str
    book: str
    of_citizen: bool


def read_by(key: WorkKey) -> str:
    """One name for everything that read a file: software and models."""
    return hashlib.sha256(f"{key.software}\0{key.models_sha256}".encode()).hexdigest()[:32]


class ReviewItems:
    """Opens and withdraws items within one transaction. `home_office`: the office of documents that came by no
    submission.
    """

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
        """(audit entry, document, revision) of what was stored since the last entry marked, oldest first."""
        head = self._connection.scalar(sa.select(review_head.c.audit_seq))
        query = (
            sa.select(audit.c.seq, audit.c.subject)
            .where(audit.c.seq > head, audit.c.action == "document.stored")
            .order_by(audit.c.seq)
            .limit(limit)
        )
        entries = []
        for row in self._connection.execute(query):
            document_id, _, revision = row.subject.rpartition("@")
            entries.append((row.seq, document_id, int(revision)))
        return entries

    def mark_followed(self, seq: int) -> None:
        """Everything up to this audit entry has its items."""
        self._connection.execute(sa.update(review_head).values(audit_seq=seq))

    def open_for_revision(self, document_id: str, revision: int, *, suspended: Collection[FieldGroup]) -> int:
        """Opens the items that this revision asks for; returns how many. Idempotent.

        Earlier decisions stay: a newer reading replaces only what the machine read, so the document is marked to be
        put together anew. `suspended`: groups whose accepted fields are not to be trusted.
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
        new = [item for item in self._wanted(document, suspended) if item.field not in decided]
        self.open(document, new)
        self._note(document, new)
        return len(new)

    def open_after_edit(self, document_id: str) -> None:
        """Opens the items left after a person changed the document itself. Earlier decisions are in its record now,
        and no longer count on their own.
        """
        document = self.document(document_id)
        assert document is not None
        self._withdraw(document_id)
        self._note_base(document, stale=False)
        this = review_documents.c.document_id == document_id
        values = {"edited_revision": document.revision, "released_revision": document.revision, "retired": False}
        self._connection.execute(sa.update(review_documents).where(this).values(values))
        new = [item for item in self._wanted(document, ()) if item.kind is Kind.DOUBT]
        self.open(document, new)
        self._note(document, new)
        if document.status is Status.REVIEW:
            self.ask_about_paper(document_id)

    def retire(self, document_id: str) -> None:
        """The document was joined to another one: nothing is to be decided of it any more."""
        self._withdraw(document_id)
        this = review_documents.c.document_id == document_id
        values = {"retired": True, "edited_revision": 1, "stale": False}
        self._connection.execute(sa.update(review_documents).where(this).values(values))
        this_document = documents.c.document_id == document_id
        self._connection.execute(sa.update(documents).where(this_document).values(current=False))
        touch(self._connection, documents, document_id=document_id)

    def _keep_edits(self, document_id: str, *, retired: bool) -> None:
        """The machine read the file anew and does not know a person's changes to its documents: the changes stay."""
        if retired:
            this_document = documents.c.document_id == document_id
            self._connection.execute(sa.update(documents).where(this_document).values(current=False))
            touch(self._connection, documents, document_id=document_id)
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
        ours &= documents.c.document_id.not_in(sa.select(withdrawn_documents.c.document_id))
        self._connection.execute(sa.update(documents).where(ours, documents.c.revision == last).values(current=True))
        of_source = sa.select(documents.c.document_id).where(ours)
        for edited_id in self._connection.scalars(of_source.distinct()).all():
            touch(self._connection, documents, document_id=edited_id)
        self._connection.execute(
            sa.update(review_documents).where(review_documents.c.document_id.in_(of_source)).values(stale=True)
        )

    def _note(self, document: CurrentDocument, new: Collection[NewItem]) -> None:
        self._trail.append(
            actor=document.actor,
            action="document.read",
            document_id=document.document_id,
            details={
                "revision": document.revision,
                "record": document.record,
                "read_by": document.read_by,
                "asked": sorted(item.field for item in new),
            },
        )

    def open(self, document: CurrentDocument, new: Iterable[NewItem]) -> None:
        """Adds the items, except for fields that are being asked for already."""
        now = time_text(self._clock())
        rows = [self._row(document, item, now) for item in new]
        of_document = review_items.c.document_id == document.document_id
        there = set(self._connection.scalars(sa.select(review_items.c.field).where(of_document, IS_OPEN)))
        rows = [row for row in rows if row["field"] not in there]
        if rows:
            self._connection.execute(sa.insert(review_items), rows)

    def ask_about_paper(self, document_id: str) -> None:
        """Asks about the document itself, where every value is settled and findings on the whole document remain."""
        document = self.document(document_id)
        of_document = review_items.c.document_id == document_id
        waiting = (Kind.DOUBT.value, Kind.REOPENED.value, Kind.PAPER.value)
        waits = sa.select(review_items.c.item_id).where(of_document, IS_OPEN, review_items.c.kind.in_(waiting))
        if document is not None and self._connection.scalar(waits.limit(1)) is None:
            self.open(document, [paper_item(PAPER_FINDINGS, self._policy)])

    def confirm(self, document_id: str) -> None:
        """A person found the document itself right: its findings as a whole no longer hold it back."""
        this = review_documents.c.document_id == document_id
        self._connection.execute(sa.update(review_documents).where(this).values(confirmed=True, stale=True))

    def restore(self, document_id: str) -> None:
        """A person found the document itself right: what is in doubt and not decided is asked again."""
        document = self.document(document_id)
        if document is not None:
            decided = self.decided_fields(document_id)
            wanted = self._wanted(document, ())
            self.open(document, [item for item in wanted if item.kind is Kind.DOUBT and item.field not in decided])

    def document(self, document_id: str) -> CurrentDocument | None:
        """The current revision of the document, and the office it belongs to."""
        return next(iter(self.documents(documents.c.document_id == document_id)), None)

    def documents(self, which: sa.ColumnElement[bool]) -> list[CurrentDocument]:
        """Current documents, and the offices they belong to."""
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
        moved = (
            sa.select(review_documents.c.moved_to)
            .where(review_documents.c.document_id == documents.c.document_id)
            .scalar_subquery()
        )
        query = (
            sa.select(
                documents,
                work,
                source_books.c.book,
                document_books.c.book.label("said"),
                name.label("name"),
                submitted.label("submitted"),
                moved.label("moved_to"),
            )
            .join(work, work.c.work_id == documents.c.work_id)
            .outerjoin(
                document_books,
                (document_books.c.work_id == documents.c.work_id)
                & (document_books.c.document_id == documents.c.document_id),
            )
            .outerjoin(source_books, source_books.c.sha256 == documents.c.source_sha256)
            .where(documents.c.current, which)
        )
        return [self._document(row) for row in self._connection.execute(query)]

    def decided_fields(self, document_id: str) -> set[str]:
        """Fields of the document that people have settled."""
        query = sa.select(review_items.c.field).where(
            review_items.c.document_id == document_id,
            review_items.c.state == ItemState.DONE.value,
            review_items.c.kind != Kind.SEED.value,
            since_edit(),
        )
        return set(self._connection.scalars(query))

    def _document(self, row: Any) -> CurrentDocument:
        key = WorkKey(
            input_sha256=row.input_sha256,
            software=row.software,
            models_sha256=row.models_sha256,
            settings_sha256=row.settings_sha256,
        )
        of_citizen = row.submitted is not None
        return CurrentDocument(
            document_id=row.document_id,
            revision=row.revision,
            document_type=row.document_type,
            form=row.form or "",
            status=Status(row.status),
            actor=row.actor,
            record=row.record,
            read_by=read_by(key),
            office=row.moved_to or (row.submitted if of_citizen else self._home_office),
            book=(row.book or "")
            if of_citizen
            else row.said or row.book or book_of_folder(self._connection, dirname(row.name or "")),
            of_citizen=of_citizen,
        )

    def _wanted(self, document: CurrentDocument, suspended: Collection[FieldGroup]) -> list[NewItem]:
        rows = self._connection.execute(
            sa.select(fields)
            .where(fields.c.document_id == document.document_id, fields.c.revision == document.revision)
            .order_by(fields.c.position)
        )
        read = [_field_facts(row) for row in rows]
        return items_wanted(
            document,
            read,
            policy=self._policy,
            draw=self._draw,
            suspended=suspended,
            open_pages=self._open_pages(document),
        )

    def _open_pages(self, document: CurrentDocument) -> list[OpenPage]:
        """Pages beside the document, of the file as this revision was read, that a person must look at."""
        query = (
            sa.select(open_pages.c.page, open_pages.c.code)
            .join(documents, documents.c.work_id == open_pages.c.work_id)
            .where(
                open_pages.c.document_id == document.document_id,
                documents.c.document_id == document.document_id,
                documents.c.revision == document.revision,
            )
            .order_by(open_pages.c.page)
        )
        return [OpenPage(number=row.page, code=row.code) for row in self._connection.execute(query)]

    def sweep(self) -> None:
        """Withdraws items of documents that no longer exist: their file was read anew and cut otherwise."""
        there = sa.select(documents.c.document_id).where(
            documents.c.document_id == review_items.c.document_id, documents.c.current
        )
        gone = IS_OPEN & ~there.exists()
        values = {"state": ItemState.WITHDRAWN.value, "done_at": time_text(self._clock()), **freed()}
        self._connection.execute(sa.update(review_items).where(gone).values(values))

    def _row(self, document: CurrentDocument, new: NewItem, now: str) -> Mapping[str, Any]:
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
            "priority": priority(new.kind, of_citizen=document.of_citizen),
            "opened_at": now,
            "done_at": None,
            **freed(),
        }

    def _withdraw(self, document_id: str) -> None:
        of_document = (review_items.c.document_id == document_id) & IS_OPEN
        values = {"state": ItemState.WITHDRAWN.value, "done_at": time_text(self._clock()), **freed()}
        self._connection.execute(sa.update(review_items).where(of_document).values(values))

    def _note_base(self, document: CurrentDocument, *, stale: bool) -> None:
        this = review_documents.c.document_id == document.document_id
        values = {"office": document.office, "book": document.book, "base_revision": document.revision, "stale": stale}
        if not self._connection.execute(sa.update(review_documents).where(this).values(values)).rowcount:
            row = {"document_id": document.document_id, "released_revision": 0, **_NEW, **values}
            self._connection.execute(sa.insert(review_documents).values(row))


def _field_facts(row: Any) -> FieldFacts:
    return FieldFacts(
        name=row.name,
        position=row.position,
        page=row.page,
        status=Status(row.status),
        confidence=row.confidence,
        findings=tuple(json.loads(row.findings)),
    )


def since_edit() -> sa.ColumnElement[bool]:
    """A condition on `review_items`: the item was opened after the last change to its document itself."""
    edited = (
        sa.select(review_documents.c.edited_revision)
        .where(review_documents.c.document_id == review_items.c.document_id)
        .scalar_subquery()
    )
    return review_items.c.revision >= sa.func.coalesce(edited, 0)
