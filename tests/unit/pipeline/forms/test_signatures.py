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
