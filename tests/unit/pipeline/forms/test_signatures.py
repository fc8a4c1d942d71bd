"""Who signed: the name under a caption, in its own column, without title or neighbour."""

from __future__ import annotations

from pipeline.domain.model import TextLine
from pipeline.forms.extract import extract
from pipeline.forms.loading import form
from tests.making.paper import leaf, line

PAPER = [
    line("GIẤY CHỨNG SINH", 900, 100, row=0),
    line("Họ và tên mẹ/Người nuôi dưỡng: Thạch Thị Mẫu", 150, 200, row=1),
    line("Đã sinh con vào lúc: 21 giờ 02 phút ngày 20 tháng 4 năm 2019", 150, 300, row=2),
    line("Tình trạng của con: Ổn định", 150, 400, row=3),
    line("Dự định đặt tên con là: Thạch Văn Thử", 150, 500, row=4),
    line("Người nhà", 150, 700, row=6),
    line("NGƯỜI ĐỠ ĐẺ", 700, 700, row=6),
    line("Người ghi phiếu", 1250, 700, row=6),
    line("Thủ trưởng cơ sở y tế", 1800, 700, row=6),
    *(line("(Ký, ghi rõ họ tên)", x, 760, row=7, wide=16) for x in (100, 660, 1250, 1850)),
]


def attendant(*names: TextLine) -> str | None:
    (record,) = extract(form("birth_notification", "2012"), [leaf([*PAPER, *names], "front")])
    found = record.get("birth_attendant")
    return found.text if found is not None and not found.empty else None


def test_a_name_under_its_caption_is_found_below_the_hint_to_sign() -> None:
    assert attendant(line("Triệu Văn Toàn", 680, 960, row=9), line("Lê Thị Ghi", 1250, 960, row=9)) == "Triệu Văn Toàn"


def test_two_columns_names_that_were_read_as_one_line_are_parted() -> None:
    assert attendant(line("Hoàng Thị Diệp          Nguyễn Văn Thắng", 690, 960, row=9)) == "Hoàng Thị Diệp"


def test_a_title_is_no_part_of_a_name() -> None:
    assert attendant(line("CNHS. Lê Thị Mơ", 680, 960, row=9)) == "Lê Thị Mơ"


def test_a_lower_name_in_another_column_is_not_taken() -> None:
    assert attendant(line("Thạch Thị Mẫu", 100, 1000, row=10)) is None


CERTIFICATE = [
    line("GIẤY KHAI SINH", 900, 100, row=0),
    line("Họ và tên: Trần Văn Mẫu", 150, 200, row=1),
    line("Ngày, tháng, năm sinh: 7/1/1995", 150, 300, row=2),
    line("Nơi sinh: Bệnh viện Mẫu, Hà Tây", 150, 400, row=3),
    line("Ngày, tháng, năm đăng ký: 12/1/1995", 150, 500, row=4),
    line("NGƯỜI ĐỨNG KHAI KÝ", 300, 800, row=7),
    line("Bùi Văn Khai", 320, 1060, row=10),
]


def registrar(*lines: TextLine) -> str | None:
    (record,) = extract(form("birth_certificate_old", "1999"), [leaf([*CERTIFICATE, *lines], "front")])
    found = record.get("registrar_full_name")
    return found.text if found is not None and not found.empty else None


def test_who_signs_for_any_communes_office_is_found_below_it() -> None:
    signed = registrar(
        line("ngày 07 tháng 01 năm 1995", 1200, 740, row=6),
        line("TM. UBND XÃ KIM LẬP", 1220, 800, row=7),
        line("CHỦ TỊCH", 1300, 850, row=8),
        line("Nguyễn Thị Ký", 1250, 1060, row=10),
    )
    assert signed == "Nguyễn Thị Ký"


def test_who_signs_is_found_under_place_and_day_where_a_stamp_hides_the_office() -> None:
    signed = registrar(
        line("Hà Tây, ngày 07 tháng 01 năm 1995", 1200, 740, row=6),
        line("NH N D", 1300, 800, row=7),
        line("Nguyễn Thị Ký", 1250, 1060, row=10),
    )
    assert signed == "Nguyễn Thị Ký"


def test_a_watermark_below_a_caption_is_nobodys_name() -> None:
    assert registrar(line("TM. UBND XÃ KIM LẬP", 1220, 800, row=7), line("MIẪU", 1300, 1100, row=10)) is None


def test_an_office_after_a_name_is_no_part_of_it() -> None:
    (record,) = extract(
        form("birth_register_entry", "2016"),
        [leaf([
            line("Họ, chữ đệm, tên: Trần Văn Mẫu", 150, 200, row=1),
            line("Ngày, tháng, năm sinh: 7/1/2017", 150, 300, row=2),
            line("Họ, chữ đệm, tên, chức vụ người ký Giấy khai sinh: Lê Thị Ký Chủ tịch UBND", 150, 400, row=3),
        ], "page")],
    )  # fmt: skip
    found = record.get("registrar_full_name")
    assert found is not None
    assert found.text == "Lê Thị Ký"


def test_a_surname_that_stands_left_of_its_column_is_the_names() -> None:
    signed = registrar(
        line("TM. UBND XÃ KIM LẬP", 1220, 800, row=7),
        line("Lê Quốc Ký", 920, 1000, row=9),
    )
    assert signed == "Lê Quốc Ký"
