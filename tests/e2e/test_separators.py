"""Separator sheets from the printer to the ledger: printed, fed between leaves of a book, read."""

from __future__ import annotations

import csv
from pathlib import Path

import pikepdf
import pytest

from tests.e2e.conftest import SAMPLES, Ended, hotich

BOOK = "HK-2014/0123 Xã Thí Dụ"
SPECIMEN = SAMPLES / "so-ho-khau-2014.pdf"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stack")


@pytest.fixture(scope="module")
def sheets(place: Path) -> Path:
    ended = hotich("separators", "--out", place / "sheets.pdf", "--book", BOOK, "--count", "2")
    assert ended.code == 0, ended.err
    return place / "sheets.pdf"


@pytest.fixture(scope="module")
def fed(place: Path, sheets: Path) -> Ended:
    """Two leaves of a household book with a separator sheet between them, in one small file."""
    with pikepdf.new() as stack, pikepdf.open(SPECIMEN) as book, pikepdf.open(sheets) as printed:
        leaf = book.pages[-1]
        stack.pages.extend([leaf, printed.pages[0], leaf])
        stack.save(place / "stack.pdf")
    return hotich("digitize", place / "stack.pdf", "--out", place / "out", "--home", place / "home", "--json")


def test_as_many_sheets_are_printed_as_are_wanted_and_none_over_a_file(sheets: Path) -> None:
    with pikepdf.open(sheets) as printed:
        assert len(printed.pages) == 2
        assert [round(float(side) / 72 * 25.4) for side in printed.pages[0].mediabox[2:]] == [210, 297]
    again = hotich("separators", "--out", sheets)
    assert again.code == 2 and str(sheets) in again.err


@pytest.mark.parametrize("arguments", [("--count", "0"), ("--count", "1001"), ("--book", "")])
def test_what_cannot_be_printed_writes_no_file(tmp_path: Path, arguments: tuple[str, str]) -> None:
    assert hotich("separators", "--out", tmp_path / "a.pdf", *arguments).code == 2
    assert not (tmp_path / "a.pdf").exists()


def test_leaves_of_one_kind_on_both_sides_of_a_sheet_are_two_records(fed: Ended) -> None:
    (file,) = fed.json["files"]
    assert len(file["records"]) == 2
    assert file["ledger"] == {"1": file["records"][:1], "2": "separator", "3": file["records"][1:]}


def test_the_table_names_the_sheet_as_what_it_is(fed: Ended) -> None:
    (line,) = [line for line in fed.err.splitlines() if "stack.pdf: trang/page" in line]
    assert line.endswith("2: tờ ngăn / separator")


def test_the_review_list_says_of_which_book_the_papers_after_the_sheet_are(fed: Ended, place: Path) -> None:
    with (place / "out" / "review.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    first, second = fed.json["files"][0]["records"]
    assert {(row["record"], row["book"]) for row in rows} == {(first, ""), (second, BOOK)}


def test_the_store_proves_that_no_page_is_missing(fed: Ended, place: Path) -> None:
    report = hotich("verify", "--home", place / "home", "--json").json
    assert (report["ok"], report["lost_pages"]) == (True, [])
