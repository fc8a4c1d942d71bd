"""A register that is wrong on purpose: as often as asked, each fault of its kind, the rest the truth."""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

from ocr_models.adaptation.lines import CorrectedLine
from ocr_models.workshop.adapting.teaching import entries_of

LINES = [CorrectedLine(b"", f"Monsieur Dupont{number}, rue de Paris, {1000 + number}") for number in range(100)]


def test_so_many_entries_are_wrong_as_asked_and_all_others_are_the_truth() -> None:
    entries = entries_of(LINES, wrong=0.12, seed=3)
    assert sum(entry.fault != "" for entry in entries) == 12
    assert {entry.fault for entry in entries} == {"", "line", "word", "digit"}
    assert all((entry.registered == entry.line.text) == (not entry.fault) for entry in entries)


def test_each_fault_is_of_its_kind() -> None:
    entries = entries_of(LINES, wrong=0.3, seed=1)
    texts = {line.text for line in LINES}
    for entry in entries:
        before, after = entry.line.text.split(), entry.registered.split()
        if entry.fault == "line":
            assert entry.registered in texts
        if entry.fault == "word":
            assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
        if entry.fault == "digit":
            assert Levenshtein.distance(entry.line.text, entry.registered) == 1


def test_a_fault_that_a_line_cannot_have_is_another_of_them() -> None:
    lines = [CorrectedLine(b"", text) for text in ("ab cd", "ef gh", "ij kl")]
    assert {entry.fault for entry in entries_of(lines, wrong=1.0)} <= {"line", "word"}
