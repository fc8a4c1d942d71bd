from collections import Counter
from datetime import date

import pytest

from pipeline.gazetteer import Level, ancestors, find_unit, resolve, successors_at, units
from pipeline.values.identifiers import PROVINCE_PREFIXES


def test_both_states_are_complete() -> None:
    counts = Counter((key.split(":")[0], unit.level) for key, unit in units().items())
    assert counts["2024", Level.PROVINCE] == 63
    assert counts["2024", Level.DISTRICT] == 696
    assert counts["2024", Level.COMMUNE] == 10035
    assert counts["2025", Level.PROVINCE] == 34
    assert counts["2025", Level.COMMUNE] == 3321


def test_every_old_commune_has_successors_and_every_parent_and_successor_exists() -> None:
    table = units()
    for key, unit in table.items():
        assert unit.parent is None or unit.parent in table
        assert all(later in table for later in unit.successors)
        if key.startswith("2024:c"):
            assert unit.successors
            assert all(later.startswith("2025:c") for later in unit.successors)


def test_hanoi_went_from_526_communes_to_126() -> None:
    def below(province: str) -> int:
        return sum(
            u.level is Level.COMMUNE and ancestors(u)[-1].key == province
            for u in units().values()
            if not u.key.startswith("old")
        )

    assert below("2024:p01") == 526
    assert below("2025:p01") == 126


def test_the_id_prefixes_are_the_63_provinces() -> None:
    codes = {f"0{u.code}" for key, u in units().items() if key.startswith("2024:p")}
    assert codes == PROVINCE_PREFIXES


def test_periods_of_one_name_under_one_parent_do_not_overlap() -> None:
    table = [u for u in units().values() if u.key.startswith("old") or u.valid_from is not None]
    for one in table:
        for other in table:
            if one.key < other.key and (one.level, one.name, one.parent) == (
                other.level,
                other.name,
                other.parent,
            ):
                first, second = sorted((one, other), key=lambda u: u.valid_from or date.min)
                assert (first.valid_to or date.max) <= (second.valid_from or date.min), (one.key, other.key)


@pytest.mark.parametrize(
    ("day", "province"),
    [
        (date(1979, 1, 1), "Thành phố Hà Nội"),
        (date(1995, 6, 1), "Tỉnh Vĩnh Phú"),
        (date(2001, 1, 1), "Tỉnh Vĩnh Phúc"),
        (date(2010, 1, 1), "Thành phố Hà Nội"),
    ],
)
def test_me_linh_stood_in_the_province_of_the_time(day: date, province: str) -> None:
    (unit,) = find_unit("huyện Mê Linh", Level.DISTRICT, day)
    assert ancestors(unit)[0].name == province


def test_a_dissolved_district_is_not_found_after_its_end() -> None:
    assert find_unit("H. Từ Liêm", Level.DISTRICT, date(2005, 1, 1))
    assert find_unit("H. Từ Liêm", Level.DISTRICT, date(2016, 1, 1)) == ()


@pytest.mark.parametrize("name", ["Q. Ba Đình", "quận Ba Đình", "QUẬN BA ĐÌNH", "Ba Dinh"])
def test_a_district_is_found_by_any_usual_spelling(name: str) -> None:
    assert "2024:d001" in {u.key for u in find_unit(name, Level.DISTRICT)}


@pytest.mark.parametrize("name", ["TP.HCM", "Tp. Hồ Chí Minh", "HCM", "Thành phố Hồ Chí Minh"])
def test_the_city_is_found_by_its_abbreviations(name: str) -> None:
    assert [u.key for u in find_unit(name, Level.PROVINCE, date(2000, 1, 1))] == ["2024:p79"]


def test_a_divided_commune_keeps_all_its_successors() -> None:
    ((match),) = resolve("xã Đại Thịnh, huyện Mê Linh, Hà Nội", at=date(2020, 1, 1))
    later = successors_at(match.smallest, date(2026, 1, 1))
    assert len(later) == 3 and all(u.key.startswith("2025:c") for u in later)


def test_a_unit_that_still_stands_is_its_own_successor() -> None:
    assert [u.key for u in successors_at(units()["2025:p01"], date(2026, 1, 1))] == ["2025:p01"]
