"""`hotich evaluate`: every labelled file measured, every unusable truth line named, poor figures no failure."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hotich.commands import evaluate
from hotich.settings import Settings
from hotich.wiring.batch import BatchOrder
from pipeline.domain.errors import WrongUse
from workers.batch.inputs import FoundInputs
from workers.batch.results import Fate, FileResult

TYPE = "birth_certificate"
Run = Callable[..., dict[str, Any]]


def truth_line(file: str, name: str = "Lê Thị Bình") -> str:
    fields = {"full_name": {"value": name, "verbatim": name, "page": 1}}
    return json.dumps({"file": file, "document_type": TYPE, "fields": fields, "condition": {"writing": "pen"}})


def record(name: str, status: str = "accepted") -> dict[str, Any]:
    return {
        "document_type": TYPE,
        "fields": {"full_name": {"value": name, "verbatim": name, "status": status}},
        "validation": {"outcome": "not_checked"},
    }


class Reader:
    """Stands in for the job: writes the records it is told to, one file each or numbered where there are several."""

    def __init__(self) -> None:
        self.records: dict[str, list[dict[str, Any]]] = {}
        self.homes: list[Path] = []

    def __call__(self, settings: Settings, inputs: FoundInputs, order: BatchOrder) -> list[FileResult]:
        self.homes.append(settings.home)
        assert order.out is not None
        return [self._one(file.name, order.out) for file in inputs.files]

    def _one(self, name: str, out: Path) -> FileResult:
        records = self.records.get(name, [])
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        for number, one in enumerate(records, start=1):
            ending = f".{number}.json" if len(records) > 1 else ".json"
            (out / f"{name}{ending}").write_text(json.dumps(one), encoding="utf-8")
        if not records:
            return FileResult(file=name, status=Fate.SET_ASIDE, code="input.damaged")
        return FileResult(file=name, status=Fate.DONE, pages=1, seconds=0.5)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    made = Reader()
    monkeypatch.setattr(evaluate, "digitize", made)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "labelled"
    place.mkdir()
    return place


@pytest.fixture
def measure(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*lines: str, at: Path = folder) -> dict[str, Any]:
        (folder / "truth.jsonl").write_text("\n".join(lines), encoding="utf-8")
        for line in lines:
            if line.startswith("{"):
                (folder / json.loads(line)["file"]).parent.mkdir(parents=True, exist_ok=True)
                (folder / json.loads(line)["file"]).touch()
        order = Namespace(folder=at, home=tmp_path / "home", workers=1, report=None, json=True)
        assert evaluate.run(order) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return run


def test_the_report_has_every_figure_in_whole_and_by_group(measure: Run, reader: Reader) -> None:
    reader.records = {"a.jpg": [record("Lê Thị Bình")]}
    report = measure(truth_line("a.jpg"))
    assert set(report) == {
        "overall", "by_type", "by_writing", "by_capture", "by_field",
        "pages", "seconds_per_page", "set_aside", "truth_errors",
    }  # fmt: skip
    assert report["overall"]["field_exact"] == 1 and report["overall"]["accepted_error"] == 0
    assert (report["pages"], report["seconds_per_page"]) == (1, 0.5)


def test_wrong_truth_lines_are_named_and_the_others_measured(measure: Run, reader: Reader) -> None:
    reader.records = {"a.jpg": [record("Lê Thị Bình")]}
    report = measure("no json", truth_line("a.jpg"))
    assert [e["line"] for e in report["truth_errors"]] == [1]
    assert report["overall"]["records"] == 1


def test_a_labelled_file_that_is_not_there_is_named(folder: Path, measure: Run, reader: Reader) -> None:
    reader.records = {"a.jpg": [record("Lê Thị Bình")]}
    gone = truth_line("gone.jpg")
    (folder / "gone.jpg").unlink(missing_ok=True)
    report = measure(truth_line("a.jpg"), " " + gone)
    assert [e["reason"] for e in report["truth_errors"]] == ["no such file: gone.jpg"]


def test_a_file_set_aside_is_named_and_its_fields_count_as_missed(measure: Run, reader: Reader) -> None:
    reader.records = {"a.jpg": [record("Lê Thị Bình")]}
    report = measure(truth_line("a.jpg"), truth_line("b.jpg"))
    assert report["set_aside"] == [{"file": "b.jpg", "code": "input.damaged"}]
    assert report["overall"]["field_exact"] == 0.5


def test_several_acts_of_one_file_are_read_in_their_order(measure: Run, reader: Reader) -> None:
    names = [f"Người {n}" for n in range(1, 12)]
    reader.records = {"a.jpg": [record(name) for name in names]}
    report = measure(*(truth_line("a.jpg", name) for name in names))
    assert report["overall"]["records"] == 11 and report["overall"]["field_exact"] == 1


@pytest.mark.parametrize("file", ["sổ/trang 1.jpg", "a.jpg"])
def test_a_folder_named_by_a_way_round_is_the_same_folder(
    folder: Path, measure: Run, reader: Reader, file: str
) -> None:
    (folder / "sub").mkdir()
    reader.records = {Path(file).name: [record("Lê Thị Bình")], file: [record("Lê Thị Bình")]}
    assert measure(truth_line(file), at=folder / "sub" / "..")["overall"]["field_exact"] == 1


def test_it_reads_in_a_home_of_its_own_that_is_gone_afterwards(tmp_path: Path, measure: Run, reader: Reader) -> None:
    measure(truth_line("a.jpg"))
    assert reader.homes[0] != tmp_path / "home" and not reader.homes[0].parent.exists()


def test_the_report_is_written_where_it_is_wanted_and_the_table_shown(
    folder: Path, tmp_path: Path, reader: Reader, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.jpg").touch()
    (folder / "truth.jsonl").write_text(f"{truth_line('a.jpg')}\n[]\n")
    order = Namespace(folder=folder, home=tmp_path / "h", workers=1, report=tmp_path / "r.json", json=False)
    assert evaluate.run(order) == 0
    shown = capsys.readouterr().out
    assert "set aside: a.jpg [input.damaged]" in shown and "truth.jsonl:2" in shown and "None" not in shown
    assert json.loads((tmp_path / "r.json").read_text())["overall"]["records"] == 1


@pytest.mark.parametrize("text", [None, "", "rubbish\n"])
def test_a_folder_without_usable_truth_is_wrong_use(folder: Path, tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (folder / "truth.jsonl").write_text(text)
    order = Namespace(folder=folder, home=tmp_path / "home", workers=1, report=None, json=True)
    with pytest.raises(WrongUse, match="truth"):
        evaluate.run(order)
