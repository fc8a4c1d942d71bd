"""Looking up who read what: for auditors, of their own office's papers."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.domain.message import Message
from service.people.callers import Caller
from service.wire.errors import NotAllowed
from storage.holdings.read_log import RecordRead
from storage.office.store import OfficeStore, OfficeTables
from storage.people import Scope


def look_up_reads(
    store: OfficeStore, caller: Caller, subject: str, *, home_office: str = ""
) -> tuple[Sequence[RecordRead], bool]:
    """The reads of a lookup code, holding code or document, whoever read; and whether the log's chain of hashes holds.

    What belongs to nobody known any more is shown as far as the caller's own office read it. Raises NotAllowed without
    the scope, and for another office's papers.
    """
    caller.need(Scope.AUDIT)
    with store.read() as tables:
        owners = {office or home_office for office in _owners(tables, subject)}
        ours = "" in owners or caller.office in owners  # "": papers of the one archive that this installation is
        if owners and not ours:
            raise NotAllowed(
                Message("Hồ sơ này của cơ quan khác", "This is another office's paper"), code="auth.other_office"
            )
        entries = tables.reads.entries(subject=subject)
        if not owners:
            entries = [entry for entry in entries if entry.office == caller.office]
        return entries, tables.reads.verify_chain().ok


def _owners(tables: OfficeTables, subject: str) -> set[str]:
    submission = tables.submissions.by_code(subject)
    return {submission.office} if submission is not None else tables.holdings.offices_of(subject)
