"""What counts as another software: what reads, not what judges or shows. A register that comes later."""

from __future__ import annotations

import ast
from pathlib import Path

import hotich.wiring
from hotich.register import LazyRegister
from hotich.settings import load_settings
from hotich.wiring import _code_digest, load_population
from pipeline.settling.register import Claims

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
        assert not [
            name for name in names if name.startswith(("pipeline.judging.review", "pipeline.judging.verdict"))
        ], path


def test_a_register_that_is_loaded_later_is_seen_without_a_new_start(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "home", environment={})
    register = LazyRegister(settings)
    claims = Claims.of(full_name="Nguyễn Văn An", date_of_birth="1985-03-08", personal_id="001085000011")
    assert register.look_up(claims).outcome == "not_checked"
    assert register.candidates(claims) == []
    assert not (tmp_path / "home" / "register.db").exists()
    people = tmp_path / "people.csv"
    people.write_text(
        "personal_id,full_name,date_of_birth,sex\n001085000011,Nguyễn Văn An,1985-03-08,male\n", encoding="utf-8"
    )
    load_population(settings, people)
    assert register.look_up(claims).register_id == "001085000011"
    assert register.person("001085000011")["full_name"] == "Nguyễn Văn An"
    assert [one.register_id for one in register.candidates(claims)] == ["001085000011"]
