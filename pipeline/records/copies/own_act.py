"""Pages of an archival copy on which only some places are left: the picture is painted over everywhere else, in its
pixels, and the words read there are taken out. Nothing of what was covered stays in the bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
import pikepdf
from numpy.typing import NDArray
from PIL import Image

from pipeline.domain.geometry import Point, Quad
from pipeline.records.archival.images import JPEG_QUALITY
from pipeline.records.archival.text import written_word
from pipeline.records.copies.strips import Word

_PLACED = re.compile(rb"q ([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) cm /Im Do Q")
_COVER, _HATCH = 214, 12  # grey; pixels from line to line where there is none


def words_on(data: bytes, number: int, scan_size: tuple[int, int]) -> list[Word]:
    """What was read on a page of the archival copy, from 1, and where, in scan pixels. No picture is decoded."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[number - 1]
        _, _, across, down = (float(side) for side in page.MediaBox)
        found = [written_word(line) for line in page.Contents.read_bytes().split(b"\n")]
    x, y = scan_size[0] / across, scan_size[1] / down
    return [
        Word(text, (at[0] * x, (down - at[1]) * y), (half[0] * x, -half[1] * y))
        for text, at, half in filter(None, found)
    ]


def only_places(data: bytes, places: Mapping[int, tuple[tuple[int, int], Sequence[Quad]]]) -> bytes:
    """The archival copy, of each page named (from 1) with these places alone. `places`: width and height of the page
    in scan pixels, and what stays of it in them. Raises ValueError for a page whose picture is not placed as archival
    copies have it, and what a picture that cannot be decoded raises."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for number, (size, kept) in places.items():
            page = pdf.pages[number - 1]
            _, _, across, down = (float(side) for side in page.MediaBox)
            points = [_in_points(quad, size, (across, down)) for quad in kept]
            _cover_words(pdf, page, points)
            _cover_picture(page, points)
        pdf.remove_unreferenced_resources()
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def _in_points(quad: Quad, size: tuple[int, int], sides: tuple[float, float]) -> list[Point]:
    return [(x * sides[0] / size[0], sides[1] - y * sides[1] / size[1]) for x, y in quad]


def _cover_words(pdf: pikepdf.Pdf, page: pikepdf.Page, kept: Sequence[Sequence[Point]]) -> None:
    areas = [np.array(quad, dtype=np.float32) for quad in kept]
    lines = []
    for line in page.Contents.read_bytes().split(b"\n"):
        word = written_word(line)
        if word is None or any(cv2.pointPolygonTest(area, word[1], False) >= 0 for area in areas):
            lines.append(line)
    page.Contents = pdf.make_stream(b"\n".join(lines))


def _cover_picture(page: pikepdf.Page, kept: Sequence[Sequence[Point]]) -> None:
    placed = _PLACED.search(page.Contents.read_bytes())
    if placed is None:
        raise ValueError("the page's picture is not where it is expected")
    a, b, c, d, e, f = (float(value) for value in placed.groups())
    picture = page.Resources.XObject.Im
    image = pikepdf.PdfImage(picture).as_pil_image()
    back = np.linalg.inv(np.array([[a, c, e], [b, d, f], [0.0, 0.0, 1.0]]))
    mask = np.zeros((image.height, image.width), np.uint8)
    for quad in kept:
        u, v, _ = back @ np.array([[x, y, 1.0] for x, y in quad]).T
        corners = np.stack([u * image.width, (1 - v) * image.height], axis=1)
        cv2.fillConvexPoly(mask, np.rint(corners).astype(np.int32), 255)
    _put(picture, image, mask > 0)


def _put(picture: Any, image: Image.Image, kept: NDArray[np.bool_]) -> None:
    """The picture in the form that it had, as far as a painted one can have it: black and white stays so."""
    for name in ("/Decode", "/DecodeParms", "/ImageMask"):
        if name in picture:
            del picture[name]
    if image.mode == "1":
        rows, columns = np.indices(kept.shape)
        pixels = np.where(kept, np.asarray(image), (rows + columns) % _HATCH != 0)
        picture.write(np.packbits(pixels, axis=1).tobytes())
        picture.ColorSpace, picture.BitsPerComponent = pikepdf.Name.DeviceGray, 1
        return
    gray = image.mode == "L"
    pixels = np.array(image if gray else image.convert("RGB"), dtype=np.uint8)
    pixels[~kept] = _COVER
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    picture.write(stream.getvalue(), filter=pikepdf.Name.DCTDecode)
    picture.ColorSpace = pikepdf.Name.DeviceGray if gray else pikepdf.Name.DeviceRGB
    picture.BitsPerComponent = 8
