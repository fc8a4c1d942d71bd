"""`hotich evaluate DIR`: measures against a labelled folder (`truth.jsonl`), in a home of its own.

The files go the way of `hotich digitize`, against `population.csv` of the folder if there is one; nothing
known before helps, and nothing stays behind but the report.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from hotich.commands.digitize import digitize
from hotich.settings import Settings, load_settings
from hotich.wiring.batch import BatchOrder
from hotich.wiring.stores import load_population
from ocr_models.evaluation.scoring import Score, score
from ocr_models.evaluation.truth import TrueRecord, TruthError, parse_truth
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from workers.batch.inputs import find_inputs
from workers.batch.results import Fate, FileResult

_COLUMNS = ("records", "type_accuracy", "fields", "field_exact", "cer", "accepted_share", "accepted_error",
            "register_accuracy", "register_open")  # fmt: skip

_TITLES = ("hồ sơ\nrecords", "loại\ntype", "trường\nfields", "đúng\nexact", "lỗi ký tự\nCER", "tự nhận\naccepted",
           "sai trong số\ntự nhận\nof these wrong", "CSDL dân cư\nregister", "còn ngỏ\nleft open")  # fmt: skip
_GROUPS = {
    "by_type": "theo loại / by type",
    "by_writing": "theo kiểu chữ / by writing",
    "by_capture": "theo cách chụp / by capture",
}


def run(arguments: Namespace) -> int:
    """Exit code 0, also when figures are poor; 2 when there is no truth to measure against."""
    settings = load_settings(arguments.home, workers=arguments.workers)
    truth, errors = _truth(arguments.folder)
    with tempfile.TemporaryDirectory(prefix="hotich-evaluate-") as place:
        results, read = _read(replace(settings, home=Path(place) / "home"), arguments.folder, truth, Path(place))
    report = _report(score(truth, read), results, errors)
    if arguments.report:
        text = json.dumps(report, ensure_ascii=False, indent=1)
        arguments.report.write_text(text + "\n", encoding="utf-8")
    if arguments.json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        _print(report)
    return 0


def _truth(folder: Path) -> tuple[list[TrueRecord], list[TruthError]]:
    file = folder / "truth.jsonl"
    if not file.is_file():
        raise WrongUse(Message(f"Không có truth.jsonl trong {folder}", f"no truth.jsonl in {folder}"))
    truth, errors = parse_truth(file.read_text(encoding="utf-8", errors="replace").splitlines())
    missing = sorted({t.file for t in truth if not (folder / t.file).is_file()})
    errors += [TruthError(line=0, reason=f"no such file: {name}") for name in missing]
    truth = [t for t in truth if t.file not in set(missing)]
    if not truth:
        raise WrongUse(Message("truth.jsonl không có dòng nào dùng được", f"no usable line in {file}"))
    return truth, errors


def _read(
    settings: Settings, folder: Path, truth: Sequence[TrueRecord], place: Path
) -> tuple[list[FileResult], dict[str, list[Mapping[str, Any]]]]:
    """Every labelled file digitized; its records in reading order, by its name in truth."""
    population = folder / "population.csv"
    if population.is_file():
        load_population(settings, population)
    names = {Path(os.path.abspath(folder / t.file)): t.file for t in truth}  # noqa: PTH100  (as `find_inputs` does)
    inputs = find_inputs(list(names))
    results = digitize(settings, inputs, BatchOrder(out=place / "out"))
    read: dict[str, list[Mapping[str, Any]]] = {}
    for file in inputs.files:
        records = _records(place / "out", file.name)
        read[names[file.path]] = records
    return results, read


def _records(out: Path, name: str) -> list[Mapping[str, Any]]:
    whole = out / f"{name}.json"
    paths = [whole] if whole.exists() else []
    number = 1
    while (part := out / f"{name}.{number}.json").exists():
        paths.append(part)
        number += 1
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def _report(result: Score, files: Sequence[FileResult], errors: Sequence[TruthError]) -> dict[str, Any]:
    pages = sum(f.pages for f in files)
    seconds = sum(f.seconds for f in files)
    aside = [{"file": f.file, "code": f.code} for f in files if f.status is Fate.SET_ASIDE]
    return {
        **result.as_json(),
        "pages": pages,
        "seconds_per_page": round(seconds / pages, 3) if pages else None,
        "set_aside": aside,
        "truth_errors": [asdict(error) for error in errors],
    }


def _print(report: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 130, highlight=False, markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for title in _TITLES:
        table.add_column(title, justify="right")
    table.add_row("tất cả / all", *_cells(report["overall"]), style="bold")
    for group, title in _GROUPS.items():
        table.add_row(f"— {title}")
        for name, figures in report[group].items():
            table.add_row(name, *_cells(figures))
    console.print(table)
    pace = report["seconds_per_page"]
    console.print(f"{report['pages']} trang / pages" + ("" if pace is None else f", {pace} giây một trang / s a page"))
    for aside in report["set_aside"]:
        console.print(f"để riêng / set aside: {aside['file']} [{aside['code']}]")
    for error in report["truth_errors"]:
        where = f"truth.jsonl:{error['line']}" if error["line"] else "truth.jsonl"
        console.print(f"{where}: {error['reason']}")


def _cells(figures: Mapping[str, Any]) -> list[str]:
    return [_cell(name, figures[name]) for name in _COLUMNS]


def _cell(name: str, value: float | int | None) -> str:
    if value is None:
        return "—"
    return str(value) if name in ("records", "fields") else f"{100 * value:.1f} %"
