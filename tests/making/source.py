"""The code as its tests look at it: each module parsed once for all of them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def parsed(path: Path) -> ast.Module:
    """The module's tree. Shared: nobody may change it."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Everything in the module's tree, as `ast.walk` goes over it."""
    return tuple(ast.walk(parsed(path)))
