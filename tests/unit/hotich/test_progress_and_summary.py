"""What a person sees: progress in few lines, a summary that names every file, nothing that breaks a terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from hotich.progress import Progress
from hotich.summary import print_places, print_summary
from pipeline.domain.message import Message
from pipeline.page_ledger import PageElsewhere, Place, close_ledger
from workers.batch.inputs import PassedOver
from workers.batch.results import Fate, FileResult, totals

DONE = FileResult(
    file="Nguyễn.pdf", status=Fate.DONE, records=("d-1",), document_type="birth_certificate", accepted=9,
    review=2, pages=3, seconds=4.25, register="match",
)  # fmt: skip
BAD = FileResult(
    file="x\n[red]y.pdf", status=Fate.SET_ASIDE, code="input.corrupt", message=Message("x\ny: hỏng", "damaged")
)


def summary_of(*results: FileResult) -> str:
    out = io.StringIO()
    print_summary(results, out)
    return out.getvalue()


def test_the_table_tells_of_each_file_what_became_of_it() -> None:
    (line,) = [line for line in summary_of(DONE, BAD).splitlines() if "Nguyễn.pdf" in line]
    assert line.split() == [
        "Nguyễn.pdf", "Giấy", "khai", "sinh", "xong", "/", "done", "3", "11", "2", "match", "4.2",
    ]  # fmt: skip


def test_a_file_set_aside_stands_there_with_its_code() -> None:
    assert "input.corrupt" in summary_of(BAD)


def test_a_name_cannot_break_the_table_or_colour_it() -> None:
    assert "x\\n[red]y.pdf" in summary_of(BAD)


def test_what_was_passed_over_is_named_with_its_reason() -> None:
    out = io.StringIO()
    others = [PassedOver(name=f".{n}\n.png", reason=Message("ẩn", "hidden")) for n in range(30)]
    print_summary([DONE], out, passed_over=others)
    assert ".0\\n.png: ẩn / hidden" in out.getvalue()
    assert "10 tệp nữa" in out.getvalue()


def test_a_note_on_a_file_that_was_done_is_told() -> None:
    noted = replace(DONE, code="input.duplicate", message=Message("trùng nội dung", "same content"))
    assert "trùng nội dung / same content [input.duplicate]" in summary_of(noted)


def test_totals_are_told_in_both_languages() -> None:
    text = summary_of(DONE, BAD)
    assert "2 tệp: 1 xong, 0 đã có, 1 chưa xử lý được" in text
    assert "2 files: 1 done, 0 unchanged, 1 set aside" in text


def test_of_very_many_files_those_set_aside_come_first_and_the_rest_is_counted() -> None:
    text = summary_of(*[DONE.named(f"{i}.pdf") for i in range(200)], BAD)
    rows = text.splitlines()
    assert "input.corrupt" in rows[1]
    assert "141" in text


def test_the_places_and_the_next_step_are_told() -> None:
    out = io.StringIO()
    print_places(home=Path("kho"), out_folder=Path("ra"), review=Path("ra/review.html"), again="hotich verify", out=out)
    assert all(part in out.getvalue() for part in ("kho", "ra/review.html", "hotich verify"))


def test_totals_count_every_result_once() -> None:
    sums = totals([DONE, DONE.named("b"), BAD])
    assert (sums["files"], sums["done"], sums["set_aside"], sums["pages"], sums["records"]) == (3, 2, 1, 6, 2)


def test_without_a_terminal_progress_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress({f"{i}": 10 for i in range(100)}) as progress:
        for i in range(100):
            progress.page(f"{i}", 1)
            progress.file(DONE.named(f"{i}"))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) <= 3
    assert lines[-1].startswith("100/100 tệp/files · 300 trang/pages")


def test_pages_under_way_count_once(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress({"a": 10, "b": 10}) as progress:
        progress.page("a", 1)
        progress.page("a", 2)
        progress.page("a", 3)
        progress.file(DONE.named("a"))
        progress.page("b", 1)
    assert "1/2 tệp/files · 4 trang/pages" in capsys.readouterr().err


def test_a_file_set_aside_is_told_at_once_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress({"x\n[red]y.pdf": 1}) as progress:
        progress.file(BAD)
        said = capsys.readouterr().err.splitlines()
    assert said[0] == "chưa xử lý được / set aside: x\\ny: hỏng / damaged [input.corrupt]"


def torn(*elsewhere: tuple[int, Place]) -> FileResult:
    pages = [
        PageElsewhere(number=n, place=place, code="page.x", message=Message.same("x"), beside="d-1")
        for n, place in elsewhere
    ]
    ledger = close_ledger(1 + len(pages), [("d-1", [1])], pages)
    return replace(DONE, file="a.tif", pages=ledger.pages, ledger=ledger)


def test_pages_in_no_record_are_named_with_what_became_of_them() -> None:
    result = torn((2, Place.BLANK), (3, Place.UNREADABLE), (4, Place.UNREADABLE))
    (line,) = [line for line in summary_of(result).splitlines() if "trang/page" in line]
    assert line.split("trang/page ")[1] == "2: trắng / blank; 3–4: KHÔNG ĐỌC ĐƯỢC / UNREADABLE"


def test_a_file_with_a_page_that_nobody_could_read_needs_a_person() -> None:
    (row,) = [line for line in summary_of(torn((2, Place.UNREADABLE))).splitlines() if "Giấy khai sinh" in line]
    assert "NEEDS A PERSON" in row and "xong" not in row and row.split()[-3] == "3"


def test_a_file_with_a_blank_page_is_done() -> None:
    (row,) = [line for line in summary_of(torn((2, Place.BLANK))).splitlines() if "Giấy khai sinh" in line]
    assert "xong / done" in row
