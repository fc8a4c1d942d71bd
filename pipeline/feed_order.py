"""In which order a scanner fed the sides of a stack: told from printed page numbers, sides of forms, and how they lay.

Only told, never put right: the original stays as it came, and which page belongs to which paper is for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.geometry import bounds
from pipeline.domain.message import Message
from pipeline.domain.model import Finding, PageReport, TextLine

PAGE_ORDER, UPSIDE_DOWN_BACKS = "input.page_order", "input.backs_upside_down"
_FEWEST = 4  # pages that are numbered, or turned, without which their order says nothing
_MOST_UNNUMBERED = 0.25  # of the file's pages
_NAMED = re.compile(r"^\W*(?:trang|page)(?:\s+số)?\s*[:.]?\s*(\d{1,3})(?:\s*/\s*\d{1,3})?\W*$", re.IGNORECASE)
_BARE = re.compile(r"^[\W_]*(\d{1,3})[\W_]*$")
_ORDERS = {
    "backs last": ("mặt trước của cả tập, rồi mặt sau", "the fronts of the whole stack, then the backs"),
    "backs last, reversed": (
        "mặt trước của cả tập, rồi mặt sau từ tờ cuối",
        "the fronts of the whole stack, then the backs from the last sheet on",
    ),
    "reversed": ("từ trang cuối về trang đầu", "from the last page to the first"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FedPage:
    """A page as it was fed: the number printed on it, how far it was turned to be upright, the side of a form."""

    number: int
    printed: int | None = None
    rotation: int | None = None
    side: str | None = None


def feed_findings(
    reports: Iterable[PageReport], printed: Mapping[int, int | None], sides: Mapping[int, str]
) -> Iterator[Finding]:
    """What is to be told of the order in which the pages of a file were fed; nothing where they lie as in a book."""
    written = [report for report in reports if not report.blank and report.number in printed]
    pages = [
        FedPage(number=r.number, printed=printed[r.number], rotation=r.rotation, side=sides.get(r.number))
        for r in written
    ]
    order = order_of(pages)
    if order is not None:
        vi, en = _ORDERS[order]
        yield Finding(
            code=PAGE_ORDER,
            message=Message(
                f"Các trang có vẻ được quét theo thứ tự: {vi}; hãy xem giấy tờ có bị ghép nhầm không, "
                "hoặc quét lại hai mặt",
                f"The pages seem to have been scanned in this order: {en}; look whether papers were put together "
                "wrongly, or scan both sides again",
            ),
        )
    if backs_upside_down(pages):
        yield Finding(
            code=UPSIDE_DOWN_BACKS,
            message=Message(
                "Mặt sau được quét ngược chiều; đã xoay để đọc. Hãy đặt máy quét lật theo cạnh dài",
                "The backs were scanned upside down and turned to be read; set the scanner to flip on the long edge",
            ),
        )


def order_of(pages: Sequence[FedPage]) -> str | None:
    """How the pages were fed, a key of `_ORDERS`; None for the order of a book, and where it cannot be told."""
    numbers = [page.printed for page in pages if page.printed is not None]
    if len(numbers) >= _FEWEST and len(numbers) >= (1 - _MOST_UNNUMBERED) * len(pages):
        return _by_numbers(numbers)
    return _by_sides([page.side for page in pages])


def backs_upside_down(pages: Sequence[FedPage]) -> bool:
    """Whether every second page lay on its head against the one before."""
    turns = [page.rotation for page in pages]
    if len(turns) < _FEWEST or None in turns or [page.number for page in pages] != list(range(1, len(pages) + 1)):
        return False
    first, second = set(turns[::2]), set(turns[1::2])
    return len(first) == len(second) == 1 and (first.pop() or 0) == ((second.pop() or 0) + 180) % 360


def printed_number(lines: Sequence[TextLine]) -> int | None:
    """The page's own printed number: "Trang 3" anywhere, or a number that stands alone as its first or last line."""
    named = [int(m[1]) for line in lines if (m := _NAMED.match(line.text))]
    if named:
        return named[0] if len(set(named)) == 1 else None
    written = sorted((line for line in lines if line.text.strip()), key=lambda line: bounds(line.box)[1])
    bare = [int(m[1]) for line in (*written[:1], *written[1:][-1:]) if (m := _BARE.match(line.text))]
    return bare[0] if len(bare) == 1 else None


def _by_numbers(numbers: Sequence[int]) -> str | None:
    if len(set(numbers)) < len(numbers):
        return None
    if list(numbers) == sorted(numbers, reverse=True):
        return "reversed"
    fronts = next((n for n, value in enumerate(numbers) if value % 2 == 0), len(numbers))
    odd, even = list(numbers[:fronts]), list(numbers[fronts:])
    if len(odd) < 2 or len(even) < 2 or any(n % 2 for n in even) or odd != sorted(odd) or min(even) > odd[-1]:
        return None
    if even == sorted(even):
        return "backs last"
    return "backs last, reversed" if even == sorted(even, reverse=True) else None


def _by_sides(sides: Sequence[str | None]) -> str | None:
    """By sides of forms alone only where all fronts come before all backs, as many of each."""
    half = len(sides) // 2
    stacked = sides == ["front"] * half + ["back"] * half
    return "backs last" if stacked and len(sides) >= _FEWEST else None
