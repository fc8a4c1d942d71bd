"""What an office keeps beside the archive, held against the logs: submissions, what limits them, what people decided of
them, what papers stood in for, requests of persons."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from storage.catalogue.audit import REBUILT
from storage.catalogue.tables import documents
from storage.checking.documents_agree import moments_before
from storage.checking.findings import Difference
from storage.checking.scratch import Event, Scratch
from storage.holdings.tables import holding_uses, record_reads
from storage.requests.requests import ANSWERED, TAKEN
from storage.requests.tables import person_requests
from storage.submissions.limits import BLOCKED, ERASED
from storage.submissions.states import State
from storage.submissions.tables import (
    submission_documents,
    submission_files,
    submission_limits,
    submission_rulings,
    submissions,
)

_LIMITS = {"submission.blocked": BLOCKED, "submission.unblocked": None, "submission.erased": ERASED}
_RULED = ("submission.accepted", "submission.refused")
_AGAINST = "submission.contradiction_accepted"
_REOPENED = "submission.reopened"
_KNOWN = (*_LIMITS, *_RULED, _REOPENED)
_THERE = "submission there"


def check_office(connection: sa.Connection, scratch: Scratch) -> Iterator[Difference]:
    """Nothing where there never was a service. What the log says of before the catalogue was made anew from the store
    may be lost, and is never otherwise."""
    there = sa.inspect(connection)
    if there.has_table(submission_limits.name):
        yield from _submissions(connection, scratch)
    if there.has_table(holding_uses.name):
        yield from _uses(connection)
    if there.has_table(person_requests.name):
        yield from _requests(connection, scratch)


def _submissions(connection: sa.Connection, scratch: Scratch) -> Iterator[Difference]:
    rebuilt = _rebuilt(scratch)
    limits = {row.submission_id: row for row in connection.execute(sa.select(submission_limits))}
    query = sa.select(submissions).order_by(submissions.c.code)
    for row in connection.execute(query.execution_options(yield_per=1000)):
        scratch.meet(_THERE, row.code)
        limit = limits.pop(row.submission_id, None)
        if not _limit_agrees(limit, _events(scratch, row.code, tuple(_LIMITS)), rebuilt):
            yield Difference(subject=row.code, what="submission_limits")
        if limit is not None and limit.limit == ERASED and not _is_erased(connection, row):
            yield Difference(subject=row.code, what="erased")
        if not _rulings_agree(connection, scratch, row, rebuilt):
            yield Difference(subject=row.code, what="submission_rulings")
    yield from (Difference(subject=f"submission:{name}", what="submission_limits") for name in sorted(limits))
    for kind in _KNOWN:
        for code in scratch.logged_but_not_met(kind, _THERE):
            if any(event.seq > rebuilt for event in scratch.events(kind, code)):
                yield Difference(subject=code, what="missing")
    yield from _papers(connection)


def _limit_agrees(limit: Any, events: Sequence[tuple[str, Event]], rebuilt: int) -> bool:
    kind, last = events[-1] if events else (None, None)
    said = None if kind is None else _LIMITS[kind]
    if limit is None or last is None:
        return limit is None and (said is None or (last is not None and last.seq <= rebuilt))
    same = (limit.limit, limit.actor) == (said, last.actor) and moments_before(limit.at, last.at)
    return same and (said != ERASED or limit.reason == last.detail)


def _is_erased(connection: sa.Connection, row: Any) -> bool:
    """Whether nothing of it speaks of anybody: a backup may have brought it back."""
    files = sa.select(submission_files.c.name).where(submission_files.c.submission_id == row.submission_id)
    empty = (row.declared, row.proof, row.email, row.phone) == (None, None, None, None)
    fields = json.loads(row.verdict or "{}").get("fields")
    return empty and not fields and all(name.startswith("erased-") for name in connection.scalars(files).all())


def _rulings_agree(connection: sa.Connection, scratch: Scratch, row: Any, rebuilt: int) -> bool:
    """Every ruling is in the log and none else is, in the same order, and the last that stands is the state."""
    c = submission_rulings.c
    query = sa.select(submission_rulings).where(c.submission_id == row.submission_id)
    rulings = connection.execute(query.order_by(c.at, c.ruling_id)).all()
    logged = [(kind.removeprefix("submission."), event) for kind, event in _events(scratch, row.code, _RULED)]
    if len(logged) != len(rulings):
        return len(rulings) < len(logged) and logged[0][1].seq <= rebuilt
    for ruling, (state, event) in zip(rulings, logged, strict=True):
        if (ruling.state, ruling.actor) != (state, event.actor) or not moments_before(ruling.at, event.at):
            return False
        if not _against_agrees(scratch, row.code, ruling):
            return False
    if sum(ruling.undone for ruling in rulings) != len(scratch.events(_REOPENED, row.code)):
        return False
    if not rulings:
        return True
    return bool(row.state == (State.IN_REVIEW.value if rulings[-1].undone else rulings[-1].state))


def _against_agrees(scratch: Scratch, code: str, ruling: Any) -> bool:
    """Whether a contradiction that was accepted all the same is sealed with these reasons, unless they were erased."""
    against = json.loads(ruling.against)
    events = scratch.events(_AGAINST, f"{code}#{ruling.ruling_id}")
    if not against or not events:
        return not against and not events
    said = json.dumps({"against": against, "reasons": json.loads(ruling.reasons)}, ensure_ascii=False,
                      separators=(",", ":"))  # fmt: skip
    digest = f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"
    return digest == events[-1].digest or bool(scratch.events("submission.erased", code))


def _papers(connection: sa.Connection) -> Iterator[Difference]:
    """Papers that submissions are said to have come with, and that were never stored under that code."""
    c = submission_documents.c
    stored = (documents.c.document_id == c.document_id) & (documents.c.holding_code == c.holding_code)
    query = sa.select(submissions.c.code).join(submission_documents, c.submission_id == submissions.c.submission_id)
    for code in connection.scalars(query.where(~sa.select(documents.c.document_id).where(stored).exists()).distinct()):
        yield Difference(subject=code, what="submission_documents")


def _uses(connection: sa.Connection) -> Iterator[Difference]:
    """Papers that stood in for others, by holding code, as often and by whom the log of reads says; where that log was
    removed it says nothing of any."""
    said: Counter[tuple[str, str]] = Counter()
    logged = sa.select(record_reads.c.subject, record_reads.c.actor).where(record_reads.c.action == "holding.used")
    kept = sa.inspect(connection).has_table(record_reads.name)
    for row in connection.execute(logged.execution_options(yield_per=1000)) if kept else ():
        said[row.subject, row.actor.rpartition("/")[2]] += 1
    used = sa.select(holding_uses.c.holding_code, holding_uses.c.officer)
    for row in connection.execute(used.execution_options(yield_per=1000)):
        said[row.holding_code, row.officer.rpartition("/")[2]] -= 1
    yield from (Difference(subject=code, what="holding_uses") for (code, _), count in said.items() if count)


def _requests(connection: sa.Connection, scratch: Scratch) -> Iterator[Difference]:
    """Requests of persons with the terms and the answers that the log has of them, in both directions. Of requests that
    were taken before the log knew of any nothing is said."""
    there, rebuilt = "request there", _rebuilt(scratch)
    for row in connection.execute(sa.select(person_requests)):
        subject = f"request:{row.request_id}"
        scratch.meet(there, subject)
        taken, answered = scratch.events(TAKEN, subject), scratch.events(ANSWERED, subject)
        said = [(event.detail, event.actor) for event in taken]
        as_taken = not said or said == [(f"{row.kind}:{row.received_on}:{row.due_on}", row.taken_by)]
        as_answered = [event.actor for event in answered] == ([] if row.answered_at is None else [row.answered_by])
        as_answered = as_answered or (row.answered_at is None and answered[-1].seq <= rebuilt)
        if not as_taken or (said and not as_answered):
            yield Difference(subject=subject, what="person_requests")
    for name in scratch.logged_but_not_met(TAKEN, there):
        if any(event.seq > rebuilt for event in scratch.events(TAKEN, name)):
            yield Difference(subject=name, what="missing")


def _rebuilt(scratch: Scratch) -> int:
    return max((event.seq for event in scratch.all_events(REBUILT)), default=0)


def _events(scratch: Scratch, subject: str, kinds: Sequence[str]) -> list[tuple[str, Event]]:
    found = [(kind, event) for kind in kinds for event in scratch.events(kind, subject)]
    return sorted(found, key=lambda one: one[1].seq)
