"""A copy light enough for a message: its pictures reduced to some 78 kB for an A4, still legible.

The stored copy and the signed copy of full size keep the scan's own bytes. This one is for sending: the text over it,
the mark and the signature are the same. Pictures become JPEG 2000, which PDF/A-2 allows: at this size JPEG smears the
thin strokes of a pen on a patterned ground.
"""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
import pikepdf
from numpy.typing import NDArray
from PIL import Image

_BYTES_OF_A4 = 78_000  # of the picture; font, text, mark and signature take some 20 kB more
_LEAST_BYTES = 60_000  # a small leaf of a book is written as finely
_A4_POINTS = 595.0 * 842.0
_DPI = 150.0


def made_small(data: bytes) -> bytes:
    """The archival copy with lighter pictures. A picture that is light enough, or black and white, stays as it is.
    Raises what a picture that cannot be decoded raises."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            left, bottom, right, top = (float(side) for side in page.mediabox)
            budget = max(_LEAST_BYTES, round(_BYTES_OF_A4 * (right - left) * (top - bottom) / _A4_POINTS))
            inches = max(right - left, top - bottom) / 72
            for picture in page.get_images().values():
                _lighten(picture, budget, inches)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def _lighten(picture: Any, budget: int, inches: float) -> None:
    if len(picture.read_raw_bytes()) <= budget or int(picture.get("/BitsPerComponent", 1)) == 1:
        return
    image = pikepdf.PdfImage(picture).as_pil_image()
    gray = image.mode == "L"
    pixels = np.asarray(image if gray else image.convert("RGB"), dtype=np.uint8)
    now = max(pixels.shape[:2]) / inches
    reduced = _reduced(pixels, min(1.0, _DPI / now))
    stream = io.BytesIO()
    rate = max(1.0, reduced.size / budget)
    Image.fromarray(reduced).save(
        stream, "JPEG2000", quality_mode="rates", quality_layers=[rate], irreversible=True, mct=int(not gray)
    )
    picture.write(stream.getvalue(), filter=pikepdf.Name.JPXDecode)
    for name in ("/Decode", "/DecodeParms"):
        if name in picture:
            del picture[name]
    picture.Width, picture.Height = reduced.shape[1], reduced.shape[0]
    picture.ColorSpace = pikepdf.Name.DeviceGray if gray else pikepdf.Name.DeviceRGB
    picture.BitsPerComponent = 8


def _reduced(pixels: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    if share >= 1.0:
        return pixels
    size = (max(1, round(pixels.shape[1] * share)), max(1, round(pixels.shape[0] * share)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
