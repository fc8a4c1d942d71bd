"""Pages drawn for the imaging tests: invented text in Tinos or Arimo, exact angles, no file on disk."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr_models.workshop.fonts.catalogue import FILES as FONTS

Pixels = NDArray[np.uint8]

TEXT = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "GIẤY KHAI SINH",
    "Họ, chữ đệm, tên: Nguyễn Thị Mẫu Đơn",
    "Ngày, tháng, năm sinh: 05/02/2017, ghi bằng chữ: ngày năm tháng hai",
    "Giới tính: Nữ    Dân tộc: Kinh    Quốc tịch: Việt Nam",
    "Nơi sinh: Bệnh viện Phụ sản Mẫu, phường Thử Nghiệm, thành phố Hà Nội",
    "Quê quán: xã Ví Dụ, huyện Không Có Thật, tỉnh Tưởng Tượng",
    "Họ, chữ đệm, tên người mẹ: Trần Thị Ví Dụ",
    "Năm sinh: 1990    Dân tộc: Kinh    Quốc tịch: Việt Nam",
    "Nơi cư trú: số 12 ngõ 34 phố Thử Nghiệm, quận Mẫu, thành phố Hà Nội",
    "Họ, chữ đệm, tên người cha: Nguyễn Văn Thí Dụ",
    "Nơi đăng ký khai sinh: Ủy ban nhân dân phường Thử Nghiệm",
)


@lru_cache
def font(size: int, name: str = "tinos-400-normal") -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"{name}.ttf"), size)


@lru_cache
def page(dpi: int = 300, lines: int = 22, face: str = "tinos-400-normal") -> Pixels:
    """A white A4 page with lines of 13 point text, black on white, grey levels."""
    width, height = round(8.27 * dpi), round(11.69 * dpi)
    sheet = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(sheet)
    size = round(13 * dpi / 72)
    for number in range(lines):
        x, y = 0.11 * width, (0.08 + 0.037 * number) * height
        draw.text((x, y), TEXT[number % len(TEXT)], fill=20, font=font(size, face))
    return np.array(sheet)


def slanted(pixels: Pixels, degrees: float, fill: int = 255) -> Pixels:
    """The page turned clockwise by `degrees` about its centre, nothing cut off."""
    height, width = pixels.shape[:2]
    angle = np.radians(degrees)
    c, s = np.cos(angle), np.sin(angle)
    out_w, out_h = (
        int(np.ceil(abs(width * c) + abs(height * s))),
        int(np.ceil(abs(width * s) + abs(height * c))),
    )
    forward = np.array(
        [
            [c, -s, out_w / 2 - c * width / 2 + s * height / 2],
            [s, c, out_h / 2 - s * width / 2 - c * height / 2],
        ]
    )
    border = (fill,) * 3
    return np.asarray(
        cv2.warpAffine(pixels, forward, (out_w, out_h), flags=cv2.INTER_CUBIC, borderValue=border),
        dtype=np.uint8,
    )


def colour(pixels: Pixels, paper: tuple[int, int, int] = (228, 240, 246)) -> Pixels:
    """The grey page as ink on paper of this BGR colour."""
    share = pixels.astype(np.float32)[:, :, None] / 255
    return (share * np.array(paper, np.float32)).astype(np.uint8)
