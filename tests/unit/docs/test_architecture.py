"""What ARCHITECTURE says of the code is so: modules, functions, and that no walk climbs back up."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.making.source import nodes
from tests.unit.docs.reading import PRODUCT, ROOT, code_words, document, rows, section

TEXT = document("ARCHITECTURE.md")
WALKS = section(TEXT, "## Four walks")
_FLOORS = {"hotich": 0, "flows": 1, "service": 1, "workers": 2, "storage": 3, "ocr_models": 3, "pipeline": 4}
_STEP = re.compile(r"^( *)\d+\. (.*)$")


def functions(text: str) -> list[str]:
    """Every `module.function` of a text."""
    return [word for word in code_words(text) if word.split(".")[0] in PRODUCT and "." in word and "/" not in word]


def steps() -> Iterator[tuple[int, list[str]]]:
    """(depth, functions) of each step of the walks."""
    for line in WALKS.splitlines():
        if line.startswith("#"):
            yield 0, []
        elif step := _STEP.match(line):
            yield len(step[1]) // 3 + 1, functions(step[2])


@pytest.mark.parametrize("name", sorted(set(functions(WALKS))))
def test_a_function_of_a_walk_is_where_it_is_said_to_be(name: str) -> None:
    module, _, function = name.rpartition(".")
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    assert function in {
        node.name for node in nodes(ROOT / (module.replace(".", "/") + ".py")) if isinstance(node, kinds)
    }


def test_no_walk_climbs_back_up() -> None:
    above: dict[int, int] = {}
    for depth, names in steps():
        above = {at: floor for at, floor in above.items() if at < depth}
        for name in names:
            floor = _FLOORS[name.split(".")[0]]
            assert floor >= max(above.values(), default=0), name
        if names:
            above[depth] = _FLOORS[names[0].split(".")[0]]


@pytest.mark.parametrize("row", rows(section(TEXT, "## The way of one scan")), ids=lambda row: row[0])
def test_a_step_of_the_way_names_places_that_are_there(row: list[str]) -> None:
    places = [word for word in code_words(row[1]) if "/" in word or word in PRODUCT]
    assert places
    assert all((ROOT / place).exists() for place in places), places


def test_every_decision_is_in_the_table_and_has_its_parts() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    linked = re.findall(r"docs/decisions/([\w-]+\.md)", section(TEXT, "## Decisions"))
    assert linked == [path.name for path in records]
    numbers = [path.name[:4] for path in records]
    assert len(set(numbers)) == len(numbers), (
        "records that are written side by side may leave gaps, and share no number"
    )
    for number, path in zip(numbers, records, strict=True):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {number}. ")
        for heading in ("## Context", "## Decision", "## What decided it", "## Consequences"):
            assert section(text, heading).strip()
