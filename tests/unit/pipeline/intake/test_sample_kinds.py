"""Samples of any depth and polarity show the same sheet; what only other software reads says what to do."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from pipeline.intake import open_document
from pipeline.intake.errors import UnsupportedType
from pipeline.intake.pixels import pixels_of

GREY = np.tile(np.linspace(0, 255, 320).astype(np.uint8), (200, 1))  # black at the left, white at the right
DEEP = GREY.astype(np.uint16) * 257
TWELVE = DEEP >> 4
SIGNED = (GREY.astype(np.int16) - 128).astype(np.int8)
FULL = GREY.astype(np.uint32) * 0x01010101


def _tiff(path: Path, samples: NDArray[Any], **options: Any) -> Path:
    tifffile.imwrite(path, samples, metadata=None, **options)
    return path


def _shows_grey(path: Path) -> bool:
    with open_document(path) as document:
        pixels = document.page(1).pixels
    return pixels.shape == GREY.shape and int(np.abs(pixels.astype(int) - GREY).max()) <= 1


@pytest.mark.parametrize(
    ("samples", "options"),
    [
        (65535 - DEEP, {"photometric": "miniswhite"}),
        (65535 - DEEP, {"photometric": "miniswhite", "byteorder": ">"}),
        (65535 - DEEP, {"photometric": "miniswhite", "compression": "lzw"}),
        (TWELVE, {"photometric": "minisblack", "bitspersample": 12}),
        (4095 - TWELVE, {"photometric": "miniswhite", "bitspersample": 12}),
        (TWELVE, {"photometric": "minisblack"}),
        (4095 - TWELVE, {"photometric": "miniswhite"}),
        (1 - GREY.astype(np.float32) / 255, {"photometric": "miniswhite"}),
        (255 - GREY, {"photometric": "miniswhite"}),
        (SIGNED, {}),
        (SIGNED, {"compression": "lzw"}),
        (-1 - SIGNED, {"photometric": "miniswhite"}),
        ((GREY >> 1).astype(np.int8), {}),
        ((DEEP >> 1).astype(np.int16), {}),
        ((DEEP - 32768).astype(np.int16), {"byteorder": ">", "compression": "lzw"}),
        (FULL, {}),
        (FULL, {"byteorder": ">"}),
        (FULL, {"byteorder": ">", "compression": "lzw"}),
        (FULL.max() - FULL, {"photometric": "miniswhite"}),
        (DEEP.astype(np.uint32), {}),
        ((FULL - (1 << 31)).astype(np.int32), {}),
        ((FULL - (1 << 31)).astype(np.int32), {"byteorder": ">", "compression": "lzw"}),
        ((FULL >> 1).astype(np.int32), {"photometric": "minisblack"}),
    ],
)
def test_grey_of_any_depth_is_black_where_it_is_black(
    tmp_path: Path, samples: NDArray[Any], options: dict[str, Any]
) -> None:
    assert _shows_grey(_tiff(tmp_path / "a.tif", samples, **options))


def test_grey_with_multiplied_transparency_is_laid_on_white(tmp_path: Path) -> None:
    samples = np.stack([GREY, np.full_like(GREY, 255)], axis=-1)
    samples[:, :40] = 0  # clear
    path = _tiff(tmp_path / "a.tif", samples, photometric="minisblack", extrasamples=["assocalpha"])
    with open_document(path) as document:
        pixels = document.page(1).pixels
    assert pixels[:, :40].min() == 255
    assert np.array_equal(pixels[:, 40:], GREY[:, 40:])


@pytest.mark.parametrize("samples", [GREY, DEEP, TWELVE])
def test_what_is_reduced_band_after_band_is_as_light_as_before(samples: NDArray[Any]) -> None:
    tall = np.tile(samples, (5, 1))
    reduced = pixels_of(Image.fromarray(tall), 2)
    assert reduced.shape == (500, 160)
    assert int(np.abs(reduced.astype(int) - GREY[0, ::2]).max()) <= 1


def _message(path: Path) -> str:
    with pytest.raises(UnsupportedType) as caught, open_document(path) as document:
        document.page(1)
    return caught.value.message.en


@pytest.mark.parametrize(
    ("samples", "options", "kind"),
    [
        (GREY, {"compression": "jpeg2000"}, "TIFF, compression 34712"),
        (GREY, {"compression": "jpegxl"}, "TIFF, compression 50002"),
        (DEEP >> 6, {"bitspersample": 10, "photometric": "minisblack"}, "TIFF, 10 bit"),
    ],
)
def test_a_tiff_of_an_unread_kind_is_to_be_converted(
    tmp_path: Path, samples: NDArray[Any], options: dict[str, Any], kind: str
) -> None:
    message = _message(_tiff(tmp_path / "a.tif", samples, **options))
    assert kind in message and "convert it to PDF, TIFF, JPEG, PNG" in message


@pytest.mark.parametrize(
    ("marker", "bits", "kind"),
    [(0xC1, 12, "12-bit JPEG"), (0xC3, 8, "lossless JPEG"), (0xC5, 8, "hierarchical JPEG"), (0xF7, 8, "JPEG-LS")],
)
def test_a_jpeg_of_an_unread_kind_is_to_be_converted(tmp_path: Path, marker: int, bits: int, kind: str) -> None:
    out = io.BytesIO()
    Image.fromarray(GREY).save(out, "JPEG")
    data = bytearray(out.getvalue())
    at = data.index(b"\xff\xc0")
    data[at + 1], data[at + 4] = marker, bits
    (tmp_path / "a.jpg").write_bytes(data)
    assert kind in _message(tmp_path / "a.jpg")


def test_heif_around_another_coding_is_to_be_converted(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.fromarray(GREY).convert("RGB").save(out, "AVIF")
    (tmp_path / "a.heic").write_bytes(out.getvalue().replace(b"ftypavif", b"ftypmif1", 1))
    assert "HEIF" in _message(tmp_path / "a.heic")
