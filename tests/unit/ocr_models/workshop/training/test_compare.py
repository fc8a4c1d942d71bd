from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ocr_models.workshop.training.compare import TITLE, compare
from ocr_models.workshop.training.held_out import HeldOut, cut, generated
from ocr_models.workshop.training.lines import Line
from ocr_models.workshop.training.real import write_archive
from pipeline.domain.recognition import Confidence, LineImage, ModelIdentity, Reading


class Saying:
    """Says the same of every line."""

    identity = ModelIdentity(name="saying", sha256="00")
    charset = frozenset("Nữ")

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, lines: Sequence[LineImage]) -> list[Reading]:
        sure = Confidence(raw=1.0, scale="none")
        return [Reading(text=self.text, characters=(), confidence=sure, reader="saying") for _ in lines]


def held(*texts: str) -> HeldOut:
    return HeldOut("print", tuple(Line(np.full((48, 90), 240, np.uint8), text, "print") for text in texts))


def test_every_reader_is_measured_on_every_set() -> None:
    (one, other) = compare({"right": Saying("Nữ"), "wrong": Saying("Nu")}, [held("Nữ", "Nữ", "Nu")])
    assert (one.reader, one.count) == ("right", 3)
    assert (one.cer, one.exact) == pytest.approx((100 / 6, 200 / 3))
    assert other.exact == pytest.approx(100 / 3)
    assert len(one.cells()) == len(TITLE)


@pytest.mark.parametrize(
    ("wanted", "said", "rate"),
    [
        ("Đặng", "Đặng", 0.0),
        ("Đặng", "Dang", 50.0),
        ("Đặng", "Bặng", 0.0),
        ("năm 12", "nắm 12", 100 / 3),
        ("", "", 0.0),
    ],
)
def test_errors_in_marks_count_among_letters_that_are_otherwise_right(wanted: str, said: str, rate: float) -> None:
    (result,) = compare({"one": Saying(said)}, [held(wanted)])
    assert result.marks == pytest.approx(rate)


def test_a_reader_that_says_nothing_has_every_character_wrong() -> None:
    (result,) = compare({"silent": Saying("")}, [held("Nữ")])
    assert (result.cer, result.exact, result.marks) == (100.0, 0.0, 0.0)


def test_held_out_lines_come_in_every_kind_and_stay_the_same() -> None:
    one, other = (generated("test", None, count=2, seed=5) for _ in range(2))
    assert [held.name for held in one] == ["print", "typed", "pen"]
    assert [line.text for held in one for line in held.lines] == [line.text for held in other for line in held.lines]


def test_cut_lines_are_grouped_by_writing_and_picked_evenly(tmp_path: Path) -> None:
    strip = np.full((48, 90), 240, np.uint8)
    kinds = ["pen", "print"] * 10
    write_archive(tmp_path / "a.zip", [(strip, f"{n}", "one", kind) for n, kind in enumerate(kinds)], quality=60)
    found = cut([tmp_path / "a.zip"], count=5)
    assert [(held.name, len(held.lines)) for held in found] == [("cut-pen", 5), ("cut-print", 5)]
    assert [line.text for line in found[0].lines] == ["0", "4", "8", "12", "16"]
