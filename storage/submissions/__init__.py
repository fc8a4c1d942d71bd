"""Submissions: their files, their state, their answer, and the notices about it."""

from storage.submissions.outbox import Outbox, OutboxMessage
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
    "Outbox",
    "OutboxMessage",
    "Ruling",
    "State",
    "Submission",
    "Submissions",
    "SubmittedFile",
]
