"""Facts that stand on a paper twice: print, QR, MRZ, date in words. They decide between readings.

A code adds the fields that only it states (the old number in a chip card's QR). Where it and the print state the same
fact, it may decide between readings of the ink. Whether the sources agree in the end is checked in
`pipeline.validation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.codes import Code, Mrz, name_is_plausible, name_line, names_agree, parse_citizen_qr
from pipeline.domain.geometry import Quad, rectangle
from pipeline.domain.model import DocumentType, FieldSource
from pipeline.read_image import ReadImage
from pipeline.settling.settle_field import Settled, from_code, prefer

_CARDS = frozenset(
    (
        DocumentType.CITIZEN_ID_CHIP,
        DocumentType.CITIZEN_ID_2024,
        DocumentType.CITIZEN_ID_BARCODE,
        DocumentType.NATIONAL_ID_12,
    )
)
# Where the print carries more than the code does (unit words in addresses), the code only supports it.
_PRINT_FIRST = frozenset(("place_of_residence",))


def weigh_sources(
    settled: Sequence[Settled], images: Sequence[ReadImage], document_type: DocumentType
) -> list[Settled]:
    """The fields after every other source on the same paper was weighed; order kept, code-only fields last."""
    fields = {settled_field.field.name: settled_field for settled_field in settled}
    if document_type in _CARDS:
        for image in images:
            _weigh_codes(fields, image)
    _weigh_words(fields)
    return list(fields.values())


def _weigh_codes(fields: dict[str, Settled], image: ReadImage) -> None:
    for code in image.codes:
        _weigh_code(fields, image, code)
    if image.mrz is not None and image.mrz[0].valid:
        mrz, boxes = image.mrz
        place = image.image.to_scan.quad(_around(boxes))
        _weigh_values(fields, image, mrz.as_fields(), FieldSource.MRZ, place)
        _weigh_mrz_name(fields, mrz)
        if not _is_name_sure(fields, mrz):
            zone = fields["mrz"]
            fields["mrz"] = replace(zone, evidence=replace(zone.evidence, valid=False))


def _weigh_code(fields: dict[str, Settled], image: ReadImage, code: Code) -> None:
    place = image.image.to_scan.quad(code.box)
    payload = parse_citizen_qr(code.text) if code.kind == "qr" else None
    if payload is not None:
        stated = payload.as_fields() | {"qr": payload.raw}
        _weigh_values(fields, image, stated, FieldSource.QR, place)
    elif code.kind == "barcode" and len(code.text) == 12 and code.text.isdigit():
        _weigh_values(fields, image, {"personal_id": code.text}, FieldSource.BARCODE, place)


def _weigh_values(
    fields: dict[str, Settled], image: ReadImage, stated: dict[str, str], source: FieldSource, place: Quad
) -> None:
    for name, value in stated.items():
        known = fields.get(name)
        if known is None or (known.field.value is None and known.field.source is FieldSource.TEXT):
            fields[name] = from_code(name, value, source, image.image.page, place)
        elif name not in _PRINT_FIRST:
            fields[name] = prefer(known, value, decisive=True)


def _weigh_mrz_name(fields: dict[str, Settled], mrz: Mrz) -> None:
    """The zone's name has lost its marks and may be cut: it confirms a reading, it cannot replace one."""
    known = fields.get("full_name")
    if known is None or known.field.value is None:
        return
    for option in known.options():
        if names_agree(mrz, option):
            fields["full_name"] = prefer(known, option)
            return


def _is_name_sure(fields: dict[str, Settled], mrz: Mrz) -> bool:
    """Whether the zone's third line, which no check digit guards, is the printed name's or, without one, may be any."""
    known = fields.get("full_name")
    if known is None or not known.options():
        return name_is_plausible(mrz)
    return any(name_line(option) == mrz.lines[2] for option in known.options())


def _weigh_words(fields: dict[str, Settled]) -> None:
    """A date in digits and the same date in words: where any two of their readings agree, those are taken.

    A clear reading counts as it stands, so that two clear dates that contradict each other stay apart.
    """
    digits, words = fields.get("date_of_birth"), fields.get("date_of_birth_words")
    if digits is None or words is None:
        return
    in_words = _values_to_compare(words)
    common = next((value for value in _values_to_compare(digits) if value in in_words), None)
    if common is not None:
        fields["date_of_birth"] = prefer(digits, common)
        fields["date_of_birth_words"] = prefer(words, common)


def _values_to_compare(settled: Settled) -> tuple[str, ...]:
    return settled.options()[:1] if settled.clear else settled.options()


def _around(boxes: Sequence[Quad]) -> Quad:
    points = [point for box in boxes for point in box]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return rectangle(min(xs), min(ys), max(xs), max(ys))
