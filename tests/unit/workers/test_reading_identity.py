"""What counts as another software: what reads, not how it is worded, where it stands, or what only judges."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import workers.reading_identity as identity
from tests.making.source import nodes
from workers.reading_identity import digest_of, reading_digest

ROOT = Path(identity.__file__).resolve().parents[1]

READS = '''"""Finds lines."""

from pipeline.domain.errors import InputError

LEAST = 8  # pixels


def lines_of(page: list[int]) -> list[int]:
    """The lines of a page."""
    if not page:
        raise InputError(Message("trang trống", "an empty page"))
    return [row for row in page if row > LEAST]  # what is lower is dust
'''


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "pipeline"
    (folder / "layout").mkdir(parents=True)
    (folder / "layout" / "find.py").write_text(READS)
    (folder / "forms.toml").write_text('title = "Giấy khai sinh"  # as printed\n')
    return folder


def digest(package: Path) -> str:
    return digest_of(package.parent, ("pipeline",))


def change(package: Path, before: str, after: str, file: str = "layout/find.py") -> bool:
    """Whether this change of a file makes another software."""
    path, known = package / file, digest(package)
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    return digest(package) != known


def test_a_comment_a_docstring_and_a_message_change_nothing(package: Path) -> None:
    assert not change(package, "what is lower is dust", "dust is lower")
    assert not change(package, "The lines of a page.", "The page's lines, from the top.")
    assert not change(package, "an empty page", "nothing on the page")
    assert not change(package, "as printed", "in capitals on the form", file="forms.toml")


def test_moving_a_module_or_a_definition_changes_nothing(package: Path) -> None:
    known = digest(package)
    (package / "lines").mkdir()
    (package / "layout" / "find.py").rename(package / "lines" / "lines.py")
    assert digest(package) == known
    head, _, rest = READS.partition("def lines_of")
    (package / "lines" / "lines.py").write_text("from pipeline.lines.limits import LEAST\n\n\ndef lines_of" + rest)
    (package / "lines" / "limits.py").write_text(head)
    assert digest(package) == known


def test_a_threshold_a_rule_and_a_form_change_it(package: Path) -> None:
    assert change(package, "LEAST = 8", "LEAST = 9")
    assert change(package, "row > LEAST", "row >= LEAST")
    assert change(package, "Giấy khai sinh", "Giấy chứng tử", file="forms.toml")


def test_a_folder_that_says_so_does_not_count(package: Path) -> None:
    known = digest(package)
    (package / "judging").mkdir()
    (package / "judging" / "judge.py").write_text("def judge() -> bool:\n    return True\n")
    assert digest(package) != known
    (package / "judging" / "__init__.py").write_text("READS = False\n")
    assert digest(package) == known


def test_the_digest_is_kept_and_worked_out_anew_only_when_a_byte_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "identity.json"
    monkeypatch.setattr(identity, "_WITH_CODE", tmp_path / "elsewhere.json")
    first = reading_digest(cache)
    assert cache.exists()
    cache.write_text(cache.read_text().replace(first, "kept"))
    assert reading_digest(cache) == "kept"
    cache.write_text("rubbish")
    assert reading_digest(cache) == first


def test_a_new_store_takes_the_digest_that_is_kept_with_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "_WITH_CODE", tmp_path / "identity.json")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    first = reading_digest()
    monkeypatch.setattr(identity, "digest_of", lambda *_: pytest.fail("worked out again"))
    assert reading_digest(tmp_path / "new.json") == first
    assert (tmp_path / "new.json").read_text() == (tmp_path / "identity.json").read_text()


def test_nothing_that_reads_imports_what_does_not_count() -> None:
    """Else a change there would change readings under the same name."""
    apart = [
        ".".join(start.parent.relative_to(ROOT).parts)
        for package in ("pipeline", "ocr_models")
        for start in (ROOT / package).rglob("__init__.py")
        if "READS = False" in start.read_text(encoding="utf-8")
    ]
    assert "pipeline.judging" in apart
    for package in ("pipeline", "ocr_models"):
        for path in (ROOT / package).rglob("*.py"):
            module = ".".join(path.with_suffix("").relative_to(ROOT).parts)
            if module.startswith(tuple(apart)):
                continue
            imported = [node.module or "" for node in nodes(path) if isinstance(node, ast.ImportFrom)]
            assert not [name for name in imported if name.startswith(tuple(apart))], module
