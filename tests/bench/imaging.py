"""`make bench-imaging`: how pages come out of imaging, beside OCRmyPDF, `jdeskew` and `deskew` on the same pages.

Skew and orientation at known angles, corners of papers on photos, what each step does to reading, pages that are hard
to read, the quality gate, CPU and memory. Pages are drawn once; the same arguments give the same pages. `--count` is
the number of pages of each source; 0.2 % of wrong orientation needs 500 pages and more.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import cv2

from ocr_models.readers import load_readers
from ocr_models.workshop.measuring.captures import HELD_OUT_SEED
from tests.bench import imaging_corners, imaging_cost, imaging_reading
from tests.bench.imaging_lie import measure_lies, signs, tables
from tests.bench.imaging_pages import SEED, KnownPage, known_pages

PARTS = ("lie", "corners", "steps", "hard", "gate", "cpu", "memory")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=60, help="pages of each source (default 60)")
    parser.add_argument("--seed", type=int, default=SEED, help="of the drawn pages")
    parser.add_argument("--photos", type=int, default=HELD_OUT_SEED, help="seed of the gate's photos")
    parser.add_argument("--forms", type=Path, default=None, help="another maker's set, its open part is used")
    parser.add_argument("--others", type=Path, default=None, help="a Python that has jdeskew and deskew")
    parser.add_argument("--alone", action="store_true", help="ours only: the other programs take most of the time")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--verbose", action="store_true", help="name the worst pages")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    readers = load_readers()
    labelled = max(2, given.count // 5)

    @cache
    def pages() -> list[KnownPage]:
        return known_pages(given.count, given.forms, seed=given.seed)

    def drawn() -> list[KnownPage]:
        return [page for page in pages() if page.source == "own"]

    def lie() -> Iterable[str]:
        others = None if given.alone else given.others
        lies = measure_lies(pages(), readers.primary, others, ocrmypdf=not given.alone)
        worst = [f"  {what}" for _, what in sorted(lies.worst, reverse=True)[:40]] if given.verbose else []
        known = [] if given.alone else [signs(drawn()[0], given.others), ""]
        return [*known, *tables(lies), *worst]

    parts: dict[str, Callable[[], Iterable[str]]] = {
        "lie": lie,
        "corners": lambda: imaging_corners.table(drawn(), given.forms, verbose=given.verbose),
        "steps": lambda: imaging_reading.without_each_step(_labelled(labelled), readers),
        "hard": lambda: imaging_reading.hard_pages(_labelled(labelled), readers),
        "gate": lambda: imaging_reading.gate(max(1, given.count // 6), given.photos, readers, verbose=given.verbose),
        "cpu": lambda: imaging_cost.cpu_table(drawn(), readers.primary),
        "memory": lambda: imaging_cost.memory_table(readers),
    }
    for part in PARTS:
        if part in given.only:
            print(flush=True)
            for line in parts[part]():
                print(line, flush=True)


def _labelled(count: int) -> list[imaging_reading.LabelledPage]:
    return list(imaging_reading.labelled_pages(count))


if __name__ == "__main__":
    main()
