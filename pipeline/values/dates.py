"""Dates in figures, as papers write them, to ISO 8601 at the precision that is written.

`15/3/1990`, `15-3-1990`, `15.3.90`, `15/III/1990`, `Ngày 15 tháng 3 năm 1990`, month and year, year only; and
"Không thời hạn", the end of what has none.
Day before month, always; a date that starts with a four-digit year is ISO. Source of the forms: `docs/glossary.md`,
section Dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from rapidfuzz import fuzz

from pipeline.values.cleaning import clean
from pipeline.values.keys import folded_key, strip_marks
from pipeline.values.model import INDEFINITE, Candidate, Context, Normal, PartialDate

_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "xi": 11,
    "xii": 12,
}
# What readers write for a digit, and the digits that clerks' hands and readers take for each other.
LETTER_DIGITS = {
    "o": "0",
    "q": "0",
    "d": "0",
    "l": "1",
    "i": "1",
    "|": "1",
    "!": "1",
    "z": "2",
    "s": "5",
    "b": "8",
    "g": "9",
}
CONFUSABLE_DIGITS = dict(
    zip("0123456789", ("689", "74", "71", "859", "19", "386", "058", "129", "3056", "0473"), strict=True)
)
_STEMS = "canh|tân|nhâm|quý|giáp|ất|bính|đinh|mậu|kỷ"
_BRANCHES = "tý|sửu|dần|mão|mẹo|thìn|tỵ|ngọ|mùi|thân|dậu|tuất|hợi"
_LUNAR = re.compile(
    rf"âm\s*lịch|am\s*lich|\(\s*[âa]\.?\s*l\.?\s*\)|\b[âa]\.?l\b|nhuận|\brằm\b|\b(?:{_STEMS})\s+(?:{_BRANCHES})\b"
)
# Written dates use three words; readers garble them by a letter. Marks are gone before matching.
_DAY_WORD = r"(?:n[gqao]{1,2}[aoe]?[yvg]|mung|mong)"
_MONTH_WORD = r"(?:t[hb]an[gq]?|[tl]h[ao][nm][gq]?|thng)"
_YEAR_WORD = r"(?:na[mn]|narn|nm)"
_STROKE = re.compile(
    r"(?<=nam\s)/(?=\d{3}(?!\d))|(?<=nam)/(?=\d{3}(?!\d))|(?<=ngay\s\d)/(?=\s*th)|(?<=ngay\s)/(?=\d?\s*th)"
    r"|(?<=thang\s)/(?=\s*na)"
)  # a clerk's 1, and what readers make of it, between the printed words of a date
_D = r"[0-9olizsbq|!]"
_SEP = r"\s*[/.\-–—,\\:|]\s*"
_YEAR = rf"(?:{_D}\s?{_D}\s?{_D}\s?{_D}|{_D}{_D})"
_WORDED = re.compile(
    rf"(?:(?<![\d]){_DAY_WORD}?[\s.:,]*(?P<d>{_D}{{1,2}})\s*[,.]?\s*)?(?<![a-z]){_MONTH_WORD}[\s.:,]*(?P<m>{_D}{{1,2}}|[ivx]+)"
    rf"(?:\s*[,.]?\s*{_YEAR_WORD}[\s.:,]*(?P<y>{_YEAR}))?(?!\d)"
)
_FULL = re.compile(rf"(?<!\d)(?P<d>{_D}{{1,2}}){_SEP}(?P<m>{_D}{{1,2}}|[ivx]+){_SEP}(?P<y>{_YEAR})(?!\d)")
_SPACED = re.compile(
    rf"^\D*(?P<d>\d{{1,2}})(?:{_SEP}|\s+)(?P<m>\d{{1,2}}|[ivx]{{1,4}})(?:{_SEP}|\s+)(?P<y>\d{{4}})\D*$"
)
_MONTH_YEAR = re.compile(rf"(?<![\d/.\-])(?P<m>{_D}{{1,2}}|[ivx]+){_SEP}(?P<y>{_D}{{4}})(?!\d)")
_DAY_MONTH = re.compile(r"^\D*(?P<d>\d{1,2})\s*[/\-]\s*(?P<m>\d{1,2})\D*$")
_ISO = re.compile(r"(?<!\d)(?P<y>(?:1[89]|20)\d\d)\s*-\s*(?P<m>\d{1,2})\s*-\s*(?P<d>\d{1,2})(?!\d)")
_RUN = re.compile(r"(?<!\d)(?P<d>\d\d)\.?(?P<m>\d\d)\.?(?P<y>(?:1[89]|20)\d\d)(?!\d)")  # no point is read as 1
_YEAR_ONLY = re.compile(rf"(?<!{_D})(?P<y>(?:[1il|][89bg]|[2z][0o])\s?{_D}\s?{_D})(?!{_D})")
_YEAR_SHORT = re.compile(rf"^\D*{_YEAR_WORD}?\s*(?P<y>\d\d)\D*$")
_TIME = re.compile(
    r"(?<!\d)(?P<h>[0-9ol]{1,2})\s*(?:gi[oe0]+|gio|glo|g(?![a-z])|h(?![a-z])|:)[\s.:,]*(?:(?P<m>[0-9ol]{1,2})(?!\d))?"
)
_EARLIEST, _LATEST = date(1850, 1, 1), date(2100, 12, 31)
# "Không thời hạn", letters only, without marks. A reader may garble one of them: "trong thời hạn" and "có thời hạn",
# which say the contrary, are farther.
_ENDLESS, _ENDLESS_LIKE = ("khongthoihan", "khongcothoihan"), 90.0
_ENDLESS_TOO = ("vothoihan", INDEFINITE)
_ENDLESS_DIGITS = 3  # a text with more digits says a day
_UNCLEAR = "date.parts_unclear"
_STROKE_LIKE = frozenset("17")  # digits that a reader makes of a stroke


def _digits(token: str) -> tuple[str, bool]:
    """The token with digit-like letters as digits, and whether any had to be read so."""
    packed = re.sub(r"\s", "", token)
    fixed = "".join(LETTER_DIGITS.get(c, c) for c in packed)
    return fixed, fixed != packed


def _number(token: str | None, *, roman: bool = False) -> tuple[int | None, bool]:
    if token is None:
        return None, False
    if roman and token in _ROMAN:
        return _ROMAN[token], False
    if not any(c.isdigit() for c in token):
        return None, True
    fixed, repaired = _digits(token)
    return (int(fixed), repaired) if fixed.isdigit() else (None, True)


def _searchable(text: str) -> str:
    return strip_marks(folded_key(text))


def _matches(plain: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Every way the text may hold a date, best way first."""
    for shape, pattern in (
        ("iso", _ISO), ("full", _FULL), ("worded", _WORDED), ("spaced", _SPACED), ("run", _RUN),
        ("month", _MONTH_YEAR), ("year", _YEAR_ONLY), ("day-month", _DAY_MONTH), ("short", _YEAR_SHORT),
    ):  # fmt: skip
        for match in pattern.finditer(plain):
            yield shape, match


def read_date(verbatim: str, context: Context | None = None) -> Normal:
    """The first date in the text; `INDEFINITE` for "Không thời hạn".

    A two-digit year counts with a context century, or where one century alone is past; else both are candidates. A
    lunar date has no value. Nor has an impossible date; legal dates one confusable digit away are candidates.
    Nor has one with digits before its year that are no day and month for sure ("514/1984"): it is never the year
    alone, and the days it may be are candidates.
    """
    context = context or Context()
    text = clean(verbatim)
    written = _searchable(text)
    plain = _STROKE.sub("1", written)
    endless = _likeness_to_endless(plain)
    if endless >= _ENDLESS_LIKE:
        return Normal(value=INDEFINITE, verbatim=verbatim, findings=() if endless == 100.0 else ("value.corrected",))
    calendar = "lunar" if is_lunar(text) else "solar"
    for shape, match in _matches(plain):
        parts = match.groupdict()
        day, day_repaired = _number(parts.get("d"))
        month, month_repaired = _number(parts.get("m"), roman=True)
        year, year_repaired = _number(parts.get("y"))
        if (parts.get("d") and day is None) or (parts.get("m") and month is None) or (parts.get("y") and year is None):
            continue
        short_year = parts.get("y") is not None and len(_digits(parts["y"] or "")[0]) == 2
        around = [plain[: match.start()], plain[match.end() :]]
        if shape == "worded" and year is None and (later := _YEAR_ONLY.search(plain, match.end())):
            year, year_repaired = _number(later.group("y"))
            around = [around[0], plain[later.end() :]]
        repaired = day_repaired or month_repaired or year_repaired or plain != written
        findings = ["date.repaired"] if repaired else []
        if shape == "run":
            findings.append("date.separators_missing")
        partial = PartialDate(year=year, month=month, day=day, calendar=calendar, verbatim=verbatim)
        torn = (
            day is not None
            and re.search(r"(?<!\d)[1-3]\s$", around[0])
            and re.match(r"\d\D", plain[match.start("d") :])
        )
        if torn or (day is None and year is not None and _has_more_parts(*around)):
            return _unsplit(partial, around[0] + (parts.get("d") or ""), month)
        return _judge(partial, short_year, findings, verbatim, context)
    lunar = calendar == "lunar"
    partial = PartialDate(year=None, calendar=calendar, verbatim=verbatim)
    code = "date.lunar" if lunar else "value.unreadable"
    return Normal(value=None, verbatim=verbatim, valid=lunar, findings=(code,), date=partial)


def is_lunar(text: str) -> bool:
    """Whether the text says that its date is one of the lunar calendar."""
    return _LUNAR.search(folded_key(text)) is not None


def _likeness_to_endless(plain: str) -> float:
    """How like the words for "no end" some part of a text without marks is, 0 to 100."""
    if sum(map(str.isdigit, plain)) > _ENDLESS_DIGITS:
        return 0.0
    letters = re.sub(r"[^a-z]", "", plain)
    if any(words in letters for words in _ENDLESS_TOO):
        return 100.0
    return max(
        fuzz.partial_ratio(words, letters) if len(letters) >= len(words) else fuzz.ratio(words, letters)
        for words in _ENDLESS
    )


def _has_more_parts(before: str, after: str) -> bool:
    """Whether a date without a day has other digits that may be one: any before it but a time of day, or behind it
    after a stroke."""
    return any(c.isdigit() for c in _TIME.sub(" ", before)) or re.match(r"\s?[/.\-]\s?\d", after) is not None


def _unsplit(partial: PartialDate, digits: str, month: int | None) -> Normal:
    """A date whose day and month are not told apart: no value, the days that its digits may mean as candidates.

    The digits are split at each place, as they are and without those that may be strokes ("514" is 5/4); where the
    `month` was read, they are the day's.
    """
    digits = "".join(c for c in _TIME.sub(" ", digits) if c.isdigit())
    strokes = [place for place in range(1, len(digits)) if digits[place] in _STROKE_LIKE]
    days: dict[str, float] = {}
    for lost in range(min(2, len(strokes)) + 1):
        for gone in combinations(strokes, lost):
            left = "".join(c for place, c in enumerate(digits) if place not in gone)
            splits = [(left, month)] if month else [(left[:cut], int(left[cut:])) for cut in range(1, len(left))]
            for day, of_month in splits:
                option = PartialDate(year=partial.year, month=of_month, day=int(day or 0))
                if len(left) <= 4 and option.possible() and option.day and option.iso:
                    days.setdefault(option.iso, 1.0 + lost)
    return Normal(
        value=None,
        verbatim=partial.verbatim,
        valid=False,
        findings=(_UNCLEAR,),
        candidates=tuple(Candidate(value=value, cost=cost) for value, cost in days.items()),
        date=PartialDate(year=partial.year, calendar=partial.calendar, verbatim=partial.verbatim),
    )


def _judge(partial: PartialDate, short_year: bool, findings: list[str], verbatim: str, context: Context) -> Normal:
    def outcome(value: str | None, valid: bool, *codes: str, near: tuple[Candidate, ...] = ()) -> Normal:
        codes = (*findings, *codes)
        return Normal(value=value, verbatim=verbatim, valid=valid, findings=codes, candidates=near, date=partial)

    if short_year and partial.year is not None:
        short, centuries = partial.year, (1900, 2000)
        if context.century is None:
            last = context.latest.year if context.latest else 2049
            dates = [_with_year(partial, century + short) for century in centuries]
            near = tuple(
                Candidate(value=d.iso or "", cost=0.5)
                for d in dates
                if d.possible() and d.iso and (d.year or 0) <= last
            )
            if len(near) != 1:
                partial = _with_year(partial, None)
                return outcome(None, bool(near), "date.two_digit_year", near=near)
            findings = [*findings, "date.two_digit_year"]  # the other century is still to come: 75 is 1975
            partial = next(d for d in dates if d.iso == near[0].value)
        else:
            partial = _with_year(partial, context.century + short)
    century = _garbled_century(partial.year)
    if century is not None and _with_year(partial, century).possible() and partial.calendar == "solar":
        partial = _with_year(partial, century)
        findings = [*findings, "date.century_garbled"]
    if not partial.possible():
        return outcome(None, False, "date.impossible", near=repairs(partial))
    if partial.calendar == "lunar":
        return outcome(None, True, "date.lunar")
    if partial.year is None:
        return outcome(None, True, "date.year_missing")
    early, late = context.earliest or _EARLIEST, context.latest or _LATEST
    if not early.year <= partial.year <= late.year or (
        partial.precision == "day" and not early <= _day(partial) <= late
    ):
        return outcome(partial.iso, True, "date.out_of_range")
    return outcome(partial.iso, True)


def _garbled_century(year: int | None) -> int | None:
    """The year 19xx for one read as 10xx to 17xx: no such paper is so old, and the second digit was misread.

    A guess that the finding names, so that a person decides with the likely year before them.
    """
    return 1900 + year % 100 if year is not None and 1000 <= year < 1800 else None


def _with_year(partial: PartialDate, year: int | None) -> PartialDate:
    return PartialDate(
        year=year, month=partial.month, day=partial.day, calendar=partial.calendar, verbatim=partial.verbatim
    )


def _day(partial: PartialDate) -> date:
    return date(partial.year or 1, partial.month or 1, partial.day or 1)


def repairs(partial: PartialDate) -> tuple[Candidate, ...]:
    """Legal dates that differ from an impossible one in a single confusable digit."""
    year, month, day = partial.year, partial.month, partial.day
    if year is None or month is None or day is None:
        return ()
    text = f"{day:02d}{month:02d}{year:04d}"
    near: list[Candidate] = []
    for place, digit in enumerate(text):
        for other in CONFUSABLE_DIGITS[digit]:
            fixed = text[:place] + other + text[place + 1 :]
            option = PartialDate(year=int(fixed[4:]), month=int(fixed[2:4]), day=int(fixed[:2]))
            if option.year and option.day and 1850 <= option.year <= 2100 and option.possible() and option.iso:
                near.append(Candidate(value=option.iso, cost=1.0))
    return tuple(near[:8])


def read_year(verbatim: str, context: Context | None = None) -> Normal:
    """A year; of a whole date its year."""
    whole = read_date(verbatim, context)
    if _UNCLEAR in whole.findings and whole.date is not None and whole.date.year is not None:
        return Normal(value=f"{whole.date.year:04d}", verbatim=verbatim, date=whole.date)
    if whole.value is None or whole.date is None:
        near = tuple(dict.fromkeys((c.value[:4], c.cost) for c in whole.candidates))
        years = tuple(Candidate(value=value, cost=cost) for value, cost in near)
        return Normal(
            value=None,
            verbatim=verbatim,
            valid=whole.valid,
            findings=whole.findings,
            candidates=years,
            date=whole.date,
        )
    return Normal(value=whole.value[:4], verbatim=verbatim, findings=whole.findings, date=whole.date)


def read_time(verbatim: str, _context: Context | None = None) -> Normal:
    """A time of day as HH:MM: "08 giờ 30 phút", "8h30", "8:30". Missing minutes are not made up."""
    plain = _searchable(clean(verbatim))
    match = _TIME.search(plain)
    if match is None:
        return Normal(value=None, verbatim=verbatim, valid=False, findings=("value.unreadable",))
    hour, repaired = _number(match.group("h"))
    minute, also = _number(match.group("m"))
    codes: tuple[str, ...] = ("date.repaired",) if repaired or (also and match.group("m")) else ()
    if hour is None or hour > 24 or (minute or 0) > 59 or (hour == 24 and minute):
        return Normal(value=None, verbatim=verbatim, valid=False, findings=(*codes, "time.impossible"))
    clock = f"{hour % 24:02d}:{minute or 0:02d}"
    if minute is None:
        near = (Candidate(value=clock, cost=0.5),)
        return Normal(value=None, verbatim=verbatim, findings=(*codes, "time.minutes_missing"), candidates=near)
    return Normal(value=clock, verbatim=verbatim, findings=codes)
