"""Lines that teach show one place in every habit of abbreviations and separators."""

import re
from random import Random

import pytest

from ocr_models.workshop.training import as_written

PLACE = "thôn Cổ Điển, xã Đông Sơn, huyện Chương Mỹ, thành phố Hà Nội"


def test_an_address_keeps_its_names_whatever_the_habit() -> None:
    for seed in range(200):
        written = as_written.address(PLACE, Random(seed))
        assert re.findall("Cổ Điển|Đông Sơn|Chương Mỹ|Hà Nội", written) == [
            "Cổ Điển",
            "Đông Sơn",
            "Chương Mỹ",
            "Hà Nội",
        ]


@pytest.mark.parametrize("habit", ["X Đông Sơn", "X. Đông Sơn", "X.Đông Sơn", "xã Đông Sơn", " , ", " - ", "n-"])
def test_no_habit_is_the_only_one(habit: str) -> None:
    lines = [as_written.address(PLACE, Random(seed)) for seed in range(400)]
    assert 4 <= sum(habit in line for line in lines) < 300


def test_an_office_is_written_out_or_not() -> None:
    lines = {as_written.office("UBND xã Đông Sơn, huyện Chương Mỹ", Random(seed)).split(" xã")[0] for seed in range(99)}
    assert {"UBND", "Ủy ban nhân dân"} <= lines
    assert as_written.office("Kế toán", Random(1)) == "Kế toán"


def test_a_document_says_when_it_was_issued_but_once() -> None:
    for seed in range(100):
        written = as_written.identity_document("017000000", "ngày 5 tháng 3 năm 1999", Random(seed))
        assert "017000000" in written
        assert "ngày cấp ngày" not in written
