from __future__ import annotations

import numpy as np
import pytest

from ocr_models.adaptation.adapt import MOST_FORGOTTEN, SHARES, Model, taken_over
from ocr_models.adaptation.guard import guard
from ocr_models.adaptation.judging import Judges, errors_of
from ocr_models.adaptation.lines import Sample
from ocr_models.reader.surer import SURE


@pytest.fixture(scope="module")
def base() -> Model:
    return Model.load()


@pytest.fixture(scope="module")
def lines(base: Model) -> list[Sample]:
    return guard(base.manifest.characters)[:12]


def _nearly_silent(base: Model, by: float) -> dict[str, np.ndarray]:
    """The base with a strong bent to say nothing."""
    tuned = {name: value.copy() for name, value in base.parameters.items()}
    tuned["head.bias"][0] += by
    return tuned


def test_what_was_learnt_is_taken_over_only_as_far_as_nothing_is_forgotten(base: Model, lines: list[Sample]) -> None:
    tuned, characters = _nearly_silent(base, 14.0), base.manifest.characters
    judges = base.judges(lines, alone=True)
    allowed = judges.base.rate + MOST_FORGOTTEN
    assert errors_of(tuned, lines, characters).rate > allowed
    share, parameters = taken_over(base, tuned, judges)
    assert share in SHARES[1:]
    assert errors_of(parameters, lines, characters).rate <= allowed
    mixed = base.parameters["head.bias"] + share * (tuned["head.bias"] - base.parameters["head.bias"])
    assert np.allclose(parameters["head.bias"], mixed)


def test_where_every_share_forgets_the_largest_is_kept_to_be_judged(base: Model, lines: list[Sample]) -> None:
    tuned, judges = _nearly_silent(base, 500.0), base.judges(lines, alone=True)
    share, parameters = taken_over(base, tuned, judges)
    assert share == SHARES[0]
    assert judges.errors(parameters).rate > judges.base.rate + MOST_FORGOTTEN


def test_a_model_that_reads_nothing_forgets_nothing_where_it_reads_beside_the_base(
    base: Model, lines: list[Sample]
) -> None:
    judges = base.judges(lines)
    assert judges.errors(_nearly_silent(base, 500.0)) == judges.base


def test_a_model_that_is_surer_reads_the_lines_that_the_base_doubts_and_no_other(
    base: Model, lines: list[Sample]
) -> None:
    doubting = {name: value.copy() for name, value in base.parameters.items()}
    doubting["head.weight"] *= 0.3  # reads what the base reads, and is sure of nothing
    doubting["head.bias"] *= 0.3
    unsure = Judges.of(doubting, lines, base.manifest.characters)
    assert unsure.errors(base.parameters) == base.judges(lines).base
    read = base.judges(lines).read
    sure = base.judges([line for line, one in zip(lines, read, strict=True) if one.confidence.raw > SURE])
    boasting = {name: value.copy() for name, value in base.parameters.items()}
    boasting["head.bias"][1] += 1000.0  # one letter over and over, and sure of it
    assert sure.errors(boasting) == sure.base
