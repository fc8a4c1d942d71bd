"""Whether a value's ink may say what the register says instead. All people are invented."""

from __future__ import annotations

import pytest

from tests.making.traces import traced


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
    assert traced(*read).denies(registered)


@pytest.mark.parametrize(("read", "registered"), [("06/12/1969", "1969-12-06"), ("6/12/69", "1969-12-06")])
def test_ink_does_not_deny_its_own_date_however_it_is_written(read: str, registered: str) -> None:
    assert not traced(read).denies(registered)


def test_ink_that_could_be_either_denies_neither() -> None:
    blurred = traced("06/12/1969", blurred=[(1, "8")])
    assert not blurred.denies("1969-12-08")
    assert blurred.denies("1969-12-07")


@pytest.mark.parametrize("read", ["1969", "tháng 12 năm 1969", "Khoảng 1969"])
def test_a_date_of_which_a_part_is_missing_is_denied_by_nothing(read: str) -> None:
    assert not traced(read).denies("1971-12-06")


def test_a_name_is_denied_in_its_own_capitals_and_only_in_as_many_words() -> None:
    assert traced("LÊ THỊ MAI").denies("Lê Thị Hoa")
    assert traced("Lê Thị", "Mai").denies("Lê Thị Hoa")
    assert not traced("LÊ THỊ MAI").denies("Lê Thị Mai")
    assert not traced("Lê Thị").denies("Lê Thị Mai")  # its end may have been cut off


def test_a_number_is_denied_digit_by_digit() -> None:
    assert traced("010 389 087").denies("010389081")
    assert not traced("010389087", blurred=[(8, "1")]).denies("010389081")
    assert not traced("010389087").denies("001069624070")  # another kind of number
