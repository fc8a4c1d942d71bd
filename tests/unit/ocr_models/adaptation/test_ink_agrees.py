"""Whether ink says a proposed text: one wrong name in a line, or one wrong digit, is told; the shipped reader."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ocr_models.adaptation.adapt import Model
from ocr_models.adaptation.ink_agrees import agreeing, losses, scores_of
from ocr_models.adaptation.ink_agrees import said as said_by_ink
from ocr_models.adaptation.lines import Sample, labels_of, sample_of


@pytest.fixture(scope="module")
def base() -> Model:
    return Model.load()


def written(base: Model, text: str) -> Sample:
    pixels = np.full((56, 40 + 22 * len(text)), 240, np.uint8)
    cv2.putText(pixels, text, (16, 40), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 20, 2, cv2.LINE_AA)
    sample = sample_of(pixels, text, base.manifest.characters)
    assert sample is not None
    return sample


def said(base: Model, line: Sample, text: str) -> Sample:
    """The same ink with another text proposed for it."""
    labels = labels_of(text, base.manifest.characters)
    assert labels is not None
    return replace(line, text=text, labels=labels)


@pytest.mark.parametrize(
    ("proposed", "believed"),
    [
        ("Tran Thi Lan Huong", True),
        ("Tran Thi Hoa Huong", False),
        ("Pham Van Minh Duc", False),
        ("Tran Thi Lan", False),
        ("Tran Thi Lan Huong Giang", False),
    ],
)
def test_a_text_is_believed_where_every_word_of_it_stands_in_the_ink(
    base: Model, proposed: str, believed: bool
) -> None:
    line = written(base, "Tran Thi Lan Huong")
    assert agreeing(base.parameters, [said(base, line, proposed)]) == [believed]


@pytest.mark.parametrize(("proposed", "believed"), [("08/03/1957", True), ("08/05/1957", False)])
def test_one_wrong_digit_of_a_date_is_not_believed(base: Model, proposed: str, believed: bool) -> None:
    line = written(base, "08/03/1957")
    assert agreeing(base.parameters, [said(base, line, proposed)]) == [believed]


def test_the_word_that_does_not_stand_there_loses_most(base: Model) -> None:
    line = said(base, written(base, "Tran Thi Lan Huong"), "Tran Thi Hoa Huong")
    lost = dict(losses(scores_of(base.parameters, line), line))
    assert max(lost, key=lambda word: lost[word]) == "Hoa"
    assert list(lost) == ["Tran", "Thi", "Hoa", "Huong"]


def test_a_text_that_does_not_fit_into_the_line_is_not_believed(base: Model) -> None:
    line = written(base, "1")
    assert agreeing(base.parameters, [said(base, line, "1234567890123456789012345678901234567890")]) == [False]


def test_a_text_that_the_ink_hardly_tells_from_another_lines_is_not_believed(base: Model) -> None:
    line = written(base, "Lan")
    blurred = replace(line, ink=np.zeros_like(line.ink) + 1)  # nothing can be told from it
    rival = said(base, line, "Lam")
    believed = agreeing(base.parameters, [blurred], rivals=[rival])
    assert believed == [False]


@pytest.mark.parametrize(
    ("proposed", "taught"),
    [
        ("Tran Thi Lan Huong", ["Tran Thi Lan Huong"]),
        ("Nguyen Thi Lan Huong", ["Thi Lan Huong"]),
        ("Tran Thi Lan Huong Giang", []),  # nearly as likely as the line that it stands for
        ("Pham Van Minh Duc", []),
        ("Tran Van Hoa Duc", []),
    ],
)
def test_what_the_ink_says_of_a_line_teaches_and_the_word_that_it_does_not_say_is_left_out(
    base: Model, proposed: str, taught: list[str]
) -> None:
    line = written(base, "Tran Thi Lan Huong")
    others = [said(base, line, text) for text in ("Le Quang Vinh", "Bui Duc Long")]
    rivals = [*others, line] if proposed == "Tran Thi Lan Huong Giang" else others
    [pieces] = said_by_ink(base.parameters, [said(base, line, proposed)], rivals=rivals)
    assert [piece.text for piece in pieces] == taught
    assert all(piece.ink.shape[1] < line.ink.shape[1] or piece.text == line.text for piece in pieces)
