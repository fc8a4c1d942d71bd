"""What CONTRIBUTING names is there."""

from __future__ import annotations

import re

import pytest

from tests.unit.docs.reading import ROOT, code_words, document, rows, section

TEXT = document("CONTRIBUTING.md")
CHANGES = rows(section(TEXT, "## Eleven changes, one file each"))
_FOLDERS = "|".join(
    ("hotich", "flows", "service", "workers", "storage", "ocr_models", "pipeline", "tests", "docs", "samples")
)
_PATH = re.compile(rf"(?:{_FOLDERS})(?:/[A-Za-z0-9_.\[\]-]+)*/?")


def paths(text: str) -> list[str]:
    """Everything set as code that is a path from the root, in its order."""
    return [word for word in code_words(text) if "/" in word and _PATH.fullmatch(word)]


def test_eleven_changes_are_told() -> None:
    assert len(CHANGES) == 11


@pytest.mark.parametrize("change", CHANGES, ids=[row[0] for row in CHANGES])
def test_a_change_names_a_file_to_open_that_is_there(change: list[str]) -> None:
    told = paths(change[1])
    assert told
    assert all((ROOT / path).is_file() for path in told), told


@pytest.mark.parametrize("change", CHANGES, ids=[row[0] for row in CHANGES])
def test_what_to_change_is_named_as_the_file_has_it(change: list[str]) -> None:
    held = (ROOT / paths(change[1])[0]).read_text(encoding="utf-8")
    names = [word.rpartition(".")[2] if word[:1].isupper() else word for word in code_words(change[2])]
    missing = [name for name in names if name not in held and name not in paths(change[2])]
    assert not missing, missing


@pytest.mark.parametrize("path", sorted(set(paths(TEXT))))
def test_a_path_that_is_named_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_folder_at_the_root_that_holds_code_is_in_the_layout() -> None:
    told = {
        line.split()[0].rstrip("/") for line in section(TEXT, "## Layout in ten lines").splitlines() if "/ " in line
    }
    code = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert code <= told
