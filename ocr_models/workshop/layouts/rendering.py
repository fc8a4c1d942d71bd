"""Pages laid out by a browser: their pixels, and where every value came to stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import Browser, sync_playwright

from ocr_models.workshop.drawing.canvas import Box
from ocr_models.workshop.drawing.document import Side
from ocr_models.workshop.drawing.sheet import Placed
from ocr_models.workshop.layouts.papers import Sheet
from ocr_models.workshop.layouts.writing import Written
from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message

CSS_DPI = 96.0
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
_BOXES = """page => [...page.querySelectorAll('[data-n]')].map(v => {
  const range = document.createRange(); range.selectNodeContents(v);
  const own = page.getBoundingClientRect();
  const boxes = [...range.getClientRects()].filter(b => b.width && b.height);
  if (!boxes.length) return null;
  const [left, top] = [Math.min(...boxes.map(b => b.left)), Math.min(...boxes.map(b => b.top))];
  const [right, bottom] = [Math.max(...boxes.map(b => b.right)), Math.max(...boxes.map(b => b.bottom))];
  return {n: +v.dataset.n, box: [left - own.left, top - own.top, right - own.left, bottom - own.top]};
}).filter(v => v)"""


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium. Raises `ResourceError` where the machine has none."""
    program = next((found for name in _BROWSERS if (found := which(name))), None)
    if program is None:
        raise ResourceError(Message.same("no browser on this machine: install Debian's package chromium"))
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--allow-file-access-from-files"]
        )
        try:
            yield started
        finally:
            started.close()


def rendered(
    opened: Browser, sheets: Sequence[Sheet], css: str, written: Sequence[Written], scratch: Path, dpi: float
) -> list[Side]:
    """Each page as a side at `dpi`, with the boxes of its values."""
    body = "".join(sheet.body for sheet in sheets)
    path = scratch / "paper.html"
    path.write_text(f'<!doctype html><meta charset="utf-8"><style>{css}</style>{body}', encoding="utf-8")
    width = max(sheet.width for sheet in sheets)
    page = opened.new_page(viewport={"width": width, "height": 900}, device_scale_factor=dpi / CSS_DPI)
    try:
        page.goto(path.as_uri())
        page.evaluate("document.fonts.ready.then(() => 1)")
        return [
            _side(element.screenshot(), element.evaluate(_BOXES), written, dpi)
            for element in page.query_selector_all(".page")
        ]
    finally:
        page.close()


def _side(png: bytes, found: Sequence[dict[str, Any]], written: Sequence[Written], dpi: float) -> Side:
    pixels = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    scale = dpi / CSS_DPI
    placed = []
    for value in found:
        own = written[value["n"]]
        x0, y0, x1, y1 = (side * scale for side in value["box"])
        placed.append(
            Placed(name=own.name, entry=own.entry, box=Box(x0, y0, x1, y1), record=own.record, writing=own.writing)
        )
    return Side(pixels=pixels, dpi=dpi, placed=tuple(placed), name="page")
