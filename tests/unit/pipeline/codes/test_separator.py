"""What the text of a separator sheet's code says, and which texts are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codes import Separator, parse_separator, separator_text
from pipeline.values import nfc, squeeze

NAMES = st.text(max_size=80).map(lambda t: squeeze(nfc(t))).filter(str.isprintable)
CITIZEN_QR = "001190123456|012345678|Nguyễn Thị Thí Dụ|05021990|Nữ|12 ngõ 5, Hàng Đào, Hà Nội|01012022"


@given(NAMES, NAMES, NAMES)
def test_what_a_sheet_says_is_read_back_and_a_code_128_can_carry_it(book: str, kind: str, office: str) -> None:
    separator = Separator(book=book, document_type=kind, office=office)
    text = separator_text(separator)
    assert parse_separator(text) == separator
    assert text.isascii() and text.isprintable()


@pytest.mark.parametrize("text", ["HT-SEP", "HT-SEP\r\n", "HT-SEP|", "HT-SEP|v=1", "HT-SEP|shelf=4|x"])
def test_a_sheet_may_say_only_that_it_separates(text: str) -> None:
    assert parse_separator(text) == Separator()


def test_unknown_keys_are_passed_over() -> None:
    said = parse_separator("HT-SEP|shelf=4|Book=HK-0123|type=household_book|office=X01")
    assert said == Separator(book="HK-0123", document_type="household_book", office="X01")


def test_of_a_later_version_only_that_it_separates_is_understood() -> None:
    assert parse_separator("HT-SEP|v=2|book=HK-0123") == Separator()


def test_codes_of_one_sheet_say_together_what_they_do_not_contradict() -> None:
    assert parse_separator("HT-SEP|book=A", "HT-SEP") == Separator(book="A")
    assert parse_separator("HT-SEP|book=A|office=X", "HT-SEP|book=B") == Separator(office="X")


@pytest.mark.parametrize("text", [CITIZEN_QR, "", "HT-SEPTEMBER", "XHT-SEP", "ht-sep", "HT-7QK2", "book=1|HT-SEP"])
def test_other_texts_are_no_separator_s(text: str) -> None:
    assert parse_separator(text) is None
    assert parse_separator("HT-SEP", text) is None


def test_no_code_is_no_separator() -> None:
    assert parse_separator() is None
