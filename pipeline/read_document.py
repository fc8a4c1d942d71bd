"""One scan's way through the stages, from an opened file to records.

Two steps, since they may run in two places. `read_document` needs the pixels and nothing else: it
runs in a bounded worker without network. `conclude` needs the population register and no pixels.
`process_document` is both in one.
"""

from __future__ import annotations

import hashlib
import math
import re
from base64 import b32encode
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.codes import Separator, parse_citizen_qr
from pipeline.continuing import Preceding
from pipeline.domain.errors import HotichError, InputError
from pipeline.domain.geometry import Quad, bounds
from pipeline.domain.message import Message
from pipeline.domain.model import (
    CivilRecord,
    DocumentType,
    FieldValue,
    Finding,
    PageImage,
    PageReport,
    Provenance,
    RegisterOutcome,
    SourceFile,
    Status,
    Validation,
)
from pipeline.feed_order import feed_findings, printed_number
from pipeline.forms.card_sides import CardSide, partners, same_number
from pipeline.forms.classify import Classification, classify
from pipeline.forms.extract import extract, names_head
from pipeline.forms.fields import ExtractedRecord, Leaf
from pipeline.forms.group import PageGroup, group_pages, may_go_on
from pipeline.forms.loading import form
from pipeline.forms.two_readings import contradicted
from pipeline.imaging.aspect import CARD
from pipeline.intake import Document, open_document
from pipeline.intake.source import ReadableFile
from pipeline.page_ledger import PageLedger, close_ledger, where_else
from pipeline.read_page import Readers, ReadImage, ReadPage, read_page
from pipeline.separator_page import separator_of
from pipeline.settings import PipelineSettings as PipelineSettings
from pipeline.settling.register import Checked, PopulationRegister, check_subjects
from pipeline.settling.settle_field import Settled, settle
from pipeline.settling.triage import (
    Calibration,
    Evidence,
    TriageSettings,
    needs_a_person,
    no_surer_than_repeated,
    triage_document,
    triage_field,
)
from pipeline.settling.weigh_sources import weigh_sources
from pipeline.sheet_of_cards import told_apart
from pipeline.sheet_of_papers import in_doubt, papers_apart
from pipeline.validation import Agreement as Agreed
from pipeline.validation import check_record

OnPage = Callable[[PageImage, ReadPage], None]
"""Called after each page, in order, while its pixels are still there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """One document of a file before its fields were settled: its images and leaves, and what was read from them.

    `leaves[i]` is `images[i]`; `records` are as its drafts, or none for a paper of unknown type.
    """

    kind: Classification
    images: tuple[ReadImage, ...]
    leaves: tuple[Leaf, ...]
    records: tuple[ExtractedRecord, ...]


OnDocument = Callable[[ReadDocument], None]
"""Called before each document's drafts are made, in reading order."""

OnLedger = Callable[[PageLedger], None]
"""Called once, at the end: where each page of the file ended."""

Before = Callable[[], Preceding | None]
"""What the file before left open, or None; may wait for that file to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDocument:
    """One document of a file: what it is, its images with the side each shows, and what it goes on with."""

    kind: Classification
    sides: tuple[tuple[str, ReadImage], ...]
    before: Preceding | None = None


_NOTHING = Classification(document_type=DocumentType.UNKNOWN, form=None, side=None, confidence=1.0)
_WAITING_PAGES = 12  # so many images may wait for their other side, as cards scanned all fronts first do
_TWELVE_DIGITS = re.compile(r"(?<!\d)\d{12}(?!\d)")
_NEAR_MISSING = 0.05  # of the missing part's longer side: what stands nearer may have gone on there; by trial
_NEAR_COVERED = 0.1  # of what covers a part of the page, for the same; by trial
_HELD_PAGES = 48  # line images of a document in progress are kept for so many pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A record before the register was asked and before triage; `evidence[i]` speaks for `fields[i]`.

    `pages` are the numbers of the pages it stands on; none when the whole file holds nothing. `checked`: what the
    register said of the paper's side in the file before.
    """

    record: CivilRecord
    evidence: tuple[Evidence, ...]
    pages: tuple[int, ...]
    checked: Validation | None = None


def process_document(
    path: ReadableFile,
    *,
    name: str,
    sha256: str,
    readers: Readers,
    calibration: Calibration | None,
    register: PopulationRegister | None,
    provenance: Provenance,
    settings: PipelineSettings,
    on_page: OnPage | None = None,
) -> tuple[CivilRecord, ...]:
    """`read_document`, then `conclude` for each draft. Raises what `read_document` raises."""
    drafts = read_document(
        path,
        name=name,
        sha256=sha256,
        readers=readers,
        provenance=provenance,
        settings=settings,
        on_page=on_page,
    )
    return tuple(conclude(d, register=register, calibration=calibration, settings=settings.triage) for d in drafts)


def read_document(
    path: ReadableFile,
    *,
    name: str,
    sha256: str,
    readers: Readers,
    provenance: Provenance,
    settings: PipelineSettings,
    on_page: OnPage | None = None,
    skip: Mapping[int, Finding] | None = None,
    on_document: OnDocument | None = None,
    before: Before | None = None,
    on_ledger: OnLedger | None = None,
) -> tuple[Draft, ...]:
    """Drafts of every act, card, book or entry in the file, in reading order; at least one.

    `before` tells what the file before left open; it is asked once, when the first page may go on with it.

    A page that cannot be read is a finding of its record; `skip` names pages that are not to be
    tried (they hit a limit before) with the finding to report. A file none of whose pages can be
    read raises the first page's `InputError`, as does a file that cannot be opened; a file of
    separator sheets alone raises `OnlySeparators`.

    `on_ledger` hears where each page ended. What is open beside a document is a finding of its record.
    """
    with open_document(path, settings.limits) as document:
        source = SourceFile(
            file=name,
            sha256=sha256,
            media_type=document.media_type,
            size=document.size,
            pages=document.page_count,
        )
        pages = _Pages(document, readers, on_page, skip or {})
        drafts: list[Draft] = []
        sides: dict[int, str] = {}
        for group in documents_of(iter(pages), before):
            sides |= {image.image.page: side for side, image in group.sides if image.image.kind != "card"}
            drafts += _drafts(group, _Origin(source, provenance, len(drafts)), readers, on_document)
        fed = feed_findings(pages.reports, pages.printed, sides)
        findings = (*document.findings, *fed, *_beside_records(pages, drafts))
    if pages.failures and not pages.read:
        raise pages.failures[0]
    if not drafts and pages.separators and not (pages.blank and settings.blank_pages != "decide"):
        raise _without_papers(pages)
    if not drafts:
        drafts = [_draft(_Origin(source, provenance, 0), _NOTHING, [], [])]
    if settings.blank_pages == "keep":
        drafts = _with_blank_pages(drafts, pages.reports, pages.separators)
    drafts = [_with_pages(draft, findings, pages) for draft in drafts]
    ledger = _ledger(drafts, pages, settings)
    if on_ledger is not None:
        on_ledger(ledger)
    return tuple(_with_open_pages(draft, ledger) for draft in drafts)


def conclude(
    draft: Draft,
    *,
    register: PopulationRegister | None,
    calibration: Calibration | None,
    settings: TriageSettings,
) -> CivilRecord:
    """The finished record: register asked, every field triaged, the document's status drawn from them."""
    record = draft.record
    if record.document_type is DocumentType.OTHER:
        calibration = None  # nobody measured an added form: a person sees every field
    checked = ask_register(draft, register=register, calibration=calibration, settings=settings)
    fields = _triaged(draft, checked, calibration, settings)
    findings = (*record.findings, *checked.findings())
    status = triage_document(record.document_type, record.type_confidence, fields, findings, settings)
    validation = checked.validation()
    if validation.outcome is RegisterOutcome.NOT_CHECKED and draft.checked is not None:
        # A card's back names nobody: it is of the person whom its front names.
        validation = replace(draft.checked, conflicts=(), evidence={}, subjects={})
    return record.evolve(fields=fields, findings=findings, status=status, validation=validation)


def ask_register(
    draft: Draft, *, register: PopulationRegister | None, calibration: Calibration | None, settings: TriageSettings
) -> Checked:
    """What the register says of the people of a draft: only what would be accepted by itself can contradict it, and
    it confirms nothing that a model read which it has taught."""
    alone = _triaged(draft, Checked(), calibration, settings)
    independent = not draft.record.provenance.taught_by_register
    return check_subjects(draft.record.document_type, alone, register, independent=independent)


def evidence_with(draft: Draft, checked: Checked) -> tuple[Evidence, ...]:
    """The evidence for each field of a draft, with what the register says of it."""
    return tuple(
        replace(evidence, register_agrees=checked.agrees(field.name))
        for field, evidence in zip(draft.record.fields, draft.evidence, strict=True)
    )


def _triaged(
    draft: Draft, checked: Checked, calibration: Calibration | None, settings: TriageSettings
) -> tuple[FieldValue, ...]:
    pairs = zip(draft.record.fields, evidence_with(draft, checked), strict=True)
    return no_surer_than_repeated([triage_field(field, evidence, calibration, settings) for field, evidence in pairs])


class OnlySeparators(InputError):
    """The file holds separator sheets and no paper: there is nothing to make a record of."""

    code = "input.only_separators"


def _without_papers(pages: _Pages) -> InputError:
    """Why nothing is kept of a file in which nothing but separator sheets was read: a page that failed comes first."""
    if pages.failures:
        return pages.failures[0]
    if pages.missed:
        number, finding = next(iter(pages.missed.items()))
        return InputError(finding.message, page=number)
    return OnlySeparators(
        Message(
            "Tệp chỉ có tờ ngăn, không có giấy tờ nào; không cần làm gì",
            "The file holds separator sheets only and no paper: nothing needs to be done",
        )
    )


_SEVERAL_PAPERS = Finding(
    code="page.several_papers",
    message=Message(
        "Có thể có nhiều giấy tờ trên cùng một mặt; hãy quét riêng từng giấy, hoặc cần người xem",
        "There may be several papers on one side: scan each by itself, or a person looks",
    ),
)


class _Pages:
    """Reads pages one at a time; what goes wrong with one is kept as a finding and the next is read."""

    def __init__(
        self, document: Document, readers: Readers, on_page: OnPage | None, skip: Mapping[int, Finding]
    ) -> None:
        self._document, self._readers, self._on_page, self._skip = document, readers, on_page, skip
        self.reports: list[PageReport] = []
        self.missed: dict[int, Finding] = {}
        self.separators: dict[int, Separator] = {}
        self.printed: dict[int, int | None] = {}
        self.failures: list[InputError] = []
        self.read = 0

    def __iter__(self) -> Iterator[ReadPage]:
        for number in range(1, self._document.page_count + 1):
            if number in self._skip:
                self._miss(number, self._skip[number])
                continue
            try:
                page = self._document.page(number)
            except InputError as error:
                self.failures.append(error)
                self._miss(number, Finding(code="page.unreadable", message=_about_page(number, error)))
                continue
            read = read_page(page, self._readers)
            self.read += 1
            self.reports.append(read.report)
            separator = separator_of(read)
            if separator is not None:
                self.separators[number] = separator
            else:
                self.printed[number] = printed_number([line for image in read.images for line in image.lines])
            if self._on_page is not None:
                self._on_page(page, read)
            del page
            yield read

    @property
    def blank(self) -> tuple[int, ...]:
        """The pages that are judged blank and are no separator sheets."""
        return tuple(r.number for r in self.reports if r.blank and r.number not in self.separators)

    def _miss(self, number: int, finding: Finding) -> None:
        self.missed[number] = finding
        report = PageReport(number=number, dpi=None, rotation=0, skew_deg=None, quality={}, findings=(finding,))
        self.reports.append(report)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One upright image and its classification."""

    image: ReadImage
    kind: Classification


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where records come from: the file, the provenance, and how many records came before."""

    source: SourceFile
    provenance: Provenance
    first: int


def documents_of(pages: Iterator[ReadPage], before: Before | None = None) -> Iterator[FoundDocument]:
    """Documents in reading order, each yielded as soon as the next one begins: memory stays flat over long files.

    A separator sheet is in none, and no document has pages on both sides of one.
    """
    held: list[_Seen] = []
    open_before: Preceding | None = None
    first = True
    for page in pages:
        if separator_of(page) is not None:
            yield from (_found(group, held, open_before) for group in _groups(held, open_before))
            held, open_before, first = [], None, False
            continue
        held += [
            _Seen(part, kind)
            for image in page.images
            if not image.image.blank
            for cards, side in told_apart(image, _classified(image))
            for part, kind in papers_apart(cards, side)
        ]
        if first and held:
            first = False
            open_before = before() if before is not None and may_go_on(held[0].kind) else None
        if len(held) < _WAITING_PAGES:
            continue
        groups = _groups(held, open_before)
        complete = groups[:-1] if len(held) < _HELD_PAGES else groups
        yield from (_found(group, held, open_before) for group in complete)
        open_before = None if complete else open_before
        gone = {at for group in complete for at in group.pages}
        held = [seen for at, seen in enumerate(held) if at not in gone]
    yield from (_found(group, held, open_before) for group in _groups(held, open_before))


def _found(group: PageGroup, held: Sequence[_Seen], before: Preceding | None) -> FoundDocument:
    sides = tuple((group.sides[n], held[at].image) for n, at in enumerate(group.pages))
    return FoundDocument(kind=group.kind, sides=sides, before=before if group.continues else None)


def _groups(held: Sequence[_Seen], before: Preceding | None) -> list[PageGroup]:
    """Documents among the images; sides that carry different personal numbers are never one card."""
    groups: list[PageGroup] = []
    numbers = [_personal_number(seen.image) for seen in held]
    sides = [_card_side(seen, number) for seen, number in zip(held, numbers, strict=True)]
    begun = None if before is None else before.group
    for group in group_pages([seen.kind for seen in held], partners(sides), begun):
        known = [numbers[at] for at in group.pages if numbers[at]]
        if group.continues and before is not None and before.number is not None:
            known.insert(0, before.number)
        if all(same_number(a, b) for a, b in pairwise(known)):
            groups.append(group)
        else:
            placed = zip(group.pages, group.sides, strict=True)
            groups += [PageGroup(kind=held[at].kind, pages=(at,), sides=(side,)) for at, side in placed]
    return groups


def _card_side(seen: _Seen, number: str | None) -> CardSide | None:
    """The image as a card's side with its place on the sheet; None for what is no card."""
    image = seen.image.image
    if image.kind != "card":
        return None
    width = float(image.colour.shape[1])
    left, right = image.to_scan((0.0, width / CARD / 2)), image.to_scan((width, width / CARD / 2))
    middle = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    return CardSide(kind=seen.kind, number=number, page=image.page, middle=middle, length=math.dist(left, right))


def _personal_number(image: ReadImage) -> str | None:
    """The personal number on a card's side: in its codes, else printed; None for papers that are no card."""
    if image.image.kind != "card":
        return None
    if image.mrz is not None and image.mrz[0].valid:
        return image.mrz[0].personal_id
    payloads = (parse_citizen_qr(code.text) for code in image.codes)
    stated = next((p.personal_id for p in payloads if p is not None), None)
    printed = (m.group() for line in image.lines if (m := _TWELVE_DIGITS.search(line.text)))
    return stated or next(printed, None)


def _classified(image: ReadImage) -> Classification:
    codes = [code.text for code in image.codes]
    if image.mrz is not None:
        codes += image.mrz[0].lines
    return classify(image.lines, codes=codes)


def _drafts(
    found: FoundDocument,
    origin: _Origin,
    readers: Readers,
    on_document: OnDocument | None,
) -> list[Draft]:
    kind, before = found.kind, found.before
    images = [image for _, image in found.sides]
    leaves = [Leaf(page=i.image.page, part=i.image.part, side=side, lines=i.lines) for side, i in found.sides]
    records: tuple[ExtractedRecord, ...] = ()
    if kind.form is not None:
        definition = form(kind.document_type, kind.form)
        records = (
            extract(definition, leaves)
            if before is None
            else extract(definition, leaves, before.begun.members, counted=before.begun.sure)
        )
        if before is not None and before.begun.members and any(names_head(record) for record in records):
            before, records = None, extract(definition, leaves)  # a book of its own, whose first pages are not there
    if on_document is not None:
        on_document(ReadDocument(kind=kind, images=tuple(images), leaves=tuple(leaves), records=records))
    if kind.form is None:
        return [_draft(origin, kind, [], images, before)]
    drafts = []
    mixed = in_doubt(images, kind.document_type)
    for n, record in enumerate(records):
        fields = [contradicted(field) for field in record.fields] if mixed else record.fields
        settled = [
            settle(
                f,
                images,
                readers,
                label_score=record.label_share,
                several=len(records) > 1 or f.name.startswith("members["),
            )
            for f in fields
        ]
        settled = weigh_sources(settled, images, kind.document_type)
        draft = _draft(replace(origin, first=origin.first + n), kind, settled, images, before)
        drafts.append(_told_of(draft, _SEVERAL_PAPERS) if mixed else draft)
    return drafts


def _told_of(draft: Draft, finding: Finding) -> Draft:
    return replace(draft, record=draft.record.evolve(findings=(*draft.record.findings, finding)))


def _draft(
    origin: _Origin,
    kind: Classification,
    settled: Sequence[Settled],
    images: Sequence[ReadImage],
    before: Preceding | None = None,
) -> Draft:
    """The record of these fields with the findings of its rules and sources, under its lasting identifiers."""
    check = check_record(
        kind.document_type,
        kind.form,
        [settled_field.field for settled_field in settled],
        codes=[code for image in images for code in image.codes],
        mrz=next((image.mrz[0] for image in images if image.mrz), None),
    )
    fields = tuple(
        one.field.evolve(findings=(*one.field.findings, *_codes_on(check.findings, one.field.name))) for one in settled
    )
    evidence = tuple(
        _weighed(one.evidence, field, check.agreements) for one, field in zip(settled, fields, strict=True)
    )
    name = hashlib.sha256(f"{origin.source.sha256}/{origin.first}".encode()).digest()
    record = CivilRecord(
        document_id=name[:16].hex(),
        holding_code="HT-" + b32encode(name[16:26]).decode(),
        source=origin.source,
        continues=None if before is None else before.begun,
        document_type=kind.document_type,
        form=kind.form,
        type_confidence=kind.confidence,
        status=Status.REVIEW,
        fields=fields,
        validation=Validation(),
        pages=(),
        findings=check.findings,
        provenance=origin.provenance,
    )
    return Draft(
        record=record,
        evidence=evidence,
        pages=tuple(sorted({i.image.page for i in images})),
        checked=None if before is None else before.checked,
    )


def _codes_on(findings: Sequence[Finding], name: str) -> list[str]:
    return [f.code for f in findings if f.field == name]


def _weighed(evidence: Evidence, field: FieldValue, agreements: Sequence[Agreed]) -> Evidence:
    """The evidence with what other places of the paper say of the field, and whether it is in doubt already."""
    about = [a.agree for a in agreements if a.field == field.name]
    noted = any(needs_a_person(code) for code in field.findings)
    return replace(evidence, sources_agree=about.count(True), sources_differ=about.count(False), noted=noted)


def _with_blank_pages(
    drafts: Sequence[Draft], reports: Sequence[PageReport], separators: Container[int]
) -> list[Draft]:
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


def _with_pages(draft: Draft, findings: Sequence[Finding], pages: _Pages) -> Draft:
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


def _ledger(drafts: Sequence[Draft], pages: _Pages, settings: PipelineSettings) -> PageLedger:
    in_records = [(draft.record.document_id, [report.number for report in draft.record.pages]) for draft in drafts]
    elsewhere = where_else(pages.reports, in_records, pages.missed, pages.separators, blank_pages=settings.blank_pages)
    return close_ledger(drafts[0].record.source.pages, in_records, elsewhere)


def _with_open_pages(draft: Draft, ledger: PageLedger) -> Draft:
    """The draft with what a person must look at beside it."""
    asked = [page.finding for page in ledger.open if page.beside == draft.record.document_id]
    everything = tuple(dict.fromkeys((*draft.record.findings, *asked)))
    return replace(draft, record=draft.record.evolve(findings=everything))


def _beside_records(pages: _Pages, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """What asks for a person on pages that were read and are in no record: every record of the file says it.

    A page that could not be read is open beside one record alone, which says so (`_with_open_pages`).
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
    return field.evolve(findings=(*field.findings, *reasons)) if reasons else field


def _touches(box: Quad, place: Quad, margin: float) -> bool:
    """Whether the box reaches to the place, or nearer to it than `margin` times the place's longer side."""
    left, top, right, bottom = bounds(place)
    by = margin * max(right - left, bottom - top)
    x0, y0, x1, y1 = bounds(box)
    return not (x1 < left - by or x0 > right + by or y1 < top - by or y0 > bottom + by)


def _about_page(number: int, error: HotichError) -> Message:
    vi, en = error.message.vi, error.message.en
    return Message(f"Trang {number} không đọc được: {vi}", f"Page {number} could not be read: {en}")
