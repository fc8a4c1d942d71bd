from __future__ import annotations

import unicodedata
from random import Random

import pytest

from ocr_models.charset import VIETNAMESE_LETTERS
from ocr_models.workshop.training.alphabet import CHARACTERS, CLASSES, encode
from ocr_models.workshop.training.texts import TextBank, syllables, tidy, truth


@pytest.fixture(scope="module")
def bank() -> TextBank:
    return TextBank(3, size=40)


def test_the_alphabet_writes_all_of_vietnamese_and_nothing_twice() -> None:
    assert set(CHARACTERS) >= VIETNAMESE_LETTERS
    assert len(set(CHARACTERS)) == len(CHARACTERS) == CLASSES - 1


def test_no_character_takes_the_class_of_the_blank() -> None:
    assert min(encode(CHARACTERS)) == 1


@pytest.mark.parametrize(
    "syllable",
    ["nguyễn", "nghĩa", "giữa", "quốc", "huỳnh", "khuỷu", "thuở", "ngoài", "xoáy", "yến", "ương", "hoạch", "mỵ"],
)
def test_real_syllables_are_among_the_legal_ones(syllable: str) -> None:
    assert syllable in set(syllables())


@pytest.mark.parametrize("syllable", ["kà", "gê", "nghà", "cìn", "pặch", "bàt", "wong", "ngi"])
def test_misspelt_syllables_are_not(syllable: str) -> None:
    assert syllable not in set(syllables())


def test_checked_syllables_take_two_tones_only() -> None:
    legal = set(syllables())
    assert {"hát", "hạt"} <= legal
    assert not {"hat", "hàt", "hãt", "hảt"} & legal


def test_every_line_has_text_of_the_alphabet_alone(bank: TextBank) -> None:
    rng = Random(1)
    for _ in range(400):
        runs = bank.line(rng)
        assert runs
        assert all(run.text and run.text == run.text.strip() for run in runs)
        assert set(truth(runs)) <= set(CHARACTERS)


def test_lines_show_labels_and_values_together(bank: TextBank) -> None:
    rng = Random(2)
    roles = [{run.role for run in bank.line(rng)} for _ in range(200)]
    assert sum(found == {"label", "value"} for found in roles) > 60


def test_the_same_seed_says_the_same(bank: TextBank) -> None:
    assert [bank.line(Random(7)) for _ in range(20)] == [bank.line(Random(7)) for _ in range(20)]
    assert TextBank(3, size=40).values == bank.values


def test_tidy_text_is_composed_and_single_spaced() -> None:
    said = tidy(unicodedata.normalize("NFD", "  Nguyễn   Thị\u00a0Ðào ’"))
    assert said == "Nguyễn Thị Đào '"
