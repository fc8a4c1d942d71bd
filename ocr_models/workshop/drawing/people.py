"""Invented people and families: the population that the synthetic papers speak of.

Everything follows from one `random.Random`: the same seed gives the same people. Identifiers have
the right structure (`docs/glossary.md`, section Identifiers) but lie outside the series ever handed out: the
serial of a personal id starts at 600000, far above a province's yearly births of one sex, and the
third digit of a CMND is 8 or 9.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random

from ocr_models.workshop.drawing import names, places
from ocr_models.workshop.drawing.places import Place

_ETHNICITIES = ("Kinh",) * 46 + ("Tày", "Mường", "Nùng", "Thái", "Dao", "Hoa", "Mông", "Sán Dìu")


@cache
def wording(name: str) -> tuple[str, ...]:
    """A list of wording.toml: occupations, hospitals, labels ... Raises KeyError when there is none."""
    return tuple(tomllib.loads((files(__package__) / "wording.toml").read_text("utf-8"))[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One invented person. `sex` is male/female; `personal_id` has 12 digits, `old_national_id` 9 or is None."""

    full_name: str
    sex: str
    birth: date
    ethnicity: str
    religion: str
    occupation: str
    origin: Place
    birth_place: Place
    residence: Place
    personal_id: str
    old_national_id: str | None
    nationality: str = "Việt Nam"

    def age_on(self, day: date) -> int:
        return day.year - self.birth.year - ((day.month, day.day) < (self.birth.month, self.birth.day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A child with its parents; `father` is None on the papers of a child registered by its mother alone."""

    child: Person
    mother: Person
    father: Person | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person of a household and the relation to its head as written (`Chủ hộ` for the head)."""

    person: Person
    relation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    number: str
    residence: Place
    members: tuple[Member, ...]

    @property
    def head(self) -> Person:
        return self.members[0].person


def day_in_year(rng: Random, year: int) -> date:
    return date(year, 1, 1) + timedelta(days=rng.randrange(365))


def day_after(rng: Random, day: date, least: int, most: int) -> date:
    """A day between `least` and `most` days later."""
    return day + timedelta(days=rng.randint(least, most))


def personal_id(rng: Random, sex: str, birth: date, prefix: str) -> str:
    """12 digits PPP G YY NNNNNN with its century-and-sex digit (Thông tư 59/2021/TT-BCA, Điều 4)."""
    century_sex = (birth.year // 100 - 19) * 2 + (sex == "female")
    return f"{prefix}{century_sex}{birth.year % 100:02d}{rng.randint(600_000, 999_999)}"


def old_national_id(rng: Random, block: str) -> str:
    """9 digits in the issuing province's block, outside the series handed out."""
    return f"{block}{rng.choice('89')}{rng.randrange(1_000_000):06d}"


def person(
    rng: Random,
    *,
    sex: str | None = None,
    birth: date | None = None,
    years: tuple[int, int] = (1950, 2005),
    paper_year: int | None = None,
    surname: str | None = None,
    ethnicity: str | None = None,
    origin: Place | None = None,
    residence: Place | None = None,
) -> Person:
    """A person born in `years` (both included) or on `birth`, living in Hanoi as of `paper_year`."""
    sex = sex or rng.choice(("male", "female"))
    birth = birth or day_in_year(rng, rng.randint(*years))
    paper_year = paper_year or max(birth.year, 2018)
    ethnicity = ethnicity or rng.choice(_ETHNICITIES)
    from_hanoi = rng.random() < 0.5
    home = origin or (places.hanoi(rng, paper_year, rural=True) if from_hanoi else places.province(rng, paper_year))
    return Person(
        full_name=names.full_name(rng, sex, birth.year, surname_is=surname, ethnicity=ethnicity),
        sex=sex,
        birth=birth,
        ethnicity=ethnicity,
        religion=rng.choice(("Không",) * 8 + ("Phật giáo", "Thiên chúa giáo")),
        occupation=rng.choice(wording("occupations_before_1995" if paper_year < 1995 else "occupations")),
        origin=home if rng.random() < 0.3 else home.without_detail(),
        birth_place=places.hanoi(rng, birth.year).without_detail() if rng.random() < 0.7 else home.without_detail(),
        residence=residence or places.hanoi(rng, paper_year),
        personal_id=personal_id(rng, sex, birth, home.prefix),
        old_national_id=old_national_id(rng, home.block) if birth.year < 2002 else None,
    )


def family(rng: Random, birth: date, *, paper_year: int | None = None, fatherless: float = 0.05) -> Family:
    """A child born on `birth` with a mother of 19-40 and a father of -2 to +9 years more."""
    paper_year = paper_year or birth.year
    mother_year = birth.year - rng.randint(19, 40)
    father_year = max(birth.year - 62, min(birth.year - 19, mother_year - rng.randint(-2, 9)))
    residence = places.hanoi(rng, paper_year)
    ethnicity = rng.choice(_ETHNICITIES)
    mother = _born(rng, "female", mother_year, paper_year, ethnicity if rng.random() < 0.9 else None, residence)
    apart = rng.random() < 0.2
    father = _born(rng, "male", father_year, paper_year, ethnicity, None if apart else residence)
    known = rng.random() >= fatherless
    of = father if known else mother
    child = person(
        rng,
        birth=birth,
        paper_year=paper_year,
        surname=of.full_name.split()[0],
        ethnicity=of.ethnicity,
        origin=of.origin,
        residence=residence,
    )
    return Family(child=child, mother=mother, father=father if known else None)


def _born(rng: Random, sex: str, year: int, paper_year: int, ethnicity: str | None, home: Place | None) -> Person:
    return person(rng, sex=sex, years=(year, year), paper_year=paper_year, ethnicity=ethnicity, residence=home)


def household(rng: Random, day: date, *, size: int | None = None) -> Household:
    """The people of one dwelling on `day`: head, maybe spouse, children, kin, lodgers."""
    size = size or rng.randint(2, 6)
    residence = places.hanoi(rng, day.year)
    sex = "male" if rng.random() < 0.7 else "female"
    years = (day.year - 65, day.year - 32)
    head = person(rng, sex=sex, years=years, paper_year=day.year, residence=residence)
    members = [Member(person=head, relation="Chủ hộ")]
    spouse_year = head.birth.year + rng.randint(-3, 6)
    if size > 1 and rng.random() < 0.85:
        relation, other = ("Vợ", "female") if sex == "male" else ("Chồng", "male")
        spouse = person(rng, sex=other, years=(spouse_year, spouse_year), paper_year=day.year, residence=residence)
        members.append(Member(person=spouse, relation=relation))
    father = head if sex == "male" else members[-1].person
    young = max(head.birth.year, spouse_year) + 20
    while len(members) < size:
        if young < day.year - 1 and rng.random() < 0.8:
            years, relation = (young, min(young + 16, day.year - 1)), rng.choice(("Con", "Con", "Con đẻ"))
            members.append(_relative(rng, relation, None, years, day.year, father))
        else:
            relation, who, *span = rng.choice(_kin(head.birth.year, day.year))
            members.append(_relative(rng, relation, who, (span[0], max(span)), day.year, head))
    number = f"{rng.randint(150_000_000, 290_000_000)}" if day.year >= 1995 else f"{rng.randint(1, 9999):04d}"
    return Household(number=number, residence=residence, members=tuple(members))


def _relative(rng: Random, relation: str, sex: str | None, years: tuple[int, int], year: int, of: Person) -> Member:
    blood = relation in ("Con", "Con đẻ", "Em", "Cháu nội")
    who = person(
        rng,
        sex=sex,
        years=years,
        paper_year=year,
        residence=of.residence,
        surname=of.full_name.split()[0] if blood else None,
        origin=of.origin if blood else None,
        ethnicity=of.ethnicity if blood else None,
    )
    return Member(person=who, relation=relation)


def _kin(born: int, year: int) -> list[tuple[str, str | None, int, int]]:
    """Who may live with a head born in `born`: relation, sex, earliest and latest birth year."""
    kin: list[tuple[str, str | None, int, int]] = [
        ("Mẹ", "female", born - 38, born - 19),
        ("Bố", "male", born - 40, born - 20),
        ("Em", None, born + 1, born + 12),
        ("Ở nhờ", None, year - 50, year - 18),
    ]
    if year - born > 44:
        kin += [("Con dâu", "female", born + 21, year - 19), ("Cháu nội", None, born + 42, year - 1)]
    return kin
