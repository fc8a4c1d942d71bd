"""A clerk's corrected lines from the command line: learnt, kept, told of, used for the book's files."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.e2e.conftest import SAMPLES, hotich

EASY, ODD = 0.5, 1.0  # how far to the left the digits lean: the shipped reader reads the first without an error


def corrected(path: Path, count: int, *, lean: float = ODD) -> Path:
    """Numbers in an odd hand: each leans so far to the left that half of it is misread."""
    with zipfile.ZipFile(path, "w") as packed:
        rows = []
        for number in range(1000, 1000 + count):
            pixels = np.full((64, 240), 235, np.uint8)
            cv2.putText(pixels, str(number), (40, 48), cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 1.4, 20, 2, cv2.LINE_AA)
            bent = np.array([[1, lean, -40 * lean], [0, 1, 0]])
            leaning = cv2.warpAffine(pixels, bent, (240, 64), borderValue=235)
            packed.writestr(f"{number}.png", cv2.imencode(".png", leaning)[1].tobytes())
            rows.append(f"{number}.png\t{number}")
        packed.writestr("lines.tsv", "\n".join(rows))
    return path


def test_too_few_lines_are_kept_and_told_in_one_line(tmp_path: Path) -> None:
    lines = corrected(tmp_path / "lines.zip", 6)
    ended = hotich("adapt", "--book", "1957-3", "--lines", lines, "--home", tmp_path / "home", "--json")
    assert ended.code == 3
    assert (ended.json["added"], ended.json["code"]) == (6, "adaptation.too_few_lines")
    told = hotich("adapt", "--book", "1957-3", "--history", "--home", tmp_path / "home", "--json").json
    assert (told["lines"], told["in_use"], told["versions"]) == (6, 0, [])


def test_no_book_is_due_in_a_new_home(tmp_path: Path) -> None:
    ended = hotich("adapt", "--due", "--home", tmp_path, "--json")
    assert (ended.code, ended.json) == (0, [])


def test_a_book_of_which_nothing_was_read_learns_nothing_from_the_register(tmp_path: Path) -> None:
    ended = hotich("adapt", "--book", "1957-3", "--from-register", "--home", tmp_path, "--json")
    assert ended.code == 3
    assert (ended.json["found_in_register"], ended.json["code"]) == (0, "adaptation.too_few_lines")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--book", "a", "--due"],
        ["--due", "--history"],
        ["--due", "--lines", "x"],
        ["--due", "--from-register"],
        ["--book", "a;b"],
    ],
)
def test_wrong_use_ends_with_2(arguments: list[str], tmp_path: Path) -> None:
    assert hotich("adapt", *arguments, "--home", tmp_path).code == 2


@pytest.mark.slow
def test_a_book_is_learnt_and_its_files_are_read_with_its_model(tmp_path: Path) -> None:
    home = tmp_path / "home"
    lines = corrected(tmp_path / "lines.zip", 40)
    made = hotich("adapt", "--book", "1957-3", "--lines", lines, "--home", home, "--json")
    assert made.code == 0, made.err
    report = made.json
    assert (report["added"], report["version"], report["learnt"] + report["held_out"]) == (40, 1, 40)
    assert report["reason"] == "better"
    assert report["in_use"] == 1
    scan = next(path for path in sorted(SAMPLES.glob("*.jpg")))
    hotich("digitize", scan, "--home", home, "--out", tmp_path / "base")
    hotich("digitize", scan, "--home", home, "--out", tmp_path / "book", "--book", "1957-3")
    models = [
        {
            model["name"]: model["sha256"]
            for model in json.loads(next(folder.glob("*.json")).read_text())["provenance"]["models"]
        }
        for folder in (tmp_path / "base", tmp_path / "book")
    ]
    told = hotich("adapt", "--book", "1957-3", "--history", "--home", home, "--json").json
    assert "hotich-lines+book" not in models[0]
    assert models[1]["hotich-lines+book"] == told["versions"][0]["sha256"]
    verified = hotich("verify", "--home", home, "--json").json
    assert verified["ok"]
    assert verified["orphans"] == []


@pytest.mark.slow
def test_a_hand_that_the_base_reads_without_an_error_stays_with_the_base(tmp_path: Path) -> None:
    lines = corrected(tmp_path / "lines.zip", 40, lean=EASY)
    made = hotich("adapt", "--book", "1957-3", "--lines", lines, "--home", tmp_path / "home", "--json")
    assert (made.code, made.json["reason"], made.json["in_use"]) == (0, "not_better", 0)
    assert made.json["held_out_cer"]["base"] == 0.0
