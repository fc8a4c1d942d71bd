"""Submissions at the review desk: one on the screen of one person, decided with the paper in view, taken back for a
while. Every look at values or at a page is noted in the read log."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.desk.views import Picture
from service.people.callers import Caller
from service.submissions.clerk_reasons import OTHER, REASONS, ClerkDecision, told, wanted_photos
from service.submissions.clerk_view import ClerkView, clerk_view
from service.submissions.decide_submission import (
    check_reasons,
    contradictions,
    no_reason_for_contradiction,
    not_in_review,
    submission_to_decide,
)
from service.submissions.deciding import ACCEPTED, notices_of
from service.submissions.look_up_submission import look_up_submission
from service.wire.contract import ReasonModel
from service.wire.errors import Conflict, NotAllowed, NotThere, Unprocessable
from storage.files import translated_os_errors
from storage.holdings.read_log import ReadLog
from storage.people import Scope
from storage.submissions import Ruling, State, Submission, SubmittedFile
from workers.view_jobs import Shown

UNDO_FOR = timedelta(minutes=2)
_SHORTEST, _LONGEST = 3, 500
_STATES = {
    ClerkDecision.ACCEPT: State.ACCEPTED,
    ClerkDecision.BRING_PAPER: State.REFUSED,
    ClerkDecision.PHOTO_AGAIN: State.REFUSED,
}
_OUTCOMES = {ClerkDecision.ACCEPT: "usable", ClerkDecision.BRING_PAPER: "review", ClerkDecision.PHOTO_AGAIN: "retake"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A submission on a clerk's screen. `lease` None: somebody else has it there, or it waits for nobody any more."""

    view: ClerkView
    lease: str | None


def open_submission(context: ServiceContext, typed_code: str, caller: Caller) -> Opened:
    """Shows a submission to its clerk, and claims it where nobody else has it. Raises NotThere, NotAllowed."""
    submission = look_up_submission(context.store, typed_code)
    caller.need(Scope.OFFICE)
    if not caller.is_clerk_of(submission):
        raise NotAllowed(
            Message("Hồ sơ của cơ quan khác", "The submission is another office's"), code="auth.other_office"
        )
    if submission.verdict is None:
        raise NotThere(Message("Hồ sơ này chưa được đọc xong", "The submission has not been read yet"))
    with context.store.write() as tables:
        lease = None
        if Scope.REVIEW in caller.scopes:
            lease = tables.claims.claim(submission.submission_id, caller.name, context.desk.lease)
        _note(tables.reads, caller, "submission.read", submission)
    return Opened(view=clerk_view(submission), lease=lease)


def next_submission(context: ServiceContext, caller: Caller, *, skipped: Sequence[str] = ()) -> str | None:
    """The code of the submission that waits longest and that nobody else has on the screen. `skipped`: codes of those
    that were left to others. None when none is left."""
    caller.need(Scope.REVIEW)
    with context.store.read() as tables:
        left = [known.submission_id for code in skipped if (known := tables.submissions.by_code(code)) is not None]
        found = tables.claims.next_free(caller.offices, caller.name, after=left)
        submission = None if found is None else tables.submissions.by_id(found)
    return None if submission is None else submission.code


def submissions_waiting(context: ServiceContext, caller: Caller) -> int:
    """How many submissions wait for this person to decide them; 0 for whoever decides none."""
    if Scope.REVIEW not in caller.scopes:
        return 0
    with context.store.read() as tables:
        return tables.claims.waiting(caller.offices)


def keep_claim(context: ServiceContext, typed_code: str, caller: Caller) -> bool:
    """Renews the claim; False when somebody else has it by now, or it is decided."""
    submission = submission_to_decide(context, typed_code, caller)
    with context.store.write() as tables:
        return tables.claims.claim(submission.submission_id, caller.name, context.desk.lease) is not None


def leave_submission(context: ServiceContext, typed_code: str, caller: Caller) -> None:
    """Gives the submission back undecided, for whoever comes next."""
    submission = submission_to_decide(context, typed_code, caller)
    with context.store.write() as tables:
        tables.claims.release(submission.submission_id, caller.name)


def decide_at_desk(context: ServiceContext, typed_code: str, caller: Caller, form: Mapping[str, str]) -> str:
    """Decides what is on this person's screen; returns the ruling's id, which `undo_ruling` takes for two minutes.
    Until then nobody is told and nothing is deleted.

    `form`: `decision`, `lease`, `why` (a code of `clerk_reasons`, or "other" with the text in `vi`, `en`), `what` (the
    paper or side that is asked for). Raises what `decide_submission` raises, and Conflict for a lost claim.
    """
    submission = submission_to_decide(context, typed_code, caller)
    decision, reasons, against = _ruled(submission, form)
    ruling = Ruling(
        state=_STATES[decision],
        reasons=[reason.model_dump(mode="json") for reason in reasons],
        actor=caller.name,
        ruling_id=context.keys.new_id(),
        against=against,
        open_for=UNDO_FOR,
    )
    with context.store.write() as tables:
        if not tables.claims.is_held(submission.submission_id, caller.name, form.get("lease", "")):
            current = tables.submissions.by_id(submission.submission_id)
            if current is None or current.state is not State.IN_REVIEW:
                raise not_in_review()
            raise Conflict(
                Message("Hồ sơ này đã chuyển cho người khác", "Somebody else has this submission by now"),
                code="review.taken",
            )
        if not tables.rulings.rule(submission.submission_id, ruling, notices_of(tables, context.keys, submission)):
            raise not_in_review()
        tables.claims.release(submission.submission_id)
    context.changes.publish(submission.submission_id)
    return ruling.ruling_id


def undo_ruling(context: ServiceContext, ruling_id: str, caller: Caller) -> str:
    """Takes the person's own ruling back; returns the submission's code. Raises Conflict once it is closed."""
    caller.need(Scope.REVIEW)
    with context.store.write() as tables:
        submission_id = tables.rulings.undo(ruling_id, caller.name)
        submission = None if submission_id is None else tables.submissions.by_id(submission_id)
    if submission is None:
        raise Conflict(
            Message("Quyết định này không còn hoàn tác được", "This decision can no longer be taken back"),
            code="review.taken",
        )
    context.changes.publish(submission.submission_id)
    return submission.code


def page_of_file(context: ServiceContext, typed_code: str, caller: Caller, ordinal: int, page: int) -> Shown:
    """A page of a file as it was sent, for its clerk; noted in the read log. Raises NotThere for what is not kept (any
    more), NotAllowed."""
    submission = look_up_submission(context.store, typed_code)
    caller.need(Scope.OFFICE)
    viewer = context.parts.viewer
    if not caller.is_clerk_of(submission) or viewer is None or not 1 <= ordinal <= len(submission.files):
        raise NotThere(Message("Không có ảnh này", "There is no such picture"))
    file = submission.files[ordinal - 1]
    with context.store.write() as tables:
        _note(tables.reads, caller, "submission.page", submission)
    if file.object is not None:
        return _archived(context, submission, file, page)
    slot = context.parts.tray.slot(submission.submission_id)
    if not slot.has(ordinal):
        raise NotThere(Message("Ảnh này không còn được giữ", "This picture is no longer kept"))
    with viewer.lent() as path:
        copying = translated_os_errors(Message("chép tệp để xem", "copying a file to be shown"))
        with copying, slot.open(ordinal) as waiting, path.open("wb") as out:
            shutil.copyfileobj(waiting, out, 1 << 20)
        return viewer.once(path, sha256=file.sha256, page=page)


def _archived(context: ServiceContext, submission: Submission, file: SubmittedFile, page: int) -> Shown:
    viewer = context.parts.viewer
    assert viewer is not None
    for document_id, _ in submission.documents:
        document = context.parts.catalogue.document(document_id)
        if document is not None and document.original == file.object:
            picture = viewer.page(document, page)
            return Shown(picture=picture, scan_size=viewer.scan_size(Picture(document, page)))
    raise NotThere(Message("Ảnh này không còn được giữ", "This picture is no longer kept"))


def _ruled(submission: Submission, form: Mapping[str, str]) -> tuple[ClerkDecision, list[ReasonModel], list[str]]:
    """What is decided, what is told of it, and the contradictions that it goes against."""
    try:
        decision = ClerkDecision(form.get("decision", ""))
    except ValueError:
        raise Unprocessable(Message("Chưa chọn quyết định", "No decision was chosen")) from None
    against = contradictions(submission) if decision is ClerkDecision.ACCEPT else []
    why = _why(decision, form)
    if why is None:
        if decision is not ClerkDecision.ACCEPT:
            raise Unprocessable(Message("Hãy chọn lý do", "Choose a reason"), code="review.no_reason")
        if against:
            raise no_reason_for_contradiction()
        return decision, [], []
    code = ACCEPTED if decision is ClerkDecision.ACCEPT else f"review.{decision}"
    view = clerk_view(submission)
    what = form.get("what", "") if decision is not ClerkDecision.ACCEPT else ""
    choices = dict(wanted_photos(view.procedure.papers)) if view.procedure else {}
    names = {paper.role: paper.name for paper in view.procedure.papers} if view.procedure else {}
    role = what.partition(":")[0]
    about = choices.get(what) if decision is ClerkDecision.PHOTO_AGAIN else names.get(role)
    reason = ReasonModel(
        code=code,
        message=told(decision, why, about),
        outcome=_OUTCOMES[decision],  # type: ignore[arg-type]
        file=_file_of(submission, role) if decision is ClerkDecision.PHOTO_AGAIN else None,
        role=role if role in names else None,
    )
    return decision, [reason], against


def _file_of(submission: Submission, role: str) -> int | None:
    documents = (submission.verdict or {}).get("documents", ())
    return next((document["file"] for document in documents if document["role"] == role), None)


def _why(decision: ClerkDecision, form: Mapping[str, str]) -> Message | None:
    """The reason chosen or typed; None without one. Raises Unprocessable for one that must not be told."""
    chosen, typed = form.get("why", ""), form.get("vi", "").strip()
    if chosen in REASONS[decision]:
        return REASONS[decision][chosen]
    if chosen != OTHER and not typed:
        return None
    english = form.get("en", "").strip()
    for text in filter(None, (typed, english)):
        if not _SHORTEST <= len(text) <= _LONGEST or not text.isprintable():
            raise Unprocessable(Message("Lý do cần từ 3 đến 500 ký tự", "A reason has 3 to 500 characters"))
    if not typed:
        raise Unprocessable(Message("Hãy ghi lý do", "Write the reason"), code="review.no_reason")
    check_reasons([typed, english])
    return Message(typed, english or typed)


def _note(reads: ReadLog, caller: Caller, action: str, submission: Submission) -> None:
    purpose = f"desk:{submission.procedure}"
    reads.append(actor=caller.name, office=caller.office, action=action, subject=submission.code, purpose=purpose)
