"""Poppler, which had no part in writing them, shows our archival PDFs as the scans they came from."""

from __future__ import annotations

import io

import cv2
import numpy as np
from pdf2image import convert_from_bytes

from pipeline.domain.geometry import rectangle
from pipeline.domain.model import PageImage
from pipeline.records.archival import TextSpan, make_archival_pdf


def _page(number: int) -> PageImage:
    pixels = np.full((600, 420, 3), 245, np.uint8)
    cv2.rectangle(pixels, (40, 60 * number), (380, 60 * number + 30), (40, 40, 180), -1)
    ok, jpeg = cv2.imencode(".jpg", pixels)
    assert ok
    return PageImage(number=number, pixels=pixels, dpi=100.0, embedded=jpeg.tobytes(), encoding="jpeg")


def test_poppler_rasterises_every_page_to_the_pixels_of_its_scan() -> None:
    pages = [_page(1), _page(2)]
    out = io.BytesIO()
    span = TextSpan(text="Nguyễn Thị Mẫu", box=rectangle(40, 60, 380, 90))
    make_archival_pdf(out, [(page, [span], 0) for page in pages], identifier="test")
    shown = convert_from_bytes(out.getvalue(), dpi=100)
    assert len(shown) == 2
    for page, image in zip(pages, shown, strict=True):
        seen = cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR)
        assert seen.shape == page.pixels.shape
        assert float(np.abs(seen.astype(int) - page.pixels.astype(int)).mean()) < 4.0
