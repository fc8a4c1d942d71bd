"""What the submission service keeps: submissions, clients, users, reads, messages to be sent, holdings."""

from storage.service.clients import Client, Clients, Scope
from storage.service.holdings import HeldPerson, Holding, Holdings, NewUse, Pending
from storage.service.outbox import Message, Outbox
from storage.service.reads import ReadLog, RecordRead, check_reads
from storage.service.store import ServiceStore, ServiceTables
from storage.service.submissions import Decision, NewSubmission, Ruling, State, Submission, Submissions, SubmittedFile
from storage.service.users import Role, User, Users

__all__ = [
    "Client",
    "Clients",
    "Decision",
    "HeldPerson",
    "Holding",
    "Holdings",
    "Message",
    "NewSubmission",
    "NewUse",
    "Outbox",
    "Pending",
    "ReadLog",
    "RecordRead",
    "Role",
    "Ruling",
    "Scope",
    "ServiceStore",
    "ServiceTables",
    "State",
    "Submission",
    "Submissions",
    "SubmittedFile",
    "User",
    "Users",
    "check_reads",
]
