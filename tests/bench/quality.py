"""Quality on documents no rule was tuned on: fonts of the test split, a seed used for nothing else."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from tests.bench.measure import bench_folder

SEED = 20261121


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=208)
    parser.add_argument("--report", type=Path, default=None)
    arguments = parser.parse_args()
    folder = bench_folder("quality") / f"{SEED}-{arguments.count}"
    if not (folder / "truth.jsonl").exists():
        subprocess.run(
            [sys.executable, "-m", "ocr_models.workshop.drawing", str(folder), "--count", str(arguments.count),
             "--seed", str(SEED), "--split", "test"],
            check=True,
        )  # fmt: skip
    report = arguments.report or bench_folder("quality") / "report.json"
    subprocess.run([sys.executable, "-m", "hotich", "evaluate", str(folder), "--report", str(report)], check=True)


if __name__ == "__main__":
    main()
