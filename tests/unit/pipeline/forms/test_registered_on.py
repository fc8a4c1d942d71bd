"""The number in the register with its day beside it, and the day of issue elsewhere on the page."""

from __future__ import annotations

from dataclasses import replace

from pipeline.domain.geometry import rectangle
from pipeline.domain.model import TextLine
from pipeline.forms.extract import extract
from pipeline.forms.fields import ExtractedField
from pipeline.forms.loading import form
from pipeline.forms.registered_on import in_one_row, with_event_days
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


def test_a_day_in_the_numbers_own_line_is_so_too_and_the_day_above_the_signer_is_of_issue() -> None:
    found = told(line("Số: 349, ngày 05/01/2010", 150, 500, row=4))
    assert found["registration_number"].rstrip(",") == "349"
    assert found["date_of_registration"].endswith("05/01/2010")
    assert found["date_of_issue"].endswith("17 tháng 10 năm 2018")


def test_the_day_after_an_hour_is_that_of_the_death_and_not_of_issue() -> None:
    lines = [
        line("TRÍCH LỤC KHAI TỬ", 700, 140, row=1),
        line("Họ, chữ đệm, tên: Trần Văn Mẫu", 150, 300, row=2),
        line("Chết lúc: 03 giờ 46 phút, ngày 24 tháng 1 năm 2018", 150, 400, row=3),
        line("Nơi chết: Bệnh viện Bạch Mai", 150, 500, row=4),
        line("Hà Nội, ngày 05 tháng 02 năm 2018", 1300, 700, row=6),
    ]
    (record,) = extract(form("death_certificate", "extract-2016"), [leaf(lines, "front")])
    found = {f.name: f.text for f in record.fields if not f.empty}
    assert found["time_of_death"] == "03 giờ 46 phút"
    assert found["date_of_death"] == "ngày 24 tháng 1 năm 2018"
    assert found.get("date_of_issue", "05 tháng 02").find("24") < 0


def test_a_day_that_was_found_by_its_label_stays() -> None:
    lines = [line("lúc 03 giờ 46 phút, ngày 24 tháng 1 năm 2018", 150, 400, row=3)]
    hour = replace(
        field("time_of_birth", "03 giờ 46 phút", 0), grammar="time", pieces=(Piece(line=0, start=4, end=18),)
    )
    known = field("date_of_birth", "25/1/2018", 0)
    found = {f.name: f.text for f in with_event_days([hour, known], lines)}
    assert found["date_of_birth"] == "25/1/2018"


def test_an_hour_by_itself_makes_no_day() -> None:
    lines = [line("lúc 03 giờ 46 phút, tại nhà", 150, 400, row=3)]
    hour = replace(
        field("time_of_birth", "03 giờ 46 phút", 0), grammar="time", pieces=(Piece(line=0, start=4, end=18),)
    )
    assert [f.name for f in with_event_days([hour], lines)] == ["time_of_birth"]


def test_a_number_by_itself_leaves_the_days_as_they_are() -> None:
    found = told(line("Số: 270/2008", 150, 500, row=4), line("Ngày đăng ký: 28/12/2008", 150, 600, row=5))
    assert (found["registration_number"], found["date_of_registration"]) == ("270/2008", "28/12/2008")
