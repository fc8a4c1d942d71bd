"""What of a card's run of writing is the value."""

from __future__ import annotations

import pytest

from pipeline.forms.card_values import is_scrap_of_label, value_span


def value(grammar: str, text: str) -> str | None:
    span = value_span(grammar, text)
    return None if span is None else text[slice(*span)]


@pytest.mark.parametrize(
    ("grammar", "text", "wanted"),
    [
        ("date", "/ Dat 04/03/2023", "04/03/2023"),
        ("date", "of 15sue :12/08/2026", "12/08/2026"),
        ("date", "11-11-1951", "11-11-1951"),
        ("date", "03 05 1975 MẪU", "03 05 1975"),
        ("date", "cấp Ngày 17 tháng 02 năm 2017", "Ngày 17 tháng 02 năm 2017"),
        ("date", "17 thán 02 năm 2017", "17 thán 02 năm 2017"),
        ("date", "Nở 17 tháng 02 năh 2017", "17 tháng 02 năh 2017"),
        ("date", "f expiry: Không thời hạn", "Không thời hạn"),
        ("date", "đến ngày", None),
        ("personal_id", "/No. 001 085 247 323", "001 085 247 323"),
        ("personal_id", "No: 01085247323", None),
        ("old_national_id", "số 012345678", "012345678"),
        ("sex", "/ Sóc Nữ", "Nữ"),
        ("sex", "Việt Nam", None),
        ("nationality", "/N t tt: Việt Nam", "Việt Nam"),
        ("nationality", "Q Tct Viêt Nam", "Viêt Nam"),
        ("name", "/ Fư 3 ĐẶNG THỊ THỬ", "ĐẶNG THỊ THỬ"),
        ("name", "Y DHAM ÊBAN", "Y DHAM ÊBAN"),
        ("name", "/Full Trần Văn Thử", "Trần Văn Thử"),
        ("address", "/Pòce 0f ngưdemưc Xóm Quán, Kim Thử, Hà Nội", "Xóm Quán, Kim Thử, Hà Nội"),
        ("address", "sá: Thôn Hạ, Vũ Thử, Kiến Xương,", "Thôn Hạ, Vũ Thử, Kiến Xương,"),
        ("address", "P774 nhà A14 tập thể Thử Nghiệm", "P774 nhà A14 tập thể Thử Nghiệm"),
        ("address", "13/135 Phan Thử - Định Công", "13/135 Phan Thử - Định Công"),
        ("address", "Ea Kar, Đắk Lắk", "Ea Kar, Đắk Lắk"),
        ("address", "phường 11, Gò Thử", "phường 11, Gò Thử"),
        ("text", "nognr agr Sẹo chấm c.1cm5 dưới", "Sẹo chấm c.1cm5 dưới"),
        ("text", "Nốt ruồi C: 2cm sau mép Ngày 15 tháng 04 năm 2019", "Nốt ruồi C: 2cm sau mép"),
    ],
)
def test_the_value_is_told_from_the_rest_of_its_label(grammar: str, text: str, wanted: str | None) -> None:
    assert value(grammar, text) == wanted


@pytest.mark.parametrize(("text", "scrap"), [("91", True), ("/Pl", True), ("Thôn 91", False), ("Bình", False)])
def test_a_run_without_a_word_is_a_scrap(text: str, scrap: bool) -> None:
    assert is_scrap_of_label(text) is scrap
