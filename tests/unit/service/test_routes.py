"""Where the rooms of the service begin and end, told from its source text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.making.source import parsed

ROOT = Path(__file__).resolve().parents[3]
ROUTES = sorted((ROOT / "service" / "routes").rglob("*.py"))
TRANSACTIONS = frozenset(("read", "write", "unit", "over", "begin", "connect", "transaction"))


def imported(tree: ast.Module, module: str) -> Iterator[str]:
    """Every module that may be imported, names imported from a package among them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*package, *([node.module] if node.module else [])])
            yield from (f"{base}.{name.name}" for name in node.names)
            yield base


def transactions(tree: ast.Module) -> Iterator[int]:
    """Lines where a block, or an exit stack, enters what a call of `.read()`, `.write()`, `.unit()` … gives."""
    for node in ast.walk(tree):
        entered: list[ast.expr] = []
        if isinstance(node, ast.With | ast.AsyncWith):
            entered = [item.context_expr for item in node.items]
        elif isinstance(node, ast.Call) and called(node).rpartition(".")[2] in ("enter_context", "enter_async_context"):
            entered = node.args
        for expression in entered:
            function = expression.func if isinstance(expression, ast.Call) else None
            if isinstance(function, ast.Attribute) and function.attr in TRANSACTIONS:
                yield expression.lineno


def called(call: ast.Call) -> str:
    """The name that is called, with what it is an attribute of: `Catalogue.open`."""
    return ast.unparse(call.func)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("path", ROUTES, ids=module_of)
def test_a_route_imports_no_other_route(path: Path) -> None:
    assert [name for name in imported(parsed(path), module_of(path)) if name.startswith("service.routes")] == []


@pytest.mark.parametrize("path", ROUTES, ids=module_of)
def test_a_route_opens_no_transaction(path: Path) -> None:
    assert list(transactions(parsed(path))) == []


@pytest.mark.parametrize(
    "source",
    [
        "with context.store.read() as tables:\n    pass",
        "with a(), context.parts.catalogue.unit() as unit:\n    pass",
        "with ExitStack() as stack:\n    stack.enter_context(store.write())",
    ],
)
def test_the_rule_finds_a_transaction(source: str) -> None:
    assert list(transactions(ast.parse(source))) != []
