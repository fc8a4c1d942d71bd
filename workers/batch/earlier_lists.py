"""Review lists of other papers in the same folder: kept under numbers before a new list is written."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from workers.batch.results import FileResult

_PARTS = ("csv", "html")


def keep_earlier_list(folder: Path, results: Iterable[FileResult]) -> None:
    """Renames `review.csv` and `review.html` to the next free `review.1.*`, unless all they list is in these results.

    A run over the same papers, or over more of them, writes the list anew; one over another box must not lose the list
    of the first. Raises OSError.
    """
    results = list(results)
    known = {record for result in results for record in result.records} | {result.file for result in results}
    if all((record or file) in known for file, record in _listed(folder / "review.csv")):
        return
    number = next(n for n in count(1) if not any((folder / f"review.{n}.{part}").exists() for part in _PARTS))
    for part in _PARTS:
        current = folder / f"review.{part}"
        if current.exists():
            current.rename(folder / f"review.{number}.{part}")


def earlier_lists(review: Path) -> list[Path]:
    """The pages of lists that were kept beside this one."""
    return sorted(review.parent.glob("review.[0-9]*.html"))


def _listed(table: Path) -> list[tuple[str, str]]:
    """File and record of each line of a list; none of a table that is not there or not ours."""
    if not table.is_file():
        return []
    with table.open(encoding="utf-8-sig", newline="", errors="replace") as lines:
        rows = list(csv.DictReader(lines))
    return [(row["file"], row["record"]) for row in rows if row.get("file") and row.get("record") is not None]
