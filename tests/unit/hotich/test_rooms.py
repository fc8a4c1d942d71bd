"""Who builds adapters, and who only wires."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set
from pathlib import Path

import hotich
from tests.making.source import nodes, parsed

ROOT = Path(hotich.__file__).resolve().parents[1]
BUILT = {"LocalStore", "S3Store", "IntakeBucket", "WorkerPool", "OnDemandPool", "OnDemandRegister"}
OPENED = {("Catalogue", "open"), ("SqlRegister", "open"), ("Database", "")}


def test_no_module_outside_the_wiring_builds_adapters() -> None:
    allowed = {"hotich/wiring", "storage", "tests", "workers/view_renderer.py"}  # the last starts a process of its own
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in ("hotich", "flows", "service", "workers", "pipeline", "ocr_models")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not str(path.relative_to(ROOT)).startswith(tuple(allowed)) and "processes" not in path.parts
        for line in _built(path)
    ]
    assert found == []


def _built(path: Path) -> Iterator[int]:
    for node in nodes(path):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if isinstance(function, ast.Name) and function.id in BUILT:
            yield node.lineno
        if (
            isinstance(function, ast.Attribute)
            and isinstance(function.value, ast.Name)
            and (function.value.id, function.attr) in OPENED
        ):
            yield node.lineno


def test_the_wiring_holds_builders_and_nothing_that_is_called_back() -> None:
    """Its only classes are values that carry parts, and the listener that hears nothing."""
    for path in (ROOT / "hotich" / "wiring").glob("*.py"):
        for node in parsed(path).body:
            if isinstance(node, ast.ClassDef) and node.name != "Silent":
                methods = [part.name for part in node.body if isinstance(part, ast.FunctionDef)]
                assert methods == [], f"{path.name}: {node.name}"


def test_no_factory_of_a_worker_process_lies_above_the_workers() -> None:
    for folder in ("hotich", "workers", "service", "flows"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in nodes(path):
                if isinstance(node, ast.keyword) and node.arg == "factory" and isinstance(node.value, ast.Constant):
                    assert str(node.value.value).startswith("workers."), path


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Whether at the top of a module or within a function: what needs each other is one thing, or two cut wrongly."""
    known = _modules()
    imports = {module: _imported(path, known.keys()) for module, path in known.items()}
    order: list[str] = []
    open_: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in open_, " -> ".join([*way[way.index(module) :], module])
        if module in order:
            return
        open_.add(module)
        for other in sorted(imports[module] & known.keys()):
            visit(other, (*way, module))
        open_.discard(module)
        order.append(module)

    for module in sorted(imports):
        visit(module, ())


def _modules() -> dict[str, Path]:
    folders = ("hotich", "flows", "service", "workers", "storage", "ocr_models", "pipeline")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    names = {path: ".".join(path.with_suffix("").relative_to(ROOT).parts) for path in paths}
    return {name.removesuffix(".__init__"): path for path, name in names.items()}


def _imported(path: Path, known: Set[str]) -> set[str]:
    """The modules named; `from package import module` means that module, not the package."""
    modules: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            modules |= {
                whole if (whole := f"{node.module}.{alias.name}") in known else node.module for alias in node.names
            }
        elif isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
    return modules
