"""What a register teaches: only lines whose ink agrees, named in the manifest; real weights, one short round."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from ocr_models.adaptation.adapt import Adapted, Model, TooFewLines
from ocr_models.adaptation.guard import guard
from ocr_models.adaptation.lines import CorrectedLine, held_out, samples_of
from ocr_models.adaptation.teach import ProposedLine, _found, _Lesson, teach

FIRST, LAST = ("Minh", "Lan", "Hoa", "Nam", "Thu"), ("An", "Binh", "Chi", "Dao", "Em", "Giang", "Hue")
TEXTS = [f"{first} {last}" for first in FIRST for last in LAST]
WRONG = (3, 11, 19, 27)


@pytest.fixture(scope="module")
def base() -> Model:
    return Model.load()


def written(text: str) -> bytes:
    pixels = np.full((44, 40 + 18 * len(text)), 240, np.uint8)
    cv2.putText(pixels, text, (12, 32), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 20, 2, cv2.LINE_AA)
    return cv2.imencode(".png", pixels)[1].tobytes()


def proposals() -> list[ProposedLine]:
    """Each line with its text, but of some the register says what stands in the line before."""
    said = [TEXTS[place - 1] if place in WRONG else text for place, text in enumerate(TEXTS)]
    return [
        ProposedLine(CorrectedLine(written(text), says), f"doc/1/{place}")
        for place, (text, says) in enumerate(zip(TEXTS, said, strict=True))
    ]


@pytest.fixture(scope="module")
def taught(base: Model) -> Adapted:
    return teach([], proposed=proposals(), base=base, labels=guard(base.manifest.characters)[:6], passes=(1, 1))


@pytest.mark.slow
def test_a_taught_model_says_that_the_register_taught_it_and_from_which_lines(taught: Adapted) -> None:
    manifest = json.loads(taught.manifest)
    assert manifest["name"] == "hotich-lines+book+register"
    assert taught.facts["learnt_from"] == "register"
    sources = manifest["taught_by"]["register"]
    assert len(sources) == taught.facts["learnt"] == taught.facts["believed"][-1] > 20
    assert not any(text.split()[0] in taught.manifest.decode() for text in TEXTS)


@pytest.mark.slow
def test_an_entry_that_the_ink_contradicts_teaches_nothing(taught: Adapted) -> None:
    sources = json.loads(taught.manifest)["taught_by"]["register"]
    assert not {f"doc/1/{place}" for place in WRONG} & set(sources)
    assert taught.facts["contradictions_found"] == {"base": 1.0, "new": 1.0}


@pytest.mark.slow
def test_lines_that_judge_teach_nothing(taught: Adapted) -> None:
    lines = proposals()
    apart = held_out([one.line for one in lines])
    sources = json.loads(taught.manifest)["taught_by"]["register"]
    assert not {one.source for one, held in zip(lines, apart, strict=True) if held} & set(sources)
    assert 0 < taught.facts["held_out"] <= sum(apart)


@pytest.mark.slow
def test_where_print_is_read_without_an_error_nothing_is_gained_and_the_base_stays(taught: Adapted) -> None:
    assert taught.verdict == "not_better"


def test_too_few_lines_whose_ink_agrees_teach_nothing(base: Model) -> None:
    strangers = [
        ProposedLine(CorrectedLine(written(text), "Nguyen Quang Vinh"), str(place)) for place, text in enumerate(TEXTS)
    ]
    with pytest.raises(TooFewLines):
        teach([], proposed=strangers, base=base, passes=(1,))


@pytest.mark.slow
def test_a_model_that_finds_any_text_in_any_ink_finds_no_contradiction(base: Model) -> None:
    samples = [one for one in samples_of([line.line for line in proposals()[:8]], base.manifest.characters) if one]
    indifferent = {name: value * 0 if name.startswith("head.") else value for name, value in base.parameters.items()}
    lesson = _Lesson(tuple(samples), ("",) * len(samples), ())
    assert _found(indifferent, samples, lesson) == 0.0
    assert _found(base.parameters, samples, lesson) == 1.0
