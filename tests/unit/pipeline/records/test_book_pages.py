"""Missing and doubled pages of a register, from the numbers of its acts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.records.book_pages import Break, Seen, Shot, act_number, breaks, pages_seen
from tests.bench.book_pages import measured


def one_a_page(*numbers: int | None, year: int | None = 1985) -> list[Seen]:
    return [Seen(shot=Shot("sổ.pdf", n), number=number, year=year) for n, number in enumerate(numbers, start=1)]


def pages(found: list[Break]) -> list[tuple[int, int, int]]:
    return [(one.before.page, one.after.page, one.acts) for one in found]


def test_numbers_that_run_on_have_no_breaks() -> None:
    assert breaks(one_a_page(*range(7, 40))) == []


def test_a_number_that_is_passed_over_is_a_missing_page() -> None:
    assert pages(breaks(one_a_page(1, 2, 3, 5, 6, 7))) == [(3, 4, 1)]


def test_a_number_that_comes_again_is_a_doubled_page() -> None:
    found = breaks(one_a_page(1, 2, 3, 3, 4, 5))
    assert pages(found) == [(3, 4, -1)]
    assert found[0].finding.code == "book.page_repeated"


def test_a_misread_number_is_no_break() -> None:
    assert breaks(one_a_page(11, 12, 18, 14, 15, 16)) == []


def test_a_number_that_was_not_read_hides_no_missing_page() -> None:
    assert pages(breaks(one_a_page(1, 2, 3, None, 6, 7, 8))) == [(3, 5, 1)]


def test_numbers_begin_anew_with_a_year() -> None:
    assert breaks([*one_a_page(201, 202, 203, 204), *one_a_page(1, 2, 3, 4, year=1986)]) == []


def test_two_facing_pages_of_one_photo_are_not_parted() -> None:
    acts = [Seen(shot=Shot(f"{n // 2}.jpg", 1), number=n, year=1990) for n in (*range(10, 20), *range(22, 30))]
    found = breaks(acts)
    assert [(one.before.file, one.after.file, one.acts) for one in found] == [("9.jpg", "11.jpg", 2)]


def leaves(*numbers: int | None) -> list[Seen]:
    return [Seen(shot=Shot("sổ.pdf", n), number=number) for n, number in enumerate(numbers, start=1)]


def test_printed_numbers_that_run_on_show_a_jump_of_the_acts_to_be_the_clerks() -> None:
    acts = one_a_page(1, 2, 3, 5, 6, 7)
    assert breaks(acts, leaves(41, 42, 43, 44, 45, 46)) == []
    assert pages(breaks(acts, leaves(41, 42, 43, 45, 46, 47))) == [(3, 4, 1)]
    assert pages(breaks(acts, leaves(*[None] * 6))) == [(3, 4, 1)]


def test_a_page_missing_at_the_turn_of_a_year_is_told_by_its_printed_number() -> None:
    acts = [
        *one_a_page(201, 202, 203, 204),
        *[replace(a, shot=Shot("sổ.pdf", n)) for n, a in enumerate(one_a_page(1, 2, 3, 4, year=1986), start=5)],
    ]
    assert breaks(acts) == []
    (one,) = breaks(acts, leaves(1, 2, 3, 4, 6, 7, 8, 9))
    assert (one.before.page, one.after.page, one.acts, one.pages) == (4, 5, 0, 1)
    assert "số trang in nhảy qua 1 trang" in one.finding.message.vi


def test_a_blank_page_between_acts_that_run_on_is_no_missing_page() -> None:
    assert breaks(one_a_page(1, 2, 3, 4, 5, 6), leaves(1, 2, 3, 5, 6, 7)) == []


def test_two_printed_numbers_of_a_photo_are_two_pages_and_a_page_of_no_record_stands_for_itself() -> None:
    seen = list(pages_seen("1.jpg", {1: (12, 13), 3: (None,)}, [2]))
    assert [(one.shot.page, one.number) for one in seen] == [(1, 12), (1, 13), (2, None), (3, None)]


def test_papers_whose_numbers_do_not_run_on_are_no_book() -> None:
    assert breaks(one_a_page(14, 310, 77, 5, 201, 44)) == []


def test_a_break_names_its_places_and_no_number_of_an_act() -> None:
    (one,) = breaks(one_a_page(4701, 4702, 4703, 4705, 4706, 4707))
    assert "sổ.pdf#3" in one.finding.message.vi
    assert "470" not in str(one.finding.message)


@pytest.mark.parametrize(
    ("text", "said"), [("15/2021", (15, 2021)), ("007", (7, None)), ("119/TLKS-BS", (119, None)), ("", (None, None))]
)
def test_an_acts_number_and_year(text: str, said: tuple[int | None, int | None]) -> None:
    assert act_number(text) == said


def test_printed_numbers_find_pages_at_the_turn_of_a_year_and_hide_none() -> None:
    sums = measured(8, seed=78, printed=True)
    assert min(sums[what]["found"] for what in ("missing", "repeated")) >= 7
    assert sums["nothing"]["false alarms"] <= 1


def test_nearly_every_missing_or_doubled_page_of_simulated_books_is_found() -> None:
    sums = measured(25, seed=77)
    assert min(sums[what]["found"] for what in ("missing", "repeated")) >= 24
    assert sums["nothing"]["false alarms"] <= 2
