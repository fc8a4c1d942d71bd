"""Invented people are plausible, well formed and always the same for a seed."""

from __future__ import annotations

import unicodedata
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_models.workshop.drawing import names, people, phrases, places

seeds = st.integers(0, 10**6)


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_the_same_seed_gives_the_same_family(seed: int) -> None:
    day = date(1985, 3, 8)
    assert people.family(Random(seed), day) == people.family(Random(seed), day)


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1956, 2026))
def test_parents_are_of_an_age_to_have_the_child(seed: int, year: int) -> None:
    family = people.family(Random(seed), date(year, 6, 1))
    assert 17 <= family.mother.age_on(family.child.birth) <= 41
    if family.father is not None:
        assert 17 <= family.father.age_on(family.child.birth) <= 63


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1956, 2026))
def test_a_child_bears_the_surname_and_origin_of_one_parent(seed: int, year: int) -> None:
    family = people.family(Random(seed), date(year, 6, 1))
    parent = family.father or family.mother
    assert family.child.full_name.split()[0] == parent.full_name.split()[0]
    assert family.child.origin.units == parent.origin.units


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1930, 2025))
def test_a_personal_id_tells_sex_century_and_year(seed: int, year: int) -> None:
    who = people.person(Random(seed), years=(year, year))
    assert len(who.personal_id) == 12 and who.personal_id.isdigit()
    century_sex = int(who.personal_id[3])
    assert century_sex % 2 == (who.sex == "female")
    assert 1900 + 100 * (century_sex // 2) + int(who.personal_id[4:6]) == year


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1930, 2025))
def test_identifiers_lie_outside_the_series_ever_handed_out(seed: int, year: int) -> None:
    who = people.person(Random(seed), years=(year, year))
    assert int(who.personal_id[6:]) >= 600_000
    assert who.old_national_id is None or who.old_national_id[2] in "89"


@settings(max_examples=40, deadline=None)
@given(seeds, st.sampled_from(("male", "female")), st.integers(1930, 2025))
def test_names_are_nfc_words_in_title_case(seed: int, sex: str, year: int) -> None:
    name = names.full_name(Random(seed), sex, year)
    assert unicodedata.is_normalized("NFC", name)
    assert 2 <= len(name.split()) <= 5
    assert all(word[0].isupper() and word[1:] == word[1:].lower() for word in name.split())


@pytest.mark.parametrize(
    ("year", "kinds"),
    [(1970, {"khu phố", ""}), (1990, {"phường", "quận", "thành phố"}), (2026, {"phường", "thành phố"})],
)
def test_town_addresses_use_the_units_of_their_year(year: int, kinds: set[str]) -> None:
    for seed in range(40):
        place = places.hanoi(Random(seed), year, rural=False)
        if year < 2026 or place.units[0][0] == "phường":
            assert {kind for kind, _ in place.units} == kinds


def test_no_quan_appears_before_it_was_founded() -> None:
    districts = {places.hanoi(Random(seed), 1994, rural=False).units[1][1] for seed in range(200)}
    assert districts == {"Hoàn Kiếm", "Ba Đình", "Hai Bà Trưng", "Đống Đa"}


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1956, 2025))
def test_provinces_bear_the_name_of_their_time(seed: int, year: int) -> None:
    name = places.province(Random(seed), year).units[-1][1]
    merged = {"Hà Nam Ninh": (1976, 1992), "Hải Hưng": (1968, 1997), "Hà Sơn Bình": (1976, 1991)}
    first, last = merged.get(name, (0, 9999))
    assert first <= year < last


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1970, 2024))
def test_a_household_begins_with_its_head_and_all_are_born(seed: int, year: int) -> None:
    home = people.household(Random(seed), date(year, 12, 31))
    assert home.members[0].relation == "Chủ hộ"
    assert all(member.person.birth <= date(year, 12, 31) for member in home.members)


@pytest.mark.parametrize("grammar", phrases.GRAMMARS)
def test_every_grammar_gives_a_written_value(grammar: str) -> None:
    assert all(phrases.value(Random(seed), grammar).strip() for seed in range(30))


def test_lines_never_run_dry_or_denormalised() -> None:
    rng = Random(1)
    lines = [phrases.line(rng) for _ in range(500)]
    assert all(line.strip() and unicodedata.is_normalized("NFC", line) for line in lines)
    assert len(set(lines)) > 350
