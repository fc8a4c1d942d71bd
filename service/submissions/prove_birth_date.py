"""Proving with a birth date that one may see the values of a submission. Wrong tries are counted, and after several the
submission is locked for a while."""

from __future__ import annotations

from pipeline.domain.message import Message
from service.submissions.proof import proves
from service.wire.errors import NotAllowed, TooMany
from service.wire.keys import Keys
from storage.office.store import OfficeStore
from storage.submissions import Submission
from storage.times import time_text

_UNKNOWN_CODE = "0000-0000-0000-0000"


def prove_birth_date(store: OfficeStore, keys: Keys, submission: Submission, typed: str) -> None:
    """Returns when the date proves. Raises `NotAllowed` for a wrong date, `TooMany` while the submission is locked."""
    if _is_locked(store, submission):
        raise TooMany(
            Message(
                "Đã nhập sai nhiều lần, xin thử lại sau 15 phút", "Wrong too often, please try again in 15 minutes"
            ),
            code="proof.locked",
            retry_after=900,
        )
    if not _count_try(store, submission, right=proves(keys, submission.code, submission.proof, typed)):
        raise NotAllowed(Message("Ngày sinh không khớp", "The birth date does not match"), code="proof.wrong")


def is_birth_date_proved(store: OfficeStore, keys: Keys, submission: Submission | None, typed: str) -> bool:
    """Whether the date proves. An unknown submission, a locked one and a wrong date have the same answer after the same
    computation: nobody learns which codes exist."""
    if submission is None:
        proves(keys, _UNKNOWN_CODE, None, typed)
        return False
    right = proves(keys, submission.code, submission.proof, typed)
    if _is_locked(store, submission):
        return False
    return _count_try(store, submission, right=right)


def _is_locked(store: OfficeStore, submission: Submission) -> bool:
    locked_until = submission.proof_locked_until
    return locked_until is not None and locked_until > time_text(store.clock())


def _count_try(store: OfficeStore, submission: Submission, *, right: bool) -> bool:
    with store.write() as tables:
        if right:
            tables.submissions.proof_succeeded(submission.submission_id)
        else:
            tables.submissions.proof_failed(submission.submission_id)
    return right
