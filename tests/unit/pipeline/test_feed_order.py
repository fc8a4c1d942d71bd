"""The order in which a scanner fed a stack is told from what is printed, and left alone where it cannot be."""

from __future__ import annotations

import pytest

from pipeline.domain.model import PageReport
from pipeline.feed_order import FedPage, backs_upside_down, feed_findings, order_of, printed_number
from tests.making.paper import line


def numbered(*printed: int | None) -> list[FedPage]:
    return [FedPage(number=at, printed=number) for at, number in enumerate(printed, start=1)]


@pytest.mark.parametrize(
    ("printed", "order"),
    [
        ((1, 3, 5, 2, 4, 6), "backs last"),
        ((1, 3, 5, 6, 4, 2), "backs last, reversed"),
        ((21, 23, 25, 22, 24), "backs last"),
        ((6, 5, 4, 3, 2, 1), "reversed"),
        ((1, 2, 3, 4, 5, 6), None),
        ((1, 2, 4, 5), None),
        ((1, 3, 5, 7, 10, 12), None),
        ((3, 3, 3, 3), None),
        ((1, None, None, 3, 2, None), None),
        ((1, 3, 2), None),
        ((1, 4, 3, 2), None),
    ],
)
def test_the_order_of_a_stack_is_told_by_its_page_numbers(printed: tuple[int | None, ...], order: str | None) -> None:
    assert order_of(numbered(*printed)) == order


def test_fronts_before_as_many_backs_are_told_by_the_sides_of_their_form() -> None:
    def sides(*given: str) -> list[FedPage]:
        return [FedPage(number=at, side=side) for at, side in enumerate(given, start=1)]

    assert order_of(sides("front", "front", "back", "back")) == "backs last"
    assert order_of(sides("front", "back", "front", "back")) is None
    assert order_of(sides("front", "back")) is None
    assert order_of(sides("front", "front", "front", "back")) is None


@pytest.mark.parametrize(
    ("turns", "told"),
    [((0, 180, 0, 180), True), ((90, 270, 90, 270), True), ((0, 0, 0, 0), False), ((0, 180, 180, 0), False)],
)
def test_backs_upside_down_are_told_by_how_pages_lay(turns: tuple[int, ...], told: bool) -> None:
    pages = [FedPage(number=at, rotation=turn) for at, turn in enumerate(turns, start=1)]
    assert backs_upside_down(pages) is told


@pytest.mark.parametrize(
    ("texts", "number"),
    [
        (("SỔ HỘ KHẨU", "Họ và tên: Nguyễn Văn An", "- 3 -"), 3),
        (("12", "Họ và tên: Nguyễn Văn An"), 12),
        (("Trang số: 7", "Họ và tên"), 7),
        (("SỔ HỘ KHẨU", "Trang 4/12", "Họ và tên"), 4),
        (("SỔ HỘ KHẨU", "3", "Họ và tên"), None),
        (("Số: 15/2021", "Họ và tên"), None),
        (("3", "Họ và tên", "4"), None),
        ((), None),
    ],
)
def test_a_page_number_stands_alone_above_or_below_all_else(texts: tuple[str, ...], number: int | None) -> None:
    assert printed_number([line(text, 100, 100 * at) for at, text in enumerate(texts)]) == number


def test_what_is_told_says_the_order_and_changes_nothing() -> None:
    reports = [PageReport(number=n, dpi=300, rotation=0, skew_deg=0.0, quality={}) for n in range(1, 7)]
    (finding,) = feed_findings(reports, dict(enumerate((1, 3, 5, 2, 4, 6), start=1)), {})
    assert finding.code == "input.page_order"
    assert "mặt trước của cả tập, rồi mặt sau" in finding.message.vi
