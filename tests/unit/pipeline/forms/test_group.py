"""Grouping: sides of cards, leaves of books, registers with their covers."""

from __future__ import annotations

from typing import Any

from pipeline.domain.model import DocumentType
from pipeline.forms.classify import Classification, classify
from pipeline.forms.group import group_pages
from pipeline.forms.loading import form
from tests.making.paper import Noise, Paper, line


def seen(document_type: str, form_id: str, side: str, **noise: Any) -> Classification:
    return classify(Paper(noise=Noise(**noise)).write(form(document_type, form_id).page(side)).lines)


def shape(*kinds: Classification) -> list[tuple[str, tuple[int, ...], tuple[str, ...]]]:
    return [(g.kind.document_type.value, g.pages, g.sides) for g in group_pages(kinds)]


PROSE = classify([line("Một trang văn xuôi không có gì đặc biệt", 100, 100)])


def test_no_pages_are_no_documents() -> None:
    assert group_pages([]) == ()


def test_front_and_back_of_a_card_are_one_document() -> None:
    front, back = seen("citizen_id_chip", "2021", "front"), seen("citizen_id_chip", "2021", "back")
    assert shape(front, back) == [("citizen_id_chip", (0, 1), ("front", "back"))]
    assert shape(back, front) == [("citizen_id_chip", (0, 1), ("back", "front"))]


def test_two_cards_in_a_row_are_two_documents() -> None:
    front, back = seen("national_id_9", "1999", "front"), seen("national_id_9", "1999", "back")
    assert [g[1] for g in shape(front, back, front, back)] == [(0, 1), (2, 3)]
    assert [g[1] for g in shape(front, front, back, back)] == [(0, 2), (1, 3)]


def test_a_back_too_worn_to_be_known_alone_joins_its_front() -> None:
    front = seen("citizen_id_barcode", "2016", "front")
    back = seen("citizen_id_barcode", "2016", "back", marks=0.7, spaces=0.5, letters=0.18)
    assert not back.known
    assert shape(front, back) == [("citizen_id_barcode", (0, 1), ("front", "back"))]


def test_a_side_joins_the_partner_it_is_known_to_have_and_no_other() -> None:
    front, back = seen("national_id_9", "1999", "front"), seen("national_id_9", "1999", "back")
    groups = group_pages([front, front, back, back], {0: 3, 3: 0, 1: 2, 2: 1})
    assert [g.pages for g in groups] == [(0, 3), (1, 2)]


def test_a_side_that_shows_nothing_takes_the_type_of_its_partner() -> None:
    front = seen("national_id_12", "2012", "front")
    assert not PROSE.known
    for kinds, sides in (([front, PROSE], ("front", "back")), ([PROSE, front], ("back", "front"))):
        (group,) = group_pages(kinds, {0: 1, 1: 0})
        assert (group.kind.document_type, group.sides) == (DocumentType.NATIONAL_ID_12, sides)


def test_a_weak_back_does_not_change_what_its_front_clearly_is() -> None:
    front = seen("national_id_12", "2012", "front")
    back = classify([line("Đặc điểm nhận dạng", 100, 100), line("NGÓN TRỎ TRÁI", 100, 200), line("GIÁM ĐỐC", 600, 200)])
    (group,) = group_pages([front, back], {0: 1, 1: 0})
    assert group.kind.document_type is DocumentType.NATIONAL_ID_12


def test_the_leaves_of_a_household_book_are_one_document() -> None:
    sides = ["cover", "owner", "members", "members", "adjustments"]
    groups = group_pages([seen("household_book", "2014", s) for s in sides])
    assert [g.sides for g in groups] == [tuple(sides)]
    assert groups[0].kind.form == "2014"


def test_a_second_owners_page_begins_another_book() -> None:
    owner, members = seen("household_book", "2014", "owner"), seen("household_book", "2014", "members")
    assert [g[1] for g in shape(owner, members, owner, members)] == [(0, 1), (2, 3)]


def test_two_certificates_in_a_file_are_two_documents() -> None:
    one = seen("birth_certificate", "2016", "front")
    assert [g[1] for g in shape(one, one)] == [(0,), (1,)]


def test_register_pages_stand_alone_and_share_a_cover_when_there_is_one() -> None:
    cover, page = seen("birth_register_entry", "2016", "cover"), seen("birth_register_entry", "2016", "page")
    assert [g[1] for g in shape(page, page)] == [(0,), (1,)]
    groups = group_pages([cover, page, page])
    assert [g.pages for g in groups] == [(0, 1, 2)]
    assert groups[0].kind.form == "2016"


def test_an_unknown_page_goes_with_the_document_before_it() -> None:
    certificate = seen("birth_certificate", "2016", "front")
    assert shape(certificate, PROSE) == [("birth_certificate", (0, 1), ("front", "unknown"))]


def test_another_paper_stands_alone() -> None:
    certificate = seen("birth_certificate", "2016", "front")
    other = classify([line("ĐƠN ĐỀ NGHỊ", 400, 100), line("Tôi tên là", 100, 200)])
    assert [g[0] for g in shape(certificate, other)] == ["birth_certificate", "unknown"]


def test_a_file_of_unknown_pages_is_one_unknown_document() -> None:
    assert shape(PROSE, PROSE) == [(DocumentType.UNKNOWN.value, (0, 1), ("unknown", "unknown"))]


def test_a_page_with_nothing_to_read_before_a_books_owners_page_is_its_cover() -> None:
    owner, members = seen("household_book", "2014", "owner"), seen("household_book", "2014", "members")
    worn = classify([line("MAU", 100, 100)])
    assert shape(worn, owner, members) == [("household_book", (0, 1, 2), ("unknown", "owner", "members"))]
    written = classify([line("Một trang văn xuôi dài, không có gì đặc biệt, không phải bìa sổ", 100, 100)])
    assert [group[1] for group in shape(written, owner, members)] == [(0,), (1, 2)]
