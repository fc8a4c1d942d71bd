"""A reader that cannot write Vietnamese is refused."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_models.charset import REQUIRED, VIETNAMESE_LETTERS, missing_letters, require_vietnamese
from ocr_models.errors import CharsetError


def test_vietnamese_has_134_letters_beyond_ascii() -> None:
    assert len(VIETNAMESE_LETTERS) == 134
    assert all(len(c) == 1 and unicodedata.normalize("NFC", c) == c for c in VIETNAMESE_LETTERS)
    assert {"Ẫ", "ặ", "Đ", "ơ", "Ữ", "ỵ"} <= VIETNAMESE_LETTERS


def test_the_full_alphabet_is_accepted() -> None:
    require_vietnamese(REQUIRED, reader="any")


@given(st.sampled_from(sorted(VIETNAMESE_LETTERS)))
def test_any_missing_letter_is_refused_by_name(letter: str) -> None:
    with pytest.raises(CharsetError) as caught:
        require_vietnamese(REQUIRED - {letter}, reader="half-blind")
    assert caught.value.code == "resource.model_charset"
    assert letter in str(caught.value) and "half-blind" in str(caught.value)


def test_a_known_gap_is_allowed_and_still_counted_as_missing() -> None:
    charset = REQUIRED - {"Ỵ", "ỵ"}
    require_vietnamese(charset, reader="known", known_gaps=frozenset("Ỵỵ"))
    assert missing_letters(charset) == {"Ỵ", "ỵ"}
