"""How a page's picture goes into the archival copy: as it came wherever PDF can hold it so.

A JPEG or a CCITT G4 strip is put in byte for byte: no loss, no time. Other pages are encoded here:
bilevel ones as G4 (lossless), flat ones (screens, drawings, born-digital pages) deflated (lossless),
photographs and colour scans as JPEG of quality 90 without chroma subsampling, which keeps red seals
over black ink apart. The untouched original stands beside the copy in the object store, so the copy
may be the smaller one.
"""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from pipeline.domain.model import PageImage

JPEG_QUALITY = 90
_FLAT = 0.06  # deflated to this share of its raw size, a page is a drawing, not a photograph
_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended and progressive Huffman: what DCTDecode reads
_STANDALONE = {0x01, *range(0xD0, 0xD9)}
_ROWS_PER_STRIP, _STRIP_OFFSETS, _STRIP_LENGTHS, _PHOTOMETRIC = 278, 273, 279, 262
_FILL_ORDER = 266


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfImage:
    """Encoded bytes and the image dictionary that explains them. `turn`: clockwise, to be as displayed."""

    data: bytes
    entries: bytes
    turn: int = 0
    kept: bool = False


def encode_page_image(page: PageImage) -> PdfImage:
    """The page's picture for a PDF: the embedded bytes when PDF can hold them as they are, else encoded."""
    return _kept(page) or _encoded(page.pixels)


def _kept(page: PageImage) -> PdfImage | None:
    if page.embedded is None:
        return None
    width, height = page.scan_size
    if page.turn in (90, 270):
        width, height = height, width
    if page.encoding == "jpeg":
        frame = jpeg_frame(page.embedded)
        if frame is None or (frame.width, frame.height) != (width, height):
            return None
        entries = _entries(width, height, gray=frame.components == 1, filter_=b"/DCTDecode")
        return PdfImage(data=page.embedded, entries=entries, turn=page.turn, kept=True)
    if page.encoding == "ccitt-g4":
        strip = _strip_of(page.embedded)
        if strip is None or (strip.width, strip.height) != (width, height):
            return None
        return PdfImage(data=strip.data, entries=_g4_entries(strip), turn=page.turn, kept=True)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class JpegFrame:
    width: int
    height: int
    components: int


def jpeg_frame(data: bytes) -> JpegFrame | None:
    """Size and components of a JPEG that a PDF can hold as it is; None for any other bytes.

    Taken: 8-bit Huffman-coded grey or three-component images (ITU-T T.81). Not taken: CMYK, for which
    an sRGB output intent says nothing, arithmetic coding and 12 bit, which PDF viewers cannot read.
    """
    if data[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _STANDALONE:
            at += 2
        elif marker in _FRAMES:
            return _frame_at(data, at)
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return None
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _frame_at(data: bytes, at: int) -> JpegFrame | None:
    body = data[at + 4 : at + 10]
    if len(body) < 6 or body[0] != 8 or body[5] not in (1, 3):
        return None
    height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    return JpegFrame(width=width, height=height, components=body[5])


def _encoded(pixels: NDArray[np.uint8]) -> PdfImage:
    height, width = pixels.shape[:2]
    gray = pixels.ndim == 2
    if gray and is_bilevel(pixels):
        strip = _group4(pixels)
        return PdfImage(data=strip.data, entries=_g4_entries(strip))
    if _is_flat(pixels):
        data = zlib.compress(_up_filtered(pixels), 6)
        entries = _entries(width, height, gray=gray, filter_=b"/FlateDecode")
        parms = b" /DecodeParms <</Predictor 12 /Colors %d /Columns %d>>" % (1 if gray else 3, width)
        return PdfImage(data=data, entries=entries + parms)
    settings = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    settings += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    done, encoded = cv2.imencode(".jpg", pixels, settings)
    if not done:
        raise ValueError("the page could not be encoded as JPEG")
    entries = _entries(width, height, gray=gray, filter_=b"/DCTDecode")
    return PdfImage(data=encoded.tobytes(), entries=entries)


def is_bilevel(pixels: NDArray[np.uint8]) -> bool:
    """Whether a grey page holds only black and white."""
    return bool(cv2.countNonZero(pixels) == int(np.count_nonzero(pixels == 255)))


def _is_flat(pixels: NDArray[np.uint8]) -> bool:
    height = pixels.shape[0]
    bands = [pixels[y : y + 16] for y in range(height // 8, height, max(1, height // 8))]
    raw = sum(band.size for band in bands)
    return raw > 0 and sum(len(zlib.compress(_up_filtered(band), 1)) for band in bands) < _FLAT * raw


def _up_filtered(pixels: NDArray[np.uint8]) -> bytes:
    """Rows as their difference from the row above, each led by PNG's filter byte (2 = up); RGB order."""
    rows = pixels if pixels.ndim == 2 else pixels[:, :, ::-1]
    flat = np.ascontiguousarray(rows).reshape(rows.shape[0], -1)
    out = np.empty((flat.shape[0], flat.shape[1] + 1), dtype=np.uint8)
    out[:, 0] = 2
    out[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=out[1:, 1:])
    return out.tobytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Strip:
    width: int
    height: int
    white_is_zero: bool
    data: bytes


def _group4(pixels: NDArray[np.uint8]) -> _Strip:
    """A bilevel page as one CCITT G4 strip (ITU-T T.6)."""
    height, width = pixels.shape
    # One bits are the code's black runs. (Pillow inverts pixel by pixel when asked for white as zero.)
    image = Image.frombytes("1", (width, height), np.packbits(pixels <= 127, axis=1).tobytes())
    buffer = io.BytesIO()
    image.save(buffer, format="TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: height})
    strip = _strip_of(buffer.getvalue())
    if strip is None:
        raise ValueError("expected one strip")
    return replace(strip, white_is_zero=True)


def _strip_of(tiff: bytes) -> _Strip | None:
    """The one strip of a Group 4 TIFF, its bytes as they are; None when there are several."""
    with TiffImagePlugin.TiffImageFile(io.BytesIO(tiff)) as image:
        tags = image.tag_v2
        offsets, lengths = tags[_STRIP_OFFSETS], tags[_STRIP_LENGTHS]
        width, height = image.size
        if len(offsets) != 1 or tags.get(_FILL_ORDER, 1) != 1:
            return None
        data = tiff[offsets[0] : offsets[0] + lengths[0]]
        return _Strip(width=width, height=height, white_is_zero=tags.get(_PHOTOMETRIC, 0) == 0, data=data)


def _g4_entries(strip: _Strip) -> bytes:
    entries = _entries(strip.width, strip.height, gray=True, filter_=b"/CCITTFaxDecode", bits=1)
    if not strip.white_is_zero:
        entries += b" /Decode [1 0]"
    return entries + b" /DecodeParms <</K -1 /Columns %d /Rows %d>>" % (strip.width, strip.height)


def _entries(width: int, height: int, *, gray: bool, filter_: bytes, bits: int = 8) -> bytes:
    space = b"/DeviceGray" if gray else b"/DeviceRGB"
    size = b"/Type /XObject /Subtype /Image /Width %d /Height %d" % (width, height)
    return size + b" /ColorSpace %s /BitsPerComponent %d /Filter %s" % (space, bits, filter_)
