"""Draws what was read over a scan: `python scripts/draw_result.py SCAN RECORD.json OUT.jpg`.

Green frames were accepted, orange ones go to a person. For documentation and for looking at results.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.intake import open_document

_COLOURS = {"accepted": (30, 140, 60), "review": (225, 120, 0), "rejected": (200, 30, 30)}
_HEIGHT = 1150
_FONT = Path("ocr_models/workshop/fonts/files")


def main(scan: Path, record: Path, out: Path) -> None:
    """Scan with frames on the left, the fields with value and confidence on the right. Page 1 only."""
    read = json.loads(record.read_text(encoding="utf-8"))
    with open_document(scan) as document:
        page = document.page(1)
    pixels = page.pixels
    colour = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB) if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
    for field in read["fields"].values():
        if field["page"] == 1:
            quad = np.array(page.to_scan.inverse().quad(field["box"])).round().astype(np.int32)
            cv2.polylines(colour, [quad], True, _COLOURS[field["status"]], max(2, colour.shape[0] // 700))
    scale = _HEIGHT / colour.shape[0]
    left = cv2.resize(colour, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    sheet = Image.new("RGB", (left.shape[1] + 720, _HEIGHT), "white")
    sheet.paste(Image.fromarray(left), (0, 0))
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(_FONT / "roboto-400-normal.ttf"), 19)
    rows = list(read["fields"].items())
    step = min(36, (_HEIGHT - 60) // (len(rows) + 1))
    draw.text((left.shape[1] + 20, 16), f"{read['document_type']} ({read['form']})", fill="black", font=font)
    for number, (name, field) in enumerate(rows, start=1):
        y = 16 + number * step
        sure = "" if field["confidence"] is None else f"{field['confidence']:.2f}"
        draw.text((left.shape[1] + 20, y), name, fill=(90, 90, 90), font=font)
        draw.text((left.shape[1] + 270, y), sure, fill=_COLOURS[field["status"]], font=font)
        value = field["value"] or "—"
        draw.text((left.shape[1] + 325, y), value if len(value) < 44 else value[:42] + "…", fill="black", font=font)
    sheet.save(out, quality=82)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
