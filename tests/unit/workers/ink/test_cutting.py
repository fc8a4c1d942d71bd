"""Names and dates leave whole, all else in single words, numbers in parts of four digits; with real weights."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr_models.adaptation.adapt import Model
from ocr_models.adaptation.judging import read_with
from ocr_models.adaptation.lines import CorrectedLine, samples_of
from tests.making.ink import line_image
from workers.ink.cutting import borders, pieces


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load()


def cut(text: str, grammar: str, model: Model, *, written: str | None = None) -> list[str]:
    return [piece.text for piece in pieces(CorrectedLine(line_image(written or text), text), grammar, model=model)]


@pytest.mark.parametrize(("text", "grammar"), [("Tran Van An", "name"), ("08/03/1957", "date"), ("Kinh", "ethnicity")])
def test_a_name_a_date_and_a_single_word_leave_whole(text: str, grammar: str, model: Model) -> None:
    assert cut(text, grammar, model) == [text]


def test_a_number_of_twelve_digits_leaves_in_parts_of_four(model: Model) -> None:
    assert cut("001190123456", "personal_id", model) == ["0011", "9012", "3456"]


def test_an_address_leaves_in_words(model: Model) -> None:
    assert cut("Thon Dong Xa Hoa", "address", model) == ["Thon", "Dong", "Xa", "Hoa"]


def test_a_name_with_digits_is_no_name_and_stays(model: Model) -> None:
    assert cut("Tran An 1957", "name", model) == []


def test_a_line_that_holds_more_than_its_text_stays(model: Model) -> None:
    assert cut("Tran An", "name", model, written="Tran An 08/03/1957") == []


def test_what_is_cut_holds_the_ink_of_its_own_letters_alone(model: Model) -> None:
    found = pieces(CorrectedLine(line_image("Thon 4071 Hoa"), "Thon 4071 Hoa"), "address", model=model)
    samples = samples_of([CorrectedLine(one.ink, one.text) for one in found], model.manifest.characters)
    read = read_with(model.parameters, [one for one in samples if one is not None], model.manifest.characters)
    assert [one.text for one in read] == ["Thon", "4071", "Hoa"]
    pixels = cv2.imdecode(np.frombuffer(found[0].ink, np.uint8), cv2.IMREAD_UNCHANGED)
    assert pixels is not None
    assert pixels.shape[0] == 48
    assert pixels.ndim == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kinh", []),
        ("1234", []),
        ("12345", ["1234", "5"]),
        ("số 12/2004-TLKS", ["số", "12/20", "04-TLKS"]),
        ("Thôn  4", ["Thôn", "4"]),
    ],
)
def test_a_piece_is_a_word_with_four_digits_at_most(text: str, expected: list[str]) -> None:
    assert [text[first:end] for first, end in borders(text)] == expected
