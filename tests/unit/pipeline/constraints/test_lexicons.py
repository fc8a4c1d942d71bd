"""The words a field may hold, by its grammar."""

from __future__ import annotations

import unicodedata

import pytest

from pipeline.constraints.lexicons import lexicon, names
from pipeline.values import GRAMMARS

WORDED = ["address", "place", "date_words", "date", "text", "ethnicity", "relationship", "sex"]


@pytest.mark.parametrize("grammar", WORDED)
def test_words_are_lower_case_nfc_letters_with_log_probabilities(grammar: str) -> None:
    found = lexicon(grammar)
    assert found is not None and found.words
    for word, weight in found.words.items():
        assert word == unicodedata.normalize("NFC", word.lower()) and " " not in word, word
        assert found.unknown < weight < 0, word


@pytest.mark.parametrize("grammar", sorted(GRAMMARS))
def test_every_grammar_has_an_answer_and_every_word_a_beginning(grammar: str) -> None:
    found = lexicon(grammar)
    assert found is None or set(found.words) <= found.beginnings


def test_frequent_names_are_likelier_than_rare_syllables() -> None:
    first, later = names().first.words, names().later.words
    assert first["nguyễn"] > first["tăng"] > first["tùng"] > first["khoèo"]
    assert later["tùng"] > later["khoèo"]


def test_a_syllable_no_name_list_has_is_rare_but_allowed() -> None:
    text = lexicon("text")
    assert text is not None
    assert names().first.words["khuỷu"] > names().first.unknown and text.words["khuỷu"] > text.unknown


def test_a_date_in_words_is_made_of_number_words_only() -> None:
    found = lexicon("date_words")
    assert found is not None
    assert {"mười", "mốt", "nghìn", "ngàn", "linh", "tháng"} <= set(found.words)
    assert "nguyễn" not in found.words


def test_addresses_know_units_and_their_words() -> None:
    found = lexicon("address")
    assert found is not None
    assert {"phường", "thôn", "ngõ", "nội", "đình"} <= set(found.words)
    assert found.words["hà"] > found.words["khuỷu"]


def test_numbers_of_documents_have_no_lexicon() -> None:
    assert lexicon("document_number") is None
