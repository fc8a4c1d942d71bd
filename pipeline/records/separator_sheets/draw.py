"""Draws one sheet in black and white and writes it as often as it is wanted."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import ImageDraw

from pipeline.codes import Separator, separator_text
from pipeline.domain.model import PageImage
from pipeline.records.archival import make_archival_pdf
from pipeline.records.separator_sheets.sheet import DPI, blank_sheet, enlarged, pixels, put, symbol_modules, write

_QR_MM = 95.0
_BARS_MM = (150.0, 22.0)  # the longest and the height of the Code 128
_LEAST_MODULE_MM = 0.38  # of a bar: finer ones are lost in a scan of 150 dpi
_CHARACTER, _ENDS = 11, 35  # modules of a Code 128: of a character at most; of start, check and stop (ISO/IEC 15417)
_TITLE = "TỜ NGĂN / SEPARATOR SHEET"
_USE = ("Giấy tờ mới bắt đầu sau tờ này", "A new document begins after this sheet")


def write_separator_sheets(stream: BinaryIO, separator: Separator, *, count: int) -> None:
    """Writes a PDF of `count` equal A4 sheets that say this; the same sheets are always the same bytes.

    Raises ValueError when `count` is not positive. The Code 128 says all that the QR code does where there is room for
    it, else only that the sheet separates.
    """
    page = PageImage(number=1, pixels=separator_sheet(separator), dpi=DPI)
    make_archival_pdf(stream, ((page, (), 0) for _ in range(count)), identifier=separator_text(separator))


def separator_sheet(separator: Separator) -> NDArray[np.uint8]:
    """The sheet as a grey picture of black and white, 300 dpi."""
    sheet = blank_sheet()
    draw = ImageDraw.Draw(sheet)
    text = separator_text(separator)
    write(draw, _TITLE, top_mm=28, size_mm=8)
    put(sheet, _qr(text), top_mm=52)
    put(sheet, _bars(text), top_mm=160)
    for row, words in enumerate(_USE):
        write(draw, words, top_mm=192 + 9 * row, size_mm=5)
    if separator.book:
        write(draw, f"Sổ / Book: {separator.book}", top_mm=220, size_mm=8)
    return np.asarray(sheet, dtype=np.uint8) * np.uint8(255)


def _qr(text: str) -> NDArray[np.uint8]:
    modules = symbol_modules(text, zxingcpp.BarcodeFormat.QRCode, ec_level="H")
    scale = pixels(_QR_MM) // len(modules)
    return enlarged(modules, scale, scale)


def _bars(text: str) -> NDArray[np.uint8]:
    if (len(text) * _CHARACTER + _ENDS) * _LEAST_MODULE_MM > _BARS_MM[0]:
        text = separator_text(Separator())
    modules = symbol_modules(text, zxingcpp.BarcodeFormat.Code128)
    scale = min(pixels(_BARS_MM[0]) // modules.shape[1], pixels(2 * _LEAST_MODULE_MM))
    return enlarged(modules[:1], scale, pixels(_BARS_MM[1]))
