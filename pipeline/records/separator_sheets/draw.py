"""Draws one sheet in black and white and writes it as often as it is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pipeline.codes import Separator, separator_text
from pipeline.domain.model import PageImage
from pipeline.records.archival import make_archival_pdf

_FONT = Path(__file__).parent / "be-vietnam-pro-400-normal.ttf"
_DPI = 300
_WIDTH_MM, _HEIGHT_MM = 210.0, 297.0
_QR_MM = 95.0
_BARS_MM = (150.0, 22.0)  # the longest and the height of the Code 128
_LEAST_MODULE_MM = 0.38  # of a bar: finer ones are lost in a scan of 150 dpi
_CHARACTER, _ENDS = 11, 35  # modules of a Code 128: of a character at most; of start, check and stop (ISO/IEC 15417)
_LONGEST_WORDS_MM = 180.0
_TITLE = "TỜ NGĂN / SEPARATOR SHEET"
_USE = ("Giấy tờ mới bắt đầu sau tờ này", "A new document begins after this sheet")


def write_separator_sheets(stream: BinaryIO, separator: Separator, *, count: int) -> None:
    """Writes a PDF of `count` equal A4 sheets that say this; the same sheets are always the same bytes.

    Raises ValueError when `count` is not positive. The Code 128 says all that the QR code does where there is room for
    it, else only that the sheet separates.
    """
    page = PageImage(number=1, pixels=separator_sheet(separator), dpi=_DPI)
    make_archival_pdf(stream, ((page, (), 0) for _ in range(count)), identifier=separator_text(separator))


def separator_sheet(separator: Separator) -> NDArray[np.uint8]:
    """The sheet as a grey picture of black and white, 300 dpi."""
    sheet = Image.new("1", (_pixels(_WIDTH_MM), _pixels(_HEIGHT_MM)), 1)
    draw = ImageDraw.Draw(sheet)
    text = separator_text(separator)
    _write(draw, _TITLE, top_mm=28, size_mm=8)
    _put(sheet, _qr(text), top_mm=52)
    _put(sheet, _bars(text), top_mm=160)
    for row, words in enumerate(_USE):
        _write(draw, words, top_mm=192 + 9 * row, size_mm=5)
    if separator.book:
        _write(draw, f"Sổ / Book: {separator.book}", top_mm=220, size_mm=8)
    return np.asarray(sheet, dtype=np.uint8) * np.uint8(255)


def _qr(text: str) -> NDArray[np.uint8]:
    modules = _modules(text, zxingcpp.BarcodeFormat.QRCode, ec_level="H")
    scale = _pixels(_QR_MM) // len(modules)
    return _enlarged(modules, scale, scale)


def _bars(text: str) -> NDArray[np.uint8]:
    if (len(text) * _CHARACTER + _ENDS) * _LEAST_MODULE_MM > _BARS_MM[0]:
        text = separator_text(Separator())
    modules = _modules(text, zxingcpp.BarcodeFormat.Code128)
    scale = min(_pixels(_BARS_MM[0]) // modules.shape[1], _pixels(2 * _LEAST_MODULE_MM))
    return _enlarged(modules[:1], scale, _pixels(_BARS_MM[1]))


def _modules(text: str, kind: object, **more: object) -> NDArray[np.uint8]:
    """The symbol without its quiet zone, a pixel a module."""
    symbol = zxingcpp.create_barcode(text, kind, **more)
    return np.array(zxingcpp.write_barcode_to_image(symbol, scale=1, add_quiet_zones=False), dtype=np.uint8)


def _enlarged(modules: NDArray[np.uint8], across: int, along: int) -> NDArray[np.uint8]:
    size = (modules.shape[1] * across, modules.shape[0] * along)
    return np.asarray(cv2.resize(modules, size, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def _put(sheet: Image.Image, symbol: NDArray[np.uint8], *, top_mm: float) -> None:
    sheet.paste(Image.fromarray(symbol), ((sheet.width - symbol.shape[1]) // 2, _pixels(top_mm)))


def _write(draw: ImageDraw.ImageDraw, words: str, *, top_mm: float, size_mm: float) -> None:
    """The words in the middle of a line, smaller where the line is too short for them."""
    font = ImageFont.truetype(_FONT, _pixels(size_mm))
    too_long = font.getlength(words) / _pixels(_LONGEST_WORDS_MM)
    if too_long > 1:
        font = ImageFont.truetype(_FONT, int(_pixels(size_mm) / too_long))
    draw.text((_pixels(_WIDTH_MM) / 2, _pixels(top_mm)), words, font=font, anchor="ma", fill=0)


def _pixels(mm: float) -> int:
    return round(mm / 25.4 * _DPI)
