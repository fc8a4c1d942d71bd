from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.gazetteer import Level, ancestors, resolve, units
from pipeline.gazetteer.resolve import ends_in_unit, has_units_unparted

COMMUNES = sorted(k for k, u in units().items() if u.level is Level.COMMUNE and k.startswith("2024"))
NEW_COMMUNES = sorted(k for k, u in units().items() if u.level is Level.COMMUNE and k.startswith("2025"))


@pytest.mark.parametrize(
    ("address", "day", "key", "detail"),
    [
        (
            "Số 1 Phố Mẫu, phường Phúc Xá, quận Ba Đình, thành phố Hà Nội",
            date(2010, 1, 1),
            "2024:c00001",
            "Số 1 Phố Mẫu",
        ),
        ("Số 1 Phố Mẫu, Phúc Xá, Ba Đình, Hà Nội", date(2010, 1, 1), "2024:c00001", "Số 1 Phố Mẫu"),
        ("P. Phúc Xá - Q. Ba Đình - TP Hà Nội", None, "2024:c00001", ""),
        ("Phuc Xa, Ba Dinh, HN", date(2010, 1, 1), "2024:c00001", ""),
        ("12 Hàng Đào Hoàn Kiếm Hà Nội", date(2010, 1, 1), "2024:c00049", "12"),
        ("UBND xã Cổ Nhuế, huyện Từ Liêm, Hà Nội", None, "old:259", ""),
        ("Số 1, Phường Ba Đình, Hà Nội", date(2025, 9, 1), "2025:c00004", "Số 1"),
        ("Vạn Phúc, Hà Đông, Hà Tây", date(2000, 5, 5), "2024:c09544", ""),
    ],
)
def test_addresses_are_read_from_their_end(address: str, day: date | None, key: str, detail: str) -> None:
    (match,) = resolve(address, day)
    assert (match.smallest.key, match.detail) == (key, detail)


@given(st.sampled_from(COMMUNES), st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_full_old_address_names_its_commune(key: str, commas: bool) -> None:
    unit = units()[key]
    address = (", " if commas else " ").join(("Số 5", unit.name, *(u.name for u in ancestors(unit))))
    assert key in {m.smallest.key for m in resolve(address, date(2025, 3, 1))}


@given(st.sampled_from(NEW_COMMUNES))
@settings(max_examples=80, deadline=None)
def test_a_full_new_address_names_its_commune(key: str) -> None:
    unit = units()[key]
    found = resolve(f"Thôn 1, {unit.name}, {ancestors(unit)[0].name}", date(2025, 12, 1))
    assert key in {m.smallest.key for m in found}


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_it_fail(text: str) -> None:
    assert len(resolve(text)) <= 20


def test_a_name_that_many_communes_have_comes_back_as_a_list() -> None:
    found = resolve("xã Tân Lập")
    assert len(found) > 5 and len({m.smallest.key for m in found}) == len(found)


def test_words_that_are_no_place_resolve_to_nothing() -> None:
    assert resolve("không rõ") == ()
    assert resolve("") == ()


def test_a_province_of_another_time_is_known() -> None:
    (match,) = resolve("Hà Nam Ninh")
    assert match.province is not None and match.province.name == "Tỉnh Hà Nam Ninh"


def test_a_misread_district_is_found_at_a_price() -> None:
    (match,) = resolve("Phúc Xả, quận Ba Đinh, Hà Nội", date(2010, 1, 1))
    assert match.smallest.key == "2024:c00001" and match.cost > 0


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("số 54 ngõ 122 Chùa Bộc, Láng, Hà Nội", True),
        ("số 54 ngõ 122 Chùa Bộc, Láng, Hà", False),
        ("Thôn Hạ, xã Hải Phú, huyện Bố Trạch, tỉnh Quảng Bình", True),
        ("P878 nhà A2 tập thể Lương Yên, phường Yên Phụ, quận Tây Hồ, thành", False),
        ("Bệnh viện", False),
        ("", False),
    ],
)
def test_an_address_that_lost_its_end_names_no_unit_there(address: str, whole: bool) -> None:
    assert ends_in_unit(address) is whole


@pytest.mark.parametrize(
    ("address", "unparted"),
    [
        ("UBND xã Quang Minh thành phố Hà Nội", True),
        ("xã Phù Lỗ, huyện Sóc Sơn thành phố Hà Nội", True),
        ("UBND xã Quang Minh, thành phố Hà Nội", False),
        ("Ủy ban nhân dân phường Hạ Đình - quận Thanh Xuân - thành phố Hà Nội", False),
        ("thị xã Sơn Tây, tỉnh Hà Tây", False),
        ("thôn Xã Đàn, Hà Nội", False),
        ("Quang Minh Hà Nội", False),
    ],
)
def test_two_units_with_nothing_between_them_are_told(address: str, unparted: bool) -> None:
    assert has_units_unparted(address) is unparted
