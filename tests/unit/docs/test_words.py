"""One thing has one word: the glossary's table against everything that clerks and citizens read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.making.source import nodes

_ROOT = Path(__file__).resolve().parents[3]
_ROOMS = ("hotich", "flows", "service", "workers", "storage", "pipeline", "ocr_models/adaptation")
# Words of forms as they are printed, and what readers and grammars know of them: papers say what they say.
_OF_PAPERS = ("pipeline/forms/", "pipeline/values/", "pipeline/constraints/", "pipeline/layout/", "pipeline/codes/")
_COMMENT = re.compile(r"{#.*?#}|<!--.*?-->|(?<![:\"'])//[^\n]*|/\*.*?\*/", re.DOTALL)
_VIETNAMESE = re.compile(r"[ăâđêôơưàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụỳýỷỹỵ]", re.IGNORECASE)


@cache
def table() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """The glossary's rows: what is said, what is not."""
    text = (_ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    rows = text.partition("| say | not |\n|---|---|\n")[2].partition("\n\n")[0].splitlines()
    return tuple(
        (tuple(part.strip() for part in say.split(",")), tuple(part.strip() for part in instead.split(",")))
        for say, instead in (row.strip("| ").split(" | ") for row in rows)
    )


def texts() -> Iterator[tuple[str, str]]:
    """(file, a text in it that people may see)."""
    for room in _ROOMS:
        for path in sorted((_ROOT / room).rglob("*")):
            name = path.relative_to(_ROOT).as_posix()
            if name.startswith(_OF_PAPERS) or not path.is_file():
                continue
            if path.suffix == ".py":
                yield from ((name, text) for text in _literals(path))
            elif path.suffix in (".html", ".js"):
                for line in _COMMENT.sub("", path.read_text(encoding="utf-8")).splitlines():
                    yield name, line


def _literals(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _VIETNAMESE.search(node.value):
            yield node.value


@cache
def any_wrong_word() -> re.Pattern[str]:
    wrong = "|".join(re.escape(word) for _, instead in table() for word in instead)
    return re.compile(rf"(?<!\w)(?:{wrong})(?!\w)", re.IGNORECASE)


def said_instead(text: str) -> list[str]:
    """The words of the table's right side that stand in a text."""
    if any_wrong_word().search(text) is None:
        return []
    found = []
    for say, instead in table():
        left = text
        for right in sorted(say, key=len, reverse=True):
            left = re.sub(re.escape(right), "·", left, flags=re.IGNORECASE)
        found += [wrong for wrong in instead if re.search(rf"(?<!\w){re.escape(wrong)}(?!\w)", left, re.IGNORECASE)]
    return found


def test_every_text_that_people_read_has_one_word_for_one_thing() -> None:
    wrong = [(file, text.strip()[:120], words) for file, text in texts() if (words := said_instead(text))]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Loại giấy và mẫu", ["loại giấy"]),
        ("Loại giấy tờ và mẫu", []),
        ("Sổ dân cư: khớp", ["sổ dân cư"]),
        ("học nét chữ của một sổ", ["nét chữ"]),
        ("học nét chữ viết của một sổ", []),
    ],
)
def test_a_word_beside_the_right_one_is_found_and_the_right_one_is_not(text: str, words: list[str]) -> None:
    assert said_instead(text) == words


def test_the_table_is_read() -> None:
    assert len(table()) > 30
