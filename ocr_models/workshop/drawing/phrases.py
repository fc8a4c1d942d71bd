"""What clerks write: dates in every fashion, offices, officers, hospitals, document numbers, and whole lines.

`value(rng, grammar)` gives a text as it may stand on paper for each field grammar of
`pipeline.forms`; `line(rng)` a whole line (a label with its value, fixed text, part of an address).
They are the text source for training line readers. Everything follows from the given Random.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from ocr_models.workshop.drawing import names, people
from ocr_models.workshop.drawing.people import wording
from ocr_models.workshop.drawing.places import Place
from pipeline.values import WordStyle, date_in_words

RELIGIONS = ("Không", "Phật giáo", "Thiên chúa giáo", "Không theo tôn giáo nào")
ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]


def two(number: int, rng: Random, padded: float = 0.6) -> str:
    """Days and months below 10 are mostly padded with a zero, by hand often not."""
    return f"{number:02d}" if rng.random() < padded else str(number)


def written_date(rng: Random, day: date, *, old: bool = False) -> str:
    """A date in figures as clerks write it: 08/03/1957, 8-3-1957, 08.03.57 and 8/III/1957 on old papers,
    'ngày 08 tháng 03 năm 1957'. Two-digit years only where `old`."""
    d, m, year = two(day.day, rng), two(day.month, rng), str(day.year)
    roll = rng.random()
    if old and roll < 0.12:
        return f"{day.day}/{ROMAN[day.month - 1]}/{year}"
    if old and roll < 0.3 and day.year < 2000:
        year = year[2:]
    if roll > 0.85:
        return f"ngày {d} tháng {m} năm {day.year}"
    if roll > 0.77:
        return f"{d} tháng {m} năm {day.year}"
    sign = rng.choice("///--." if old else "////-")
    return f"{d}{sign}{m}{sign}{year}"


def word_style(rng: Random) -> WordStyle:
    """One clerk's habits of spelling dates out."""
    return WordStyle(
        thousand=rng.choice(("nghìn", "nghìn", "ngàn")),
        zero_ten=rng.choice(("linh", "linh", "lẻ")),
        four=rng.choice(("tư", "bốn")),
        five=rng.choice(("lăm", "lăm", "nhăm")),
        day_prefix=rng.choice(("", "", "mùng", "mồng")),
        hundred_gap=rng.random() < 0.9,
        comma=rng.random() < 0.4,
    )


def written_words(rng: Random, day: date, style: WordStyle | None = None) -> str:
    """A date in words, first letter capital or not."""
    words = date_in_words(day, style or word_style(rng))
    return words[0].upper() + words[1:] if rng.random() < 0.7 else words


def office(place: Place, year: int) -> str:
    """The registering authority of a place: 'UBND phường Hàng Bạc, quận Hoàn Kiếm, thành phố Hà Nội'."""
    body = "UBHC" if year < 1976 else "UBND"
    return f"{body} {place.without_detail().words()}"


def officer(rng: Random, year: int) -> str:
    """Name of a chairman, police officer or doctor in office in `year`."""
    return names.full_name(rng, rng.choice(("male", "male", "female")), year - rng.randint(30, 58))


def hospital(rng: Random, birth: date) -> str:
    """Where a Hanoi child is born in that year."""
    if birth.year < 1975:
        return rng.choice(wording("old_hospitals"))
    return rng.choice(wording("hospitals")) + ("" if rng.random() < 0.7 else ", Hà Nội")


def document_number(rng: Random, year: int) -> str:
    number = rng.randint(1, 420)
    return f"{number:02d}/{year}" if rng.random() < 0.45 else f"{number:02d}"


def book_number(rng: Random, year: int) -> str:
    return f"{rng.randint(1, 4):02d}" + (f"/{year}" if rng.random() < 0.7 else "")


def _address(rng: Random, who: people.Person) -> str:
    place = rng.choice((who.residence, who.residence, who.origin, who.birth_place))
    return place.words(rng.choice(("full", "full", "short", "bare", "dash")))


def _other_text(rng: Random, who: people.Person) -> str:
    held = office(who.residence, who.birth.year + 20)
    return rng.choice((who.occupation, held, hospital(rng, who.birth)))


def _weight(rng: Random, _: people.Person) -> str:
    return rng.choice(("{} g", "{} gram", "{}g", "{}")).format(rng.randrange(1800, 4600, 50))


_GRAMMAR: dict[str, Callable[[Random, people.Person], str]] = {
    "name": lambda r, p: p.full_name.upper() if r.random() < 0.5 else p.full_name,
    "date": lambda r, p: written_date(r, p.birth, old=r.random() < 0.4),
    "date_words": lambda r, p: written_words(r, p.birth),
    "sex": lambda _, p: "Nam" if p.sex == "male" else "Nữ",
    "ethnicity": lambda _, p: p.ethnicity,
    "nationality": lambda _, p: p.nationality,
    "personal_id": lambda r, p: p.personal_id[:6] + f"{r.randrange(10**6):06d}",
    "old_national_id": lambda r, _: f"{r.randrange(10**9):09d}",
    "document_number": lambda r, p: document_number(r, p.birth.year),
    "book_number": lambda r, p: book_number(r, p.birth.year),
    "address": _address,
    "place": lambda _, p: office(p.residence, p.birth.year + 20),
    "text": _other_text,
    "year": lambda _, p: str(p.birth.year),
    "age": lambda r, _: str(r.randint(18, 60)),
    "weight_g": _weight,
    "count": lambda r, _: r.choice(("01", "01", "1", "02", "2", "Một")),
    "time": lambda r, _: f"{r.randrange(24):02d} giờ {r.randrange(60):02d} phút",
    "relationship": lambda r, _: r.choice(wording("relationships")),
    "religion": lambda r, _: r.choice(RELIGIONS),
}
GRAMMARS = tuple(_GRAMMAR)


def value(rng: Random, grammar: str) -> str:
    """A text as written on paper for this grammar. Identifier digits are evenly spread here (no real numbers
    arise: a bare number names nobody). Raises KeyError for an unknown grammar."""
    return _GRAMMAR[grammar](rng, people.person(rng, years=(1925, 2024)))


def line(rng: Random) -> str:
    """A line as found on a civil-status paper: mostly values, some label with value, some fixed text."""
    roll = rng.random()
    if roll < 0.08:
        return rng.choice(wording("fixed"))
    grammar = rng.choices(GRAMMARS, [_WEIGHT.get(g, 1) for g in GRAMMARS])[0]
    text = value(rng, grammar)
    if roll < 0.22:
        return f"{rng.choice(wording('labels'))} {text}"
    if grammar == "address" and roll < 0.5:  # a continuation line begins or ends anywhere
        words = text.split()
        cut = rng.randrange(1, max(2, len(words)))
        return " ".join(words[cut:] if rng.random() < 0.5 else words[:cut])
    return text


_WEIGHT = {
    "name": 8,
    "address": 8,
    "date": 5,
    "date_words": 4,
    "text": 3,
    "personal_id": 3,
    "old_national_id": 2,
}
