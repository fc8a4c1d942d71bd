"""Why a person must look at a paper as a whole, beside its single fields."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType, Status
from pipeline.judging.review.asking import PAPER_FINDINGS, UNKNOWN_TYPE
from pipeline.page_ledger import PageLedger
from pipeline.settling.triage import needs_a_person, reason_message


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperToSee:
    """`page`: where to look first."""

    reasons: tuple[Message, ...]
    page: int | None


def paper_to_see(record: CivilRecord, ledger: PageLedger | None) -> PaperToSee | None:
    """What a person is told of the paper, or None where looking at its doubtful fields, and at the open pages of its
    file's ledger, is all that it needs.
    """
    if record.status is Status.ACCEPTED:
        return None
    first = min((report.number for report in record.pages), default=None)
    if record.document_type is DocumentType.UNKNOWN:
        return PaperToSee(reasons=(reason_message(UNKNOWN_TYPE), *_said(record, ledger)), page=first)
    said = _said(record, ledger)
    if said:
        return PaperToSee(reasons=said, page=_page_of(record) or first)
    if any(field.status is not Status.ACCEPTED for field in record.fields) or _only_of_open_pages(record, ledger):
        return None
    return PaperToSee(reasons=(reason_message(PAPER_FINDINGS),), page=first)


def _said(record: CivilRecord, ledger: PageLedger | None) -> tuple[Message, ...]:
    """What asks for a person and is neither a field's nor an open page's."""
    told = _told(ledger)
    return tuple(
        finding.message
        for finding in record.findings
        if finding.field is None and needs_a_person(finding.code) and str(finding.message) not in told
    )


def _told(ledger: PageLedger | None) -> frozenset[str]:
    return frozenset(str(page.message) for page in (ledger.open if ledger else ()))


def _page_of(record: CivilRecord) -> int | None:
    """The page that says what asks for a person."""
    asking = (report.number for report in record.pages if any(needs_a_person(f.code) for f in report.findings))
    return next(asking, None)


def _only_of_open_pages(record: CivilRecord, ledger: PageLedger | None) -> bool:
    told = _told(ledger)
    return any(str(finding.message) in told for finding in record.findings)
