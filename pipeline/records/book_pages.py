"""Missing and doubled pages of a register, told from the numbers of its acts and those printed on its pages.

A clerk numbers acts on and on through a year. What was read is a noisy view of that: numbers are misread or not read.
The true numbers are taken to be the likeliest ones (Viterbi), where each follows the one before, or jumps at a turn of
the page because a page was passed over or taken twice. One misread number explains itself; a jump that what follows
confirms does not. Printed page numbers are read the same way. Where they run on over a jump of the acts, the clerk
passed over a number, or gave it twice, and no page is missing; where acts say nothing, at the turn of a year, they do.
What is missing before the first page and after the last is not to be told from numbers.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType, Finding

PAGE_MISSING, PAGE_REPEATED = "book.page_missing", "book.page_repeated"

# Probabilities, all by trial on simulated books (`tests.bench.book_pages`).
_GAP, _REPEAT, _WITHIN = 0.01, 0.01, 1e-5  # at a turn of the page; a jump between acts of one page, a clerk's slip
_FAR = 80  # acts that a jump spans at most; more is another book
_MISREAD, _LOST, _GARBLED = 0.04, 0.01, 0.01  # a digit is taken for another, or lost; something else was read
_UNREAD = 0.1
_REACH = 3  # pages before and after whose numbers say what one could be
_FEWEST, _STEADY = 4, 0.6  # pages with numbers, and share of the steps that are steps of one, of what is a book
_YEARS = 5  # acts around one among which its year is the commonest
_NUMBER = re.compile(r"0*(\d{1,5})(?:\s*/\s*(?:.*?)((?:19|20)\d\d))?\b")


@dataclass(frozen=True, slots=True, order=True)
class Shot:
    """One page of one file: a photo of two facing pages is one."""

    file: str
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One act where it stands: its number and year as they were read, or None."""

    shot: Shot
    number: int | None
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Between two shots the numbers jump: `acts` are missing (> 0), or are there again (< 0); `pages` are counted so
    where the numbers printed on them say it, and those of acts do not.

    The shots are the nearest ones on which the numbers are as they were read: mostly neighbours, else what lies
    between them was misread or not read.
    """

    before: Shot
    after: Shot
    acts: int = 0
    pages: int = 0

    @property
    def is_missing(self) -> bool:
        return self.acts > 0 or self.pages > 0

    @property
    def finding(self) -> Finding:
        a, b = f"{self.before.file}#{self.before.page}", f"{self.after.file}#{self.after.page}"
        count = abs(self.acts or self.pages)
        number_vi, what_vi, what = (
            ("số thứ tự", "việc", "acts") if self.acts else ("số trang in", "trang", "page numbers")
        )
        if self.is_missing:
            return Finding(
                code=PAGE_MISSING,
                message=Message(
                    f"Có thể thiếu trang giữa {a} và {b}: {number_vi} nhảy qua {count} {what_vi}; "
                    "hãy tìm và quét bổ sung",
                    f"A page may be missing between {a} and {b}: {count} {what} are passed over; find and scan it",
                ),
            )
        return Finding(
            code=PAGE_REPEATED,
            message=Message(
                f"Có thể trùng trang: {b} lặp lại {count} {what_vi} đã có ở {a}; hãy bỏ một bản",
                f"A page may be there twice: {b} repeats {count} {what} of {a}; drop one of them",
            ),
        )


def acts_seen(records: Iterable[CivilRecord]) -> Iterator[Seen]:
    """The acts of registers among these records of a book, in the order given; each once, on its first page."""
    for record in records:
        if record.document_type is DocumentType.BIRTH_REGISTER_ENTRY and record.pages:
            first = min(report.number for report in record.pages)
            value = next((f.value for f in record.fields if f.name == "document_number"), None)
            number, year = act_number(value or "")
            yield Seen(shot=Shot(record.source.file, first), number=number, year=year or _registered(record))


def pages_seen(file: str, printed: Mapping[int, Sequence[int | None]], without: Iterable[int] = ()) -> Iterator[Seen]:
    """The pages of one file of a book in their order, each with the number printed on it; `without` are those that
    stand in no record, blank or unread."""
    for page in sorted({*printed, *without}):
        for number in printed.get(page) or (None,):
            yield Seen(shot=Shot(file, page), number=number)


def act_number(text: str) -> tuple[int | None, int | None]:
    """The number and the year of "15/2021"; None for what is not there."""
    found = _NUMBER.match(text.strip())
    if found is None:
        return None, None
    return int(found[1]), int(found[2]) if found[2] else None


def _registered(record: CivilRecord) -> int | None:
    day = next((f.value for f in record.fields if f.name == "date_of_registration" and f.value), None)
    return int(day[:4]) if day and day[:4].isdigit() else None


def breaks(acts: Sequence[Seen], printed: Sequence[Seen] = ()) -> list[Break]:
    """Where pages are missing or doubled in one book, in order; none where its numbers do not run on.

    `printed` are its pages in the same order, each with the number printed on it; a page without one stands for itself.
    """
    by_acts = [jump for run in _runs(acts) for jump in _jumps(run) or ()]
    by_pages = _jumps(printed)
    if by_pages is None:
        return [Break(before=jump.before, after=jump.after, acts=jump.by) for jump in by_acts]
    place = {shot: n for n, shot in enumerate(dict.fromkeys(page.shot for page in printed))}
    numbered = {page.shot for page in printed if page.number is not None}
    told = [jump for jump in by_acts if jump.meets(by_pages, place) or not {jump.before, jump.after} <= numbered]
    alone = [jump for jump in by_pages if not jump.meets(told, place) and not _acts_run_on(acts, jump)]
    found = [Break(before=jump.before, after=jump.after, acts=jump.by) for jump in told]
    found += [Break(before=jump.before, after=jump.after, pages=jump.by) for jump in alone]
    return sorted(found, key=lambda one: place.get(one.before, 0))


@dataclass(frozen=True, slots=True)
class _Jump:
    """Between these shots so many numbers are passed over, or come again."""

    before: Shot
    after: Shot
    by: int

    def meets(self, others: Iterable[_Jump], place: Mapping[Shot, int]) -> bool:
        """Whether one of the others may be of the same place in the book; one whose place is not known may be."""
        if not {self.before, self.after} <= place.keys():
            return True
        own = place[self.before], place[self.after]
        spans = [(place[o.before], place[o.after]) for o in others if {o.before, o.after} <= place.keys()]
        return any(first < own[1] and own[0] < last for first, last in spans)


def _acts_run_on(acts: Sequence[Seen], jump: _Jump) -> bool:
    """Whether the act after the jump follows the one before: a page between them holds none, or is blank."""
    last = next((act.number for act in reversed(acts) if act.shot == jump.before), None)
    first = next((act.number for act in acts if act.shot == jump.after), None)
    return last is not None and first == last + 1


def _jumps(run: Sequence[Seen]) -> list[_Jump] | None:
    """Where the numbers jump at a turn of the page; None where they do not run on, or too few were read."""
    shots = {act.shot for act in run if act.number is not None}
    if len(shots) < _FEWEST:
        return None
    numbers = _likeliest(run)
    steps = [b - a for a, b in pairwise(numbers)]
    if not steps or sum(step == 1 for step in steps) < _STEADY * len(steps):
        return None
    sure = [act.number == number for act, number in zip(run, numbers, strict=True)]
    found = []
    for n, step in enumerate(steps):
        if step != 1 and abs(step - 1) <= _FAR and run[n].shot != run[n + 1].shot:
            before = next((k for k in range(n, -1, -1) if sure[k]), n)
            after = next((k for k in range(n + 1, len(run)) if sure[k]), n + 1)
            found.append(_Jump(run[before].shot, run[after].shot, step - 1))
    return found


def _runs(acts: Sequence[Seen]) -> Iterator[Sequence[Seen]]:
    """The acts of each year by themselves: numbers begin anew."""
    years = _years(acts)
    start = 0
    for n in range(1, len(acts) + 1):
        if n == len(acts) or years[n] != years[start]:
            yield acts[start:n]
            start = n


def _years(acts: Sequence[Seen]) -> list[int | None]:
    """The year of each act: the commonest around, so that one misread counts for nothing; else the one before."""
    dated = [(n, act.year) for n, act in enumerate(acts) if act.year is not None]
    years: list[int | None] = [None] * len(acts)
    for k, (n, own) in enumerate(dated):
        around = Counter(year for _, year in dated[max(0, k - _YEARS // 2) : k + _YEARS // 2 + 1])
        most = max(around.values())
        # On the border between two years both are as common: then what is read counts.
        years[n] = own if around[own] == most else min(y for y, c in around.items() if c == most)
    last = years[dated[0][0]] if dated else None
    for n, year in enumerate(years):
        last = years[n] = last if year is None else year
    return years


def _likeliest(acts: Sequence[Seen]) -> list[int]:
    """The number of each act under which all that was read is likeliest."""
    options = _options(acts)
    best = {number: _read_as(acts[0].number, number) for number in options[0]}
    back: list[dict[int, int]] = []
    for n in range(1, len(acts)):
        turned = acts[n].shot != acts[n - 1].shot
        now: dict[int, float] = {}
        came: dict[int, int] = {}
        for number in options[n]:
            score, before = max((value + _step(number - old, turned), old) for old, value in best.items())
            now[number], came[number] = score + _read_as(acts[n].number, number), before
        back.append(came)
        best = now
    at = max(best, key=lambda number: best[number])
    path = [at]
    for came in reversed(back):
        at = came[at]
        path.append(at)
    return path[::-1]


def _options(acts: Sequence[Seen]) -> list[list[int]]:
    """What each act's number may be: as it was read, or as those on pages around count on to it.

    Below 1 it is of the year before, whose end was not read.
    """
    pages = [0]
    for one, other in pairwise(acts):
        pages.append(pages[-1] + (one.shot != other.shot))
    started = [act.number - n if act.number is not None else None for n, act in enumerate(acts)]
    of_page: dict[int, set[int]] = {}
    for page, start in zip(pages, started, strict=True):
        if start is not None:
            of_page.setdefault(page, set()).add(start)
    options = []
    for n, page in enumerate(pages):
        around = set().union(*(of_page.get(p, set()) for p in range(page - _REACH, page + _REACH + 1)))
        options.append(sorted(start + n for start in around) or [n + 1])
    return options


def _step(by: int, turned: bool) -> float:
    """Logarithm of the probability that an act's number is so much higher than the one's before it."""
    if by == 1:
        return math.log1p(-_GAP - _REPEAT if turned else -_WITHIN)
    if not turned:
        return math.log(_WITHIN / 10 ** min(abs(by - 1), 5))
    if abs(by - 1) > _FAR:
        return math.log(1e-7)
    # Short jumps are likelier: a page, or a few.
    return math.log((_GAP if by > 1 else _REPEAT) / abs(by - 1))


def _read_as(read: int | None, true: int) -> float:
    """Logarithm of the probability of reading this where that is written."""
    if read is None:
        return math.log(_UNREAD)
    if read == true:
        return math.log1p(-_UNREAD - _MISREAD - _GARBLED)
    a, b = str(read), str(true)
    if len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1:
        return math.log(_MISREAD / (9 * len(b)))
    if abs(len(a) - len(b)) == 1 and Levenshtein.distance(a, b) == 1:
        return math.log(_LOST / (9 * len(b)))
    return math.log(_GARBLED / 10 ** len(b))
