"""What makes two scans one document, and whether a stored one may stand in for its paper."""

from __future__ import annotations

from datetime import date

from pipeline.domain.model import DocumentType
from pipeline.forms.sides_seen import sides_seen
from pipeline.judging.verdict import identity_of, is_current
from tests.making.submitted import BACK, CARD, a_field, a_record, card

TODAY = date(2026, 11, 22)


def test_two_scans_of_one_card_have_one_identity() -> None:
    assert identity_of(card(full_name="NGUYỄN THỊ MẪU")) == identity_of(card(sex=None))


def test_another_number_or_another_issue_is_another_document() -> None:
    assert identity_of(card()) != identity_of(card(personal_id="001190123457"))
    assert identity_of(card()) != identity_of(card(date_of_issue="2024-08-01"))


def test_too_little_read_identifies_nothing() -> None:
    assert identity_of(a_record(fields=(a_field("full_name", "Nguyễn Thị Mẫu"),))) is None
    assert identity_of(a_record(DocumentType.UNKNOWN, None)) is None


def test_a_valid_card_is_current_and_an_expired_one_is_not() -> None:
    assert is_current(card(), TODAY)
    assert not is_current(card(date_of_expiry="2020-01-01"), TODAY)


def test_a_household_book_ended_with_2022() -> None:
    book = a_record(DocumentType.HOUSEHOLD_BOOK, "2014")
    assert is_current(book, date(2022, 12, 31))
    assert not is_current(book, TODAY)


def test_a_certificate_stays_current() -> None:
    assert is_current(a_record(DocumentType.BIRTH_CERTIFICATE, "2016"), TODAY)


def test_sides_are_told_by_what_stands_only_on_them() -> None:
    front = a_record(fields=tuple(a_field(k, v) for k, v in CARD.items()))
    back = a_record(fields=tuple(a_field(k, v) for k, v in BACK.items()))
    assert (sides_seen(front), sides_seen(back), sides_seen(card())) == (("front",), ("back",), ("front", "back"))


def test_a_place_that_was_found_empty_shows_no_side() -> None:
    assert sides_seen(a_record(fields=(a_field("full_name", None),))) == ()


def test_papers_without_two_sides_have_none() -> None:
    assert sides_seen(a_record(DocumentType.DEATH_CERTIFICATE, "extract-2016")) == ()
