"""Papers of kinds that no definition describes, drawn with invented people: SPECIMEN, of no legal value."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw

from tests.making.sheets import font

MARRIAGE_STATUS = """
>GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN
Số: {document_number}
Họ, chữ đệm, tên: {full_name}
Ngày, tháng, năm sinh: {date_of_birth}
Giới tính: {sex}    Dân tộc: {ethnicity}    Quốc tịch: {nationality}
Nơi cư trú: {residence}
Tình trạng hôn nhân: {status}
Giấy này được cấp để: {purpose}
"""
ADOPTION = """
>GIẤY CHỨNG NHẬN NUÔI CON NUÔI
Số: {document_number}
Họ, chữ đệm, tên con nuôi: {full_name}
Ngày, tháng, năm sinh: {date_of_birth}
Giới tính: {sex}    Dân tộc: {ethnicity}
Nơi sinh: {place_of_birth}
Họ, chữ đệm, tên cha nuôi: {adoptive_father}
Họ, chữ đệm, tên mẹ nuôi: {adoptive_mother}
Người giao con nuôi: {giver}
"""
CORRECTION = """
>TRÍCH LỤC CẢI CHÍNH HỘ TỊCH
Số: {document_number}
Họ, chữ đệm, tên: {full_name}
Ngày, tháng, năm sinh: {date_of_birth}
Giới tính: {sex}    Dân tộc: {ethnicity}
Nội dung cải chính: {correction}
Căn cứ cải chính: {ground}
"""


def draw(text: str, values: Mapping[str, str], path: Path) -> Path:
    """The paper with these values as a JPEG of an A4 page at 200 dpi."""
    sheet = Image.new("L", (1654, 2339), 250)
    pen = ImageDraw.Draw(sheet)
    pen.text((520, 120), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", fill=20, font=font(36, "tinos-700-normal"))
    pen.text((680, 175), "Độc lập - Tự do - Hạnh phúc", fill=20, font=font(36, "tinos-700-normal"))
    y = 330
    for line in text.strip().splitlines():
        if line.startswith(">"):
            title = font(56, "tinos-700-normal")
            pen.text(((1654 - title.getlength(line[1:])) / 2, y), line[1:], fill=20, font=title)
            y += 150
            continue
        pen.text((160, y), line.format_map(values), fill=20, font=font(38))
        y += 90
    pen.text((820, y + 60), "Xã Ví Dụ, ngày 05 tháng 02 năm 2024", fill=20, font=font(36, "tinos-400-normal"))
    pen.text((1020, y + 140), "CHỦ TỊCH", fill=20, font=font(36, "tinos-700-normal"))
    pen.text((970, y + 400), values["registrar_full_name"], fill=20, font=font(38))
    pen.text((160, 2230), "SPECIMEN", fill=190, font=font(40))
    sheet.convert("RGB").save(path, quality=92)
    return path


FIRST = {
    "document_number": "15/2024", "full_name": "Lê Thị Mẫu Đơn", "date_of_birth": "05/02/1996", "sex": "Nữ",
    "ethnicity": "Kinh", "nationality": "Việt Nam", "residence": "thôn Ba, xã Ví Dụ, tỉnh Hà Nam",
    "status": "Chưa đăng ký kết hôn với ai", "purpose": "Đăng ký kết hôn", "place_of_birth": "xã Ví Dụ, tỉnh Hà Nam",
    "adoptive_father": "Trần Văn Thí Dụ", "adoptive_mother": "Phạm Thị Hoa", "giver": "Nguyễn Văn An",
    "correction": "Sửa ngày sinh thành ngày 05/02/1996", "ground": "Giấy chứng sinh của bệnh viện",
    "registrar_full_name": "Vũ Đức Hải",
}  # fmt: skip
SECOND = {
    "document_number": "27/2024", "full_name": "Hoàng Văn Nam", "date_of_birth": "17/11/1988", "sex": "Nam",
    "ethnicity": "Tày", "nationality": "Việt Nam", "residence": "thôn Hai, xã Thử, tỉnh Lào Cai",
    "status": "Đã ly hôn", "purpose": "Mua bán nhà ở", "place_of_birth": "xã Thử, tỉnh Lào Cai",
    "adoptive_father": "Đỗ Minh Quang", "adoptive_mother": "Bùi Thu Trang", "giver": "Lý Thị Lan",
    "correction": "Sửa họ của mẹ thành Bùi", "ground": "Giấy khai sinh của mẹ",
    "registrar_full_name": "Ngô Thị Bình",
}  # fmt: skip
