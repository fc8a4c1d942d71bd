"""Checks on ids, cards and the time a form was in use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pipeline.domain.model import DocumentType, Finding
from pipeline.validation.record import Record, Span
from pipeline.validation.rules import finding
from pipeline.values import INDEFINITE, id_structure

# Ages at which cards end, by law of 2014 and 2023; fifteen years of a CMND are not at a birthday.
_RENEWAL_AGES = frozenset((14, 25, 40, 60))
_NO_END_FROM = 58  # two years before the last renewal (Luật Căn cước công dân 2014 Điều 21, Luật Căn cước 2023 Điều 21)
_CHIP = (date(2021, 1, 1), date(2024, 6, 30))
# When each card was issued; a few months' slack where local starts differed.
_CARD_ISSUED: dict[DocumentType, tuple[date, date]] = {
    DocumentType.CITIZEN_ID_2024: (date(2024, 7, 1), date.max),
    DocumentType.CITIZEN_ID_CHIP: _CHIP,
    DocumentType.CITIZEN_ID_BARCODE: (date(2016, 1, 1), date(2021, 6, 30)),
    DocumentType.NATIONAL_ID_12: (date(2012, 1, 1), date(2016, 12, 31)),
    DocumentType.NATIONAL_ID_9: (date(1976, 8, 1), date(2021, 6, 30)),
}
_CARDS_WITH_AGES = frozenset(
    (DocumentType.CITIZEN_ID_2024, DocumentType.CITIZEN_ID_CHIP, DocumentType.CITIZEN_ID_BARCODE)
)
_ENDS = ("date_of_expiry", "temporary_until")
_LAW_2014 = date(2016, 1, 1)


def check_ids(record: Record) -> Iterator[Finding]:
    """Structure of every id, and what it says about its owner's sex and year of birth."""
    for prefix in (*record.persons(), "mother_", "father_"):
        number = record.value(f"{prefix}personal_id")
        if number is not None:
            yield from _check_id(record, prefix, number)
        old = record.value(f"{prefix}old_national_id")
        if old is not None and not re.fullmatch(r"[0-9]{9}", old):
            yield finding("id.old_malformed", f"{prefix}old_national_id")


def _check_id(record: Record, prefix: str, number: str) -> Iterator[Finding]:
    name = f"{prefix}personal_id"
    if record.document_type is DocumentType.BIRTH_NOTIFICATION and re.fullmatch(r"[0-9]{9}|[A-Z][0-9]{7,8}", number):
        return  # the form asks for whichever paper the mother had
    if not re.fullmatch(r"[0-9]{12}", number):
        yield finding("id.malformed", name)
        return
    structure = id_structure(number)
    if not structure.province_known:
        yield finding("id.province_unknown", name)
    sex = {"mother_": "female", "father_": "male"}.get(prefix, record.value(f"{prefix}sex"))
    if sex is not None and sex != structure.sex:
        yield finding("id.sex_mismatch", name)
    for born in (f"{prefix}date_of_birth", f"{prefix}birth_year"):
        year = record.value(born)
        if year is not None and year[:4] != str(structure.birth_year):
            # Which of the two is misread, or another person's, nothing says.
            yield from (finding("id.birth_year_mismatch", told) for told in (name, born))
            return


def check_card(record: Record) -> Iterator[Finding]:
    """Issue and expiry of identity cards."""
    issue, expiry = record.span("date_of_issue"), record.span("date_of_expiry")
    if issue and expiry and expiry.last < issue.first:
        yield finding("date.expiry_before_issue", "date_of_expiry")
    issued = _CARD_ISSUED.get(record.document_type)
    if issue and issued and not (issued[0] <= issue.last and issue.first <= issued[1]):
        yield finding("form.wrong_time", "date_of_issue")
    birth = record.span("date_of_birth")
    if record.document_type in _CARDS_WITH_AGES and birth:
        endless = record.value("date_of_expiry") == INDEFINITE
        too_young = endless and issue and issue.last < _birthday(birth.first, _NO_END_FROM)
        if too_young or (expiry and not _renewal_birthday(birth, expiry)):
            yield finding("date.expiry_age", "date_of_expiry")


def check_ends(record: Record) -> Iterator[Finding]:
    """Only the end of a card or a stay can be without an end."""
    for name, field in record.fields.items():
        if field.value == INDEFINITE and not name.endswith(_ENDS):
            yield finding("date.no_end", name)


def _birthday(born: date, age: int) -> date:
    leap = (born.month, born.day) == (2, 29)
    return born.replace(year=born.year + age, day=28 if leap else born.day)


def _renewal_birthday(birth: Span, expiry: Span) -> bool:
    if birth.first != birth.last or expiry.first != expiry.last:
        return True  # a part is missing: nothing can be said
    day, end = birth.first, expiry.first
    leap = (day.month, day.day) == (2, 29) and (end.month, end.day) in ((2, 28), (3, 1))
    return end.year - day.year in _RENEWAL_AGES and ((day.month, day.day) == (end.month, end.day) or leap)


def check_form_time(record: Record) -> Iterator[Finding]:
    """Whether a civil-status form was in use when the act was registered. Reissues keep their old act's date
    on extracts, so those are not asked."""
    registered = record.span("date_of_registration")
    if registered is None:
        return
    old = record.document_type is DocumentType.BIRTH_CERTIFICATE_OLD
    new = record.document_type is DocumentType.BIRTH_CERTIFICATE
    if (old and registered.first >= _LAW_2014.replace(year=2017)) or (new and registered.last < _LAW_2014):
        yield finding("form.wrong_time", "date_of_registration")
