"""SECURITY names tests that are there."""

from __future__ import annotations

import pytest

from tests.unit.docs.reading import ROOT, code_words, document, rows, section

DEFENDED = rows(section(document("SECURITY.md"), "## What is defended, and how"))


@pytest.mark.parametrize("row", DEFENDED, ids=[row[0] for row in DEFENDED])
def test_what_is_defended_names_its_tests(row: list[str]) -> None:
    known = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    told = code_words(row[2])
    assert told
    assert set(told) <= known


def test_the_attack_model_comes_first() -> None:
    headings = [line for line in document("SECURITY.md").splitlines() if line.startswith("## ")]
    assert headings[0] == "## Attack model"
