from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ocr_models.adaptation.judging import errors_of, read_with
from ocr_models.adaptation.layers import Parameters
from ocr_models.adaptation.lines import Sample, sample_of
from ocr_models.adaptation.network import stage_of
from ocr_models.adaptation.tuning import Recipe, tune
from tests.making.small_network import small_parameters

LETTERS = "abcde"
QUICK = Recipe(rate=2e-2, rounds=12, columns=900, memory=0.8)


@pytest.fixture(scope="module")
def lines() -> list[Sample]:
    """Letters as blots at different heights: what a small network can learn in a second."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(12):
        text = "".join(rng.choice(list("abc"), 4))
        pixels = np.full((48, 30 * len(text) + 30), 235, np.uint8)
        pixels[2:4], pixels[44:46] = 20, 20  # all lines have the same height
        for place, letter in enumerate(text):
            row = {"a": 8, "b": 20, "c": 32}[letter]
            cv2.rectangle(pixels, (30 * place + 18, row), (30 * place + 30, row + 8), 20, -1)
        sample = sample_of(pixels, text, LETTERS)
        assert sample is not None
        found.append(sample)
    return found


@pytest.fixture(scope="module")
def start() -> Parameters:
    return small_parameters(3, width=16, classes=6, dtype=np.float32)


def test_lines_are_learnt(lines: list[Sample], start: Parameters) -> None:
    tuned = tune(start, lines, recipe=replace(QUICK, rounds=40), seed=1)
    before, after = errors_of(start, lines, LETTERS), errors_of(tuned, lines, LETTERS)
    assert after.wrong < 0.5 * before.wrong
    assert after.letters == before.letters == 48


def test_the_same_input_gives_the_same_weights_and_leaves_the_old_ones_alone(
    lines: list[Sample], start: Parameters
) -> None:
    old = {name: value.copy() for name, value in start.items()}
    first, again = (tune(start, lines, recipe=QUICK, seed=5) for _ in range(2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert all(np.array_equal(start[name], old[name]) for name in old)


def test_only_the_stages_of_the_recipe_change(lines: list[Sample], start: Parameters) -> None:
    tuned = tune(start, lines, recipe=replace(QUICK, tuned_from="blocks.1"), seed=1)
    changed = {stage_of(name) for name in tuned if not np.array_equal(tuned[name], start[name])}
    assert changed == {"blocks.1", "head"}


def test_statistics_of_the_first_training_never_change(lines: list[Sample], start: Parameters) -> None:
    tuned = tune(start, lines, recipe=QUICK, seed=1)
    assert all(np.array_equal(tuned[name], start[name]) for name in tuned if ".running_" in name)


@pytest.mark.slow
def test_a_pull_keeps_weights_nearer_to_where_they_began(lines: list[Sample], start: Parameters) -> None:
    def distance(pull: float) -> float:
        tuned = tune(start, lines, recipe=replace(QUICK, pull=pull), seed=1)
        return sum(float(np.square(tuned[name] - start[name]).sum()) for name in tuned)

    assert distance(30.0) < 0.5 * distance(0.0)


def test_every_round_is_told_of(lines: list[Sample], start: Parameters) -> None:
    heard: list[int] = []
    tune(start, lines, recipe=replace(QUICK, rounds=3), seed=1, check=lambda number, _: heard.append(number))
    assert heard == [1, 2, 3]


def test_nothing_to_learn_from_is_an_error(start: Parameters) -> None:
    with pytest.raises(ValueError, match="no lines"):
        tune(start, [], recipe=QUICK, seed=1)


def test_what_is_read_does_not_depend_on_the_lines_beside_it(lines: list[Sample], start: Parameters) -> None:
    together = [reading.text for reading in read_with(start, lines, LETTERS)]
    assert together == [read_with(start, [line], LETTERS)[0].text for line in lines]


@pytest.mark.slow
def test_what_stands_nearer_to_the_image_changes_less_where_the_rate_fades(
    lines: list[Sample], start: Parameters
) -> None:
    def moved(fade: float) -> float:
        tuned = tune(start, lines, recipe=replace(QUICK, fade=fade), seed=1)
        return float(np.abs(tuned["stem.weight"] - start["stem.weight"]).max())

    assert moved(0.3) < 0.5 * moved(1.0)
