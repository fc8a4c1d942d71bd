"""Submissions: their files, their state, their answer, and the notices about it."""

from storage.submissions.outbox import NoticeChannel, Outbox, OutboxMessage, OutboxState
from storage.submissions.rulings import OpenRuling, Ruling
from storage.submissions.states import State
from storage.submissions.submissions import Decision, NewSubmission, Submission, Submissions, SubmittedFile

__all__ = [
    "Decision",
    "NewSubmission",
    "NoticeChannel",
    "OpenRuling",
    "Outbox",
    "OutboxMessage",
    "OutboxState",
    "Ruling",
    "State",
    "Submission",
    "Submissions",
    "SubmittedFile",
]
