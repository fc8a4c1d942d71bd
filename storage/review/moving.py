"""Moving what is open to an office that has people for it. Noted in the audit log and in each document's history."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import sqlalchemy as sa

from storage.catalogue.audit import AuditLog
from storage.review.queue import freed
from storage.review.tables import IS_OPEN, review_documents, review_items
from storage.review.trail import Trail
from storage.submissions.states import State
from storage.submissions.tables import submission_documents, submissions
from storage.times import Clock

_CHUNK = 500  # ids in one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How many items, of how many documents, and submissions now belong to the other office."""

    items: int
    documents: int
    submissions: int


def open_of(connection: sa.Connection, office: str) -> tuple[list[str], list[str]]:
    """Every open item and every submission in review of this office, by id."""
    items = sa.select(review_items.c.item_id).where(IS_OPEN, review_items.c.office == office)
    waiting = (submissions.c.office == office) & (submissions.c.state == State.IN_REVIEW.value)
    return list(connection.scalars(items)), list(
        connection.scalars(sa.select(submissions.c.submission_id).where(waiting))
    )


def move_open(
    connection: sa.Connection, clock: Clock, *, items: Sequence[str], submission_ids: Sequence[str], to: str, actor: str
) -> Moved:
    """Gives open items and submissions in review to the office `to`, with the documents they are about: what is opened
    of these later is that office's too. Claims on them end. What is not open any more stays where it is.

    Within the caller's transaction; one audit entry names how many went, with a digest over their ids, and each
    document's history says from where.
    """
    log, trail = AuditLog(connection, clock), Trail(connection, clock)
    codes = list(_submissions(connection, submission_ids, to))
    for code in codes:
        log.append(actor=actor, action="submission.moved", subject=code)
    own = list(_documents_of_submissions(connection, submission_ids))
    there = [
        item_id
        for chunk in _chunks([*items, *_open_items_of(connection, own)])
        for item_id in connection.scalars(sa.select(review_items.c.item_id).where(_item_in(chunk), IS_OPEN))
    ]
    moved_items = sorted(set(there))
    from_office = dict(_documents_of_items(connection, moved_items))
    for chunk in _chunks(moved_items):
        connection.execute(sa.update(review_items).where(_item_in(chunk)).values(office=to, **freed()))
    for document_id, office in from_office.items():
        this = review_documents.c.document_id == document_id
        connection.execute(sa.update(review_documents).where(this).values(office=to, moved_to=to))
        trail.append(actor=actor, action="moved", document_id=document_id, details={"from": office, "to": to})
    if moved_items or codes:
        digest = hashlib.sha256("\n".join([*moved_items, *sorted(codes)]).encode()).hexdigest()
        counts = f"{len(moved_items)} items, {len(from_office)} documents, {len(codes)} submissions"
        log.append(actor=actor, action="desk.moved", subject=f"office:{to} ({counts})", digest=f"sha256:{digest}")
    return Moved(items=len(moved_items), documents=len(from_office), submissions=len(codes))


def _submissions(connection: sa.Connection, ids: Sequence[str], to: str) -> Iterator[str]:
    for chunk in _chunks(ids):
        waiting = submissions.c.submission_id.in_(chunk) & (submissions.c.state == State.IN_REVIEW.value)
        codes = list(connection.scalars(sa.select(submissions.c.code).where(waiting).order_by(submissions.c.code)))
        connection.execute(sa.update(submissions).where(waiting).values(office=to))
        yield from codes


def _documents_of_submissions(connection: sa.Connection, ids: Sequence[str]) -> Iterator[str]:
    for chunk in _chunks(ids):
        of_these = submission_documents.c.submission_id.in_(chunk)
        yield from connection.scalars(sa.select(submission_documents.c.document_id).where(of_these))


def _open_items_of(connection: sa.Connection, document_ids: Sequence[str]) -> Iterator[str]:
    for chunk in _chunks(document_ids):
        of_these = review_items.c.document_id.in_(chunk) & IS_OPEN
        yield from connection.scalars(sa.select(review_items.c.item_id).where(of_these))


def _documents_of_items(connection: sa.Connection, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    for chunk in _chunks(ids):
        query = sa.select(review_items.c.document_id, review_items.c.office).where(_item_in(chunk))
        yield from ((row.document_id, row.office) for row in connection.execute(query))


def _item_in(ids: Sequence[str]) -> sa.ColumnElement[bool]:
    return review_items.c.item_id.in_(ids)


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
