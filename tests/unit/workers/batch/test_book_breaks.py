"""Pages of a register that are missing or doubled among the files of a batch."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from hotich.summary import print_summary
from tests.making.batches import Bench
from workers.batch.book_breaks import with_breaks
from workers.batch.results import FileResult
from workers.batch.review_list import review_items


def told(bench: Bench, numbers: Iterable[tuple[str, int]]) -> list[FileResult]:
    """The results for files that each hold one act of a register."""
    for name, number in numbers:
        (bench.scans / name).parent.mkdir(parents=True, exist_ok=True)
        bench.scan(name, f"act type=birth_register_entry document_number={number}/1985 full_name=Mẫu_{name}")
    results = sorted(bench.run().values(), key=lambda result: result.file)
    return with_breaks(results, catalogue=bench.catalogue, objects=bench.objects)


def test_a_number_passed_over_is_told_at_the_file_after_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    results = told(bench, [(f"{n:02d}.png", n) for n in (1, 2, 3, 5, 6, 7)])
    (broken,) = [result for result in results if result.breaks]
    assert broken.file == "05.png"
    (one,) = broken.as_json()["breaks"]
    assert one["code"] == "book.page_missing"
    assert [place["file"] for place in one["between"]] == ["03.png", "05.png"]
    assert broken.for_a_person == 1 and broken.is_whole


def test_the_summary_and_the_review_list_name_the_two_pages(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    results = told(bench, [(f"{place:02d}.png", n) for place, n in enumerate((1, 2, 3, 3, 4, 5))])
    out = io.StringIO()
    print_summary(results, out)
    assert "[book.page_repeated]" in out.getvalue()
    items = review_items(results, catalogue=bench.catalogue, objects=bench.objects, crops=bench.home / "crops")
    (item,) = [item for item in items if item.status == "book_pages"]
    assert (item.file, item.page) == ("03.png", 1)
    assert "02.png#1" in item.reason


def test_books_in_folders_of_their_own_are_not_mixed(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    numbers = [(f"{book}/{n:02d}.png", n + first) for book, first in (("a", 0), ("b", 70)) for n in range(1, 6)]
    assert not any(result.breaks for result in told(bench, numbers))
