"""The catalogue: what was seen, what is done, what is stored, who did it."""

from storage.catalogue.audit import AuditEntry
from storage.catalogue.books import BASE, BookChoice, BookLine, BookModel, Books, Reason, checked_book
from storage.catalogue.catalogue import Catalogue, UnitOfWork
from storage.catalogue.documents import NewDocument, ReviewRow, StoredDocument
from storage.catalogue.ledger import Claim, WorkItem, WorkKey, WorkState
from storage.catalogue.owner import Owner
from storage.catalogue.rereading import RereadChoice, StoredSource
from storage.catalogue.search import Finds, FoundDocument
from storage.catalogue.work_queue import Batch, Depth, QueuedInput, Urgency, WaitingInput, WorkQueue
from storage.sealed_log import ChainReport

__all__ = [
    "BASE",
    "AuditEntry",
    "Batch",
    "BookChoice",
    "BookLine",
    "BookModel",
    "Books",
    "Catalogue",
    "ChainReport",
    "Claim",
    "Depth",
    "Finds",
    "FoundDocument",
    "NewDocument",
    "Owner",
    "QueuedInput",
    "Reason",
    "RereadChoice",
    "ReviewRow",
    "StoredDocument",
    "StoredSource",
    "UnitOfWork",
    "Urgency",
    "WaitingInput",
    "WorkItem",
    "WorkKey",
    "WorkQueue",
    "WorkState",
    "checked_book",
]
