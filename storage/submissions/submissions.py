"""Submissions: what was handed in, and what was answered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from storage.catalogue.search_index import SearchIndex
from storage.objects import ObjectKey
from storage.submissions.limits import BLOCKED, in_use
from storage.submissions.outbox import Outbox
from storage.submissions.states import State
from storage.submissions.tables import submission_documents, submission_files, submission_limits, submissions
from storage.times import Clock, clean, time_text

PROOF_TRIES = 5
PROOF_LOCK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedFile:
    """One file as it came. `object`: where it is archived; None before that, or where it is not to be kept. `turns`:
    for each page that was read, how many degrees clockwise make it upright."""

    name: str
    sha256: str
    size: int
    media_type: str
    object: ObjectKey | None = None
    turns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubmission:
    """What is known when a submission is received.

    `request_key` is the digest of the client's Idempotency-Key, `fingerprint` the digest of the whole request, `proof`
    that of code and birth date.
    """

    submission_id: str
    code: str
    client_id: str
    office: str
    request_key: str | None
    fingerprint: str
    procedure: str
    declared: Mapping[str, str]
    files: Sequence[SubmittedFile]
    proof: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A submission as stored. `verdict` is the answer's JSON object, None until there is one. `blocked`: kept and used
    by nobody, since somebody of whom it speaks asked for it."""

    submission_id: str
    code: str
    client_id: str
    office: str
    fingerprint: str
    procedure: str
    state: State
    outcome: str | None
    declared: Mapping[str, str]
    verdict: Mapping[str, Any] | None
    proof: str | None
    proof_locked_until: str | None
    email: str | None
    phone: str | None
    received_at: str
    decided_at: str | None
    files: tuple[SubmittedFile, ...]
    documents: tuple[tuple[str, str], ...]
    blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An answer. `documents`: (document id, holding code) of what was stored; `keep_declared` false forgets
    what was declared, for papers that are only shown; `proof` as in `NewSubmission`, where it is known only now;
    `notices`: (message id, channel) of what is to be sent; `turns`: by the file's number, as in `SubmittedFile`."""

    state: State
    outcome: str
    verdict: Mapping[str, Any]
    documents: Sequence[tuple[str, str]] = ()
    keep_declared: bool = True
    proof: str | None = None
    notices: Sequence[tuple[str, str]] = ()
    turns: Mapping[int, Sequence[int]] = field(default_factory=dict)


class Submissions:
    """The submissions within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, new: NewSubmission) -> bool:
        """Records it as received. False, and nothing written, when the client used this request key before."""
        if new.request_key is not None and self.by_request(new.client_id, new.request_key) is not None:
            return False
        row = {
            "submission_id": new.submission_id,
            "code": new.code,
            "client_id": new.client_id,
            "office": new.office,
            "request_key": new.request_key,
            "fingerprint": new.fingerprint,
            "procedure": new.procedure,
            "state": State.RECEIVED.value,
            "declared": _json(new.declared),
            "proof": new.proof,
            "proof_failures": 0,
            "email": new.email,
            "phone": new.phone,
            "received_at": time_text(self._clock()),
        }
        nested = self._connection.begin_nested()
        try:
            self._connection.execute(sa.insert(submissions).values(row))
            nested.commit()
        except sa.exc.IntegrityError:
            # Another request with this key was first between the look and the writing.
            nested.rollback()
            if new.request_key is None or self.by_request(new.client_id, new.request_key) is None:
                raise
            return False
        self._connection.execute(sa.insert(submission_files), list(_file_rows(new)))
        return True

    def by_id(self, submission_id: str) -> Submission | None:
        return self._one(submissions.c.submission_id == submission_id)

    def by_code(self, code: str) -> Submission | None:
        return self._one(submissions.c.code == code)

    def by_request(self, client_id: str, request_key: str) -> Submission | None:
        return self._one((submissions.c.client_id == client_id) & (submissions.c.request_key == request_key))

    def open_ids(self) -> list[str]:
        """Submissions without an answer, in the order they came."""
        query = sa.select(submissions.c.submission_id).where(submissions.c.state == State.RECEIVED.value)
        return list(self._connection.scalars(query.order_by(submissions.c.received_at, submissions.c.submission_id)))

    def decide(self, submission_id: str, decision: Decision) -> bool:
        """Writes the answer; False, and nothing is changed, when there is one already."""
        values: dict[str, Any] = {
            "state": decision.state.value,
            "outcome": decision.outcome,
            "verdict": _json(decision.verdict),
            "decided_at": time_text(self._clock()),
        }
        if not decision.keep_declared:
            values["declared"] = None
        if decision.proof is not None:
            values["proof"] = decision.proof
        waiting = (submissions.c.submission_id == submission_id) & (submissions.c.state == State.RECEIVED.value)
        if self._connection.execute(sa.update(submissions).where(waiting).values(values)).rowcount != 1:
            return False
        rows = [
            {"submission_id": submission_id, "document_id": document_id, "holding_code": holding_code}
            for document_id, holding_code in dict(decision.documents).items()
        ]
        if rows:
            self._connection.execute(sa.insert(submission_documents), rows)
        for ordinal, turns in decision.turns.items():
            this = (submission_files.c.submission_id == submission_id) & (submission_files.c.ordinal == ordinal)
            self._connection.execute(sa.update(submission_files).where(this).values(turns=json.dumps(list(turns))))
            office = self._connection.scalar(
                sa.select(submissions.c.office).where(submissions.c.submission_id == submission_id)
            )
            SearchIndex(self._connection).of_office([row["document_id"] for row in rows], office or "")
        self._add_notices(submission_id, f"submission.{decision.state}", decision.notices)
        return True

    def of_document(self, document_id: str, state: State) -> list[Submission]:
        """Submissions in this state that a stored document came with."""
        query = sa.select(submission_documents.c.submission_id).where(submission_documents.c.document_id == document_id)
        submitted = (self.by_id(submission_id) for submission_id in list(self._connection.scalars(query)))
        return [submission for submission in submitted if submission is not None and submission.state is state]

    def of_offices(self, offices: Sequence[str], state: State, limit: int) -> list[Submission]:
        """These offices' submissions in this state, in the order they came."""
        of_office = submissions.c.office.in_(offices) & (submissions.c.state == state.value) & in_use()
        query = sa.select(submissions.c.submission_id).where(of_office)
        query = query.order_by(submissions.c.received_at, submissions.c.submission_id).limit(limit)
        waiting = (self.by_id(submission_id) for submission_id in list(self._connection.scalars(query)))
        return [submission for submission in waiting if submission is not None]

    def note_archived(self, submission_id: str, ordinal: int, key: ObjectKey) -> None:
        """Notes where one of its files is kept."""
        this = (submission_files.c.submission_id == submission_id) & (submission_files.c.ordinal == ordinal)
        self._connection.execute(sa.update(submission_files).where(this).values(object=key.name))

    def proof_failed(self, submission_id: str) -> None:
        """Counts a wrong birth date; after `PROOF_TRIES` every birth date is refused for `PROOF_LOCK`."""
        this = submissions.c.submission_id == submission_id
        failures = (self._connection.scalar(sa.select(submissions.c.proof_failures).where(this)) or 0) + 1
        values: dict[str, Any] = {"proof_failures": failures}
        if failures >= PROOF_TRIES:
            values = {"proof_failures": 0, "proof_locked_until": time_text(self._clock() + PROOF_LOCK)}
        self._connection.execute(sa.update(submissions).where(this).values(values))

    def proof_succeeded(self, submission_id: str) -> None:
        """Resets the count of wrong birth dates."""
        this = submissions.c.submission_id == submission_id
        self._connection.execute(sa.update(submissions).where(this).values(proof_failures=0, proof_locked_until=None))

    def _add_notices(self, submission_id: str, event: str, notices: Sequence[tuple[str, str]]) -> None:
        outbox = Outbox(self._connection, self._clock)
        for message_id, channel in notices:
            outbox.add(message_id, submission_id=submission_id, channel=channel, event=event)

    def _one(self, which: sa.ColumnElement[bool]) -> Submission | None:
        row = self._connection.execute(sa.select(submissions).where(which)).one_or_none()
        if row is None:
            return None
        of_submission = submission_files.c.submission_id == row.submission_id
        files = self._connection.execute(
            sa.select(submission_files).where(of_submission).order_by(submission_files.c.ordinal)
        )
        held = sa.select(submission_documents).where(submission_documents.c.submission_id == row.submission_id)
        documents = self._connection.execute(held.order_by(submission_documents.c.document_id))
        limit = sa.select(submission_limits.c.limit).where(submission_limits.c.submission_id == row.submission_id)
        return _submission(row, files, documents, blocked=self._connection.scalar(limit) == BLOCKED)


def _file_rows(new: NewSubmission) -> Iterable[dict[str, Any]]:
    for ordinal, file in enumerate(new.files, start=1):
        yield {
            "submission_id": new.submission_id,
            "ordinal": ordinal,
            "name": clean(file.name),
            "sha256": file.sha256,
            "size": file.size,
            "media_type": file.media_type,
            "object": None,
        }


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False, separators=(",", ":"))


def _submission(row: Any, files: Iterable[Any], documents: Iterable[Any], *, blocked: bool) -> Submission:
    return Submission(
        submission_id=row.submission_id,
        code=row.code,
        client_id=row.client_id,
        office=row.office,
        fingerprint=row.fingerprint,
        procedure=row.procedure,
        state=State(row.state),
        outcome=row.outcome,
        declared={} if row.declared is None else json.loads(row.declared),
        verdict=None if row.verdict is None else json.loads(row.verdict),
        proof=row.proof,
        proof_locked_until=row.proof_locked_until,
        email=row.email,
        phone=row.phone,
        received_at=row.received_at,
        decided_at=row.decided_at,
        files=tuple(
            SubmittedFile(
                name=file.name,
                sha256=file.sha256,
                size=file.size,
                media_type=file.media_type,
                object=None if file.object is None else ObjectKey.parse(file.object),
                turns=tuple(json.loads(file.turns or "[]")),
            )
            for file in files
        ),
        documents=tuple((document.document_id, document.holding_code) for document in documents),
        blocked=blocked,
    )
