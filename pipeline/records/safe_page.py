"""A page for the archive's safe: what is printed cannot be taken back.

A QR code holds a text whole, so that it can be read back from the paper; beside it stands what a person may compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import ImageDraw

from pipeline.domain.model import PageImage
from pipeline.records.archival import make_archival_pdf
from pipeline.records.separator_sheets.sheet import DPI, blank_sheet, enlarged, pixels, put, symbol_modules, write

_QR_MM = 120.0
_LINE_MM = 4.0


def write_safe_page(stream: BinaryIO, *, title: str, text: str, lines: Sequence[str]) -> None:
    """Writes a PDF of one A4: the title, a QR code of the text (at most some 2,300 bytes), the lines below. The same is
    always the same bytes. Raises ValueError for a text that is too long."""
    page = PageImage(number=1, pixels=safe_page(title, text, lines), dpi=DPI)
    make_archival_pdf(stream, [(page, (), 0)], identifier=title)


def safe_page(title: str, text: str, lines: Sequence[str]) -> NDArray[np.uint8]:
    """The page as a grey picture of black and white, 300 dpi."""
    sheet = blank_sheet()
    draw = ImageDraw.Draw(sheet)
    write(draw, title, top_mm=22, size_mm=7)
    code = symbol_modules(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    scale = pixels(_QR_MM) // len(code)
    put(sheet, enlarged(code, scale, scale), top_mm=40)
    for row, line in enumerate(lines):
        write(draw, line, top_mm=172 + 2 * _LINE_MM * row, size_mm=_LINE_MM)
    return np.asarray(sheet, dtype=np.uint8) * np.uint8(255)
