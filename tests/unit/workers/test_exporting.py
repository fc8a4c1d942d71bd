"""Records as tables and as lines of JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.domain.errors import WrongUse
from pipeline.domain.model import CivilRecord, FieldValue, Status
from pipeline.records.contract import record_bytes
from storage.catalogue import FoundDocument
from storage.objects import LocalStore
from tests.contract.storage.samples import BOX, record
from workers.exporting import ExportFormat, export

FORMULA = '=HYPERLINK("http://example.invalid","x")'


def a_paper(code: str, **values: str) -> CivilRecord:
    fields = [FieldValue(name=name.replace("__", "[0]."), value=value, verbatim=value, page=1, box=BOX)
              for name, value in values.items()]  # fmt: skip
    return replace(record(code.encode(), code, *fields), holding_code=f"HT-{code}")


@pytest.fixture
def objects(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "objects")


def found(objects: LocalStore, *papers: CivilRecord) -> Sequence[FoundDocument]:
    return [
        FoundDocument(
            document_id=paper.document_id, revision=1, holding_code=paper.holding_code,
            document_type=paper.document_type.value, form=paper.form, status=Status.REVIEW, office="", book="=1+1",
            names="", number="", date="", place="", source_name="a/b.jpg", pages="[1, 2]",
            record=objects.put(record_bytes(paper)), archival=None, committed_at="2026-11-29T08:00:00.000000Z",
        )
        for paper in papers
    ]  # fmt: skip


PAPERS = (
    a_paper("A", full_name="Nguyễn Thị Mẫu", date_of_birth="1990-03-15", sex="female", place_of_birth=FORMULA),
    a_paper("B", full_name="+84 Trần", document_number="07/1990", members__full_name="-Lê"),
)


def test_a_table_has_a_row_for_each_paper_and_a_column_for_each_entry(objects: LocalStore, tmp_path: Path) -> None:
    documents = found(objects, *PAPERS)
    assert export(lambda: documents, objects, tmp_path / "e.csv", ExportFormat.CSV) == 2
    assert (tmp_path / "e.csv").read_bytes().startswith(b"\xef\xbb\xbf")  # Excel takes it for UTF-8
    with (tmp_path / "e.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert first["Họ, chữ đệm, tên"] == "Nguyễn Thị Mẫu" and first["Ngày sinh"] == "15/03/1990"
    assert first["Giới tính"] == "Nữ" and first["Mã lưu giữ"] == "HT-A" and first["Trang"] == "1, 2"
    assert first["Số giấy tờ"] == "" and second["Số giấy tờ"] == "07/1990"


def test_no_value_of_a_table_is_a_formula(objects: LocalStore, tmp_path: Path) -> None:
    documents = found(objects, *PAPERS)
    export(lambda: documents, objects, tmp_path / "e.csv", ExportFormat.CSV)
    with (tmp_path / "e.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert f"'{FORMULA}" in cells
    export(lambda: documents, objects, tmp_path / "e.xlsx", ExportFormat.EXCEL)
    sheet = load_workbook(tmp_path / "e.xlsx")["Giấy tờ"]
    kinds = {(cell.value, cell.data_type) for row in sheet.rows for cell in row if cell.value}
    assert (FORMULA, "s") in kinds and ("-Lê", "s") in kinds
    assert {kind for _, kind in kinds} == {"s"}


def test_lines_of_json_hold_the_records_as_they_are_stored(objects: LocalStore, tmp_path: Path) -> None:
    documents = found(objects, *PAPERS)
    assert export(lambda: documents, objects, tmp_path / "e.jsonl", ExportFormat.JSON_LINES) == 2
    lines = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["record"] for line in lines] == [json.loads(record_bytes(paper)) for paper in PAPERS]


def test_an_export_of_nothing_has_its_headings(objects: LocalStore, tmp_path: Path) -> None:
    for kind in (ExportFormat.CSV, ExportFormat.EXCEL):
        assert export(list, objects, tmp_path / f"e.{kind.value}", kind) == 0
    assert (tmp_path / "e.csv").read_text(encoding="utf-8-sig").startswith("Mã lưu giữ,")


def test_the_ending_of_a_name_says_the_format() -> None:
    assert ExportFormat.of(Path("a.XLSX")) is ExportFormat.EXCEL
    with pytest.raises(WrongUse):
        ExportFormat.of(Path("a.xls"))
