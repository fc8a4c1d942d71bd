"""What the documents of the repository hold, and what of the code they have to name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.making.source import nodes

ROOT = Path(__file__).resolve().parents[3]
PRODUCT = ("hotich", "flows", "service", "workers", "storage", "ocr_models", "pipeline")
_CODE = re.compile(r"`([^`\n]+)`")
_BASE = "HotichError"


def document(name: str) -> str:
    """The text of a document, by its path from the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def documents() -> list[Path]:
    """Every document of the project's own, without those that lie in installed or made folders."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / ".github").rglob("*.md")]
    return sorted(found)


def section(text: str, heading: str) -> str:
    """What stands under a heading, to the next one of its level or above. Raises KeyError."""
    lines = text.splitlines()
    if heading not in lines:
        raise KeyError(heading)
    level = len(heading) - len(heading.lstrip("#"))
    out: list[str] = []
    for line in lines[lines.index(heading) + 1 :]:
        if re.match(rf"#{{1,{level}}} ", line):
            break
        out.append(line)
    return "\n".join(out)


def code_words(text: str) -> list[str]:
    """Everything that is set as code within a line, in its order."""
    return _CODE.findall(text)


def rows(text: str) -> list[list[str]]:
    """The rows of the tables in a text, without their headings."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    rules = [n for n, row in enumerate(cells) if row and all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    return [row for n, row in enumerate(cells) if n not in rules and n + 1 not in rules]


@cache
def modules() -> tuple[Path, ...]:
    """The product's modules; what only makes and measures readers is not part of it."""
    paths = [path for folder in PRODUCT for path in sorted((ROOT / folder).rglob("*.py"))]
    return tuple(path for path in paths if "workshop" not in path.parts and "migrations" not in path.parts)


@cache
def error_classes() -> frozenset[str]:
    """Names of every class below `HotichError`."""
    bases: dict[str, set[str]] = {}
    for path in modules():
        for node in nodes(path):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(_last_name(base) for base in node.bases)
    found = {_BASE}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return frozenset(found)


@cache
def error_codes() -> dict[str, str]:
    """Every code an error can have, with the place that says so."""
    return {code: place for code, place, made in _codes() if made not in _NOT_ERRORS}


@cache
def finding_codes() -> dict[str, str]:
    """Every code of a finding or a verdict's reason that is made where it is worded."""
    return {code: place for code, place, made in _codes() if made in _NOT_ERRORS}


_NOT_ERRORS = frozenset({"Finding", "Reason"})
# What has a `code` that is no error's: a procedure's number, an administrative unit's, a row of a table.
_OTHER_CODES = frozenset({"Procedure", "Unit"})
_CODE_AT = {"BadValue": 0, "add": 1, "_trouble": 1, "problem": 1, "RefusedLine": 1, "refusal": 2, "_digits": 2}
"""Calls that take a code by its place: which argument it is."""


@cache
def _codes() -> tuple[tuple[str, str, str], ...]:
    """(code, place, name of the class or function that takes it)."""
    return tuple(_found_codes())


def _found_codes() -> Iterator[tuple[str, str, str]]:
    for path in modules():
        for node in nodes(path):
            if isinstance(node, ast.ClassDef) and node.name in error_classes():
                for line in node.body:
                    if isinstance(line, ast.Assign) and _last_name(line.targets[0]) == "code" and _text(line.value):
                        yield _text(line.value), f"{path.relative_to(ROOT)}:{line.lineno}", node.name
            elif isinstance(node, ast.Call):
                made = _last_name(node.func)
                given = [word.value for word in node.keywords if word.arg == "code"]
                at = _CODE_AT.get(made)
                if at is not None and at < len(node.args):
                    given.append(node.args[at])
                for value in given:
                    for text in _texts(value):
                        if made not in _OTHER_CODES and re.fullmatch(r"[a-z_0-9]+(\.[a-z_0-9]+)+", text):
                            yield text, f"{path.relative_to(ROOT)}:{node.lineno}", made


@cache
def words_of_the_code() -> frozenset[str]:
    """Every text that stands in the product's modules."""
    constants = (node for path in modules() for node in nodes(path) if isinstance(node, ast.Constant))
    return frozenset(node.value for node in constants if isinstance(node.value, str))


def _texts(value: ast.expr) -> Iterator[str]:
    """The texts an argument may be: itself, or either side of a choice."""
    if isinstance(value, ast.IfExp):
        yield from _texts(value.body)
        yield from _texts(value.orelse)
    elif _text(value):
        yield _text(value)


def _text(value: ast.expr) -> str:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
