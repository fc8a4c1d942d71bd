"""The review list: everything doubtful, safe to open in a spreadsheet and a browser."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from storage.objects.paper_class import Chosen
from tests.making.batches import Bench
from workers.batch.results import Fate, FileResult
from workers.batch.review_item import ReviewItem
from workers.batch.review_list import COLUMNS, review_items, write_review
from workers.errors import OutputRefused

ITEM = ReviewItem(
    file="a.png", record="d-1", field="full_name", read="Trần", status="review", reason="tối / dark", page=1
)


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "review.csv").open(encoding="utf-8-sig", newline="") as table:
        return list(csv.DictReader(table))


def test_doubtful_fields_and_files_set_aside_are_listed_and_sure_fields_are_not(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.scan("a.png")
    bench.scan("b.png", "bad")
    results = sorted(bench.run().values(), key=lambda result: result.file)
    items = list(review_items(results, catalogue=bench.catalogue, objects=bench.objects, crops=bench.home / "crops"))
    assert [(item.file, item.field) for item in items] == [("a.png", "full_name"), ("b.png", "")]
    assert items[0].crop is not None
    assert "input.corrupt" in items[1].reason


def test_of_encrypted_papers_no_picture_is_kept_and_no_value_listed_in_the_open(tmp_path: Path) -> None:
    bench, everything = Bench(tmp_path), Chosen(everything=True)
    bench.scan("a.png")
    results = list(bench.run(encrypted=everything).values())
    assert not (bench.home / "crops").exists()
    listed = partial(
        review_items, results, catalogue=bench.catalogue, objects=bench.objects, crops=bench.home / "crops"
    )
    [item] = listed(encrypted=everything)
    assert (item.field, item.read, item.crop, "bàn duyệt" in item.reason) == ("full_name", "", None, True)
    [item] = listed()
    assert item.read != "", "a list that goes where the user wants the records has them"


def test_the_table_has_its_columns_and_opens_as_utf_8_in_a_spreadsheet(tmp_path: Path) -> None:
    write_review(tmp_path, [ITEM])
    assert (tmp_path / "review.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert list(rows_of(tmp_path)[0]) == list(COLUMNS)


@pytest.mark.parametrize("text", ["=1+1", "+84 123", "-1", "@x", "\tx"])
def test_no_cell_can_be_taken_for_a_formula(tmp_path: Path, text: str) -> None:
    write_review(tmp_path, [ReviewItem(file=text, read=text, status="review", reason=text)])
    assert not any(cell[:1] in ("=", "+", "-", "@", "\t") for cell in rows_of(tmp_path)[0].values())


def test_what_was_read_cannot_run_in_the_browser(tmp_path: Path) -> None:
    page = write_review(
        tmp_path, [ReviewItem(file="<script>", field="f", read="<img onerror=x>", status="review", reason="<b>")]
    )
    text = page.read_text()
    assert text.count("<script>") == 1  # the page's own
    assert "<img onerror" not in text
    assert "&lt;img onerror=x&gt;" in text


def test_pictures_are_named_relative_to_the_page(tmp_path: Path) -> None:
    crop = tmp_path / "kho" / "crops" / "d-1" / "full name#.jpg"
    page = write_review(tmp_path / "out", [ReviewItem(file="a", field="f", status="review", reason="r", crop=crop)])
    assert 'src="../kho/crops/d-1/full%20name%23.jpg"' in page.read_text()


def test_nothing_to_review_gives_an_empty_list(tmp_path: Path) -> None:
    write_review(tmp_path, [])
    assert rows_of(tmp_path) == []


def test_a_folder_that_refuses_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputRefused):
        write_review(tmp_path / "file", [ITEM])


def test_a_result_without_records_is_passed_over(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    results = [FileResult(file="a.png", status=Fate.DONE)]
    assert list(review_items(results, catalogue=bench.catalogue, objects=bench.objects, crops=tmp_path)) == []


def listed(folder: Path, text: str) -> tuple[FileResult, list[ReviewItem]]:
    """What a run makes of one scan, and what it lists."""
    bench = Bench(folder)
    bench.scan("a.png", text)
    (result,) = bench.run().values()
    return result, list(
        review_items([result], catalogue=bench.catalogue, objects=bench.objects, crops=bench.home / "crops")
    )


def test_a_paper_of_no_known_type_is_listed_with_its_reason_and_page(tmp_path: Path) -> None:
    result, items = listed(tmp_path, "unknown")
    (item,) = items
    assert (item.record, item.field, item.page) == (result.records[0], "", 1)
    assert "The kind of paper is not known" in item.reason
    assert (result.status, result.papers, result.is_whole) == (Fate.DONE, 1, False)


def test_a_page_that_could_not_be_read_is_listed_and_a_blank_one_is_decided(tmp_path: Path) -> None:
    result, items = listed(tmp_path, "torn")
    assert [(item.field, item.page, item.status) for item in items] == [
        ("full_name", 1, "review"),
        ("", 2, "unreadable"),
    ]
    assert items[1].reason.startswith("page.unreadable")
    assert result.as_json()["ledger"] == {"1": list(result.records), "2": "unreadable", "3": "blank"}
    assert (result.for_a_person, result.is_whole) == (2, False)


def test_a_file_whose_pages_do_not_add_up_is_not_done(tmp_path: Path) -> None:
    result, items = listed(tmp_path, "lost")
    assert (result.status, result.code) == (Fate.INCOMPLETE, "input.pages_unaccounted")
    assert [item.page for item in items if not item.field] == [2, 3]


def test_what_waits_for_a_person_is_listed_again_when_nothing_is_read_anew(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    for name in ("unknown", "torn", "lost"):
        bench.scan(f"{name}.png", name)
    first, again = bench.run(), bench.run()
    assert [result.status for result in again.values()].count(Fate.UNCHANGED) == 2
    assert again["lost.png"].status is Fate.INCOMPLETE
    assert {name: r.for_a_person for name, r in again.items()} == {name: r.for_a_person for name, r in first.items()}


def test_a_paper_whose_fields_alone_are_in_doubt_is_listed_by_its_fields(tmp_path: Path) -> None:
    result, items = listed(tmp_path, "sure type")
    assert [item.field for item in items] == ["full_name"]
    assert result.is_whole


def test_an_item_is_named_as_clerks_name_it_and_leads_to_page_and_desk(tmp_path: Path) -> None:
    item = replace(
        ITEM, document_type="birth_certificate", confidence=0.874, pdf=tmp_path / "a#b.pdf",
        desk="http://127.0.0.1:8000/ban-duyet/giay/d-1?field=full_name",
    )  # fmt: skip
    text = write_review(tmp_path, [item]).read_text()
    assert "Họ, chữ đệm, tên" in text and "Giấy khai sinh" in text and "87 %" in text
    assert 'href="a%23b.pdf#page=1"' in text and "ban-duyet/giay/d-1?field=full_name" in text
    (row,) = rows_of(tmp_path)
    assert (row["type_name"], row["field_name"], row["confidence"]) == ("Giấy khai sinh", "Họ, chữ đệm, tên", "0.8740")
    assert (row["pdf"], row["desk"]) == ("a%23b.pdf#page=1", item.desk)


def test_a_paper_s_items_lead_to_the_desk_that_is_named(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.scan("a.png")
    results = list(bench.run().values())
    (item,) = review_items(
        results, catalogue=bench.catalogue, objects=bench.objects, crops=tmp_path, desk="https://desk.example/"
    )
    assert item.desk == f"https://desk.example/ban-duyet/giay/{results[0].records[0]}?field=full_name"
    assert item.confidence is None or 0 <= item.confidence <= 1
