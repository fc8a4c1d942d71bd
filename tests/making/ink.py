"""Lines and ink packs of nobody."""

from __future__ import annotations

import cv2
import numpy as np

from workers.ink.pack import InkLine


def line_image(text: str, *, font: int = cv2.FONT_HERSHEY_SIMPLEX) -> bytes:
    """A line of ASCII letters as a PNG file; by default as the shipped reader reads it well."""
    (width, _), _ = cv2.getTextSize(text, font, 1.2, 2)
    pixels = np.full((60, width + 30), 235, np.uint8)
    cv2.putText(pixels, text, (15, 42), font, 1.2, 20, 2, cv2.LINE_AA)
    return cv2.imencode(".png", pixels)[1].tobytes()


def ink_line(text: str) -> InkLine:
    return InkLine(ink=line_image(text), text=text)
