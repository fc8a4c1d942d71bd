"""Which decided values may teach a reader."""

from __future__ import annotations

import pytest

from pipeline.domain.geometry import Quad, rectangle
from pipeline.judging.review.learning import line_text

LINE = rectangle(100, 100, 400, 140)  # one line of twelve to twenty letters


def text(grammar: str, read: str, decided: str, box: Quad = LINE) -> str | None:
    return line_text(grammar, read=read, decided=decided, box=box)


def test_a_corrected_name_is_what_the_line_says() -> None:
    assert text("name", "Nguyễn Vân An", "Nguyễn Văn An") == "Nguyễn Văn An"


def test_capitals_are_as_they_stand_on_the_paper() -> None:
    assert text("name", "NGUYỄN VÂN AN", "Nguyễn Văn An") == "NGUYỄN VĂN AN"


def test_a_name_that_could_not_be_read_teaches_most() -> None:
    assert text("name", "", "Nguyễn Văn An") == "Nguyễn Văn An"


@pytest.mark.parametrize(
    ("grammar", "read", "decided"),
    [
        ("date", "", "08/03/1957"),
        ("date", "113 1960", "11/03/1960"),
        ("date", "8.III.1957", "08/03/1957"),
        ("sex", "Nữ", "Nữ"),
        ("date_words", "ngày tám tháng ba", "08/03/1957"),
        ("name", "-nt-", "nt"),
        ("name", "x", ""),
        ("ethnicity", "Kính", "Kính"),
    ],
)
def test_what_may_be_written_otherwise_than_it_was_typed_teaches_nothing(grammar: str, read: str, decided: str) -> None:
    assert text(grammar, read, decided) is None


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ("8.3.1951", "8.3.1957"),
        ("08-03-1951", "08-03-1957"),
        ("18/3/1957", "08/3/1957"),
        ("1/3/1957", "8/3/1957"),
        ("ngày 08 tháng 3 năm 1951", "ngày 08 tháng 3 năm 1957"),
    ],
)
def test_a_date_teaches_in_the_form_it_is_written_in(read: str, written: str) -> None:
    assert text("date", read, "08/03/1957") == written


def test_what_runs_over_several_lines_teaches_nothing() -> None:
    long = "số nhà 355 phố Trương Định - Ba Đình - Hà Nội"
    assert text("address", long, long, rectangle(0, 0, 230, 90)) is None


def test_a_place_without_extent_teaches_nothing() -> None:
    assert text("name", "An", "An", rectangle(0, 0, 0, 0)) is None
