"""Which software reads, named by its meaning: what changes no reading changes no name.

The name is one digest over every definition of the code that reads and over its data. Comments, docstrings, messages,
imports and the module a definition stands in do not count, so moving code and wording it anew leave the name alone. A
folder says of itself, by `READS = False` in its `__init__.py`, that nothing in it changes a reading; all others count.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipeline.domain.errors import HotichError
from storage.files import write_file

_ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = ("pipeline", "ocr_models")
_DATA = frozenset({".json", ".tsv", ".gz", ".onnx", ".icc", ".npz"})
_RAW = _DATA | {".py", ".toml"}
_TOLD = frozenset({"Message"})  # what a person is told
_WITH_CODE = Path(__file__).with_name("__pycache__") / f"reading-identity.{sys.implementation.cache_tag}.json"


def reading_digest(cache: Path | None = None) -> str:
    """The digest of the code and data that read here, in hexadecimal digits.

    Working it out takes a second and a half: `cache` is a file that keeps it beside a digest of the very bytes it is
    of. It is kept with the compiled code too, where that may be written: a new store need not wait for it.
    """
    raw = _raw_digest(_ROOT, _PACKAGES)
    caches = [file for file in (cache, None if sys.dont_write_bytecode else _WITH_CODE) if file is not None]
    known = {file: _cached(file) for file in (*caches, _WITH_CODE)}
    digests = [kept["digest"] for kept in known.values() if kept.get("of") == raw]
    digest = digests[0] if digests else digest_of(_ROOT, _PACKAGES)
    for file in caches:
        if known[file].get("of") != raw:
            with suppress(HotichError):
                write_file(file, json.dumps({"of": raw, "digest": digest}).encode())
    return digest


def _cached(cache: Path) -> dict[str, str]:
    with suppress(OSError, ValueError):
        kept = json.loads(cache.read_text(encoding="utf-8"))
        if isinstance(kept, dict):
            return {str(name): str(value) for name, value in kept.items()}
    return {}


def _raw_digest(root: Path, packages: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for package in packages:
        for path in sorted((root / package).rglob("*")):
            if path.suffix in _RAW and path.is_file():
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def digest_of(root: Path, packages: tuple[str, ...]) -> str:
    """The digest of what reads in these packages under `root`: a set of meanings, in no order."""
    meanings = sorted({meaning for package in packages for meaning in _meanings(root / package)})
    return hashlib.sha256("\n".join(meanings).encode()).hexdigest()


def _meanings(folder: Path) -> Iterator[str]:
    """A digest for each definition and each data file of the folder and the folders in it that read."""
    if not _reads(folder):
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != "__pycache__":
            yield from _meanings(path)
        elif path.suffix == ".py":
            yield from _definitions(path.read_text(encoding="utf-8"))
        elif path.suffix == ".toml":
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            yield _sha256(json.dumps(table, sort_keys=True, default=str).encode())
        elif path.suffix in _DATA:
            yield _sha256(path.read_bytes())


def _reads(folder: Path) -> bool:
    start = folder / "__init__.py"
    if not start.is_file():
        return True
    return not any(
        isinstance(statement, ast.Assign)
        and [getattr(target, "id", "") for target in statement.targets] == ["READS"]
        and isinstance(statement.value, ast.Constant)
        and statement.value.value is False
        for statement in ast.parse(start.read_text(encoding="utf-8")).body
    )


def _definitions(source: str) -> Iterator[str]:
    for statement in _Plain().visit(ast.parse(source)).body:
        yield _sha256(ast.dump(statement).encode())


class _Plain(ast.NodeTransformer):
    """Takes out what says nothing about a reading: docstrings and other bare texts, imports, messages to people."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return None
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """A package's own name, by which it finds its data, changes when the package moves."""
        named = isinstance(node.value, str) and node.value.split(".")[0] in _PACKAGES and node.value.isascii()
        return ast.Constant("") if named else node

    def visit_Import(self, _: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, _: ast.ImportFrom) -> None:
        return None

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id in _TOLD:
            return ast.Name(id=node.func.id, ctx=ast.Load())
        return self.generic_visit(node)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
