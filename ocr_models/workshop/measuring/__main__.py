"""`python -m ocr_models.workshop.measuring captures`: how well bad photos are told from good ones."""

from __future__ import annotations

import argparse

import cv2

from ocr_models.workshop.measuring import captures


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when the table was printed, 2 for wrong use."""
    parser = argparse.ArgumentParser(prog="python -m ocr_models.workshop.measuring", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("captures", help="detection and false alarms of every reason to retake a photo")
    command.add_argument("--seed", type=int, default=captures.HELD_OUT_SEED, help="another seed, other photos")
    command.add_argument("--count", type=int, default=8, help="rounds of twelve photos (default 8)")
    command.add_argument("--split", choices=("dev", "test"), default="test", help="whose fonts (default test)")
    command.add_argument("--read", action="store_true", help="read the photos too and give whole verdicts (slow)")
    command.add_argument("--verbose", action="store_true", help="a line for every photo")
    given = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    report = captures.evaluate(given.seed, given.count, given.split, read=given.read, verbose=given.verbose)
    print(report.table())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
