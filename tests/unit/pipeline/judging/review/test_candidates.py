"""Which other readings are worth a number key. The noise is what readers made of specimens."""

from __future__ import annotations

import pytest

from pipeline.judging.review.candidates import offered, strangeness
from pipeline.judging.review.display import display_value, displayed, doubtful
from pipeline.values import normalise


@pytest.mark.parametrize(
    ("grammar", "shown", "noise"),
    [
        ("name", "Lại Như Ướ", "Lạ1 Như Ướ"),
        ("name", "Phan Văn Lục", "24z 7 2"),
        ("name", "Vũ Minh Phong", "U"),
        ("name", "Vũ Tuấn Tường", "Lở 42 ñv 6"),
        ("name", "Lương Ngọc Chi", "Lườơng Ngọc Chi"),
        ("address", "Lộc, Hà Tĩnh", "Lộ., Hà [ĩ:h"),
        ("address", "X. Trâm Làng, H. Ứng Hòa, TP Hà Nội", "Á: 7> (44g, (gu, 772//4 (v"),
        ("relationship", "Con đẻ", "€cñn đẻ"),
        ("relationship", "Con", "C1"),
        ("ethnicity", "Nùng", "/ V‡zø"),
        ("religion", "Giáo", "iên inh chúu gi áào P iật gi 0"),
        ("text", "Công an", "2/4 //"),
        ("text", "UBND xã Phù Lỗ", "AM và Tu (2. & „¿2v"),
        ("date", "12/06/1975", "1975-13-01"),
        ("date", "12/06/1975", "0191-02-03"),
        ("sex", "Nam", "molc"),
        ("old_national_id", "188939051", "18893"),
    ],
)
def test_what_the_field_cannot_hold_or_nobody_writes_is_not_offered(grammar: str, shown: str, noise: str) -> None:
    assert offered(grammar, shown, shown, [(noise, 0.5)]) == []


@pytest.mark.parametrize(
    ("grammar", "shown", "same"),
    [
        ("name", "Nguyễn Thị Hòa", "NGUYỄN THỊ HOÀ"),
        ("name", "Phạm Thị Mai", "Phạm ThịMai"),
        ("address", "xóm 14, X. Phùng Xá, TP Hà Nội", "xóm 14 X. Phùng Xá, TP Hà Nội"),
        ("address", "- nt - Tùng Lc Can", "- nt - Tùng L.c Can"),
        ("document_number", "28398137", "2 8398137"),
        ("date", "08/03/1957", "1957-03-08"),
        ("sex", "Nam", "male"),
    ],
)
def test_what_differs_in_case_spaces_stops_or_tone_places_alone_is_not_offered(
    grammar: str, shown: str, same: str
) -> None:
    assert offered(grammar, shown, shown, [(same, 0.5)]) == []
    assert offered(grammar, "", "", [(shown, 0.5), (same, 0.4)]) in ([shown], [])


@pytest.mark.parametrize(
    ("grammar", "shown", "other"),
    [
        ("name", "Đàm Mai Hiều", "Đàm Mai Hiền"),
        ("name", "Y Bhum Niê", "Y Bhưm Niê"),  # as strange as the reading: a name of another people
        ("address", "số 12 ngõ 119, P. Giang Biên, Q. Long Biên", "số 12A ngõ 119, P. Giang Biên, Q. Long Biên"),
        ("address", "P887 chung cư, Hà Nội", "P687 chung cư, Hà Nội"),
        ("text", "Cục Cảnh sát QLHC vệ TTXH", "Cục Cảnh sát QLHC về TTXH"),
        ("document_number", "04/1960", "01/1960"),
        ("relationship", "Bố cháu", "Cháu"),
        ("date", "12/06/1975", "1975-06-17"),
        ("ethnicity", "Nông", "Nùng"),
    ],
)
def test_what_may_stand_there_is_offered(grammar: str, shown: str, other: str) -> None:
    assert offered(grammar, shown, shown, [(other, 0.3)]) == [other]


def test_strange_are_non_syllables_digits_among_letters_and_foreign_signs() -> None:
    assert strangeness("thôn 6, X. Đại Thanh, TP Hà Nội; UBND, P377, 12A") == 0
    assert strangeness("t0ng") == 1
    assert strangeness("Tinli øi €") == 3


def test_a_space_and_the_letters_beside_a_missing_one_are_not_doubtful() -> None:
    assert doubtful("Vũ Thị Mai", ["Vũ ThịMai"]) == []
    assert doubtful("Vũ ThịMai", ["Vũ Thị Mai"]) == []
    assert doubtful("Vũ Thị", ["VũaThi"]) == [False, False, False, False, False, True]


@pytest.mark.parametrize(
    ("read", "value", "words"),
    [
        ("Ngày hai mươi ba tháng tám năm một nghìn chín trăm chín mươi tám", "1998-08-27",
         "Ngày hai mươi bảy tháng tám năm một nghìn chín trăm chín mươi tám"),
        ("ngày mùng ba, tháng giêng, năm một ngàn chín trăm lẻ hai", "1902-01-08",
         "ngày mùng tám, tháng giêng, năm một ngàn chín trăm lẻ hai"),
        ("Hai mươi bốn tháng tư năm hai nghìn mười một", "2011-04-24", "Hai mươi bốn tháng tư năm hai nghìn mười một"),
        ("", "1957-03-08", "Ngày tám tháng ba năm một nghìn chín trăm năm mươi bảy"),
    ],
)  # fmt: skip
def test_another_date_is_offered_in_words_as_that_hand_writes_them(read: str, value: str, words: str) -> None:
    assert displayed("date_words", value, read) == words
    assert normalise("date_words", words).value == value


def test_what_has_no_words_stands_in_figures() -> None:
    assert displayed("date_words", "1957", "Ngày") == display_value("date", "1957")
    assert displayed("date_words", None, "Ngày hai mươi") == "Ngày hai mươi"
