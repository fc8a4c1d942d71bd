"""The domain's nouns: from a source file to a civil record.

Frozen, keyword-only values. *As written* (`verbatim`), *normal form* (`value`) and *as the register
says* (`Validation`) are kept apart, always.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Quad, Transform, WayBack
from pipeline.domain.message import Message
from pipeline.domain.recognition import ModelIdentity, Reading

Colour = NDArray[np.uint8]


class DocumentType(StrEnum):
    CITIZEN_ID_CHIP = "citizen_id_chip"
    CITIZEN_ID_BARCODE = "citizen_id_barcode"
    CITIZEN_ID_2024 = "citizen_id_2024"
    NATIONAL_ID_9 = "national_id_9"
    NATIONAL_ID_12 = "national_id_12"
    HOUSEHOLD_BOOK = "household_book"
    TEMPORARY_RESIDENCE_BOOK = "temporary_residence_book"
    BIRTH_CERTIFICATE = "birth_certificate"
    BIRTH_CERTIFICATE_OLD = "birth_certificate_old"
    BIRTH_EXTRACT = "birth_extract"
    BIRTH_REGISTER_ENTRY = "birth_register_entry"
    BIRTH_NOTIFICATION = "birth_notification"
    MARRIAGE_CERTIFICATE = "marriage_certificate"
    DEATH_CERTIFICATE = "death_certificate"
    OTHER = "other"  # of a form that an office added: `form` says which
    UNKNOWN = "unknown"


class Status(StrEnum):
    """Of a field and of a document. A document is no better than its worst field."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    REJECTED = "rejected"


class FieldSource(StrEnum):
    TEXT = "text"
    QR = "qr"
    MRZ = "mrz"
    BARCODE = "barcode"
    REVIEWER = "reviewer"


class _Evolve:
    __slots__ = ()

    def evolve(self, **changes: Any) -> Self:
        """A copy with these attributes changed."""
        return replace(self, **changes)  # type: ignore[type-var]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile(_Evolve):
    """A file as it came: its name relative to the input root (posix), its digest, what it is."""

    file: str
    sha256: str
    media_type: str
    size: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """One page as it was scanned: the original pixels, stretched where they were not square, reduced where there are
    far more than reading needs, else nothing changed.

    `pixels` is (H, W) grey or (H, W, 3) BGR, uint8, as a viewer displays the page (EXIF orientation
    and a PDF page's /Rotate applied). `dpi` is None when the file does not say or says nonsense. `unstretched` is the
    page's width and height in the file's own pixels, where these are not square (a fax) or were too many.
    `embedded` holds the page's own encoded bytes when the page is exactly one image, so that an
    archival copy can keep them: a whole JPEG file (`encoding` "jpeg") or a single-strip TIFF file
    around a Group 4 stream ("ccitt-g4"). Turned clockwise by `turn` degrees they show `pixels`.
    `missing` is the part of `pixels` that the file no longer holds: a decoder made up what is seen there.
    """

    number: int
    pixels: NDArray[np.uint8]
    dpi: float | None
    embedded: bytes | None = None
    encoding: str | None = None
    turn: int = 0
    missing: Quad | None = None
    unstretched: tuple[int, int] | None = None

    @property
    def scan_size(self) -> tuple[int, int]:
        """Width and height in scan pixels: those of the file, in which every place on the page is told."""
        return self.unstretched or (self.pixels.shape[1], self.pixels.shape[0])

    @property
    def finer(self) -> float:
        """How many times finer than `pixels` the file's own are: 1 where these were not reduced."""
        width, height = self.scan_size
        return float(max(1.0, width / self.pixels.shape[1], height / self.pixels.shape[0]))

    @property
    def to_scan(self) -> Transform:
        """From `pixels` to scan pixels."""
        width, height = self.scan_size
        return Transform.scale(width / self.pixels.shape[1], height / self.pixels.shape[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class UprightImage(_Evolve):
    """A page, or one card or leaf found on it, turned upright, squared and straightened.

    `colour` is (H, W, 3) BGR uint8 at about `dpi`; `to_scan` leads from its pixels to the original
    scan's. `part` counts the pieces of one page in reading order, from 1. `rotation` is how the scan
    must be turned clockwise to be upright (0, 90, 180, 270); `skew_deg` is None where the estimate abstained.
    """

    page: int
    part: int
    colour: Colour
    dpi: float
    to_scan: WayBack
    kind: str  # "page" | "card"
    rotation: int
    skew_deg: float | None
    blank: bool
    quality: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine(_Evolve):
    """A run of text in one row of one upright image (a table cell or a form's segment), and what readers read.

    `box` is in the upright image's pixels. `line_to_upright` leads from the pixels of the line
    image that was read (which `Character.start` and `.end` count in) to the upright image.
    `readings[0]` is the primary reader's. `row` numbers the rows of its image from the top; `cell` is
    (table, row, column) where it stands in a ruled grid; `ink` as layout saw it; `crosses`: writing that goes on beyond
    a rule.
    """

    page: int
    part: int
    box: Quad
    line_to_upright: Transform
    readings: tuple[Reading, ...]
    struck_out: bool = False
    crosses: bool = False
    row: int | None = None
    cell: tuple[int, int, int] | None = None
    ink: str = "black"

    @property
    def text(self) -> str:
        return self.readings[0].text if self.readings else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a person should know: a rule broken, a doubt, a mismatch. Data, not an exception.

    `code` is stable ("id.sex_mismatch"); `message` is Vietnamese first, then English after " / ", and never holds
    a field's value.
    """

    code: str
    message: Message
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue(_Evolve):
    """One field: what is written, its normal form, how sure, where, and why.

    `value` None with an empty `verbatim` means: the place was found and nothing is written there.
    `confidence` is a calibrated probability that `value` is right, or None when nobody measured it; `association` that
    it is this field's and this person's, whatever its characters say. `box` is in original-scan pixels.
    """

    name: str
    value: str | None
    verbatim: str
    page: int
    box: Quad
    source: FieldSource = FieldSource.TEXT
    confidence: float | None = None
    association: float | None = None
    status: Status = Status.REVIEW
    alternatives: tuple[tuple[str, float], ...] = ()
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureSpot:
    """A place where a capture is doubtful: `kind` as `pipeline.imaging.capture` names it, `place` in scan pixels.

    `value` is the measure there, on the scale of the capture's measure of the same name.
    """

    kind: str
    place: Quad
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """How one page, card or leaf was caught by scanner or camera: numbers, and where they are bad.

    `part` and `kind` as in `UprightImage`; `place` is the piece's outline in scan pixels. What the measures
    mean stands in `pipeline.imaging.capture`; what follows from them is for `pipeline.judging.verdict` to say.
    """

    part: int
    kind: str
    place: Quad
    measures: dict[str, float]
    spots: tuple[CaptureSpot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReport:
    """What imaging measured on one page. `captures` holds one entry a piece, no part of the record contract.

    `width` and `height` are the page's in scan pixels, in which every box on it counts; None where the page could not
    be read, and in records of before they were noted.
    `printed` are the page numbers printed on it, in reading order, two of a photographed book; None where one was not
    read.
    `missing` as in `PageImage`, and `covered`, what lies over the page, are in scan pixels and no part of it either:
    what they cost the fields stands in their findings.
    """

    number: int
    width: int | None = None
    height: int | None = None
    dpi: float | None
    rotation: int
    skew_deg: float | None
    quality: dict[str, float]
    blank: bool = False
    printed: tuple[int | None, ...] = ()
    findings: tuple[Finding, ...] = ()
    captures: tuple[Capture, ...] = ()
    missing: Quad | None = None
    covered: tuple[Quad, ...] = ()


class RegisterOutcome(StrEnum):
    """What a look-up in the population register came to.

    `CONFLICT`: the person was found, and a field truly differs that was surely read, or whose ink surely does not
    say what is registered. `UNSURE`: what was read is too doubtful to say whether it differs, or whether nobody
    fits. `AMBIGUOUS`: several people fit about as well. `NOT_FOUND`: nobody fits what was surely read.
    `UNAVAILABLE`: the register is out of reach. `NOT_CHECKED`: there is no register, or the paper does not say
    enough to look anybody up.
    """

    MATCH = "match"
    CONFLICT = "conflict"
    UNSURE = "unsure"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not_found"
    UNAVAILABLE = "unavailable"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """The population register's answer: kept beside the record, never written into it.

    `conflicts`, `confirmed` and `evidence` go by the record's names of fields; `evidence` is in bits. `confirmed`:
    values of a person whom all that agrees singles out among the country's; it made their reading surer. `candidates`:
    whom the paper may be about, by register id with the probability that it is, likeliest first, where the outcome is
    unsure or ambiguous. `subjects`: the answer about each person by whom the paper is checked ("mother", "husband",
    "members[2]"), empty where it is one person of its own; the answer itself is then about the one who decides the
    outcome, with everybody's conflicts and confirmed fields.
    """

    outcome: RegisterOutcome = RegisterOutcome.NOT_CHECKED
    register_id: str | None = None
    match_probability: float | None = None
    conflicts: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    evidence: dict[str, float] = field(default_factory=dict)
    candidates: tuple[tuple[str, float], ...] = ()
    subjects: dict[str, Validation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    software: str
    models: tuple[ModelIdentity, ...]
    settings_sha256: str

    @property
    def taught_by_register(self) -> bool:
        """Whether one of the models learnt from the population register: then that register is no witness of what was
        read."""
        return any(model.taught_by_register for model in self.models)


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """What a record goes on with, where one paper was scanned into several files.

    `document_id`: the record of the file before. `members`: how many people of the household the files before list;
    the record's own are numbered on from there. `sure`: nothing says that somebody was not seen or was counted twice.
    """

    document_id: str
    members: int = 0
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CivilRecord(_Evolve):
    """One act, card, book or entry read from one source file: the record contract, as a value.

    `continues` is set where the file shows only later leaves or the other side of what an earlier file begins.
    """

    document_id: str
    holding_code: str
    source: SourceFile
    document_type: DocumentType
    form: str | None
    type_confidence: float | None
    status: Status
    fields: tuple[FieldValue, ...]
    validation: Validation
    pages: tuple[PageReport, ...]
    findings: tuple[Finding, ...]
    provenance: Provenance
    continues: Continuation | None = None
