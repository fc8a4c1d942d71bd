"""`hotich trash` from the command line: an import undone, brought back, and removed after its term."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hotich.cli import main
from storage.catalogue import Catalogue
from tests.making.desk_home import DeskHome

IMPORT = "20261121-083000-abcd"


@pytest.fixture
def archive(home: Path) -> Iterator[DeskHome]:
    """One paper, stored by an import."""
    made = DeskHome.open(home)
    made.add(doubt=["ethnicity"])
    with made.catalogue.unit() as unit:
        [work_id] = unit.connection.exec_driver_sql("SELECT work_id FROM work").scalars()
        unit.imports.note(IMPORT, work_id, actor="luu")
        unit.commit()
    yield made
    made.close()


def run(capsys: pytest.CaptureFixture[str], home: DeskHome, *words: str) -> Any:
    assert main(["trash", *words, "--home", str(home.folder), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def current(catalogue: Catalogue) -> list[str]:
    return [one.document_id for one in catalogue.all_documents() if one.current]


def test_an_import_is_undone_told_and_brought_back(archive: DeskHome, capsys: pytest.CaptureFixture[str]) -> None:
    [document] = current(archive.catalogue)
    assert run(capsys, archive, "imports")[0]["import_id"] == IMPORT
    assert run(capsys, archive, "undo", IMPORT) == {"withdrawn": [document]}
    assert current(archive.catalogue) == []
    [listed] = run(capsys, archive, "list")
    assert (listed["document_id"], listed["import_id"], listed["kept_because"]) == (document, IMPORT, None)
    assert run(capsys, archive, "empty", "--decision", "QĐ 1") == {"removed": []}, "its term is not over"
    assert run(capsys, archive, "restore", IMPORT) == {"restored": [document]}
    assert current(archive.catalogue) == [document]


def test_a_paper_is_named_by_its_holding_code_and_an_unknown_one_is_wrong_use(
    archive: DeskHome, capsys: pytest.CaptureFixture[str]
) -> None:
    [stored] = archive.catalogue.all_documents()
    (archive.folder / "settings.toml").write_text("trash_days = 0\n")
    told = run(capsys, archive, "put", stored.holding_code, "--reason", "quét nhầm")
    assert told == {"withdrawn": [stored.document_id]}
    assert run(capsys, archive, "empty", "--decision", "QĐ 1/2026") == {"removed": [stored.document_id]}
    assert not archive.objects.exists(stored.original)
    assert main(["trash", "put", "HT-NONE", "--reason", "x", "--home", str(archive.folder)]) == 2
    assert main(["verify", "--home", str(archive.folder), "--json"]) == 0
