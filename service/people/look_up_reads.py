"""Looking up who read what: for auditors."""

from __future__ import annotations

from collections.abc import Sequence

from service.people.callers import Caller
from storage.holdings.read_log import RecordRead
from storage.office.store import OfficeStore
from storage.people import Scope


def look_up_reads(store: OfficeStore, caller: Caller, subject: str) -> tuple[Sequence[RecordRead], bool]:
    """The reads of a lookup code or holding code, and whether the log's chain of hashes holds. Raises NotAllowed."""
    caller.need(Scope.AUDIT)
    with store.read() as tables:
        return tables.reads.entries(subject=subject), tables.reads.verify_chain().ok
