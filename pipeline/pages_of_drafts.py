"""Which pages of a file are which record's, and what is told of a record for what its pages are like."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from pipeline.domain.geometry import Quad, bounds
from pipeline.domain.model import FieldSource, FieldValue, Finding, PageReport
from pipeline.draft import Draft
from pipeline.file_pages import FilePages
from pipeline.page_ledger import PageLedger, close_ledger, where_else
from pipeline.settings import PipelineSettings
from pipeline.settling.triage import needs_a_person

_NEAR_MISSING = 0.05  # of the missing part's longer side: what stands nearer may have gone on there; by trial
_NEAR_COVERED = 0.1  # of what covers a part of the page, for the same; by trial
_EDGE_MM = (
    2.0  # of the scan's edge: on 173 files of another maker, cards as cut by a scanner too, no value stands nearer
)


def with_blank_pages(drafts: Sequence[Draft], reports: Sequence[PageReport], separators: Container[int]) -> list[Draft]:
    """Blank pages belong to the document before them; those that lead the file, or follow a separator sheet, to the
    first one after them."""
    own = [set(draft.pages) for draft in drafts]
    taken = set().union(*own)
    leading: list[int] = []
    last: int | None = None
    for report in reports:
        number = report.number
        if number in separators:
            last, leading = None, []
        elif number in taken:
            for page in leading:
                _add_beside(number, page, own)
            last, leading = number, []
        elif report.blank and last is None:
            leading.append(number)
        elif report.blank and last is not None:
            _add_beside(last, number, own)
    return [replace(draft, pages=tuple(sorted(pages))) for draft, pages in zip(drafts, own, strict=True)]


def _add_beside(page: int, blank: int, own: Sequence[set[int]]) -> None:
    """Adds a blank page to each document that stands on this page."""
    for pages in own:
        if page in pages:
            pages.add(blank)


def with_pages(draft: Draft, findings: Sequence[Finding], pages: FilePages) -> Draft:
    """The draft with the reports of its own pages, and what was found about the file as a whole."""
    gone = {*pages.missed, *pages.separators}
    own = tuple(r for r in pages.reports if (r.number in draft.pages if draft.pages else r.number not in gone))
    on_pages = [f for report in own for f in report.findings]
    everything = tuple(dict.fromkeys((*draft.record.findings, *on_pages, *findings)))
    sizes = {report.number: (report.width, report.height) for report in own}
    within = (f.evolve(box=_within(f.box, sizes.get(f.page, (None, None)))) for f in draft.record.fields)
    fields = tuple(_beside_missing(field, own) for field in within)
    return replace(draft, record=draft.record.evolve(pages=own, findings=everything, fields=fields))


def _within(box: Quad, size: tuple[int | None, int | None]) -> Quad:
    """The box as far as it is on the page: around what runs to the paper's edge, a straightened box reaches beyond."""
    width, height = (math.inf if side is None else float(side) for side in size)
    a, b, c, d = ((min(max(x, 0.0), width), min(max(y, 0.0), height)) for x, y in box)
    return (a, b, c, d)


def ledger_of(drafts: Sequence[Draft], pages: FilePages, settings: PipelineSettings) -> PageLedger:
    """Where each page of the file ended."""
    in_records = [(draft.record.document_id, [report.number for report in draft.record.pages]) for draft in drafts]
    elsewhere = where_else(pages.reports, in_records, pages.missed, pages.separators, blank_pages=settings.blank_pages)
    return close_ledger(drafts[0].record.source.pages, in_records, elsewhere)


def with_open_pages(draft: Draft, ledger: PageLedger) -> Draft:
    """The draft with what a person must look at beside it."""
    asked = [page.finding for page in ledger.open if page.beside == draft.record.document_id]
    everything = tuple(dict.fromkeys((*draft.record.findings, *asked)))
    return replace(draft, record=draft.record.evolve(findings=everything))


def beside_records(pages: FilePages, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """What asks for a person on pages that were read and are in no record: every record of the file says it.

    A page that could not be read is open beside one record alone, which says so (`with_open_pages`).
    """
    within = {number for draft in drafts for number in draft.pages}
    for report in pages.reports:
        if report.number not in within and report.number not in pages.missed:
            yield from (finding for finding in report.findings if needs_a_person(finding.code))


def _beside_missing(field: FieldValue, reports: Sequence[PageReport]) -> FieldValue:
    """The field, with a reason to look at it where it stands on or near a part that is missing or covered."""
    own = next((r for r in reports if r.number == field.page), None)
    if own is None:
        return field
    reasons = []
    if own.missing is not None and _touches(field.box, own.missing, _NEAR_MISSING):
        reasons.append("page.damaged")
    if any(_touches(field.box, place, _NEAR_COVERED) for place in own.covered):
        reasons.append("page.covered")
    if field.value and field.source is FieldSource.TEXT and _at_edge(field.box, own):
        reasons.append("field.at_edge")
    return field.evolve(findings=(*field.findings, *reasons)) if reasons else field


def _at_edge(box: Quad, report: PageReport) -> bool:
    """Whether the box reaches to where the scan ends, so that the writing may go on beyond: people leave a margin."""
    if report.width is None or report.height is None or not report.dpi:
        return False
    x0, y0, x1, y1 = bounds(box)
    return min(x0, y0, report.width - x1, report.height - y1) < _EDGE_MM * report.dpi / 25.4


def _touches(box: Quad, place: Quad, margin: float) -> bool:
    """Whether the box reaches to the place, or nearer to it than `margin` times the place's longer side."""
    left, top, right, bottom = bounds(place)
    by = margin * max(right - left, bottom - top)
    x0, y0, x1, y1 = bounds(box)
    return not (x1 < left - by or x0 > right + by or y1 < top - by or y0 > bottom + by)
