"""Stored documents in place of paper: which there are, how they were used, who read them."""

from storage.holdings.holdings import HeldPerson, Holding, Holdings, NewUse, Pending
from storage.holdings.read_log import ReadLog, RecordRead, check_reads

__all__ = [
    "HeldPerson",
    "Holding",
    "Holdings",
    "NewUse",
    "Pending",
    "ReadLog",
    "RecordRead",
    "check_reads",
]
