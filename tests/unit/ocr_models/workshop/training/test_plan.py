from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from ocr_models.workshop.training.train import Plan, rate_at  # noqa: E402


def test_a_training_that_goes_on_warms_up_again_and_ends_low_again() -> None:
    plan = Plan(seconds=100.0, planned_seconds=1100.0, begun=1000.0, out=Path("unused"))
    rates = [rate_at(plan.share(1000.0 + passed), 1.0) for passed in (0, 3, 50, 100)]
    assert rates[0] < 0.05
    assert rates[1] == pytest.approx(1.0)
    assert 0.3 < rates[2] < 0.7
    assert rates[3] < 0.01


def test_without_a_new_beginning_the_rate_follows_the_whole_plan() -> None:
    plan = Plan(seconds=100.0, planned_seconds=200.0, out=Path("unused"))
    assert plan.share(50.0) == 0.25
