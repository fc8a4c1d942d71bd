"""Records as `conclude` gives them, without a scan: invented people only."""

from __future__ import annotations

from pipeline.domain.geometry import Quad, rectangle
from pipeline.domain.model import (
    Capture,
    CaptureSpot,
    CivilRecord,
    DocumentType,
    FieldSource,
    FieldValue,
    PageReport,
    Provenance,
    SourceFile,
    Status,
    Validation,
)

BOX = rectangle(100, 100, 300, 130)
CARD = {
    "full_name": "Nguyễn Thị Mẫu",
    "personal_id": "001190123456",
    "date_of_birth": "1990-01-15",
    "sex": "female",
    "nationality": "Việt Nam",
    "date_of_expiry": "2030-01-15",
}
BACK = {"date_of_issue": "2021-05-10", "identifying_marks": "Nốt ruồi", "mrz": "x"}
GOOD = {"crispness": 6.0, "letters_px": 30.0, "light": 0.8, "missing": 0.0, "screen": 1.0, "letters": 300.0}
FRAME = rectangle(50, 50, 1050, 700)


def a_field(
    name: str,
    value: str | None,
    *,
    sure: bool = True,
    page: int = 1,
    box: Quad = BOX,
    source: FieldSource = FieldSource.TEXT,
    alternatives: tuple[tuple[str, float], ...] = (),
) -> FieldValue:
    return FieldValue(
        name=name,
        value=value,
        verbatim=value or "",
        page=page,
        box=box,
        source=FieldSource.MRZ if name == "mrz" else source,
        confidence=0.998 if sure else 0.6,
        status=Status.ACCEPTED if sure else Status.REVIEW,
        alternatives=alternatives,
    )


def a_capture(*spots: tuple[str, Quad, float], **measures: float) -> Capture:
    return Capture(
        part=1,
        kind="card",
        place=FRAME,
        measures=GOOD | measures,
        spots=tuple(CaptureSpot(kind=kind, place=place, value=value) for kind, place, value in spots),
    )


def a_record(
    document_type: DocumentType = DocumentType.CITIZEN_ID_CHIP,
    form: str | None = "2021",
    *,
    fields: tuple[FieldValue, ...] = (),
    capture: Capture | None = None,
    status: Status = Status.ACCEPTED,
    validation: Validation | None = None,
    file: str = "anh.jpg",
    number: int = 0,
    blank: bool = False,
) -> CivilRecord:
    report = PageReport(
        number=1, dpi=None, rotation=0, skew_deg=0.0, quality={}, blank=blank, captures=(capture or a_capture(),)
    )
    return CivilRecord(
        document_id=f"{number:032x}",
        holding_code=f"HT-{number:016d}",
        source=SourceFile(file=file, sha256="0" * 64, media_type="image/jpeg", size=1, pages=1),
        document_type=document_type,
        form=form,
        type_confidence=0.99,
        status=status,
        fields=fields,
        validation=validation or Validation(),
        pages=(report,),
        findings=(),
        provenance=Provenance(software="test", models=(), settings_sha256="0" * 64),
    )


def card(*, capture: Capture | None = None, sure: bool = True, back: bool = True, **changes: str | None) -> CivilRecord:
    """A chip card, both sides; `changes` are other values of its fields, None for one that was not read."""
    values = {**CARD, **(BACK if back else {}), **changes}
    return a_record(fields=tuple(a_field(k, v, sure=sure) for k, v in values.items()), capture=capture)
