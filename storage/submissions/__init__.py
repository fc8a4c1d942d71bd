"""What was handed in: its files on their way, its state, its answer, and what is to be told of it."""

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
