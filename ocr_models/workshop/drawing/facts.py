"""What a paper says, before anyone writes it down: field names with their facts, per document type.

A fact is a plain domain value (a date, a person's name, a place). How it looks on paper is the
clerk's business (`clerk.py`). Field names are those of the record contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from ocr_models.workshop.drawing import names, people, phrases, places
from ocr_models.workshop.drawing.people import Family, Person
from ocr_models.workshop.drawing.places import Place

INDEFINITE = "indefinite"  # the end of what has none
Fact = date | int | str | Place
Facts = dict[str, Fact | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything one document says.

    `fields` are those outside lists; `members` one table per household member; `records` one per
    entry of a ledger page. `issuer` holds the lines of the office at the top left. `subjects` are
    the people whom a register may know, in the order of the records. `day` is the paper's date.
    """

    fields: Facts
    day: date
    issuer: tuple[str, ...]
    subjects: tuple[Person, ...]
    members: tuple[Facts, ...] = ()
    records: tuple[Facts, ...] = ()
    families: tuple[Family, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)


def issuer_lines(place: Place, year: int) -> tuple[str, ...]:
    """The office at the top left, one unit a line, in capitals: UBND PHƯỜNG …, QUẬN …, THÀNH PHỐ …"""
    body = "UBHC" if year < 1976 else "UBND"
    units = [f"{kind} {name}".strip().upper() for kind, name in place.units]
    return (f"{body} {units[0]}", *units[1:])


def birth(rng: Random, registered: date, family: Family | None = None) -> Content:
    """A birth act entered on `registered`: mostly days to weeks after the birth, sometimes years."""
    late = rng.random() < 0.12
    born = registered - timedelta(days=rng.randint(400, 6000) if late else rng.randint(2, 55))
    family = family or people.family(rng, born, paper_year=registered.year)
    child, year = family.child, registered.year
    office = places.hanoi(rng, year) if rng.random() < 0.2 else child.residence
    declarant, relation = (family.father, "Cha") if family.father and rng.random() < 0.6 else (family.mother, "Mẹ")
    assert declarant is not None
    born_at: Fact = phrases.hospital(rng, born) if rng.random() < 0.6 else child.birth_place
    fields: Facts = {
        "document_number": phrases.document_number(rng, year),
        "registration_number": phrases.document_number(rng, year),
        "book_number": phrases.book_number(rng, year),
        "full_name": child.full_name,
        "date_of_birth": child.birth,
        "date_of_birth_words": child.birth,
        "sex": child.sex,
        "ethnicity": child.ethnicity,
        "nationality": child.nationality,
        "place_of_birth": born_at,
        "place_of_origin": child.origin,
        "personal_id": child.personal_id if year >= 2016 else None,
        "declarant_full_name": declarant.full_name,
        "declarant_relationship": relation,
        "declarant_document": _identity_paper(rng, declarant, registered),
        "place_of_registration": phrases.office(office, year),
        "date_of_registration": registered,
        "date_of_issue": people.day_after(rng, registered, 30, 1500),
        "registrar_full_name": phrases.officer(rng, year),
    }
    for prefix, parent in (("mother_", family.mother), ("father_", family.father)):
        fields.update({f"{prefix}{name}": value for name, value in _parent(parent, registered).items()})
    return Content(
        fields=fields,
        day=registered,
        issuer=issuer_lines(office, year),
        subjects=(child,),
        families=(family,),
    )


def _parent(parent: Person | None, day: date) -> Facts:
    if parent is None:
        return dict.fromkeys(("full_name", "birth_year", "age", "ethnicity", "nationality", "occupation", "residence"))
    return {
        "full_name": parent.full_name,
        "birth_year": parent.birth.year,
        "date_of_birth": parent.birth,
        "age": parent.age_on(day),
        "ethnicity": parent.ethnicity,
        "nationality": parent.nationality,
        "occupation": parent.occupation,
        "residence": parent.residence,
        "personal_id": parent.personal_id,
    }


def _identity_paper(rng: Random, who: Person, day: date) -> str:
    given = day - timedelta(days=rng.randint(200, 1500))
    issued = f"{given.day:02d}/{given.month:02d}/{given.year}"
    if day.year >= 2021:
        return f"CCCD số {who.personal_id}, Cục Cảnh sát QLHC về TTXH cấp ngày {issued}"
    return f"CMND số {who.old_national_id or people.old_national_id(rng, '01')}, Công an Hà Nội cấp ngày {issued}"


def ledger(rng: Random, first: date, entries: int) -> Content:
    """A page of a register in table form: consecutive acts of one office, numbered on."""
    office = places.hanoi(rng, first.year)
    number, day = rng.randint(1, 180), first
    acts: list[Content] = []
    for _ in range(entries):
        act = birth(rng, day)
        act.fields["document_number"] = f"{number:02d}"
        acts.append(act)
        number, day = number + 1, people.day_after(rng, day, 0, 4)
    fields: Facts = {
        "book_number": phrases.book_number(rng, first.year),
        "place_of_registration": phrases.office(office, first.year),
    }
    return Content(
        fields=fields,
        day=first,
        issuer=issuer_lines(office, first.year),
        subjects=tuple(act.subjects[0] for act in acts),
        records=tuple(act.fields for act in acts),
        families=tuple(act.families[0] for act in acts),
    )


def marriage(rng: Random, day: date) -> Content:
    """A marriage registered on `day` by the office of one of the two."""
    years = (day.year - 42, day.year - 20)
    wife = people.person(rng, sex="female", years=years, paper_year=day.year)
    husband = people.person(rng, sex="male", years=years, paper_year=day.year)
    office = rng.choice((wife, husband)).residence
    fields: Facts = {
        "document_number": phrases.document_number(rng, day.year),
        "registration_number": phrases.document_number(rng, day.year),
        "book_number": phrases.book_number(rng, day.year),
        "place_of_registration": phrases.office(office, day.year),
        "date_of_registration": day,
        "date_of_issue": people.day_after(rng, day, 30, 1500),
        "registrar_full_name": phrases.officer(rng, day.year),
    }
    for prefix, who in (("wife_", wife), ("husband_", husband)):
        fields.update({f"{prefix}{name}": value for name, value in _parent(who, day).items()})
        fields[f"{prefix}document"] = _identity_paper(rng, who, day)
    issuer = issuer_lines(office, day.year)
    return Content(fields=fields, day=day, issuer=issuer, subjects=(wife, husband))


def death(rng: Random, registered: date) -> Content:
    """A death entered a few days after it happened."""
    died = registered - timedelta(days=rng.randint(0, 14))
    who = people.person(rng, years=(died.year - 95, died.year - 35), paper_year=died.year)
    cause = rng.choice(("Tuổi già", "Bệnh", "Ung thư", "Tai biến mạch máu não", "Suy tim", "Tai nạn giao thông"))
    at_home = rng.random() < 0.6
    fields: Facts = {
        "document_number": phrases.document_number(rng, registered.year),
        "registration_number": phrases.document_number(rng, registered.year),
        "book_number": phrases.book_number(rng, registered.year),
        "full_name": who.full_name,
        "sex": who.sex,
        "date_of_birth": who.birth if rng.random() < 0.7 else who.birth.year,
        "ethnicity": who.ethnicity,
        "nationality": who.nationality,
        "personal_id": who.personal_id if registered.year >= 2016 else None,
        "identity_document": _identity_paper(rng, who, died),
        "last_residence": who.residence,
        "time_of_death": rng.randrange(1440),
        "date_of_death": died,
        "date_of_death_words": died,
        "place_of_death": who.residence if at_home else rng.choice(people.wording("hospitals")),
        "cause_of_death": cause,
        "death_notice": None if at_home else f"{rng.randint(1, 300):02d}/{registered.year}",
        "place_of_registration": phrases.office(who.residence, registered.year),
        "date_of_registration": registered,
        "date_of_issue": people.day_after(rng, registered, 1, 900),
        "declarant_full_name": phrases.officer(rng, registered.year),
        "declarant_relationship": rng.choice(("Con", "Con đẻ", "Vợ", "Chồng", "Cháu nội", "Em")),
        "registrar_full_name": phrases.officer(rng, registered.year),
    }
    issuer = issuer_lines(who.residence, registered.year)
    return Content(fields=fields, day=registered, issuer=issuer, subjects=(who,))


def identity_card(rng: Random, issued: date, *, validity: str) -> Content:
    """An identity card issued on a day. `validity` is `ages` (to 25, 40, 60) or `none` (no date printed)."""
    youngest = 14 if issued.year < 2024 else 7
    oldest = 57 if validity == "ages" else 78
    who = people.person(rng, years=(issued.year - oldest, issued.year - youngest), paper_year=issued.year)
    birth_of = who.birth
    expiry = _expiry(birth_of, issued)
    fields: Facts = {
        "personal_id": who.personal_id,
        "old_national_id": who.old_national_id or people.old_national_id(rng, who.origin.block),
        "full_name": who.full_name,
        "date_of_birth": birth_of,
        "sex": who.sex,
        "nationality": who.nationality,
        "ethnicity": who.ethnicity,
        "religion": who.religion,
        "place_of_origin": who.origin.without_detail(),
        "place_of_residence": who.residence,
        "place_of_birth": who.birth_place.without_detail(),
        "identifying_marks": _marks(rng),
        "date_of_issue": issued,
        "date_of_expiry": (expiry or INDEFINITE) if validity == "ages" else None,
    }
    return Content(fields=fields, day=issued, issuer=(), subjects=(who,))


def _expiry(born: date, issued: date) -> date | None:
    for age in (14, 25, 40, 60):
        day = born.replace(year=born.year + age) if (born.month, born.day) != (2, 29) else None
        day = day or date(born.year + age, 2, 28)
        if day > issued + timedelta(days=730):
            return day
    return None


def _marks(rng: Random) -> str:
    kind = rng.choice(("Nốt ruồi", "Sẹo chấm", "Sẹo tròn", "Nốt ruồi nổi"))
    distance = f"{rng.randint(1, 5)}cm" if rng.random() < 0.6 else f"{rng.randint(1, 4)},5cm"
    where = rng.choice(("sau cánh mũi phải", "trên trước đầu mày trái", "dưới sau mép trái", "sau đuôi mắt phải"))
    return f"{kind} C:{distance} {where}"


def household_book(rng: Random, day: date) -> Content:
    """A household book opened on `day`, with members who came later or have left."""
    home = people.household(rng, day, size=rng.randint(2, 6))
    fields: Facts = {
        "household_number": home.number,
        "head_full_name": home.head.full_name,
        "residence": home.residence,
        "file_number": f"{rng.randint(10, 9999)}",
        "register_number": f"{rng.randint(1, 60):02d}",
        "sheet_number": f"{rng.randint(1, 99):02d}",
        "date_of_issue": day,
        "temporary_from": day,
        "temporary_until": _stay_ends(rng, day),
        "issuing_officer": phrases.officer(rng, day.year),
    }
    members: list[Facts] = []
    for member in home.members:
        who = member.person
        child = who.age_on(day) < 14
        entered = max(day, who.birth + timedelta(days=20))
        left = members and rng.random() < 0.1
        members.append({
            "relationship_to_head": member.relation,
            "full_name": who.full_name,
            "date_of_birth": who.birth,
            "sex": who.sex,
            "ethnicity": who.ethnicity,
            "religion": who.religion,
            "nationality": who.nationality,
            "place_of_origin": who.origin,
            "personal_id": None if child else who.personal_id,
            "old_national_id": None if child else who.old_national_id,
            "occupation": None if child else who.occupation,
            "permanent_residence": places.province(rng, day.year),
            "moved_in_date": entered,
            "date_of_registration": people.day_after(rng, entered, 0, 25),
            "temporary_from": entered,
            "temporary_until": _stay_ends(rng, entered),
            "removed": _removal(rng, day) if left else None,
        })  # fmt: skip
    unit = home.residence.units
    district = next((f"{kind} {name}" for kind, name in unit[1:2]), "")
    issuer = ("CÔNG AN TP HÀ NỘI", f"CÔNG AN {district}".upper())
    return Content(
        fields=fields,
        day=day,
        issuer=issuer,
        subjects=tuple(m.person for m in home.members),
        members=tuple(members),
    )


def _stay_ends(rng: Random, day: date) -> Fact:
    """Two years later, or never."""
    return INDEFINITE if rng.random() < 0.1 else day.replace(day=min(day.day, 28), year=day.year + 2)


def _removal(rng: Random, day: date) -> str:
    gone = people.day_after(rng, day, 200, 3000)
    left = f"{gone.day}/{gone.month}/{gone.year}"
    where = rng.choice(("chuyển đi TP Hồ Chí Minh", "chuyển đi Q. Đống Đa", "lấy chồng chuyển đi", "đã chết"))
    return f"{where} ngày {left}"


def birth_notification(rng: Random, day: date) -> Content:
    """A hospital's notification of a birth of the day before or so."""
    born = day - timedelta(days=rng.randint(0, 3))
    family = people.family(rng, born, paper_year=day.year)
    mother, year = family.mother, day.year
    hospital = phrases.hospital(rng, born)
    new = day >= date(2025, 10, 1)
    serial, facility = rng.randint(1, 9999), rng.randint(1000, 99999)
    fields: Facts = {
        "document_number": f"{serial:05d}.GCS.{facility:05d}.{year % 100:02d}" if new else f"{serial:04d}",
        "book_number": f"{rng.randint(1, 12):02d}/{year}",
        "full_name": family.child.full_name if rng.random() < 0.8 else None,
        "sex": family.child.sex,
        "date_of_birth": born,
        "time_of_birth": rng.randrange(1440),
        "birth_weight_g": rng.randrange(2100, 4300, 50),
        "number_of_children": 1 if rng.random() < 0.93 else 2,
        "condition_of_child": rng.choice(("Bình thường", "Khỏe mạnh", "Sống, khỏe", "Sống, bình thường")),
        "place_of_birth": hospital,
        "mother_full_name": mother.full_name,
        "mother_birth_year": mother.birth.year,
        "mother_date_of_birth": mother.birth,
        "mother_ethnicity": mother.ethnicity,
        "mother_nationality": mother.nationality,
        "mother_personal_id": mother.personal_id if year >= 2016 else mother.old_national_id,
        "mother_residence": mother.residence,
        "mother_document_issue_date": people.day_in_year(rng, year - rng.randint(1, 4)),
        "mother_document_issue_place": rng.choice(("Cục Cảnh sát QLHC về TTXH", "Cục CSQLHC về TTXH")),
        "father_full_name": family.father.full_name if family.father else None,
        "insurance_number": f"0{rng.randrange(10**9):09d}",
        "birth_attendant": names.full_name(rng, "female", year - rng.randint(26, 55)),
        "date_of_issue": day,
    }
    issuer = ("SỞ Y TẾ HÀ NỘI", hospital.split(",")[0].upper())
    return Content(fields=fields, day=day, issuer=issuer, subjects=(mother,), families=(family,))
