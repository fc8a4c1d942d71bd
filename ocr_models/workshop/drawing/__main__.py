"""`python -m ocr_models.workshop.drawing OUT --count N --seed S`: a labelled folder of invented documents."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import cv2

from ocr_models.workshop.drawing.dataset import make_dataset
from pipeline.domain.model import DocumentType


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when the folder was written, 2 for wrong use."""
    parser = argparse.ArgumentParser(prog="python -m ocr_models.workshop.drawing", description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the files, truth.jsonl and population.csv")
    parser.add_argument("--count", type=int, default=200, help="number of files (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same files")
    parser.add_argument(
        "--types",
        nargs="*",
        default=(),
        metavar="TYPE",
        choices=sorted(DocumentType),
        help="only these types",
    )
    parser.add_argument("--split", choices=("train", "dev", "test"), default="dev", help="whose fonts (default dev)")
    parser.add_argument("--wear", choices=("none", "mild", "hard"), default=None, help="how worn (default: all)")
    given = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    started = time.monotonic()

    def progress(number: int) -> None:
        if number % 10 == 0 or number == given.count:
            print(f"{number}/{given.count} files, {time.monotonic() - started:.0f} s", file=sys.stderr)

    make_dataset(
        given.out,
        count=given.count,
        seed=given.seed,
        types=given.types,
        split=given.split,
        wear=given.wear,
        progress=progress,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
