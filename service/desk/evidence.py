"""What the person who decides sees of an item: the ink, the reading and its doubts, and what else states the same fact.

Nothing here tells why an item is asked (doubt, sample, seed, reopened) or what others decided: the reading is the
machine's, its confidence is left out, and "not sure enough" is the reason shown wherever there is no graver one. A
value that only the register knows is masked where it would identify a person by number.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.errors import HotichError
from pipeline.domain.geometry import Quad
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, FieldValue
from pipeline.judging.review.candidates import offered
from pipeline.judging.review.display import display_value, displayed, doubtful, near
from pipeline.judging.review.elsewhere import elsewhere
from pipeline.judging.review.places import grammar_of, printed_label
from pipeline.judging.review.wording import label_of, paper_label
from pipeline.settling.register import (
    NOT_IN_THE_REGISTER,
    Candidate,
    Claims,
    Compared,
    claims_about,
    register_name,
    subject_prefix,
    subjects,
)
from pipeline.settling.triage import reason_message
from pipeline.values import normalise
from pipeline.values.comparison import Level
from service.desk.views import Picture, ScanViewer, lines_in
from service.submissions.registered import PopulationRegister
from service.wire.errors import NotThere
from storage.catalogue import StoredDocument
from storage.review import ReviewItem

_MOST_ALTERNATIVES: Final = 5
_MOST_CANDIDATES: Final = 3
_UNSURE: Final = "field.low_confidence"
# The reason shown with every item that has no graver one: a sample must look like a doubt.
_NOT_GRAVE: Final = frozenset((_UNSURE, "field.not_calibrated"))
_PERSONS: Final = ("mother_", "father_", "wife_", "husband_")
_NUMBERS: Final = ("personal_id", "old_national_id", "household_number")
_PARENTS: Final = {"father_name": "father_full_name", "mother_name": "mother_full_name"}
_GRAMMARS: Final = {"date_of_birth": "date", "sex": "sex"}
_WHOLE: Final = Message("Cả giấy tờ", "The whole document")
_REUSED_FOR_S: Final = 120.0  # the register's answer about a document is reused for so many seconds
_MOST_REUSED: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another reading, as a clerk writes it, and its normal form."""

    text: str
    value: str
    confidence: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SameFact:
    """Another place of the paper that states the fact or must agree with it. `source`: "QR", "MRZ", or "" for ink."""

    label: Message
    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """A field of a registered person: `level` as `pipeline.values.comparison.Level`, `weight` in bits in favour of this
    person. `asked`: this is the field that is being decided."""

    label: Message
    registered: str
    level: str
    weight: float
    asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterView:
    """A person in the register whom the paper may be about."""

    masked_id: str
    probability: float
    deceased: bool
    fields: tuple[RegisterRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one of the two people who disagree decided; without the name."""

    text: str
    choice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """What is shown of an item. `box` in scan pixels, clockwise from the text's top left, None where its place is
    unknown; `page_size` is the page's width and height in scan pixels, empty where it cannot be shown; `turn` degrees
    clockwise make the page upright. `doubtful` has one truth value per character of `shown`, or none. `printed`: the
    form's own label."""

    item_id: str
    document_id: str
    holding_code: str
    document_type: str
    document_label: Message
    form: str
    field: str
    label: Message
    printed: str | None
    grammar: str
    page: int
    pages: tuple[int, ...]
    box: Quad | None
    verbatim: str
    value: str | None
    shown: str
    doubtful: tuple[bool, ...]
    alternatives: tuple[Alternative, ...]
    reasons: tuple[Message, ...]
    same_fact: tuple[SameFact, ...]
    register: tuple[RegisterView, ...]
    opinions: tuple[Opinion, ...]
    stage: int
    page_size: tuple[int, ...]
    turn: int
    line_url: str | None
    page_url: str


class Evidence:
    """Makes the views. The caller checks that the person may see the document. Safe to call from several threads."""

    def __init__(self, *, viewer: ScanViewer | None, register: PopulationRegister | None) -> None:
        """`viewer` None: no pictures; `register` None: no register."""
        self._viewer = viewer
        self._register = register
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], tuple[float, list[Candidate]]] = OrderedDict()

    def view(
        self,
        item: ReviewItem,
        document: StoredDocument,
        record: CivilRecord,
        opinions: Sequence[tuple[str, str]] = (),
    ) -> ItemView:
        """The item as `record`, the machine's reading, has it. `opinions`: (text, choice) of the people who disagree.

        Waits until the size of the page is known: at most as long as decoding the page takes. Never raises for a
        register or a scan out of reach: the view then has less.
        """
        field = _field_of(record, item.field)
        grammar = grammar_of(item.document_type, item.form or None, item.field) if item.field else "text"
        text = _text(grammar, field)
        others = _alternatives(grammar, field, text)
        page = page_asked(item, record)
        return ItemView(
            item_id=item.item_id,
            document_id=item.document_id,
            holding_code=document.holding_code,
            document_type=item.document_type,
            document_label=_words(paper_label(item.document_type, item.form or None)),
            form=item.form,
            field=item.field,
            label=_words(label_of(item.field)) if item.field else _WHOLE,
            printed=printed_label(item.document_type, item.form or None, item.field) if item.field else None,
            grammar=grammar,
            page=page,
            pages=_pages(record, page),
            box=_box(field),
            verbatim=field.verbatim if field is not None else "",
            value=field.value if field is not None else None,
            shown=text,
            doubtful=tuple(doubtful(text, [other.text for other in others])),
            alternatives=others,
            reasons=tuple(_reasons(record, field)),
            same_fact=tuple(
                SameFact(label=_words(place.label), text=place.text, source=place.source)
                for place in elsewhere(record, item.field)
            ),
            register=self._registered(document, record, item.field),
            opinions=tuple(Opinion(text=text, choice=choice) for text, choice in opinions),
            stage=item.stage,
            page_size=self._size(document, field, page),
            turn=next((report.rotation for report in record.pages if report.number == page), 0),
            line_url=f"/desk/items/{item.item_id}/line.jpg" if self._viewer and _box(field) else None,
            page_url=f"/desk/items/{item.item_id}/page.jpg",
        )

    def line(self, document: StoredDocument, record: CivilRecord, field: str) -> bytes:
        """The field's line as JPEG. Raises NotThere without one, and what `ScanViewer` raises."""
        picture = _picture(document, _field_of(record, field))
        if self._viewer is None or picture is None or picture.box is None:
            raise NotThere(Message("Mục này không có ảnh riêng", "There is no picture of this entry alone"))
        return self._viewer.line(document, picture.page, picture.box, lines=picture.lines)

    def page(self, document: StoredDocument, page: int) -> bytes:
        """A page of the document's original as JPEG. Raises NotThere, and what `ScanViewer` raises."""
        if self._viewer is None:
            raise NotThere(Message("Không có ảnh", "There is no picture"))
        return self._viewer.page(document, page)

    def page_size(self, document: StoredDocument, page: int) -> tuple[int, int] | None:
        """Width and height of a page in scan pixels; None where it cannot be shown."""
        return self._size_of(Picture(document, page))

    def wake(self) -> None:
        """A person has opened the desk: pictures will be wanted soon. Returns at once."""
        if self._viewer is not None:
            self._viewer.wake()

    def prepare(self, fields: Iterable[tuple[StoredDocument, CivilRecord, str]]) -> None:
        """Has the lines and pages of these fields made in the background. Never raises."""
        if self._viewer is None:
            return
        lines, pages = [], []
        for document, record, name in fields:
            field = _field_of(record, name)
            picture = _picture(document, field)
            if picture is not None:
                lines.append(picture)
            pages.append(Picture(document, field.page if field is not None else 1))
        self._viewer.prepare([*lines, *dict.fromkeys(pages)])

    def _size(self, document: StoredDocument, field: FieldValue | None, page: int) -> tuple[int, ...]:
        return self._size_of(_picture(document, field) or Picture(document, page)) or ()

    def _size_of(self, picture: Picture) -> tuple[int, int] | None:
        if self._viewer is None:
            return None
        try:
            return self._viewer.scan_size(picture)
        except HotichError:
            return None

    def _registered(self, document: StoredDocument, record: CivilRecord, field: str) -> tuple[RegisterView, ...]:
        prefix = _whose(record, field)
        if self._register is None or prefix is None or not _registrable(field, prefix):
            return ()
        candidates = self._candidates(self._register, document, record, prefix)
        return tuple(_person(candidate, prefix, field) for candidate in candidates)

    def _candidates(
        self, register: PopulationRegister, document: StoredDocument, record: CivilRecord, prefix: str
    ) -> list[Candidate]:
        key = (document.json.sha256, prefix)
        with self._lock:
            asked_at, known = self._known.get(key, (0.0, []))
            if asked_at and time.monotonic() - asked_at < _REUSED_FOR_S:
                return known
        claims = claims_about(record.document_type, record.fields, prefix)
        candidates = register.candidates(claims, most=_MOST_CANDIDATES)
        with self._lock:
            self._known[key] = (time.monotonic(), candidates)
            while len(self._known) > _MOST_REUSED:
                self._known.popitem(last=False)
        return candidates


def _field_of(record: CivilRecord, name: str) -> FieldValue | None:
    return next((field for field in record.fields if field.name == name), None) if name else None


def page_asked(item: ReviewItem, record: CivilRecord) -> int:
    """The page that is shown of an item first: its field's, else the one it names, else the document's first."""
    field = _field_of(record, item.field)
    if field is not None:
        return field.page
    return item.page or min((report.number for report in record.pages), default=1)


def _pages(record: CivilRecord, shown: int) -> tuple[int, ...]:
    """The document's pages, and the one that is asked about where it lies beside the document."""
    return tuple(sorted({shown, *(report.number for report in record.pages)}))


def _box(field: FieldValue | None) -> Quad | None:
    """The field's place; None also for a field that somebody added without marking its place."""
    return field.box if field is not None and len(set(field.box)) > 1 else None


def _picture(document: StoredDocument, field: FieldValue | None) -> Picture | None:
    box = _box(field)
    if field is None or box is None:
        return None
    return Picture(document, field.page, box, lines_in(field.verbatim, box))


def _text(grammar: str, field: FieldValue | None) -> str:
    if field is None:
        return ""
    if grammar == "date_words" and field.verbatim:
        return field.verbatim
    return displayed(grammar, field.value, field.verbatim)


def _alternatives(grammar: str, field: FieldValue | None, text: str) -> tuple[Alternative, ...]:
    """Other readings worth a key, those nearest to this one first; where this one has no normal form, also the legal
    values near it."""
    if field is None:
        return ()
    options: list[tuple[str, float | None]] = list(field.alternatives)
    if field.value is None and field.verbatim:
        options += [(legal.value, None) for legal in normalise(grammar, field.verbatim).candidates]
    options = [(value, confidence) for value, confidence in options if value and value != field.value]
    readings = [
        Alternative(
            text=displayed(grammar, value, field.verbatim), value=value, confidence=dict(reversed(options))[value]
        )
        for value in offered(grammar, text, field.verbatim, options)
    ]
    ranked = sorted(readings, key=lambda reading: not near(text, reading.text))
    return tuple(ranked[:_MOST_ALTERNATIVES])


def _reasons(record: CivilRecord, field: FieldValue | None) -> Iterator[Message]:
    if field is None:
        seen: dict[Message, None] = {}
        for finding in record.findings:
            about = label_of(finding.field)[0] if finding.field else ""
            seen.setdefault(finding.message.before(about) if about else finding.message)
        yield from iter(seen)
        return
    codes = [code for code in field.findings if code not in _NOT_GRAVE and not code.startswith("review.")]
    messages = [message for code in dict.fromkeys(codes) if (message := reason_message(code)) != Message.same(code)]
    grave = any(code.startswith(("field.", "register.", "sources.", "id.", "document.")) for code in codes)
    yield from iter(messages if grave else [*messages, reason_message(_UNSURE)])


def _whose(record: CivilRecord, field: str) -> str | None:
    """The field-name prefix of the person whom the field is about; None where the register cannot know that person."""
    if field.startswith("members["):
        return f"{field.partition('.')[0]}."
    for prefix in _PERSONS:
        if field.startswith(prefix) and len(Claims.from_fields(record.fields, prefix=prefix).fields) > 1:
            return prefix
    if record.document_type in NOT_IN_THE_REGISTER:
        return None
    return subject_prefix(record.document_type) if field else _decisive(record)


def _decisive(record: CivilRecord) -> str:
    """The prefix of the person who decides what the register says of the whole paper."""
    people = subjects(record.document_type, [field.name for field in record.fields if field.value])
    answers = record.validation.subjects
    decides = (p for p in people if p and (a := answers.get(p.rstrip("._"))) and a.outcome is record.validation.outcome)
    return next(decides, subject_prefix(record.document_type))


def _registrable(field: str, prefix: str) -> bool:
    """Whether the register can have this field: it does not know, for example, who signed a paper."""
    return not field or register_name(field.removesuffix("_words"), prefix=prefix) is not None


def _person(candidate: Candidate, prefix: str, asked: str) -> RegisterView:
    rows = [_row(row, prefix, asked) for row in candidate.fields]
    rows.sort(key=lambda row: not row.asked)
    return RegisterView(
        masked_id=masked(candidate.register_id),
        probability=candidate.probability,
        deceased=candidate.deceased,
        fields=tuple(rows),
    )


def _row(row: Compared, prefix: str, asked: str) -> RegisterRow:
    name = f"{prefix}{_PARENTS.get(row.field, row.field)}"
    value = display_value(_GRAMMARS.get(row.field, "text"), row.registered)
    # A number that the paper states, or almost, is shown in full to be compared; any other one is masked.
    if row.field in _NUMBERS and row.level not in (Level.SAME, Level.LETTERS):
        value = masked(value)
    return RegisterRow(
        label=_words(label_of(name)),
        registered=value,
        level=row.level.value,
        weight=row.weight,
        asked=register_name(asked, prefix=prefix) == row.field,
    )


def _words(pair: tuple[str, str]) -> Message:
    return Message(pair[0], pair[1])


def masked(number: str) -> str:
    """A number with all but its last three characters hidden."""
    return f"•••{number[-3:]}" if len(number) > 6 else "•••"
