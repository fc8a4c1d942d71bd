"""The number in the register with its day beside it, and the day of issue elsewhere on the page."""

from __future__ import annotations

from pipeline.domain.geometry import rectangle
from pipeline.domain.model import TextLine
from pipeline.forms.extract import extract
from pipeline.forms.fields import ExtractedField
from pipeline.forms.loading import form
from pipeline.forms.registered_on import in_one_row
from pipeline.forms.sheet import Piece
from tests.making.paper import leaf, line

ABOVE = [
    line("Số: 467/TLKS-BS", 1500, 60, row=0),
    line("TRÍCH LỤC KHAI SINH", 700, 140, row=1),
    line("Họ, chữ đệm, tên: Trần Văn Mẫu", 150, 300, row=2),
    line("Đăng ký khai sinh tại: UBND xã Kim Lập", 150, 400, row=3),
]
ISSUED = line("Hòa Bình, ngày 17 tháng 10 năm 2018", 1300, 700, row=6)


def told(*lines: TextLine) -> dict[str, str]:
    (record,) = extract(form("birth_extract", "2016"), [leaf([*ABOVE, *lines, ISSUED], "front")])
    return {f.name: f.text for f in record.fields if not f.empty}


def field(name: str, verbatim: str, *lines: int) -> ExtractedField:
    return ExtractedField(
        name=name, grammar="date" if name.startswith("date") else "document_number", verbatim=verbatim, leaf=0, page=1,
        part=1, label="", box=rectangle(0, 0, 9, 9), pieces=tuple(Piece(line=n, start=0, end=40) for n in lines),
    )  # fmt: skip


def test_a_day_that_was_read_along_with_the_registers_number_is_that_of_registration() -> None:
    lines = [line("270/2008", 150, 500, row=4), line("ngày: 28/12/2008", 900, 500, row=4), ISSUED]
    fields = [
        field("registration_number", "270/2008 ngày: 28/12/2008", 0, 1),
        field("date_of_registration", ISSUED.text, 2),
    ]
    found = {f.name: f.text for f in in_one_row(fields, lines)}
    assert found == {
        "registration_number": "270/2008",
        "date_of_registration": "28/12/2008",
        "date_of_issue": ISSUED.text,
    }


def test_a_day_in_words_of_the_form_beside_the_number_is_so_too() -> None:
    found = told(line("Số: 007", 150, 500, row=4), line("ngày: ngày 01 tháng 05 năm 2011", 900, 500, row=4))
    assert found["registration_number"] == "007"
    assert found["date_of_registration"].endswith("01 tháng 05 năm 2011")
    assert found["date_of_issue"].endswith("17 tháng 10 năm 2018")


def test_a_number_by_itself_leaves_the_days_as_they_are() -> None:
    found = told(line("Số: 270/2008", 150, 500, row=4), line("Ngày đăng ký: 28/12/2008", 150, 600, row=5))
    assert (found["registration_number"], found["date_of_registration"]) == ("270/2008", "28/12/2008")
