"""Small forms drawn for the layout tests: what they hold is known to the pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr_models.workshop.fonts.catalogue import FILES as FONTS
from pipeline.domain.geometry import Transform
from pipeline.domain.model import UprightImage

BLACK, BLUE, RED = (25, 25, 28), (30, 50, 150), (205, 40, 50)


@dataclass
class Sheet:
    """A sheet to draw on, `size` in pixels; remembers what was written and where."""

    size: tuple[int, int] = (1400, 900)
    paper: tuple[int, int, int] = (250, 249, 245)
    written: list[tuple[str, tuple[float, float, float, float]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", self.size, self.paper)
        self.draw = ImageDraw.Draw(self.image)

    def text(
        self,
        at: tuple[float, float],
        text: str,
        *,
        font: str = "tinos-400-normal",
        size: int = 50,
        colour: tuple[int, int, int] = BLACK,
    ) -> float:
        """Writes with the baseline at `at`; returns the x where the text ends."""
        face = ImageFont.truetype(str(FONTS / f"{font}.ttf"), size)
        self.draw.text(at, text, font=face, fill=colour, anchor="ls")
        self.written.append((text, self.draw.textbbox(at, text, font=face, anchor="ls")))
        return at[0] + face.getlength(text)

    def dots(self, x0: float, x1: float, y: float, *, pitch: float = 12.5, radius: float = 2.5) -> None:
        """A dotted leader whose dots stand on the baseline y."""
        for x in np.arange(x0, x1, pitch):
            self.draw.ellipse((x - radius, y - 2 * radius, x + radius, y), fill=BLACK)

    def line(self, x0: float, y0: float, x1: float, y1: float, *, width: int = 3) -> None:
        self.draw.line((x0, y0, x1, y1), fill=BLACK, width=width)

    def seal(self, centre: tuple[float, float], radius: float, colour: tuple[int, int, int] = RED) -> None:
        """A round stamp that darkens what lies beneath it."""
        layer = Image.new("RGB", self.size, (255, 255, 255))
        pen = ImageDraw.Draw(layer)
        x, y = centre
        for r, w in ((radius, 8), (radius * 0.68, 4)):
            pen.ellipse((x - r, y - r, x + r, y + r), outline=colour, width=w)
        face = ImageFont.truetype(str(FONTS / "arimo-700-normal.ttf"), int(radius / 4))
        pen.text((x, y), "UBND PHƯỜNG", font=face, fill=colour, anchor="mm")
        for k in range(5):
            angle = math.radians(90 * k)
            pen.regular_polygon(
                (x + radius * 0.84 * math.cos(angle), y + radius * 0.84 * math.sin(angle), radius / 12),
                5,
                fill=colour,
            )
        self.image = Image.fromarray(np.minimum(np.array(self.image), np.array(layer)))
        self.draw = ImageDraw.Draw(self.image)

    def guilloche(self, colour: tuple[int, int, int] = (238, 205, 200)) -> None:
        """A pale wave pattern under everything."""
        xs = np.arange(0, self.size[0], 2.0)
        for k, y in enumerate(range(-40, self.size[1] + 40, 14)):
            ys = y + 22 * np.sin(xs / 45.0 + k * 0.6)
            self.draw.line(list(zip(xs.tolist(), ys.tolist(), strict=True)), fill=colour, width=2)

    def pixels(self, *, blur: float = 0.7, noise: float = 4.0, seed: int = 1) -> NDArray[np.uint8]:
        """BGR as a scanner would see it."""
        bgr: NDArray[np.float32] = np.array(self.image)[:, :, ::-1].astype(np.float32)
        bgr = cv2.GaussianBlur(bgr, (0, 0), blur)
        bgr += np.random.default_rng(seed).normal(0, noise, bgr.shape)
        return np.clip(bgr, 0, 255).astype(np.uint8)

    def upright(self, *, dpi: float = 300.0, **scan: Any) -> UprightImage:
        return upright(self.pixels(**scan), dpi=dpi)


def upright(colour: NDArray[np.uint8], *, dpi: float = 300.0, kind: str = "page") -> UprightImage:
    return UprightImage(
        page=1,
        part=1,
        colour=colour,
        dpi=dpi,
        to_scan=Transform.identity(),
        kind=kind,
        rotation=0,
        skew_deg=0.0,
        blank=False,
    )


def birth_form() -> Sheet:
    """An A4 birth certificate: leaders, two-column rows, pen and print, a table, a seal, a frame."""
    sheet = Sheet(size=(2480, 3508))
    sheet.guilloche()
    sheet.text((250, 220), "ỦY BAN NHÂN DÂN", size=46)
    sheet.text((250, 285), "PHƯỜNG KHÂM THIÊN", size=46, font="tinos-700-normal")
    sheet.text((1180, 220), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=46, font="tinos-700-normal")
    sheet.text((1370, 285), "Độc lập - Tự do - Hạnh phúc", size=48, font="tinos-700-normal")
    sheet.line(1370, 305, 1960, 305)
    sheet.text((900, 520), "GIẤY KHAI SINH", size=100, font="tinos-700-normal", colour=RED)
    rows = [
        [("Họ và tên:", "NGUYỄN THỊ HỒNG NHUNG", 2200)],
        [("Ngày, tháng, năm sinh:", "ngày 08 tháng 3 năm 1987", 2200)],
        [("Giới tính:", "Nữ", 800), ("Dân tộc:", "Kinh", 1400), ("Quốc tịch:", "Việt Nam", 2200)],
        [("Nơi sinh:", "Bệnh viện Phụ sản Hà Nội, quận Hoàn Kiếm", 2200)],
        [("Quê quán:", "Xã Đại Mỗ, huyện Từ Liêm, thành phố Hà Nội", 2200)],
    ]
    faces = ["cousine-400-normal", "tinos-700-normal", "hurricane-400-normal", "patrick-hand-400-normal"]
    y = 720.0
    for face in faces:
        for row in rows:
            x = 250.0
            for label, value, end in row:
                start = sheet.text((x, y), label) + 12
                sheet.dots(start, end - 20, y + (2 if face.startswith("tinos") else 6))
                hand = face.startswith(("hurricane", "patrick"))
                sheet.text(
                    (start + 25, y + (-3 if hand else 0)),
                    value,
                    font=face,
                    size=74 if face.startswith("hurricane") else 52,
                    colour=BLUE if hand else BLACK,
                )
                x = end
            y += 100
    top = y
    for k in range(4):
        sheet.line(250, top + 110 * k, 2200, top + 110 * k)
    for x in (250, 700, 1450, 2200):
        sheet.line(x, top, x, top + 330)
    cells = [
        ["", "NGƯỜI MẸ", "NGƯỜI CHA"],
        ["Họ và tên", "Trần Thị Ẩn", "Lê Văn Bộ"],
        ["Tuổi", "31", "Hai bảy"],
    ]
    for r, line in enumerate(cells):
        for x, text in zip((270, 720, 1470), line, strict=True):
            sheet.text((x, top + 75 + 110 * r), text)
    sheet.text((1500, top + 460), "TM. ỦY BAN NHÂN DÂN", font="tinos-700-normal")
    sheet.text((1600, top + 640), "Phạm Hữu Đức", font="tinos-700-normal")
    sheet.seal((1580, top + 540), 210)
    return sheet
