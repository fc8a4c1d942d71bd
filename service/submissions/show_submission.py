"""Showing a submission: to whoever has its code, to its client, to a clerk of its office, on the citizen's page.

Whenever values are shown, that is noted in the read log first.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.context import ServiceContext
from service.people.callers import Caller
from service.submissions.look_up_submission import look_up_submission
from service.submissions.prove_birth_date import prove_birth_date
from service.submissions.views import submission_view
from service.wire.contract import SubmissionModel
from storage.submissions import OutboxMessage, Submission


def show_submission(
    context: ServiceContext, typed_code: str, caller: Caller | None, birth_date: str | None
) -> SubmissionModel:
    """The submission with its values for a caller who may see them and for whoever proves the birth date, without them
    for anybody else. Notices are shown to the caller only. Raises NotThere, NotAllowed, TooMany."""
    submission = look_up_submission(context.store, typed_code)
    if caller is not None and caller.may_see(submission):
        return show_values(context, submission, caller)
    if birth_date is None:
        return view_of(context, submission, full=False)
    prove_birth_date(context.store, context.keys, submission, birth_date)
    _note_read(context, submission, None, "status")
    return view_of(context, submission, full=True)


def show_values(context: ServiceContext, submission: Submission, caller: Caller) -> SubmissionModel:
    """All of a submission, with its notices. Whoever calls checks that the caller may see it."""
    _note_read(context, submission, caller, "status")
    return view_of(context, submission, full=True, clerk=caller.is_clerk_of(submission), notices=True)


def show_on_page(context: ServiceContext, submission: Submission, *, full: bool) -> SubmissionModel:
    """The submission for its page; `full`: with values. Whoever calls checks that the visit may see them."""
    if full and submission.verdict is not None:
        _note_read(context, submission, None, "page")
    return view_of(context, submission, full=full)


def view_of(
    context: ServiceContext, submission: Submission, *, full: bool, clerk: bool = False, notices: bool = False
) -> SubmissionModel:
    """The submission with its place in the queue, without values where it is blocked. Notes no read: use this for
    whoever has just handed it in, and without values."""
    sent: Sequence[OutboxMessage] = ()
    if notices:
        with context.store.read() as tables:
            sent = tables.outbox.of_submission(submission.submission_id)
    place = context.queue.place(submission.submission_id)
    return submission_view(submission, place, full=full and not submission.blocked, clerk=clerk, notices=sent)


def _note_read(context: ServiceContext, submission: Submission, caller: Caller | None, where: str) -> None:
    with context.store.write() as tables:
        tables.reads.append(
            actor=caller.name if caller else "citizen",
            office=caller.office if caller else "",
            action="submission.read",
            subject=submission.code,
            purpose=f"{where}:{submission.procedure}",
        )
