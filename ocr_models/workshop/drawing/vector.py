"""Born-digital PDFs: the same drawing, kept as text and lines instead of pixels."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from fpdf import FPDF
from numpy.typing import NDArray

from ocr_models.workshop.drawing.canvas import Box, Canvas, Colour, Pixels
from ocr_models.workshop.drawing.capture import Page, page_of
from ocr_models.workshop.drawing.degrade import Shot
from ocr_models.workshop.drawing.document import Drawing, draw_leaf, leaves, paper_size
from ocr_models.workshop.drawing.typefaces import Typeface, Weight, pool

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class PdfCanvas(Canvas):
    """Draws on the current page of a PDF. Positions are pixels at `dpi`, as on any canvas."""

    def __init__(self, pdf: FPDF, width_mm: float, height_mm: float, dpi: float) -> None:
        super().__init__(width_mm, height_mm, dpi, dry=True)
        self.dry = False
        self._pdf, self._points_per_pixel = pdf, 72.0 / dpi
        self._fonts: dict[str, str] = {}

    def print_text(
        self, text: str, face: Typeface, weight: Weight, size: float, x: float, y: float, colour: Colour
    ) -> Box:
        path = getattr(face, weight)
        if path not in self._fonts:
            self._fonts[path] = f"f{len(self._fonts)}"
            if self._fonts[path] not in self._pdf.fonts:
                self._pdf.add_font(self._fonts[path], fname=path)
        self._pdf.set_font(self._fonts[path], size=size * self._points_per_pixel)
        self._pdf.set_text_color(*colour[::-1])
        self._pdf.text(x * self._points_per_pixel, y * self._points_per_pixel, text)
        x0, y0, x1, y1 = face.font(size, weight).getbbox(text, anchor="ls")
        return Box(x + x0, y + y0, x + x1, y + y1)

    def ink(self, mask: Pixels, x: float, y: float, colour: Colour, strength: float = 1.0) -> Box:
        """Ink that is no text (a seal) becomes a picture with transparency."""
        height, width = mask.shape[:2]
        solid = np.empty((height, width, 4), np.uint8)
        solid[:, :, :3] = colour
        solid[:, :, 3] = (mask * strength).astype(np.uint8)
        encoded = cv2.imencode(".png", solid)[1].tobytes()
        k = self._points_per_pixel
        self._pdf.image(io.BytesIO(encoded), x * k, y * k, width * k, height * k)
        return Box(x, y, x + width, y + height)

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: Colour, width_mm: float) -> None:
        k = self._points_per_pixel
        self._pdf.set_draw_color(*colour[::-1])
        self._pdf.set_line_width(width_mm * 72 / 25.4)
        self._pdf.line(start[0] * k, start[1] * k, end[0] * k, end[1] * k)

    def curve(self, points: NDArray[np.float64], colour: Colour, width_mm: float) -> None:
        self._pdf.set_draw_color(*colour[::-1])
        self._pdf.set_line_width(width_mm * 72 / 25.4)
        self._pdf.polyline([(float(x), float(y)) for x, y in points * self._points_per_pixel])

    def dots(self, x0: float, x1: float, y: float, colour: Colour, *, pitch_mm: float, size_mm: float) -> None:
        if x1 - x0 < 2:
            return
        self._pdf.set_dash_pattern(dash=size_mm * 2.8, gap=max(0.5, (pitch_mm - size_mm) * 2.8))
        self.line((x0, y), (x1, y), colour, size_mm)
        self._pdf.set_dash_pattern()


def write_born_digital(path: Path, drawing: Drawing) -> list[Page]:
    """Write the document as a PDF of text; boxes count in pixels at `drawing.dpi`."""
    width, height = paper_size(drawing.form)
    pdf = FPDF(unit="pt", format=(width * 72 / 25.4, height * 72 / 25.4))
    pdf.set_auto_page_break(False)
    pdf.set_creation_date(_EPOCH)
    pages: list[Page] = []
    for number, (page, part) in enumerate(leaves(drawing, None)):
        pdf.add_page()
        canvas = PdfCanvas(pdf, width, height, drawing.dpi)
        _specimen_mark(pdf, height)
        sheet = draw_leaf(drawing, page, part, number, canvas, ground=False)
        blank = Shot.of(np.zeros((1, 1, 3), np.uint8))
        pages.append(page_of(number + 1, blank, [(blank, sheet.placed, 0)], 0))
    pdf.output(str(path))
    return pages


def _specimen_mark(pdf: FPDF, height: float) -> None:
    if "mark" not in pdf.fonts:
        pdf.add_font("mark", fname=pool("sans")[0].bold)
    pdf.set_font("mark", size=14)
    pdf.set_text_color(215, 140, 140)
    pdf.text(12, height * 72 / 25.4 - 10, "MẪU / SPECIMEN")
