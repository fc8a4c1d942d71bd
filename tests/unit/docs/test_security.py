"""SECURITY names tests that are there."""

from __future__ import annotations

import pytest

from tests.unit.docs.reading import ROOT, code_words, document, rows, section

DEFENDED = rows(section(document("SECURITY.md"), "## What is defended, and how"))

STANDARD = rows(section(document("SECURITY.md"), "## OWASP ASVS 4.0.3, level 2"))


@pytest.mark.parametrize("row", DEFENDED, ids=[row[0] for row in DEFENDED])
def test_what_is_defended_names_its_tests(row: list[str]) -> None:
    known = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    told = code_words(row[2])
    assert told
    assert set(told) <= known


@pytest.mark.parametrize("row", STANDARD, ids=[row[0] for row in STANDARD])
def test_what_is_told_of_the_standard_says_how_and_names_tests_that_are_there(row: list[str]) -> None:
    known = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert row[1] in {"met", "part", "outside"}
    assert {word for word in code_words(row[2]) if word.endswith(".py")} <= known
    if row[1] == "part":  # what is missing is said
        assert any(word in row[2] for word in ("not", "no ", "Nobody", "cannot"))


def test_the_attack_model_comes_first() -> None:
    headings = [line for line in document("SECURITY.md").splitlines() if line.startswith("## ")]
    assert headings[0] == "## Attack model"
