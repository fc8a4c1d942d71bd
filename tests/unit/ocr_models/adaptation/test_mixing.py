from __future__ import annotations

from random import Random

import cv2
import numpy as np
import pytest

from ocr_models.adaptation.adapt import Model
from ocr_models.adaptation.lines import Sample, fits, sample_of
from ocr_models.adaptation.mixing import mixed, words_of


@pytest.fixture(scope="module")
def base() -> Model:
    return Model.load()


def printed(text: str, letters: str) -> Sample:
    pixels = np.full((48, 26 * len(text) + 40), 235, np.uint8)
    cv2.putText(pixels, text, (12, 36), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 20, 2, cv2.LINE_AA)
    sample = sample_of(pixels, text, letters)
    assert sample is not None
    return sample


def test_words_are_cut_between_the_letters(base: Model) -> None:
    letters = base.manifest.characters
    words = words_of(base.parameters, [printed("1957 2026", letters), printed("Hoa", letters)])
    assert [word.text for word in words] == ["1957", "2026", "Hoa"]
    for word in words:
        assert len(word.labels) == len(word.text)
        assert not word.ink[:, [0, -1]].any()  # no letter was cut through


def test_a_text_that_does_not_fit_its_ink_gives_no_words(base: Model) -> None:
    line = printed("11", base.manifest.characters)
    assert words_of(base.parameters, [Sample(line.ink, "a b" * 40, line.labels[:1] * 120)]) == []


@pytest.mark.parametrize("seed", range(5))
def test_a_mixed_line_says_the_words_it_is_made_of(base: Model, seed: int) -> None:
    letters = base.manifest.characters
    words = [printed(text, letters) for text in ("12", "345", "Hoa")]
    space = letters.index(" ") + 1
    line = mixed(words, space, Random(seed))
    assert set(line.text.split(" ")) <= {"12", "345", "Hoa"}
    assert line.labels == tuple(letters.index(letter) + 1 for letter in line.text)
    assert line.ink.shape[0] == 48
    assert fits(line.ink, line.labels)
