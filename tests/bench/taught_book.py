"""`python -m tests.bench.taught_book`: a book of one pen hand, read, learnt from its register, and read again.

Nobody corrects a line. The book is drawn by a seed, in a pen face that nothing was trained on; its register is that of
the generator, which does not know some of its people and contradicts the papers of others, so that both figures can be
told: errors in what was read, and contradictions that are still found.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rapidfuzz.distance import Levenshtein

from ocr_models.evaluation.truth import TrueRecord, parse_truth
from ocr_models.workshop.drawing.dataset import Job, write_job
from ocr_models.workshop.drawing.register_rows import Register
from pipeline.forms.loading import load_forms
from pipeline.records.contract import read_record

BOOK = "2016-01"
_FINDINGS = ("register.conflict", "register.unsure")


@dataclass(frozen=True, slots=True)
class Figures:
    """Character errors of what the pen wrote, in per cent, and of the contradicted papers those that are told."""

    cer: float
    fields: int
    found: int
    contradicted: int
    confirmed: int

    def row(self, name: str) -> str:
        return f"| {name} | {self.cer:.2f} | {self.fields} | {self.found} of {self.contradicted} | {self.confirmed} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=60, help="certificates")
    parser.add_argument("--hand", default="Allison", help="a pen face of the split test")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--keep", type=Path, help="a folder to keep files and results in")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for line in measure(options.keep or Path(scratch), options.count, options.hand, options.seed):
            print(line, flush=True)


def measure(folder: Path, count: int, hand: str, seed: int) -> Iterator[str]:
    """The table, row by row, and what `hotich adapt` says."""
    truths = draw(folder / "in", count, hand, seed)
    home = folder / "home"
    _hotich("register", "load", folder / "in" / "population.csv", "--home", home)
    yield "| read with | CER % of pen fields | fields | contradicted papers told | values the register confirms |"
    yield "|---|---|---|---|---|"
    scans = sorted(path for path in (folder / "in").iterdir() if path.suffix == ".jpg")
    _hotich("digitize", *scans, "--home", home, "--out", folder / "base", "--book", BOOK)
    yield figures(truths, folder / "base").row("the base")
    report = json.loads(_hotich("adapt", "--book", BOOK, "--from-register", "--home", home, "--json"))
    _hotich("digitize", *scans, "--home", home, "--out", folder / "taught", "--book", BOOK)
    yield figures(truths, folder / "taught").row("what the register taught")
    yield ""
    yield json.dumps(report, ensure_ascii=False)


def draw(folder: Path, count: int, hand: str, seed: int) -> list[TrueRecord]:
    """Birth certificates of one hand with their register; gives what stands on them."""
    folder.mkdir(parents=True)
    forms = [form for form in load_forms() if form.type.value == "birth_certificate" and "pen" in form.writing]
    register = Register(Random(f"{seed}/register"))
    lines = []
    for number in range(count):
        job = Job(
            seed=f"{seed}/{number}", form=forms[number % len(forms)], kind="pen", capture="flatbed", container="jpg",
            dpi=300, wear="mild", split="test", hand=hand,
        )  # fmt: skip
        name = f"{number:04d}.jpg"
        lines.append(json.dumps({"file": name, **write_job(folder / name, job, register)}, ensure_ascii=False))
    register.add_strangers(max(200, 4 * count))
    register.write(folder / "population.csv")
    records, errors = parse_truth(lines)
    assert not errors, errors
    return records


def figures(truths: Sequence[TrueRecord], folder: Path) -> Figures:
    """What was read beside what stands there; a field that was not found is wrong in each of its letters."""
    wrong = letters = fields = found = contradicted = confirmed = 0
    for truth in truths:
        record = read_record((folder / f"{truth.file}.json").read_bytes())
        read = {field.name: field.verbatim for field in record.fields}
        for name, field in truth.fields.items():
            if field.writing != "pen" or not field.verbatim:
                continue
            fields += 1
            letters += len(field.verbatim)
            wrong += min(len(field.verbatim), Levenshtein.distance(field.verbatim, read.get(name, "")))
        confirmed += len(record.validation.confirmed)
        if truth.register_outcome == "conflict":
            contradicted += 1
            found += any(finding.code in _FINDINGS for finding in record.findings)
    return Figures(100 * wrong / max(1, letters), fields, found, contradicted, confirmed)


def _hotich(*arguments: object) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTICH_")}
    done = subprocess.run(
        [sys.executable, "-m", "hotich", *map(str, arguments)],
        env=kept | {"HOTICH_ORCHESTRATION": "never"},
        stdout=subprocess.PIPE,
        check=False,
    )
    return done.stdout.decode()


if __name__ == "__main__":
    main()
