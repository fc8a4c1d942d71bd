"""Finds and decodes QR codes and barcodes with zxing-cpp, cheap on pages that have none.

First a fast look over the whole image, and over smaller copies for linear codes and for QR codes of large modules, in
which a decoder stumbles over the grain of a scan. Then, on cards and where something as busy as a code is seen, the
same at two and three times the size, sharpened and with another threshold: small printed codes come in at
1.5 to 2 pixels a module, and a decoder wants more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from pipeline.codes.model import Code
from pipeline.domain.geometry import Point, Quad, bounds
from pipeline.domain.model import UprightImage
from pipeline.values import nfc

Gray = NDArray[np.uint8]
_QR = (zxingcpp.BarcodeFormat.QRCode,)
_BARCODES = (
    zxingcpp.BarcodeFormat.Code128,
    zxingcpp.BarcodeFormat.Code39,
    zxingcpp.BarcodeFormat.PDF417,
    zxingcpp.BarcodeFormat.ITF,
    zxingcpp.BarcodeFormat.EAN13,
)
_FAST_SIDE = 1800  # pixels: linear codes are looked for on an image no longer than this; by trial, for speed
_SMALL_SIDE = 900  # pixels: QR codes of large modules on one no longer than this; by trial
_LARGEST = 4200  # pixels: nothing is enlarged beyond this side, for memory; by trial
_ENLARGED = (2.0, 3.0)  # times, cheapest first: small printed codes come in at 1.5 to 2 pixels a module; by trial
_SHARPENED = 2.5  # weight of the crop against 1.5 of its blur (unsharp mask); by trial
_CODE_MM = (12.0, 40.0)  # sides of QR codes on papers; by trial
_SHORT, _LONG = 0.7, 1.3  # times the smallest, the largest of those sides, that a busy square may have; by trial
_SQUARE = 1.6  # longer over shorter side of a busy square, at most; by trial
_WORK_DPI = 75  # resolution at which busy squares are looked for; by trial, for speed
_WINDOW_MM = 3.0  # wider than the gap between two lines of text; by trial
_BUSY, _BUSY_SHARE = 12.0, 0.5  # mean edge level of a busy place, at least, and of the busiest one's; by trial
_AROUND = 0.25  # of a square's longer side, cut along on each side: a code's quiet zone; by trial
_SQUARES = 4  # busiest squares that are tried; for speed


def read_codes(image: UprightImage) -> tuple[Code, ...]:
    """Every code on the image, each text once, boxes in the upright image's pixels, top to bottom.

    About 40 ms CPU on an A4 page at 300 dpi without codes. Never raises for what is on the image.
    """
    gray = _gray(image.colour)
    codes = list(_decode(gray, _QR, 1.0, (0.0, 0.0)))
    codes += _reduced(gray, _QR, _SMALL_SIDE)
    codes += _reduced(gray, _BARCODES, _FAST_SIDE)
    if not any(code.kind == "qr" for code in codes):
        codes += _try_harder(gray, image)
    unique = {(code.symbology, code.text): code for code in reversed(codes)}
    return tuple(sorted(unique.values(), key=lambda code: bounds(code.box)[1]))


def _gray(colour: NDArray[np.uint8]) -> Gray:
    gray = cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY) if colour.ndim == 3 else colour
    return np.ascontiguousarray(gray)


def _reduced(gray: Gray, formats: Sequence[object], longest: int) -> list[Code]:
    """Codes of these formats on the image at no more than so many pixels of its longer side."""
    scale = min(1.0, longest / max(gray.shape))
    small = gray if scale == 1.0 else _shrunk(gray, scale)
    return list(_decode(small, formats, scale, (0.0, 0.0)))


def _shrunk(gray: Gray, scale: float) -> Gray:
    """Halved exactly, then down to the size asked for: above half of it the two nearest pixels are all there are, and
    blending them takes a fifth of the time that areas take."""
    while scale <= 0.5:
        height, width = gray.shape[0] // 2, gray.shape[1] // 2
        gray = np.asarray(cv2.resize(gray[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA))
        scale *= 2
    return np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR), np.uint8)


def _try_harder(gray: Gray, image: UprightImage) -> list[Code]:
    """The slow ways, only where a code may be: busy squares, and the whole of a card."""
    regions = busy_squares(gray, image.dpi)
    if image.kind == "card":
        regions = [*regions, (0, 0, gray.shape[1], gray.shape[0])]
    for x0, y0, x1, y1 in regions:
        crop = np.ascontiguousarray(gray[y0:y1, x0:x1])
        for version, scale in _versions(crop):
            codes = list(_decode(version, _QR, scale, (x0, y0)))
            if codes:
                return codes
    return []


def _versions(crop: Gray) -> Iterator[tuple[Gray, float]]:
    """The crop enlarged, plain and sharpened, cheapest first."""
    for scale in _ENLARGED:
        if max(crop.shape) * scale > _LARGEST:
            return
        large = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        yield large, scale
        soft = cv2.GaussianBlur(large, (0, 0), scale)
        yield cv2.addWeighted(large, _SHARPENED, soft, 1 - _SHARPENED, 0), scale


def busy_squares(gray: Gray, dpi: float) -> list[tuple[int, int, int, int]]:
    """Squares that are full of edges in both directions, as a matrix code is and text lines are not.

    x0, y0, x1, y1 in pixels, with a margin, busiest first, `_SQUARES` at most.
    """
    step = max(1, round(dpi / _WORK_DPI))
    edges_x = cv2.convertScaleAbs(cv2.Sobel(gray[::2, ::2], cv2.CV_16S, 1, 0, ksize=1))
    edges_y = cv2.convertScaleAbs(cv2.Sobel(gray[::2, ::2], cv2.CV_16S, 0, 1, ksize=1))
    both = []
    for edges in (edges_x, edges_y):
        size = (max(1, gray.shape[1] // step), max(1, gray.shape[0] // step))
        both.append(cv2.resize(edges, size, interpolation=cv2.INTER_AREA))
    side = _WORK_DPI * _WINDOW_MM / 25.4
    window = (int(side) | 1, int(side) | 1)
    density = np.minimum(cv2.blur(both[0], window), cv2.blur(both[1], window))
    level = max(_BUSY, _BUSY_SHARE * float(density.max(initial=0)))
    count, _, stats, _ = cv2.connectedComponentsWithStats((density > level).astype(np.uint8))
    least, most = (mm * _WORK_DPI / 25.4 for mm in _CODE_MM)
    squares: list[tuple[float, tuple[int, int, int, int]]] = []
    for x, y, w, h, area in stats[1:count]:
        short, long = min(w, h), max(w, h)
        if short < _SHORT * least or long > _LONG * most or long > _SQUARE * short:
            continue
        margin = _AROUND * max(w, h)
        box = (x - margin, y - margin, x + w + margin, y + h + margin)
        x0, y0, x1, y1 = (round(v * step) for v in box)
        height, width = gray.shape
        inside = (max(0, x0), max(0, y0), min(width, x1), min(height, y1))
        squares.append((-float(area), inside))
    return [box for _, box in sorted(squares)[:_SQUARES]]


def _decode(gray: Gray, formats: Sequence[object], scale: float, origin: Point) -> Iterator[Code]:
    enlarged = scale > 1.0  # the slow searches are for the second look; the image is upright already
    results = zxingcpp.read_barcodes(
        gray, formats=list(formats), try_downscale=enlarged, try_invert=enlarged, try_rotate=False
    )
    for result in results:
        text = _text(result)
        if not text:
            continue
        corners = result.position
        points = (corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left)
        a, b, c, d = ((p.x / scale + origin[0], p.y / scale + origin[1]) for p in points)
        box: Quad = (a, b, c, d)
        name = str(result.format).removeprefix("BarcodeFormat.").replace(" ", "")
        yield Code(kind="qr" if "QR" in name else "barcode", symbology=name, text=text, box=box)


def _text(result: object) -> str:
    """The bytes as UTF-8, else the decoder's own guess with a second chance for doubly encoded text."""
    data = bytes(getattr(result, "bytes", b""))
    try:
        return nfc(data.decode("utf-8"))
    except UnicodeDecodeError:
        return repair_mojibake(str(getattr(result, "text", "")))


def repair_mojibake(text: str) -> str:
    """Text that was UTF-8 but decoded as another encoding, corrected where that is possible; NFC."""
    for encoding in ("latin-1", "cp1252", "shift_jis"):
        try:
            fixed = text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        return nfc(fixed)
    return nfc(text)
