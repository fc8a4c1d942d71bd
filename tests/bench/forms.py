"""`make bench-forms FORMS=folder`: documents of several makers, digitized, and why fields are wrong.

A table for each: own documents drawn from the definitions, papers in layouts that no definition knows, and those of
another maker: those that rules and calibration may look at, and the sixth that is kept apart by a rule on file
names. Percent of fields, by writing and by type. Own papers are drawn with a seed that nothing else uses.
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
from ocr_models.evaluation.truth import TrueRecord, parse_truth
from ocr_models.workshop.measuring.causes import Cause, JudgedField, judge_record
from ocr_models.workshop.measuring.foreign import ForeignFile, foreign_truth, is_kept_apart, template
from ocr_models.workshop.measuring.logistic import expected_calibration_error

_OPEN = {"unsure", "ambiguous"}  # outcomes of the register that leave it to a person


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="another maker's: truth.jsonl, population.csv, files")
    parser.add_argument("--only", choices=("own", "layouts", "open", "apart"), help="one of the tables")
    parser.add_argument("--count", type=int, default=90, help="own papers of either kind (default 90)")
    arguments = parser.parse_args()
    sets: list[tuple[str, str, Path, Sequence[ForeignFile]]] = []
    for name, title, module in (
        ("own", "own, drawn from the definitions", "ocr_models.workshop.drawing"),
        ("layouts", "own, in layouts of nobody's definition", "ocr_models.workshop.layouts"),
    ):
        if arguments.only in (None, name):
            folder = _drawn(name, module, arguments.count)
            sets.append((name, title, folder, own_truth(folder / "truth.jsonl")))
    if arguments.folder is not None:
        files = foreign_truth(arguments.folder / "truth.jsonl")
        for name, title, apart in (("open", "another maker's, open to rules and calibration", False),
                                   ("apart", "another maker's, kept apart", True)):  # fmt: skip
            sets.append((name, title, arguments.folder, [f for f in files if is_kept_apart(f.file) is apart]))
    for name, title, folder, chosen in sets:
        if arguments.only in (None, name):
            with tempfile.TemporaryDirectory() as scratch:
                read = digitize(folder, [file.file for file in chosen], Path(scratch))
            print(f"\n{title}: {len(chosen)} files\n\n{table(chosen, read)}", flush=True)


def _drawn(name: str, module: str, count: int) -> Path:
    """A folder of papers of our own makers, drawn where it is not there yet."""
    folder = Path("build/bench/forms") / f"{name}-{count}"
    if not (folder / "population.csv").exists():
        drawn = [sys.executable, "-m", module, str(folder), "--count", str(count), "--seed", "8123", "--split", "test"]
        subprocess.run(drawn, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder


def own_truth(path: Path) -> list[ForeignFile]:
    """The files of our own makers; the layout is the family."""
    records, _ = parse_truth(path.read_text(encoding="utf-8").splitlines())
    by_file: dict[str, list[TrueRecord]] = defaultdict(list)
    for record in records:
        by_file[record.file].append(record)
    return [
        ForeignFile(
            file=file,
            document_type=own[0].document_type,
            family=own[0].form,
            writing=own[0].writing,
            records=tuple(own),
        )
        for file, own in by_file.items()
    ]


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
