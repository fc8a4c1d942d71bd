from __future__ import annotations

from random import Random

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ocr_models.adaptation.lines import (
    LEAST_HELD_OUT,
    CorrectedLine,
    batches,
    held_out,
    is_image,
    sample_of,
    samples_of,
    stacked,
)
from ocr_models.adaptation.variation import varied
from ocr_models.reader.preparation import padded

LETTERS = "abĐđ "


def written(width: int = 240) -> np.ndarray:
    pixels = np.full((48, width), 230, np.uint8)
    cv2.putText(pixels, "abab", (8, 34), cv2.FONT_HERSHEY_SIMPLEX, 1, 20, 2)
    return pixels


def lines_of(count: int) -> list[CorrectedLine]:
    return [CorrectedLine(str(number).encode(), "a") for number in range(count)]


@given(st.integers(0, 300), st.integers(0, 100))
def test_a_line_once_learnt_from_is_never_held_out_later(count: int, more: int) -> None:
    before, after = held_out(lines_of(count)), held_out(lines_of(count + more))
    assert not any(now and not then for then, now in zip(before, after, strict=False))


@given(st.integers(0, 300))
def test_at_least_eight_lines_are_held_out_and_about_a_fifth(count: int) -> None:
    held = sum(held_out(lines_of(count)))
    assert held >= min(count, LEAST_HELD_OUT)
    assert held <= max(LEAST_HELD_OUT, 0.3 * count)


def test_a_sample_says_what_was_corrected_in_classes_of_the_alphabet() -> None:
    sample = sample_of(written(), "  ab  đ ", LETTERS)
    assert sample is not None
    assert sample.text == "ab đ"
    assert sample.labels == (1, 2, 5, 4)
    assert sample.ink.shape[0] == 48


def test_what_cannot_be_learnt_from_gives_no_sample() -> None:
    assert sample_of(written(), "abc", LETTERS) is None  # a letter it cannot write
    assert sample_of(written(), " ", LETTERS) is None
    assert sample_of(written(), "ab" * 40, LETTERS) is None  # more letters than steps
    assert sample_of(np.full((48, 200), 230, np.uint8), "ab", LETTERS) is None
    assert samples_of([CorrectedLine(b"no image", "ab")], LETTERS) == [None]


def test_bytes_are_an_image_or_not() -> None:
    assert is_image(cv2.imencode(".png", written())[1].tobytes())
    assert not is_image(b"")
    assert not is_image(b"\x89PNG rubbish")


@given(st.lists(st.integers(8, 900), min_size=1, max_size=40), st.booleans())
def test_batches_hold_every_line_once_and_keep_their_size(widths: list[int], shuffled: bool) -> None:
    inks = [np.zeros((48, width), np.uint8) for width in widths]
    found = list(batches(inks, 1200, Random(1) if shuffled else None))
    assert sorted(place for batch in found for place in batch) == list(range(len(widths)))
    for batch in found:
        assert len(batch) == 1 or padded(max(widths[place] for place in batch)) * len(batch) <= 1200


def test_a_batch_is_ink_from_0_to_1_with_paper_behind_each_line() -> None:
    ink, steps = stacked([np.full((48, 30), 255, np.uint8), np.full((48, 90), 51, np.uint8)])
    assert ink.shape == (2, 48, padded(90))
    assert (ink[0, :, :30] == 1).all()
    assert not ink[0, :, 30:].any()
    assert np.allclose(ink[1, :, :90], 0.2)
    assert steps == [30 // 6 + 2, 90 // 6 + 1]


@given(st.integers(0, 200))
def test_varied_writing_stays_writing(seed: int) -> None:
    sample = sample_of(written(), "abab", LETTERS)
    assert sample is not None
    other = varied(sample.ink, Random(seed))
    assert other.dtype == np.uint8
    assert other.shape[0] == sample.ink.shape[0]
    # Two thirds of the size is 0.45 of the ink; narrower, paler and thinner strokes take their part too.
    assert 0.2 < other.sum(dtype=float) / sample.ink.sum(dtype=float) < 2
