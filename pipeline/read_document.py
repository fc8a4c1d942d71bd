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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from pipeline.codes import parse_citizen_qr
from pipeline.continuing import Preceding
from pipeline.domain.geometry import bounds
from pipeline.domain.message import Message
from pipeline.domain.model import (
    CivilRecord,
    DocumentType,
    FieldValue,
    Finding,
    Provenance,
    RegisterOutcome,
    SourceFile,
    Status,
    Validation,
)
from pipeline.domain.recognition import Recognizer, TracingRecognizer
from pipeline.draft import Draft, told_of
from pipeline.feed_order import feed_findings
from pipeline.file_pages import FilePages, OnPage, without_papers
from pipeline.forms.card_sides import CardSide, partners, same_number
from pipeline.forms.classify import Classification, classify
from pipeline.forms.extract import extract, names_head
from pipeline.forms.fields import ExtractedField, ExtractedRecord, Leaf
from pipeline.forms.group import PageGroup, group_pages, may_go_on
from pipeline.forms.loading import card_types, form
from pipeline.forms.two_readings import contradicted
from pipeline.imaging.aspect import CARD
from pipeline.intake import open_document
from pipeline.intake.signatures import signature_findings
from pipeline.intake.sniff import PDF
from pipeline.intake.source import ReadableFile
from pipeline.page_ledger import PageLedger
from pipeline.pages_of_drafts import beside_records, ledger_of, with_blank_pages, with_open_pages, with_pages
from pipeline.read_image import ReadImage
from pipeline.read_page import Readers, ReadPage
from pipeline.separator_page import separator_of
from pipeline.settings import PipelineSettings as PipelineSettings
from pipeline.settling.one_hand import in_one_hand
from pipeline.settling.register import Checked, PopulationRegister, check_subjects, contradictable
from pipeline.settling.said_twice import said_twice
from pipeline.settling.settle_field import Settled, settle, written_in
from pipeline.settling.traced import Traced, traced
from pipeline.settling.triage import (
    Calibration,
    Evidence,
    TriageSettings,
    is_type_unsure,
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
_HELD_PAGES = 48  # line images of a document in progress are kept for so many pages


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
        pages = FilePages(document, readers, on_page, skip or {})
        drafts: list[Draft] = []
        sides: dict[int, str] = {}
        for group in documents_of(iter(pages), before, lambda page: page.report.number in pages.separators):
            sides |= {image.image.page: side for side, image in group.sides if image.image.kind != "card"}
            drafts += _drafts(group, _Origin(source, provenance, len(drafts)), readers, on_document)
        fed = feed_findings(pages.reports, pages.printed, sides)
        roots, lists = settings.signature_roots, settings.signature_lists
        signed = signature_findings(path, roots, lists) if document.media_type == PDF else ()
        findings = (*document.findings, *signed, *fed, *beside_records(pages, drafts))
    if pages.failures and not pages.read:
        raise pages.failures[0]
    if not drafts and pages.separators and not (pages.blank and settings.blank_pages != "decide"):
        raise without_papers(pages)
    if not drafts:
        drafts = [_draft(_Origin(source, provenance, 0), _NOTHING, [], [])]
    if settings.blank_pages == "keep":
        drafts = with_blank_pages(drafts, pages.reports, pages.separators)
    drafts = [with_pages(draft, findings, pages) for draft in drafts]
    ledger = ledger_of(drafts, pages, settings)
    if on_ledger is not None:
        on_ledger(ledger)
    return tuple(with_open_pages(draft, ledger) for draft in drafts)


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
    return check_subjects(draft.record.document_type, alone, register, independent=independent, inks=draft.inks)


def evidence_with(draft: Draft, checked: Checked) -> tuple[Evidence, ...]:
    """The evidence for each field of a draft, with what the register says of it."""
    return tuple(
        replace(evidence, register_agrees=checked.agrees(field.name))
        for field, evidence in zip(draft.record.fields, draft.evidence, strict=True)
    )


def _triaged(
    draft: Draft, checked: Checked, calibration: Calibration | None, settings: TriageSettings
) -> tuple[FieldValue, ...]:
    fields = draft.record.fields
    if is_type_unsure(draft.record.type_confidence, settings):
        fields = tuple(field.evolve(findings=(*field.findings, "field.type_unsure")) for field in fields)
    pairs = zip(fields, evidence_with(draft, checked), strict=True)
    return no_surer_than_repeated([triage_field(field, evidence, calibration, settings) for field, evidence in pairs])


_SEVERAL_PAPERS = Finding(
    code="page.several_papers",
    message=Message(
        "Có thể có nhiều giấy tờ trên cùng một mặt; hãy quét riêng theo từng giấy tờ, hoặc cần người xem",
        "There may be several papers on one side: scan each by itself, or a person looks",
    ),
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One upright image and its classification. `piece`: of several that a sheet was told apart into."""

    image: ReadImage
    kind: Classification
    piece: bool = False

    @staticmethod
    def on(image: ReadImage) -> list[_Seen]:
        """The papers and cards of an image."""
        parts = [
            (part, kind)
            for cards, side in told_apart(image, _classified(image))
            for part, kind in papers_apart(cards, side)
        ]
        return [_Seen(part, kind, piece=len(parts) > 1) for part, kind in parts]


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where records come from: the file, the provenance, and how many records came before."""

    source: SourceFile
    provenance: Provenance
    first: int


def documents_of(
    pages: Iterator[ReadPage],
    before: Before | None = None,
    separates: Callable[[ReadPage], bool] = lambda page: separator_of(page) is not None,
) -> Iterator[FoundDocument]:
    """Documents in reading order, each yielded as soon as the next one begins: memory stays flat over long files.

    A page that `separates` is in none, and no document has pages on both sides of one.
    """
    held: list[_Seen] = []
    open_before: Preceding | None = None
    first = True
    for page in pages:
        if separates(page):
            yield from (_found(group, held, open_before) for group in _groups(held, open_before))
            held, open_before, first = [], None, False
            continue
        held += [seen for image in page.images if not image.image.blank for seen in _Seen.on(image)]
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
    numbers = [_personal_number(seen) for seen in held]
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
    """The image as a card's side with its place on the sheet, by its outline or else by its writing; None for what is
    no card."""
    image = seen.image.image
    if not _is_card(seen):
        return None
    left, top, right, bottom = 0.0, 0.0, float(image.colour.shape[1]), float(image.colour.shape[1]) / CARD
    if image.kind != "card":
        boxes = [bounds(line.box) for line in seen.image.lines]
        left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
        right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    start, end = image.to_scan((left, (top + bottom) / 2)), image.to_scan((right, (top + bottom) / 2))
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    return CardSide(kind=seen.kind, number=number, page=image.page, middle=middle, length=math.dist(start, end))


def _is_card(seen: _Seen) -> bool:
    """Whether it was cut out as a card, or is a piece of a sheet on which what is written is a card's."""
    return seen.image.image.kind == "card" or (seen.piece and seen.kind.document_type in card_types())


def _personal_number(seen: _Seen) -> str | None:
    """The personal number on a card's side: in its codes, else printed; None for papers that are no card."""
    image = seen.image
    if not _is_card(seen):
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
    mixed = in_doubt(images, kind.document_type)
    of_records = [[contradicted(f) if mixed else f for f in record.fields] for record in records]
    settled = [
        settle(
            field,
            images,
            readers,
            label_score=record.label_share,
            several=len(records) > 1 or field.name.startswith("members["),
        )
        for record, fields in zip(records, of_records, strict=True)
        for field in fields
    ]
    of_one_hand = iter(in_one_hand(list(chain(*of_records)), settled, images, readers.primary))
    drafts = []
    for n, fields in enumerate(of_records):
        once = said_twice(fields, [next(of_one_hand) for _ in fields], images, readers.primary)
        weighed = weigh_sources(once, images, kind.document_type)
        draft = _draft(replace(origin, first=origin.first + n), kind, weighed, images, before)
        draft = replace(draft, inks=_inks(kind.document_type, fields, once, images, readers.primary))
        drafts.append(told_of(draft, _SEVERAL_PAPERS) if mixed else draft)
    return drafts


def _inks(
    document_type: DocumentType,
    fields: Sequence[ExtractedField],
    settled: Sequence[Settled],
    images: Sequence[ReadImage],
    reader: Recognizer,
) -> dict[str, Traced]:
    """By field, what the ink may say of the values that may contradict the register."""
    if not isinstance(reader, TracingRecognizer):
        return {}
    asked = contradictable(document_type, [field.name for field in fields])
    pairs = [(field, one) for field, one in zip(fields, settled, strict=True) if field.name in asked]
    written = {field.name: written_in(field, one, images) for field, one in pairs}
    return {name: traced(value, reader) for name, value in written.items() if value is not None}


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
