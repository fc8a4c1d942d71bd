"""Other spellings of an address, offered for weighing."""

from __future__ import annotations

import pytest

from pipeline.gazetteer.spelling import respellings


@pytest.mark.parametrize(
    ("read", "offered"),
    [
        ("xã Phủ Lãng, huyện Quế Võ, tỉnh Bắc Ninh", "xã Phù Lãng, huyện Quế Võ, tỉnh Bắc Ninh"),
        ("X Vĩnh Quỳnh, H. Thành Trì, TP. Hà Nội", "X Vĩnh Quỳnh, H. Thanh Trì, TP. Hà Nội"),
        ("H.Thành Trì, TP.Hà Nội", "H.Thanh Trì, TP.Hà Nội"),
        ("xóm 13 - Nam Sơn - Séc Sơn - Hà Nội", "xóm 13 - Nam Sơn - Sóc Sơn - Hà Nội"),
        ("XÃ VÂN HÀ, HUYỆN ĐÔNG ANH, THÀNH PHỐ HÀ NÔI", "XÃ VÂN HÀ, HUYỆN ĐÔNG ANH, THÀNH PHỐ HÀ NỘI"),
    ],
)
def test_a_misspelt_unit_is_offered_as_the_gazetteer_spells_it(read: str, offered: str) -> None:
    assert respellings(read)[0] == offered


def test_several_misspelt_units_are_offered_together_and_one_by_one() -> None:
    offered = respellings("xã Phủ Lãng, huyện Quế Vỏ, tỉnh Bắc Ninh")
    assert offered[0] == "xã Phù Lãng, huyện Quế Võ, tỉnh Bắc Ninh"
    assert "xã Phủ Lãng, huyện Quế Võ, tỉnh Bắc Ninh" in offered


def test_a_former_name_is_spelled_as_it_was_and_never_replaced_by_todays() -> None:
    assert all("Phù Đổng" not in offered for offered in respellings("Trung Mẩu, Gia Lâm, Hà Nội"))


@pytest.mark.parametrize("right", ["số 5, Hàng Bạc, Hoàn Kiếm, Hà Nội", "Làm ruộng", "", "Bệnh viện Xanh Pôn"])
def test_what_is_spelled_as_known_or_not_recognised_is_left_alone(right: str) -> None:
    assert respellings(right) == ()


@pytest.mark.parametrize(
    ("read", "offered"),
    [
        ("Bệnh viện da khoa Hà Đông", "Bệnh viện đa khoa Hà Đông"),
        ("P7 nhà A1 tập thế Mẫu", "P7 nhà A1 tập thể Mẫu"),
        ("UY BAN NHÂN DÂN xã Mẫu", "ỦY BAN NHÂN DÂN xã Mẫu"),
    ],
)
def test_words_that_many_addresses_have_are_offered_as_they_are_spelled(read: str, offered: str) -> None:
    assert offered in respellings(read)


def test_usual_words_that_are_spelled_as_known_are_left_alone() -> None:
    assert respellings("Uỷ ban nhân dân, tập thể Mẫu") == ()
