from __future__ import annotations

import numpy as np
import pytest

from ocr_models.adaptation.adapt import MOST_FORGOTTEN, SHARES, Model, taken_over
from ocr_models.adaptation.guard import guard
from ocr_models.adaptation.judging import errors_of
from ocr_models.adaptation.lines import Sample


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


def test_what_was_learnt_istaken_over_only_as_far_as_nothing_is_forgotten(base: Model, lines: list[Sample]) -> None:
    tuned, characters = _nearly_silent(base, 14.0), base.manifest.characters
    allowed = base.errors(lines).rate + MOST_FORGOTTEN
    assert errors_of(tuned, lines, characters).rate > allowed
    share, parameters = taken_over(base, tuned, lines, lines)
    assert share in SHARES[1:]
    assert errors_of(parameters, lines, characters).rate <= allowed
    mixed = base.parameters["head.bias"] + share * (tuned["head.bias"] - base.parameters["head.bias"])
    assert np.allclose(parameters["head.bias"], mixed)


def test_where_every_share_forgets_all_is_kept_to_be_judged(base: Model, lines: list[Sample]) -> None:
    tuned = _nearly_silent(base, 500.0)
    share, parameters = taken_over(base, tuned, lines, lines)
    assert share == 1.0
    assert np.array_equal(parameters["head.bias"], tuned["head.bias"])
