"""What the submission service keeps: submissions, clients, users, reads, messages to be sent, holdings."""

from storage.service.clients import Client, Clients, Scope
from storage.service.store import ServiceStore, ServiceTables
from storage.service.submissions import Decision, NewSubmission, State, Submission, Submissions, SubmittedFile

__all__ = [
    "Client",
    "Clients",
    "Decision",
    "NewSubmission",
    "Scope",
    "ServiceStore",
    "ServiceTables",
    "State",
    "Submission",
    "Submissions",
    "SubmittedFile",
]
