"""Facts that stand on a paper twice choose between readings of the ink; they do not overwrite it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.codes import Code, Mrz, compose_td1, parse_td1
from pipeline.domain.geometry import Transform, rectangle
from pipeline.domain.model import DocumentType, FieldSource
from pipeline.read_image import ReadImage
from pipeline.settling.settle_field import Settled
from pipeline.settling.weigh_sources import weigh_sources
from pipeline.values import INDEFINITE
from tests.making.readings import Voice, from_text, read_image, settled

CHIP = DocumentType.CITIZEN_ID_CHIP
NUMBER, OLD, NAME = "001190123456", "012345678", "Nguyễn Thị Mẫu"
PAYLOAD = f"{NUMBER}|{OLD}|{NAME}|05021990|Nữ|Thôn Đông, Cổ Nhuế, Từ Liêm, Hà Nội|10052021"
IN_WORDS = "Ngày mùng năm tháng hai năm hai nghìn không trăm hai mươi mốt"
PLACE = rectangle(200, 10, 260, 70)
LINES = [rectangle(10, 100, 300, 120), rectangle(12, 130, 310, 150), rectangle(10, 160, 300, 180)]


def with_qr(text: str = PAYLOAD, kind: str = "qr", **more: Any) -> ReadImage:
    return read_image(codes=(Code(kind=kind, symbology="x", text=text, box=PLACE),), **more)


def zone(name: str = NAME) -> Mrz:
    found = parse_td1(compose_td1(NUMBER, date(1990, 2, 5), "female", date(2030, 2, 5), name))
    assert found is not None and found.valid
    return found


def weighed(fields: list[Settled], image: ReadImage, kind: DocumentType = CHIP) -> dict[str, Settled]:
    return {one.field.name: one for one in weigh_sources(fields, [image], kind)}


def test_a_fact_only_the_code_states_becomes_a_field_of_the_code() -> None:
    found = weighed([], with_qr(to_scan=Transform.shift(1000, 0)))["old_national_id"]
    assert (found.field.value, found.field.source) == (OLD, FieldSource.QR)
    assert found.field.box == rectangle(1200, 10, 1260, 70)


def test_the_payload_itself_is_kept_as_it_was_read() -> None:
    assert weighed([], with_qr())["qr"].field.value == PAYLOAD


def test_fields_keep_their_order_and_what_only_codes_state_comes_last() -> None:
    printed = [settled(NAME), settled(NUMBER, "personal_id", name="personal_id")]
    names = [one.field.name for one in weigh_sources(printed, [with_qr()], CHIP)]
    assert names[:2] == ["full_name", "personal_id"] and "old_national_id" in names[2:]


def test_the_code_mends_a_doubtful_misreading_and_the_field_stays_the_inks() -> None:
    found = weighed([settled("Nguyen Thi Mẫn", p=0.5)], with_qr())["full_name"]
    assert (found.field.value, from_text(found)) == (NAME, True)
    assert found.field.verbatim == "Nguyen Thi Mẫn"


def test_the_code_does_not_overrule_a_clear_reading() -> None:
    assert weighed([settled("Nguyễn Thị Mận", p=0.97)], with_qr())["full_name"].field.value == "Nguyễn Thị Mận"


def test_where_the_print_could_not_be_read_the_code_speaks() -> None:
    blank = settled("31/02/1990", "date", name="date_of_birth")
    found = weighed([blank], with_qr())["date_of_birth"]
    assert (found.field.value, found.field.source) == ("1990-02-05", FieldSource.QR)


def test_the_printed_address_says_more_than_the_codes_and_stays() -> None:
    printed = settled("Thôn Đông, xã Cổ Nhuế, huyện Từ Liêm, Hà Nội", "address", name="place_of_residence", p=0.4)
    found = weighed([printed], with_qr())["place_of_residence"]
    assert found.field.value == printed.field.value


def test_a_barcode_of_twelve_digits_states_the_number() -> None:
    found = weighed([], with_qr(NUMBER, kind="barcode"), DocumentType.CITIZEN_ID_BARCODE)
    assert (found["personal_id"].field.value, found["personal_id"].field.source) == (NUMBER, FieldSource.BARCODE)


@pytest.mark.parametrize("text", ["MAU-000123", "12345678901", "https://example.org"])
def test_a_code_that_is_no_citizens_states_nothing(text: str) -> None:
    assert weighed([], with_qr(text, kind="barcode")) == {}
    assert weighed([], with_qr(text)) == {}


def test_codes_on_papers_that_are_no_cards_are_left_alone() -> None:
    assert weighed([], with_qr(), DocumentType.BIRTH_CERTIFICATE) == {}


def test_a_valid_zone_states_number_dates_and_sex() -> None:
    found = weighed([], read_image(mrz=(zone(), tuple(LINES))))
    assert {name: one.field.value for name, one in found.items() if name != "mrz"} == {
        "personal_id": NUMBER,
        "date_of_birth": "1990-02-05",
        "sex": "female",
        "date_of_expiry": "2030-02-05",
    }
    assert found["sex"].field.box == rectangle(10, 100, 310, 180)


def test_a_zone_whose_check_digits_disagree_states_nothing() -> None:
    lines = list(compose_td1(NUMBER, date(1990, 2, 5), "female", date(2030, 2, 5), NAME))
    broken = parse_td1([lines[0].replace("90123456", "90128456"), "0000000F0000000VNM<<<<<<<<<<<0", lines[2]])
    assert broken is not None and not broken.valid
    assert weighed([], read_image(mrz=(broken, tuple(LINES)))) == {}


def test_the_zones_name_chooses_the_reading_it_agrees_with() -> None:
    read = settled("Nguyễn Thị Nga", p=0.5, seconds=[Voice("Nguyễn Thị Mẫu", p=0.4)])
    assert read.field.value == "Nguyễn Thị Nga"
    assert weighed([read], read_image(mrz=(zone(), tuple(LINES))))["full_name"].field.value == NAME


def test_the_zones_name_without_marks_never_becomes_the_value() -> None:
    read = settled("Lê Văn Tám", p=0.4)
    assert weighed([read], read_image(mrz=(zone(), tuple(LINES))))["full_name"].field.value == "Lê Văn Tám"


def test_a_date_in_digits_and_in_words_settle_on_what_both_may_say() -> None:
    digits = settled("08/02/2021", "date", name="date_of_birth", p=0.5, seconds=[Voice("05/02/2021", p=0.4)])
    words = settled(IN_WORDS, "date_words", name="date_of_birth_words")
    assert digits.field.value == "2021-02-08"
    found = weighed([digits, words], read_image(), DocumentType.BIRTH_CERTIFICATE)
    values = [found[name].field.value for name in ("date_of_birth", "date_of_birth_words")]
    assert values == ["2021-02-05", "2021-02-05"]


def test_a_clear_date_in_words_decides_over_doubtful_digits_that_are_near() -> None:
    digits = settled("08/02/2021", "date", name="date_of_birth", p=0.5, seconds=[Voice("05/02/2021", p=0.4)])
    words = settled(IN_WORDS, "date_words", name="date_of_birth_words", p=0.97)
    found = weighed([digits, words], read_image(), DocumentType.BIRTH_CERTIFICATE)
    assert found["date_of_birth"].field.value == "2021-02-05"


def test_two_clear_dates_that_differ_by_little_stay_apart_for_a_person_to_see() -> None:
    digits = settled("08/02/2021", "date", name="date_of_birth", p=0.97)
    words = settled(IN_WORDS, "date_words", name="date_of_birth_words", p=0.97)
    found = weighed([digits, words], read_image(), DocumentType.BIRTH_CERTIFICATE)
    values = [found[name].field.value for name in ("date_of_birth", "date_of_birth_words")]
    assert values == ["2021-02-08", "2021-02-05"]


def test_doubtful_words_settle_on_the_near_date_that_clear_digits_say() -> None:
    digits = settled("08/02/2021", "date", name="date_of_birth", p=0.97)
    words = settled(IN_WORDS, "date_words", name="date_of_birth_words", p=0.5)
    found = weighed([digits, words], read_image(), DocumentType.BIRTH_CERTIFICATE)
    assert found["date_of_birth_words"].field.value == "2021-02-08"


def test_dates_that_share_no_reading_stay_apart() -> None:
    digits = settled("17/11/1999", "date", name="date_of_birth")
    words = settled(IN_WORDS, "date_words", name="date_of_birth_words")
    found = weighed([digits, words], read_image(), DocumentType.BIRTH_CERTIFICATE)
    assert found["date_of_birth"].field.value == "1999-11-17"
    assert found["date_of_birth_words"].field.value == "2021-02-05"


@pytest.mark.parametrize("ends", [date(2099, 12, 31), date(2050, 2, 5)])
def test_a_card_without_an_end_stays_so_whatever_the_zone_says(ends: date) -> None:
    found = parse_td1(compose_td1(NUMBER, date(1950, 2, 5), "female", ends, NAME))
    assert found is not None
    printed = settled("Khỏng thời hạng", "date", name="date_of_expiry", p=0.5)
    assert weighed([printed], read_image(mrz=(found, tuple(LINES))))["date_of_expiry"].field.value == INDEFINITE


def test_a_zone_without_an_end_speaks_where_the_print_could_not_be_read() -> None:
    found = parse_td1(compose_td1(NUMBER, date(1950, 2, 5), "female", date(2099, 12, 31), NAME))
    assert found is not None
    field = weighed([], read_image(mrz=(found, tuple(LINES))))["date_of_expiry"].field
    assert (field.value, field.source) == (INDEFINITE, FieldSource.MRZ)


@pytest.mark.parametrize(
    ("printed", "in_zone", "sure"),
    [
        (NAME, NAME, True),
        (NAME, "Nguyễn Thị Mâm", False),
        (None, NAME, True),
        (None, "Nguyễn Thị Mxu", False),
        ("Y Dham Êban", "Y Dham Êban", True),
    ],
    ids=["as printed", "a letter off", "a name alone", "no name", "no syllables, but as printed"],
)
def test_a_zone_is_as_sure_as_its_name_which_no_check_digit_guards(
    printed: str | None, in_zone: str, sure: bool
) -> None:
    fields = [settled(printed)] if printed else []
    found = weighed(fields, read_image(mrz=(zone(in_zone), tuple(LINES))))["mrz"]
    assert found.evidence.valid is sure
