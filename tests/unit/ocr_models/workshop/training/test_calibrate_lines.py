"""The confidence of readers is fitted on what they read right and wrong, and measured on other lines."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ocr_models.confidence import ReaderCalibration
from ocr_models.reading import build_reading
from ocr_models.workshop.training.calibrate import Judged, calibrate, fit, measure, right_characters
from ocr_models.workshop.training.held_out import HeldOut
from ocr_models.workshop.training.lines import Line
from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import Character, LineImage, ModelIdentity, Reading
from tests.making.readings import reading_of


def drawn(count: int, *, seed: int, flattery: float = 0.5) -> list[Judged]:
    """Lines whose characters are right less often than the reader says."""
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        values = [1 - rng.random() ** 3 * 0.5 for _ in range(rng.randint(3, 12))]
        right = tuple(rng.random() < 1 - (1 - p) * (1 + flattery) for p in values)
        found.append(Judged("print", reading_of(values), all(right), right))
    return found


def test_flattering_probabilities_come_out_honest_on_lines_never_seen() -> None:
    figures = measure(fit(drawn(2000, seed=1)), drawn(2000, seed=2))["print"]
    assert figures["line_error"] < 4
    assert figures["character_error"] < 1.5


@pytest.mark.parametrize(
    ("read", "wanted", "right"),
    [("Nam", "Nam", (1, 1, 1)), ("Nâm", "Nam", (1, 0, 1)), ("Naam", "Nam", (1, 1, 0, 1)), ("Nm", "Nam", (1, 1))],
)
def test_a_character_is_right_where_the_truth_has_it(read: str, wanted: str, right: tuple[int, ...]) -> None:
    found = right_characters(read, wanted)
    assert sum(found) == sum(right) and len(found) == len(read)


class Guessing:
    """Reads every line as "Nam", surer the darker it is."""

    identity = ModelIdentity(name="guessing", sha256="ab")
    charset = frozenset("Nam")

    def read(self, lines: Sequence[LineImage]) -> list[Reading]:
        return [
            build_reading(
                [Character(text=c, probability=1 - float(line.pixels.mean()) / 256, start=0, end=1) for c in "Nam"],
                reader="guessing",
            )
            for line in lines
        ]


def test_a_reader_is_put_beside_those_that_are_there_with_its_digest_and_its_figures(tmp_path: Path) -> None:
    out = tmp_path / "confidence.json"
    out.write_text(json.dumps({"readers": {"other": {"sha256": "00"}}}), encoding="utf-8")
    lines = tuple(
        Line(np.full((48, 90), 20 + 20 * (n % 10), np.uint8), "Nam" if n % 10 < 5 else "Năm", "print")
        for n in range(40)
    )
    calibrate({"guess": Guessing()}, [HeldOut("print", lines)], [HeldOut("print", lines)], out)
    known = json.loads(out.read_text(encoding="utf-8"))["readers"]
    assert set(known) == {"other", "guess"}
    assert known["guess"]["sha256"] == "ab" and known["guess"]["measured"]["print"]["exact"] == 50.0
    fitted = ReaderCalibration(line=known["guess"]["line"], character=known["guess"]["character"])
    dark, light = (
        Guessing().read([LineImage(pixels=np.full((9, 9), v, np.uint8), to_upright=Transform.identity())])[0]
        for v in (20, 200)
    )
    assert fitted.of_line(dark) > 0.8 > 0.2 > fitted.of_line(light)
