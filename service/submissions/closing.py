"""Closing what people ruled: what a submission was kept for is done, and what may not be kept longer goes.

A paper that is only shown is compared and deleted (Thông tư 01/2023/TT-VPCP Điều 8). Where a person has to compare, it
is kept until that person has decided and can no longer take the decision back.
"""

from __future__ import annotations

from pipeline.domain.errors import WrongUse
from pipeline.judging.verdict import procedure
from storage.office.store import OfficeStore
from storage.submissions import Submission
from storage.submissions.tray import Tray


def close_rulings(store: OfficeStore, tray: Tray) -> int:
    """Closes the rulings that can no longer be taken back; returns how many. Idempotent: after a crash between the two
    steps the next start removes the files."""
    with store.write() as tables:
        due = list(tables.rulings.due())
        for ruling in due:
            submission = tables.submissions.by_id(ruling.submission_id)
            assert submission is not None
            forget = not submission.documents
            tables.rulings.close(ruling, hide=roles_only_shown(submission), forget=forget)
    for ruling in due:
        tray.slot(ruling.submission_id).discard()
    return len(due)


def roles_only_shown(submission: Submission) -> frozenset[str]:
    """The papers of a submission whose values are not kept."""
    told = {
        document["role"]
        for document in (submission.verdict or {}).get("documents", ())
        if document["role"] is not None and not document["keep"]
    }
    try:
        papers = procedure(submission.procedure).papers
    except WrongUse:
        return frozenset(told)  # the procedure was in the table when this was handed in
    return frozenset(told | {paper.role for paper in papers if not paper.keep})
