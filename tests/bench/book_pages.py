"""Simulated registers: pages taken out or put in twice, numbers misread; how many are found, how many false alarms.

One act a page or up to twelve, photographed page by page or two pages at once. A number is misread in one digit (3 %),
garbled (1 %) or not read (6 %); one page in fifty is not read at all. What is missing at either end is no part of it.
`printed`: the pages bear printed numbers, misread as often; then pages at the turn of a year are taken out too, and a
clerk passes over a number, or gives it twice, in one book of three.
"""

from __future__ import annotations

from collections import Counter
from random import Random

from pipeline.records.book_pages import Break, Seen, Shot, breaks

_MISREAD, _GARBLED, _UNREAD, _PAGE_UNREAD = 0.03, 0.01, 0.06, 0.02


def book(rng: Random) -> list[list[tuple[int, int]]]:
    """The shots of a book, each the numbers and years of its acts."""
    each = rng.choice((1, 1, 1, rng.randint(4, 12)))
    pages_a_shot = rng.choice((1, 2))
    number, year = rng.randint(1, 400), rng.randint(1960, 2020)
    shots = []
    for _ in range(rng.randint(20, 120)):
        shot = []
        for _ in range(each * pages_a_shot):
            shot.append((number, year))
            number += 1
        if number > 40 and rng.random() < 0.01:
            number, year = 1, year + 1
        shots.append(shot)
    return shots


def seen(shots: list[tuple[str, list[tuple[int, int]]]], rng: Random) -> list[Seen]:
    """The acts as they were read."""
    out = []
    for place, (file, acts) in enumerate(shots):
        lost = rng.random() < _PAGE_UNREAD
        for number, year in acts:
            read: int | None = None if lost else _read(number, rng)
            out.append(Seen(shot=Shot(f"{place:04d}-{file}", 1), number=read, year=None if lost else year))
    return out


def leaves(shots: list[tuple[str, list[tuple[int, int]]]], each: int, rng: Random) -> list[Seen]:
    """The printed page numbers as they were read; a shot's name is its place in the whole book."""
    return [
        Seen(shot=Shot(f"{place:04d}-{file}", 1), number=_read(int(file) * each + n + 1, rng))
        for place, (file, _) in enumerate(shots)
        for n in range(each)
    ]


def _slipped(shots: list[tuple[str, list[tuple[int, int]]]], rng: Random) -> list[tuple[str, list[tuple[int, int]]]]:
    """The book of a clerk who passed over a number, or gave one twice, where a page turns."""
    at, by = rng.randint(1, len(shots) - 1), rng.choice((-1, 1))
    year = shots[at][1][0][1]
    return [
        (file, [(number + by * (n >= at and own == year), own) for number, own in acts])
        for n, (file, acts) in enumerate(shots)
    ]


def _read(number: int, rng: Random) -> int | None:
    chance = rng.random()
    if chance < _UNREAD:
        return None
    if chance < _UNREAD + _GARBLED:
        return rng.randint(1, 9999)
    digits = list(str(number))
    if chance < _UNREAD + _GARBLED + _MISREAD:
        digits[rng.randrange(len(digits))] = rng.choice("0123456789")
    return int("".join(digits))


def tried(rng: Random, what: str, *, printed: bool = False) -> tuple[bool, int]:
    """Whether the page that was taken out ("missing") or put in again ("repeated") was found, and false alarms."""
    whole = [(f"{n}", acts) for n, acts in enumerate(book(rng))]
    if printed and rng.random() < 1 / 3:
        whole = _slipped(whole, rng)
    shots = list(whole)
    at = rng.randint(2, len(shots) - 3)
    while not printed and shots[at - 1][1][-1][1] != shots[at + 1][1][0][1]:  # a year ends there: acts cannot tell
        at = rng.randint(2, len(shots) - 3)
    if what == "missing":
        del shots[at]
        wanted = at
    elif what == "repeated":
        shots.insert(at, shots[at - 1])
        wanted = at
    else:
        wanted = -1
    acts = seen(shots, rng)
    found = breaks(acts, leaves(shots, rng.choice((1, 2)), rng) if printed else ())
    right = [b for b in found if _holds(b, wanted) and b.is_missing == (what == "missing")]
    return bool(right), len(found) - len(right)


def _holds(found: Break, wanted: int) -> bool:
    """Whether the page is between the two shots that are named."""
    before, after = (int(shot.file.partition("-")[0]) for shot in (found.before, found.after))
    return before < wanted <= after


def measured(count: int, seed: int, *, printed: bool = False) -> dict[str, Counter[str]]:
    """By what was done to a book: how many, found, and false alarms."""
    sums: dict[str, Counter[str]] = {}
    for what in ("missing", "repeated", "nothing"):
        own = sums.setdefault(what, Counter())
        for number in range(count):
            hit, false = tried(Random(f"{seed}/{what}/{number}"), what, printed=printed)
            own["books"] += 1
            own["found"] += hit
            own["false alarms"] += false
    return sums


def report(count: int, seed: int) -> None:
    for printed in (False, True):
        for what, own in measured(count, seed, printed=printed).items():
            if not own["books"]:
                continue
            share = "" if what == "nothing" else f"{own['found']} found ({own['found'] / own['books']:.2%}), "
            kind = "books with printed numbers and" if printed else "books with"
            print(f"{kind} a page {what}: {own['books']}, {share}{own['false alarms']} false alarms")


if __name__ == "__main__":
    report(1000, 1)
