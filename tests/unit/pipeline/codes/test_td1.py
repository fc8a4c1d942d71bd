from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.codes import check_digit, checks_hold, compose_td1, names_agree, parse_td1

SPECIMEN = (
    "IDVNM1901234569001190123456<<0",
    "9001158F3001156VNM<<<<<<<<<<<8",
    "NGUYEN<<THI<MAU<<<<<<<<<<<<<<<",
)
NAMES = ("Nguyễn Thị Mẫu", "Đỗ Văn Thử", "Trần Lê Quỳnh Ví Dụ")
MRZ_TEXT = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<", min_size=1, max_size=30)


@st.composite
def cards(draw: st.DrawFn) -> tuple[str, date, str, date, str]:
    born = draw(st.dates(min_value=date(1930, 1, 1), max_value=date(2015, 12, 31)))
    sex = draw(st.sampled_from(("male", "female")))
    gender = 2 * (born.year // 100 - 19) + (sex == "female")
    number = f"001{gender}{born:%y}{draw(st.integers(0, 999999)):06d}"
    expiry = draw(st.dates(min_value=date(2025, 1, 1), max_value=date(2060, 12, 31)))
    return number, born, sex, expiry, draw(st.sampled_from(NAMES))


@given(MRZ_TEXT, st.data())
@settings(deadline=None)
def test_the_check_digit_sees_every_change_of_one_digit(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    assume(text[place].isdigit())
    other = data.draw(st.sampled_from("0123456789".replace(text[place], "")))
    assert check_digit(text[:place] + other + text[place + 1 :]) != check_digit(text)


@given(MRZ_TEXT)
@settings(deadline=None)
def test_fillers_at_the_end_leave_a_check_digit_as_it_is(text: str) -> None:
    assert check_digit(text + "<<<") == check_digit(text)


def test_a_card_is_composed_as_the_specimen_shows() -> None:
    made = compose_td1("001190123456", date(1990, 1, 15), "female", date(2030, 1, 15), "Nguyễn Thị Mẫu")
    assert made == SPECIMEN


@given(cards())
@settings(deadline=None)
def test_a_clean_zone_gives_back_what_was_put_in(card: tuple[str, date, str, date, str]) -> None:
    number, born, sex, expiry, name = card
    mrz = parse_td1(compose_td1(*card))
    assert mrz is not None and mrz.valid and mrz.repaired == 0
    assert (mrz.personal_id, mrz.date_of_birth, mrz.sex) == (number, born.isoformat(), sex)
    assert mrz.date_of_expiry == expiry.isoformat()
    assert names_agree(mrz, name)


@given(cards(), st.data())
@settings(max_examples=150, deadline=None)
def test_one_wrong_digit_is_mended_rightly_or_reported(
    card: tuple[str, date, str, date, str], data: st.DataObject
) -> None:
    lines = compose_td1(*card)
    row = data.draw(st.integers(0, 1))
    place = data.draw(st.sampled_from([i for i, c in enumerate(lines[row]) if c.isdigit()]))
    digit = data.draw(st.sampled_from("0123456789".replace(lines[row][place], "")))
    wrong = list(lines)
    wrong[row] = lines[row][:place] + digit + lines[row][place + 1 :]
    mrz = parse_td1(wrong)
    assert mrz is not None
    assert not checks_hold(wrong[0], wrong[1])
    assert not mrz.valid or mrz.lines[:2] == lines[:2]


def test_letters_in_digit_places_are_read_as_digits() -> None:
    mrz = parse_td1(("IDVNMI9O1234569OO119O123456<<O", "9OOII58F3OO1156VNM<<<<<<<<<<<B", SPECIMEN[2]))
    assert mrz is not None and mrz.valid and mrz.lines == SPECIMEN
    assert mrz.repaired == 13


@pytest.mark.parametrize(
    "second",
    ["9001158F3001156VNM<<<<<<<<<<8", "9001158F3001156VNM<<<<<<<<<<<<<8", "9001158F3001156VNM<<K<<C<<<<<8"],
)
def test_lost_added_or_misread_fillers_do_no_harm(second: str) -> None:
    mrz = parse_td1((SPECIMEN[0], second, SPECIMEN[2]))
    assert mrz is not None and mrz.valid and mrz.lines == SPECIMEN


def test_fillers_read_as_letters_after_the_name_are_taken_off() -> None:
    mrz = parse_td1((*SPECIMEN[:2], "NGUYEN<<THI<MAU<<<<KC<<LKK<<<<"))
    assert mrz is not None and mrz.name == "NGUYEN THI MAU"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("NGUYEN<<QUANG<SONK<<<<<<<<<<<<", "NGUYEN QUANG SON"),
        ("NNGUYEN<<TLEN<<<<<<<<<<<<<<<<<", "NGUYEN TIEN"),
        ("KSOR<<HHEN<<<<<<<<<<<<<<<<<<<<", "KSOR HHEN"),
    ],
)
def test_only_what_a_readers_habit_explains_is_mended_in_a_name(line: str, name: str) -> None:
    mrz = parse_td1((*SPECIMEN[:2], line))
    assert mrz is not None and mrz.name == name


def test_a_doubled_first_character_does_no_harm() -> None:
    mrz = parse_td1((SPECIMEN[0], "9" + SPECIMEN[1], SPECIMEN[2]))
    assert mrz is not None and mrz.valid and mrz.lines == SPECIMEN


def test_a_doubtful_zone_is_returned_as_not_valid() -> None:
    mrz = parse_td1(("IDVNM1901234569001190123456<<0", "9101158F3201156VNM<<<<<<<<<<<8", SPECIMEN[2]))
    assert mrz is not None and not mrz.valid


@given(st.lists(st.text(max_size=40), max_size=4))
@settings(deadline=None)
def test_no_text_makes_the_parser_fail(lines: list[str]) -> None:
    mrz = parse_td1(lines)
    assert mrz is None or not mrz.valid or checks_hold(*mrz.lines[:2])


def test_the_century_of_birth_comes_from_the_id() -> None:
    mrz = parse_td1(compose_td1("001205000017", date(2005, 6, 7), "male", date(2030, 6, 7), "Lê Văn Thử"))
    assert mrz is not None and mrz.date_of_birth == "2005-06-07"


def test_a_name_cut_off_at_thirty_places_still_agrees() -> None:
    name = "Nguyễn Hoàng Phương Khánh Quỳnh Thiên Thanh"
    mrz = parse_td1(compose_td1("001190123456", date(1990, 1, 15), "female", date(2030, 1, 15), name))
    assert mrz is not None and names_agree(mrz, name)
    assert not names_agree(mrz, "Trần Thị Khác")
