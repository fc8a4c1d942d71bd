"""The catalogue: what was seen, what is done, what is stored, who did it."""

from storage.catalogue.audit import AuditEntry
from storage.catalogue.books import BASE, BookChoice, BookLine, BookModel, Books, Reason, checked_book
from storage.catalogue.catalogue import Catalogue, UnitOfWork
from storage.catalogue.documents import NewDocument, ReviewRow, StoredDocument
from storage.catalogue.ledger import Claim, WorkItem, WorkKey, WorkState
from storage.catalogue.owner import Owner
from storage.catalogue.rereading import RereadChoice, StoredSource
from storage.catalogue.search import Finds, FoundDocument
from storage.sealed_log import ChainReport

__all__ = [
    "BASE",
    "AuditEntry",
    "BookChoice",
    "BookLine",
    "BookModel",
    "Books",
    "Catalogue",
    "ChainReport",
    "Claim",
    "Finds",
    "FoundDocument",
    "NewDocument",
    "Owner",
    "Reason",
    "RereadChoice",
    "ReviewRow",
    "StoredDocument",
    "StoredSource",
    "UnitOfWork",
    "WorkItem",
    "WorkKey",
    "WorkState",
    "checked_book",
]
