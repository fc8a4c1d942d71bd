"""The catalogue: what was seen, what is done, what is stored, who did it."""

from storage.catalogue.audit import AuditEntry, ChainReport
from storage.catalogue.catalogue import Catalogue, UnitOfWork
from storage.catalogue.documents import NewDocument, ReviewRow, StoredDocument
from storage.catalogue.ledger import Claim, WorkItem, WorkKey, WorkState
from storage.catalogue.owner import Owner

__all__ = [
    "AuditEntry",
    "Catalogue",
    "ChainReport",
    "Claim",
    "NewDocument",
    "Owner",
    "ReviewRow",
    "StoredDocument",
    "UnitOfWork",
    "WorkItem",
    "WorkKey",
    "WorkState",
]
