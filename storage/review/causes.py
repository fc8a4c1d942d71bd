"""What a settled item leads to beyond itself: further looks, and items that share the cause of an error.

An error that a sample shows is seldom alone. If the machine had accepted the value, the same field of the same form in
the same book, read by the same software and models, is asked again. If somebody had decided it, what that person
decided of this field in that book is asked again.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.domain.model import Status
from pipeline.judging.review.asking import Draw, Kind, NewItem, SettledField, item_to_look_again
from pipeline.judging.review.outcome import Choice
from pipeline.judging.review.policy import ReviewPolicy, Scheme
from storage.catalogue.tables import documents, fields
from storage.review.deciding import Decided, Decisions
from storage.review.items import ItemState, ReviewItem
from storage.review.queue import Queue
from storage.review.review_items import CurrentDocument, ReviewItems
from storage.review.tables import review_decisions, review_documents, review_items
from storage.review.trail import Trail
from storage.times import Clock

SHARED_CAUSE = "sample.shares_cause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What an error is attributed to. `person`: who had decided the value, None where the machine had accepted it."""

    book: str
    document_type: str
    form: str
    field: str
    read_by: str
    person: str | None


class Causes:
    """Reads and opens items within one transaction."""

    def __init__(
        self, connection: sa.Connection, clock: Clock, *, items: ReviewItems, policy: ReviewPolicy, draw: Draw
    ) -> None:
        self._connection = connection
        self._items = items
        self._policy = policy
        self._draw = draw
        self._decisions = Decisions(connection, clock)
        self._trail = Trail(connection, clock)
        self._queue = Queue(connection, clock)

    def follow(self, decided: Decided) -> int:
        """Opens what a settled item asks for; returns how many items were reopened."""
        item = decided.item
        if item.kind is Kind.SAMPLE:
            after = self._queue.item(item.item_id)
            return self._reopen(item) if after is not None and after.wrong else 0
        if item.kind in (Kind.DOUBT, Kind.REOPENED) and decided.settled is not None and item.field:
            self._look_again(decided)
        return 0

    def _look_again(self, decided: Decided) -> None:
        """See `item_to_look_again`."""
        item, settled = decided.item, decided.settled
        document = self._items.document(item.document_id)
        if document is None or settled is None or settled.choice not in (Choice.ACCEPT, Choice.CORRECT):
            return
        field = SettledField(
            item_id=item.item_id, field=item.field, position=item.position, page=item.page,
            confidence=item.confidence, reason=item.reason, scheme=item.scheme, value=settled.value,
        )  # fmt: skip
        new = item_to_look_again(field, policy=self._policy, draw=self._draw)
        if new is not None:
            self._items.open(document, [new])

    def _reopen(self, item: ReviewItem) -> int:
        people = self._people_before(item)
        sharing: list[CurrentDocument] = []
        causes: list[str | None] = [*people] or [None]
        for person in causes:
            cause = Cause(
                book=item.book, document_type=item.document_type, form=item.form, field=item.field,
                read_by=item.read_by, person=person,
            )  # fmt: skip
            sharing += self._sharing(cause, item)
        for document in sharing:
            self._reopen_in(document, item.field)
        details = {"people": len(people), "documents": len(sharing), "book": item.book, "form": item.form}
        self._trail.append(
            actor="hotich", action="sample.error", document_id=item.document_id, field=item.field, details=details
        )
        return len(sharing)

    def _people_before(self, item: ReviewItem) -> list[str]:
        """Who had decided the value that the sample found wrong."""
        earlier = review_items.alias()
        query = (
            sa.select(review_decisions.c.person)
            .join(earlier, earlier.c.item_id == review_decisions.c.item_id)
            .where(
                earlier.c.document_id == item.document_id,
                earlier.c.field == item.field,
                earlier.c.item_id != item.item_id,
                earlier.c.state == ItemState.DONE.value,
                earlier.c.kind.in_((Kind.DOUBT.value, Kind.REOPENED.value)),
                ~review_decisions.c.undone,
            )
            .distinct()
        )
        return list(self._connection.scalars(query))

    def _sharing(self, cause: Cause, item: ReviewItem) -> list[CurrentDocument]:
        """Other current documents whose value of this field has the same cause. Fields being asked for already are not
        asked twice.
        """
        same = [
            documents.c.document_type == cause.document_type,
            sa.func.coalesce(documents.c.form, "") == cause.form,
            documents.c.document_id != item.document_id,
            documents.c.document_id.in_(
                sa.select(review_documents.c.document_id).where(
                    review_documents.c.office == item.office, review_documents.c.book == cause.book
                )
            ),
        ]
        if cause.person is None:
            same += [self._accepted(cause.field), ~self._settled(cause.field)]
            current = self._items.documents(sa.and_(*same))
            return [document for document in current if document.read_by == cause.read_by]
        same.append(self._settled(cause.field, person=cause.person))
        return self._items.documents(sa.and_(*same))

    def _accepted(self, field: str) -> sa.ColumnElement[bool]:
        return (
            sa.select(fields.c.name)
            .where(
                fields.c.document_id == documents.c.document_id,
                fields.c.revision == documents.c.revision,
                fields.c.name == field,
                fields.c.status == Status.ACCEPTED.value,
            )
            .exists()
        )

    def _settled(self, field: str, person: str | None = None) -> sa.ColumnElement[bool]:
        query = sa.select(review_items.c.item_id).where(
            review_items.c.document_id == documents.c.document_id,
            review_items.c.field == field,
            review_items.c.state == ItemState.DONE.value,
            review_items.c.kind != Kind.SEED.value,
        )
        if person is not None:
            query = query.join(review_decisions, review_decisions.c.item_id == review_items.c.item_id).where(
                review_decisions.c.person == person, ~review_decisions.c.undone
            )
        return query.exists()

    def _reopen_in(self, document: CurrentDocument, field: str) -> None:
        row = self._connection.execute(
            sa.select(fields).where(
                fields.c.document_id == document.document_id,
                fields.c.revision == document.revision,
                fields.c.name == field,
            )
        ).one_or_none()
        if row is None:
            return
        new = NewItem(
            field=field, kind=Kind.REOPENED, reason=SHARED_CAUSE, scheme=Scheme.DOUBLE, position=row.position + 1,
            page=row.page, confidence=row.confidence,
        )  # fmt: skip
        self._items.open(document, [new])
        self._decisions.mark_stale(document.document_id)
