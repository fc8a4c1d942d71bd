"""Between the units of an address: what is written there, and how it would be written otherwise."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.gazetteer import units
from pipeline.gazetteer.separators import gaps, names_institution, pointed, separated


@pytest.mark.parametrize(
    ("address", "otherwise"),
    [
        ("Thôn Hạ , Thanh Xuân, Sóc Sơn - Hà Nội", "Thôn Hạ|Thanh Xuân|Sóc Sơn|Hà Nội"),
        ("phường Cửa Nam-quận Hoàn Kiếm-Hà Nội", "phường Cửa Nam|quận Hoàn Kiếm|Hà Nội"),
        ("Tổ 5. Phương Liệt, Thanh Xuân, Hà Nội", "Tổ 5|Phương Liệt|Thanh Xuân|Hà Nội"),
        ("Hoàn Kiếm Hà Nội", "Hoàn Kiếm|Hà Nội"),
        ("188 Đội Nhân, phường Thụy Phương quận Bắc Từ Liêm", "188 Đội Nhân|phường Thụy Phương|quận Bắc Từ Liêm"),
    ],
)
def test_what_stands_between_units_can_be_written_otherwise(address: str, otherwise: str) -> None:
    assert separated(address, "|") == otherwise


@pytest.mark.parametrize(
    ("address", "otherwise"),
    [
        ("Số 51, ngõ 42 Hoàng Hoa Thám, P Đồng Nhân", "Số 51, ngõ 42 Hoàng Hoa Thám|P Đồng Nhân"),
        ("Tại nhà, phường Cửa Nam, Hà Nội", "Tại nhà, phường Cửa Nam|Hà Nội"),
        ("thành phố Vũng Tàu, tỉnh Bà Rịa - Vũng Tàu", "thành phố Vũng Tàu|tỉnh Bà Rịa - Vũng Tàu"),
        ("Trạm y tế xã Văn Miếu, Đống Đa", "Trạm y tế xã Văn Miếu|Đống Đa"),
        ("P. Láng Hạ, Q. Đống Đa", "P. Láng Hạ|Q. Đống Đa"),
    ],
)
def test_what_stands_inside_a_part_stays(address: str, otherwise: str) -> None:
    assert separated(address, "|") == otherwise


@pytest.mark.parametrize(
    ("with_points", "without"),
    [
        ("P. Láng Hạ - Q. Đống Đa - TP. Hà Nội", "P Láng Hạ - Q Đống Đa - TP Hà Nội"),
        ("thôn Đông-x. Hợp Lý-h. Lý Nhân", "thôn Đông-x Hợp Lý-h Lý Nhân"),
        ("UBND X. Cổ Loa, H. Đông Anh", "UBND X Cổ Loa, H Đông Anh"),
    ],
)
def test_short_forms_are_written_with_or_without_their_point(with_points: str, without: str) -> None:
    assert (pointed(without, points=True), pointed(with_points, points=False)) == (with_points, without)


def test_names_and_numbers_are_no_short_forms() -> None:
    address = "Y Đêra, buôn H Lâm, 12 A Phan Đình Phùng, Đắk Lắk"
    assert pointed(address, points=True) == address


def test_offices_and_hospitals_are_told_from_where_people_live() -> None:
    institutions = ("UBND xã Cổ Loa", "Uỷ ban nhân dân phường 5", "Bệnh viện Phụ sản", "Trạm y tế xã", "Nhà hộ sinh A")
    assert all(map(names_institution, institutions))
    assert not any(map(names_institution, ("Nhà 5, ngõ 3", "xã Cổ Loa", "Tại nhà, xã Cổ Loa", "Bến Tre")))


_NAMES = st.sampled_from(sorted({unit.name for unit in units().values()}))


@given(st.lists(_NAMES, min_size=1, max_size=4), st.sampled_from((", ", " , ", " - ", "-", " ")))
def test_another_separator_never_changes_a_word(names: list[str], separator: str) -> None:
    address = separator.join(names)
    letters = re.sub(r"[\W_]", "", address)
    for wording in (separated(address, " , "), pointed(address, points=True), pointed(address, points=False)):
        assert re.sub(r"[\W_]", "", wording) == letters


@given(st.lists(_NAMES, min_size=2, max_size=4), st.sampled_from((", ", " , ", " - ")))
def test_gaps_are_in_order_and_hold_no_letter(names: list[str], separator: str) -> None:
    address = separator.join(names)
    found = gaps(address)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    assert not any(c.isalnum() for start, end in found for c in address[start:end])
