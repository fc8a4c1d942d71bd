"""What counts as another software: what reads, not what judges or shows what was read."""

from __future__ import annotations

import ast
from pathlib import Path

import hotich.wiring
from hotich.wiring import _code_digest

ROOT = Path(hotich.wiring.__file__).resolve().parents[1]


def test_the_software_is_named_by_the_code_that_reads() -> None:
    assert _code_digest() == _code_digest()
    assert len(_code_digest()) == 64


def test_nothing_that_reads_imports_what_only_judges_or_shows() -> None:
    """Else a change there would change readings under the same name."""
    for path in [*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "ocr_models").rglob("*.py")]:
        if {"review", "verdict", "synthesis", "training", "evaluation"} & set(path.relative_to(ROOT).parts):
            continue
        names = [
            node.module or ""
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
        ]
        assert not [name for name in names if name.startswith(("pipeline.review", "pipeline.verdict"))], path
