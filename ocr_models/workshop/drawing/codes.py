"""Machine-readable marks: QR payloads, MRZ with its check digits, and their drawing.

Written from the descriptions in ICAO 9303 part 5 and of the QR fields; shares no code with the
readers in `pipeline.codes`, so that each can prove the other wrong.
"""

from __future__ import annotations

import unicodedata
from datetime import date

import cv2
import numpy as np
import qrcode
import zxingcpp

from ocr_models.workshop.drawing.canvas import Box, Canvas, Pixels, text_mask
from ocr_models.workshop.drawing.facts import Facts
from ocr_models.workshop.drawing.places import Place
from ocr_models.workshop.drawing.typefaces import Typeface


def citizen_qr(facts: Facts, *, fields: int = 7) -> str:
    """The QR text of a chip card: seven fields (2021) or those and four empty ones (2024)."""
    born, issued, home = facts["date_of_birth"], facts["date_of_issue"], facts["place_of_residence"]
    assert isinstance(born, date) and isinstance(issued, date) and isinstance(home, Place)
    parts = [
        str(facts["personal_id"]),
        str(facts["old_national_id"] or ""),
        str(facts["full_name"]),
        f"{born:%d%m%Y}",
        "Nam" if facts["sex"] == "male" else "Nữ",
        home.words("bare"),
        f"{issued:%d%m%Y}",
    ]
    return "|".join(parts + [""] * (fields - 7))


def check_digit(text: str) -> str:
    """The ICAO 9303 check digit: weights 7, 3, 1; A = 10 … Z = 35, < = 0."""
    total = 0
    for place, char in enumerate(text):
        worth = 0 if char == "<" else int(char) if char.isdigit() else ord(char) - 55
        total += worth * (7, 3, 1)[place % 3]
    return str(total % 10)


def td1(facts: Facts) -> tuple[str, str, str]:
    """The three MRZ lines of 30 characters of a chip card (ICAO 9303 part 5, format TD1)."""
    number = str(facts["personal_id"])
    born, expires = facts["date_of_birth"], facts["date_of_expiry"]
    assert isinstance(born, date)
    last = f"{expires:%y%m%d}" if isinstance(expires, date) else "991231"
    tail = f"{number[3:]}{check_digit(number[3:])}{number}<<"
    first = f"IDVNM{tail}{check_digit(f'{number}<<')}"
    birth = f"{born:%y%m%d}"
    sex = "M" if facts["sex"] == "male" else "F"
    body = f"{birth}{check_digit(birth)}{sex}{last}{check_digit(last)}VNM" + "<" * 11
    composite = first[5:30] + body[0:7] + body[8:15] + body[18:29]
    surname, *given = plain_letters(str(facts["full_name"])).split()
    third = f"{surname}<<{'<'.join(given)}"[:30].ljust(30, "<")
    return first, body + check_digit(composite), third


def plain_letters(text: str) -> str:
    """Upper case A-Z and spaces: marks dropped, Đ as D."""
    bare = unicodedata.normalize("NFD", text.upper().replace("Đ", "D"))
    return "".join(c for c in bare if c.isascii())


def draw_qr(canvas: Canvas, text: str, box: Box) -> Box:
    """The text as a QR code filling `box`, modules of whole pixels where it fits."""
    if canvas.dry:
        return box
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=1)
    code.add_data(text.encode("utf-8"))
    code.make(fit=True)
    modules = np.array(code.get_matrix(), dtype=np.uint8) * 255
    side = round(box.x1 - box.x0)
    return _place(canvas, modules, Box(box.x0, box.y0, box.x0 + side, box.y0 + side))


def draw_barcode(canvas: Canvas, text: str, box: Box) -> Box:
    """The text as a PDF417 symbol, as barcode cards carry it on the back."""
    if canvas.dry:
        return box
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.PDF417)
    image = np.asarray(zxingcpp.write_barcode_to_image(symbol, scale=1, add_quiet_zones=False))
    return _place(canvas, (255 - image).astype(np.uint8), box)


def _place(canvas: Canvas, modules: Pixels, box: Box) -> Box:
    size = (max(1, round(box.x1 - box.x0)), max(1, round(box.y1 - box.y0)))
    x, y = round(box.x0), round(box.y0)
    canvas.pixels[y : y + size[1], x : x + size[0]] = 255
    mask = cv2.resize(
        modules, size, interpolation=cv2.INTER_AREA if size[0] < modules.shape[1] * 3 else cv2.INTER_NEAREST
    )
    return canvas.ink(mask, x, y, (20, 20, 20))


def draw_mrz(canvas: Canvas, lines: tuple[str, ...], box: Box, face: Typeface) -> Box:
    """The lines in a fixed-pitch face, spread evenly over the width of `box` (OCR-B is 2.54 mm a character)."""
    pitch = (box.x1 - box.x0) / 30
    leading = (box.y1 - box.y0) / len(lines)
    font = face.font(pitch / 0.6)
    for row, line in enumerate(lines):
        for place, char in enumerate(line):
            if canvas.dry:
                continue
            mask, left, top = text_mask(char, font)
            canvas.ink(mask, box.x0 + place * pitch + left, box.y0 + (row + 0.72) * leading + top, (25, 22, 22))
    return box
