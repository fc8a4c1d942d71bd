"""`make bench-forms FORMS=folder`: documents that another maker drew, digitized, and why fields are wrong.

Two tables: the two thirds that rules and calibration may look at, and the third that is kept apart by a rule on file
names. Percent of fields, by writing and by type.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ocr_models.evaluation.scoring import pair_records
from ocr_models.workshop.measuring.causes import Cause, JudgedField, judge_record
from ocr_models.workshop.measuring.foreign import ForeignFile, foreign_truth, is_kept_apart, template
from ocr_models.workshop.measuring.logistic import expected_calibration_error

_OPEN = {"unsure", "ambiguous"}  # outcomes of the register that leave it to a person


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="with truth.jsonl, population.csv and the files")
    parser.add_argument("--only", choices=("open", "apart"), help="one of the two tables")
    arguments = parser.parse_args()
    files = foreign_truth(arguments.folder / "truth.jsonl")
    for title, apart in (("open to rules and calibration", False), ("kept apart", True)):
        if arguments.only in (None, "apart" if apart else "open"):
            chosen = [file for file in files if is_kept_apart(file.file) is apart]
            with tempfile.TemporaryDirectory() as scratch:
                read = digitize(arguments.folder, [file.file for file in chosen], Path(scratch))
            print(f"\n{title}: {len(chosen)} files\n\n{table(chosen, read)}")


def digitize(folder: Path, files: Sequence[str], scratch: Path) -> dict[str, list[Mapping[str, Any]]]:
    """The records of each file, read in a home of its own against the folder's register."""
    command = [sys.executable, "-m", "hotich"]
    env = os.environ | {"HOTICH_HOME": str(scratch / "home"), "HOTICH_ORCHESTRATION": "never"}
    population = folder / "population.csv"
    if population.exists():
        subprocess.run([*command, "register", "load", str(population)], env=env, check=True, stdout=subprocess.DEVNULL)
    paths = [str((folder / file).resolve()) for file in files]
    out = scratch / "out"
    subprocess.run([*command, "digitize", *paths, "--out", str(out)], env=env, check=True, stdout=subprocess.DEVNULL)
    records: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for path in sorted(out.rglob("*.json"), key=lambda path: (len(path.name), path.name)):
        record = json.loads(path.read_text(encoding="utf-8"))
        records[Path(record["source"]["file"]).name].append(record)
    return records


def table(files: Sequence[ForeignFile], read: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Markdown."""
    labelled: dict[str, set[str]] = defaultdict(set)
    for file in files:
        labelled[file.document_type] |= {template(name) for record in file.records for name in record.fields}
    groups: dict[str, list[JudgedField]] = defaultdict(list)
    types: Counter[bool] = Counter()
    outcomes: Counter[str] = Counter()
    for file in files:
        records = list(read.get(Path(file.file).name, ()))
        types[bool(records) and records[0]["document_type"] == file.document_type] += 1
        expected = file.records[0].register_outcome
        if expected is not None:
            given = {record["validation"]["outcome"] for record in records}
            outcomes["right" if expected in given else "open" if given & _OPEN else "wrong"] += 1
        for true, record in pair_records(list(file.records), records):
            for field in judge_record(true, record, frozenset(labelled[file.document_type])):
                for name in ("all", field.writing, f"`{file.document_type}`"):
                    groups[name].append(field)
    heads = ["", "fields", *(cause.value for cause in Cause), "accepted", "wrong among accepted", "ECE"]
    rows = [heads, ["---", *["--:"] * (len(heads) - 1)], *(_row(name, groups[name]) for name in sorted(groups))]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    share = 100 * types[True] / max(1, types.total())
    agreed, left = (100 * outcomes[name] / max(1, outcomes.total()) for name in ("right", "open"))
    outcome = f"register outcome right {agreed:.1f} %, left open {left:.1f} %"
    return "\n".join([*lines, "", f"type right {share:.1f} %, {outcome}"])


def _row(name: str, fields: Sequence[JudgedField]) -> list[str]:
    causes = Counter(field.cause for field in fields)
    accepted = [field for field in fields if field.accepted]
    wrong = [field for field in accepted if field.cause is not Cause.RIGHT]
    read = [field for field in fields if field.value]
    error = expected_calibration_error([f.confidence for f in read], [f.cause is Cause.RIGHT for f in read])
    shares = [_percent(causes[cause], len(fields)) for cause in Cause]
    return [
        name, str(len(fields)), *shares, _percent(len(accepted), len(fields)),
        f"{_percent(len(wrong), len(accepted))} ({len(wrong)})", f"{100 * error:.1f}",
    ]  # fmt: skip


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "—"


if __name__ == "__main__":
    main()
