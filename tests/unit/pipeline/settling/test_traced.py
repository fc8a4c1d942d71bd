"""Whether a value's ink may say what the register says instead. All people are invented."""

from __future__ import annotations

import pytest

from pipeline.settling.traced import DENIED, MAY_SAY, Traced
from tests.making.traces import trace, traced


def denies(read: tuple[str, ...], registered: str, *, blurred: tuple[tuple[int, str], ...] = ()) -> bool:
    against = traced(*read, blurred=blurred).against(registered)
    return against is not None and against < DENIED


@pytest.mark.parametrize(
    ("read", "registered"),
    [
        (("06/12/1969",), "1969-03-21"),
        (("06/12/1969",), "1969-12-07"),
        (("6/12/1969",), "1969-02-06"),
        (("ngày 6 tháng 12", "năm 1969"), "1971-12-06"),
        (("6.12.69",), "1968-12-06"),
    ],
)
def test_clear_ink_denies_another_date(read: tuple[str, ...], registered: str) -> None:
    assert denies(read, registered)


@pytest.mark.parametrize(("read", "registered"), [("06/12/1969", "1969-12-06"), ("6/12/69", "1969-12-06")])
def test_ink_does_not_deny_its_own_date_however_it_is_written(read: str, registered: str) -> None:
    assert traced(read).against(registered) == pytest.approx(0.0)


def test_ink_that_could_be_either_denies_neither() -> None:
    blurred = traced("06/12/1969", blurred=[(1, "8")])
    may = blurred.against("1969-12-08")
    assert may is not None
    assert may > MAY_SAY
    assert denies(("06/12/1969",), "1969-12-07", blurred=((1, "8"),))


@pytest.mark.parametrize("read", ["1969", "tháng 12 năm 1969", "Khoảng 1969"])
def test_a_date_of_which_a_part_is_missing_is_denied_by_nothing(read: str) -> None:
    assert traced(read).against("1971-12-06") is None


def test_a_name_is_denied_in_its_own_capitals() -> None:
    assert denies(("LÊ THỊ MAI",), "Lê Thị Hoa")
    assert denies(("Lê Thị", "Mai"), "Lê Thị Hoa")
    assert not denies(("LÊ THỊ MAI",), "Lê Thị Mai")


@pytest.mark.parametrize(
    ("read", "registered"),
    [
        (("Lê Thị Mai",), "Vũ Ngọc Thanh Bình"),
        (("LÊ THỊ THANH MAI",), "Lê Thị Hoa"),
        (("Lê Thị", "Thanh Mai"), "Vũ Mai"),
    ],
)
def test_a_name_of_more_or_fewer_words_is_denied_where_no_choice_of_words_fits(
    read: tuple[str, ...], registered: str
) -> None:
    assert traced(*read).denies_in_part(registered)


@pytest.mark.parametrize(
    "read",
    [
        *(("Lê Thị",), ("Thị Mai",), ("Lê Mai",), ("Lê Thị Mai Kinh",)),  # one lost or won
        *(("LêThị Mai",), ("Lê Th ị Mai",), ("Lê ThịMai",), ("Lê", "ThịMai")),  # two read as one, one as two
    ],
)
def test_a_name_that_lost_won_joined_or_parted_a_word_is_neither_denied_nor_confirmed(read: tuple[str, ...]) -> None:
    assert not traced(*read, blurred=[(2, " ")]).denies_in_part("Lê Thị Mai")
    assert traced(*read).against("Lê Thị Mai") is None


def test_a_name_that_lost_a_word_is_not_denied_for_a_letter_that_may_be_another() -> None:
    assert not traced("Thị Mai", blurred=[(5, "o")]).denies_in_part("Lê Thị Moi")


def test_a_number_is_denied_digit_by_digit() -> None:
    assert denies(("010 389 087",), "010389081")
    assert not denies(("010389087",), "010389081", blurred=((8, "1"),))
    assert traced("010389087").against("001069624070") is None  # another kind of number


@pytest.mark.parametrize("registered", ["Lê Thị Hoa", "Vũ Văn Bình"])
def test_ink_that_says_something_else_than_the_value_tells_nothing_of_another(registered: str) -> None:
    other = Traced(texts=("Đỗ Văn Nam",), traces=(trace("Lê Thị Mai"),))
    assert other.against(registered) is None


def test_a_value_too_long_for_its_ink_tells_nothing_of_another() -> None:
    cut = Traced(texts=("06/12/1969",), traces=(trace("06/1"),))
    assert cut.against("1969-12-07") is None
