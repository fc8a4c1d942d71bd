"""Submissions: their files, their state, their answer, and the notices about it."""

from storage.submissions.outbox import NoticeChannel, Outbox, OutboxMessage, OutboxState
from storage.submissions.submissions import (
    Decision,
    NewSubmission,
    Ruling,
    State,
    Submission,
    Submissions,
    SubmittedFile,
)

__all__ = [
    "Decision",
    "NewSubmission",
    "NoticeChannel",
    "Outbox",
    "OutboxMessage",
    "OutboxState",
    "Ruling",
    "State",
    "Submission",
    "Submissions",
    "SubmittedFile",
]
