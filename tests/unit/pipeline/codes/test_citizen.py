import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.codes import parse_citizen_qr

SEVEN = "001190123456|012345678|Nguyễn Thị Mẫu|15011990|Nữ|Số 1 Phố Mẫu, Phúc Xá, Ba Đình, Hà Nội|10052021"


def test_the_seven_fields_of_a_chip_card_are_read_by_position() -> None:
    told = parse_citizen_qr(SEVEN)
    assert told is not None
    assert told.as_fields() == {
        "personal_id": "001190123456",
        "old_national_id": "012345678",
        "full_name": "Nguyễn Thị Mẫu",
        "date_of_birth": "1990-01-15",
        "sex": "female",
        "place_of_residence": "Số 1 Phố Mẫu, Phúc Xá, Ba Đình, Hà Nội",
        "date_of_issue": "2021-05-10",
    }


def test_an_empty_old_number_shifts_nothing() -> None:
    told = parse_citizen_qr(SEVEN.replace("012345678", ""))
    assert told is not None and told.old_national_id == "" and told.full_name == "Nguyễn Thị Mẫu"


def test_the_four_further_fields_of_2024_are_kept_as_they_are() -> None:
    told = parse_citizen_qr(SEVEN + "||x|y|")
    assert told is not None and told.extra == ("", "x", "y", "") and told.raw == SEVEN + "||x|y|"


def test_the_six_field_variant_lacks_the_old_number() -> None:
    told = parse_citizen_qr(SEVEN.replace("|012345678", ""))
    assert told is not None
    assert (told.old_national_id, told.date_of_birth, told.date_of_issue) == ("", "1990-01-15", "2021-05-10")


@pytest.mark.parametrize(
    "text", ["", "https://example.invalid/1", "001190123456", "00119012345X||A|15011990|Nữ|B|", "||||||"]
)
def test_other_texts_are_no_citizen_payload(text: str) -> None:
    assert parse_citizen_qr(text) is None


def test_an_impossible_birth_date_stays_empty() -> None:
    told = parse_citizen_qr(SEVEN.replace("15011990", "31021990"))
    assert told is not None and told.date_of_birth == ""


def test_an_unknown_day_of_birth_leaves_the_year() -> None:
    told = parse_citizen_qr(SEVEN.replace("15011990", "00001990"))
    assert told is not None and told.date_of_birth == "1990"


@given(st.text(max_size=120))
@settings(deadline=None)
def test_no_text_makes_the_parser_fail(text: str) -> None:
    parse_citizen_qr(text)
    parse_citizen_qr("001190123456|" + text)


@given(st.lists(st.text(alphabet="aăâđêôơư ,0123", max_size=12), min_size=6, max_size=14))
@settings(deadline=None)
def test_each_field_is_found_at_its_own_position(parts: list[str]) -> None:
    told = parse_citizen_qr("|".join(["001190123456", "", "Lê Thử", *parts[2:]]))
    if told is not None and len(parts) >= 6:
        assert told.residence == " ".join(parts[4].split())
