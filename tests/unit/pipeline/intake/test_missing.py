"""A picture whose data end early or were zeroed says from where on it is missing; a whole one, however blank, not."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pikepdf
import pillow_heif
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from pipeline.domain.geometry import Quad, bounds
from pipeline.intake import open_document
from tests.making.hostile import add_page, saved

WIDTH, HEIGHT = 640, 896
KEPT = 0.5


def _scan(*, blank_from: float = 1.0, mode: str = "L") -> Image.Image:
    """Grainy paper with dark bars like lines of text; pure white from a share of its height on."""
    grain = np.random.default_rng(5)
    pixels = grain.normal(228, 4, (HEIGHT, WIDTH)).clip(0, 255)
    for top in range(40, HEIGHT - 40, 40):
        for left in range(60, WIDTH - 80, 30):
            pixels[top : top + 14, left : left + int(grain.integers(8, 26))] = 40
    pixels[round(blank_from * HEIGHT) :] = 255
    return Image.fromarray(pixels.astype(np.uint8)).convert(mode)


def _encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _jpeg_cut(data: bytes) -> bytes:
    return data[: int(len(data) * KEPT)] + b"\xff\xd9"


def _jpeg_zeroed(data: bytes) -> bytes:
    kept = int(len(data) * KEPT)
    return data[:kept] + bytes(len(data) - kept - 2) + b"\xff\xd9"


def _jpeg_with_a_hole(data: bytes) -> bytes:
    """As a disk leaves it that lost a few blocks."""
    kept = int(len(data) * KEPT)
    return data[:kept] + bytes(4096) + data[kept + 4096 :]


def _zeroed(data: bytes) -> bytes:
    kept = int(len(data) * KEPT)
    return data[:kept] + bytes(len(data) - kept)


def _missing(tmp_path: Path, name: str, data: bytes) -> Quad | None:
    path = tmp_path / name
    path.write_bytes(data)
    with open_document(path) as document:
        return document.page(1).missing


def _begins_half_way(missing: Quad | None) -> bool:
    if missing is None:
        return False
    left, top, right, bottom = bounds(missing)
    return (left, right, bottom) == (0, WIDTH, HEIGHT) and 0.35 < top / HEIGHT < 0.6


@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"restart_marker_rows": 4}])
@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("break_it", [_jpeg_cut, _jpeg_zeroed])
def test_a_jpeg_that_ends_early_is_missing_from_there_on(
    tmp_path: Path, options: dict[str, object], mode: str, break_it: object
) -> None:
    whole = _encoded(_scan(mode=mode), "JPEG", quality=85, **options)
    assert callable(break_it)
    assert _begins_half_way(_missing(tmp_path, "a.jpg", break_it(whole)))


@pytest.mark.parametrize("optimize", [False, True])
def test_a_jpeg_with_a_hole_is_missing_from_there_on(tmp_path: Path, optimize: bool) -> None:
    whole = _encoded(_scan(), "JPEG", quality=85, optimize=optimize)
    assert _begins_half_way(_missing(tmp_path, "a.jpg", _jpeg_with_a_hole(whole)))


def _jpeg_with_bytes_cut_out(data: bytes) -> bytes:
    kept = int(len(data) * KEPT)
    return data[:kept] + data[kept + 4096 :]


@pytest.mark.parametrize("rows", [1, 4])
@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("break_it", [_jpeg_with_a_hole, _jpeg_with_bytes_cut_out])
def test_a_jpeg_with_restart_markers_and_a_hole_is_missing_from_there_on(
    tmp_path: Path, rows: int, mode: str, break_it: object
) -> None:
    whole = _encoded(_scan(mode=mode), "JPEG", quality=85, restart_marker_rows=rows)
    assert callable(break_it)
    assert _begins_half_way(_missing(tmp_path, "a.jpg", break_it(whole)))


def test_zeros_within_one_part_of_a_jpeg_with_restart_markers_are_missed(tmp_path: Path) -> None:
    whole = _encoded(_scan(), "JPEG", quality=85, restart_marker_rows=8)
    parts = whole.split(b"\xff\xd3")
    parts[1] = parts[1][:200] + bytes(200) + parts[1][400:]
    assert _missing(tmp_path, "a.jpg", b"\xff\xd3".join(parts)) is not None


@pytest.mark.parametrize("blocks", [7, 80, 1000])
@pytest.mark.parametrize("optimize", [False, True])
def test_a_whole_jpeg_with_restart_markers_is_whole_however_blank(tmp_path: Path, blocks: int, optimize: bool) -> None:
    for mode in ("L", "RGB"):
        whole = _encoded(
            _scan(blank_from=0.3, mode=mode), "JPEG", quality=85, restart_marker_blocks=blocks, optimize=optimize
        )
        assert _missing(tmp_path, "a.jpg", whole) is None


def test_of_a_progressive_jpeg_without_its_later_scans_the_whole_page_is_missing(tmp_path: Path) -> None:
    whole = _encoded(_scan(), "JPEG", progressive=True)
    missing = _missing(tmp_path, "a.jpg", whole[: len(whole) // 4] + b"\xff\xd9")
    assert missing is not None and bounds(missing) == (0, 0, WIDTH, HEIGHT)


@pytest.mark.parametrize(("orientation", "side"), [(3, "top"), (6, "left"), (8, "right")])
def test_the_missing_part_lies_where_the_page_is_displayed(tmp_path: Path, orientation: int, side: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    missing = _missing(tmp_path, "a.jpg", _jpeg_cut(_encoded(_scan(), "JPEG", exif=exif)))
    assert missing is not None
    left, top, right, bottom = bounds(missing)
    width, height = (WIDTH, HEIGHT) if orientation == 3 else (HEIGHT, WIDTH)
    gaps = {"top": height - bottom, "left": width - right, "right": left}
    assert gaps[side] > 0.3 * HEIGHT
    assert (right - left) * (bottom - top) + gaps[side] * (width if side == "top" else height) == width * height


@pytest.mark.parametrize("lossless", [False, True])
def test_a_webp_whose_tail_was_zeroed_is_missing_from_there_on(tmp_path: Path, lossless: bool) -> None:
    whole = _encoded(_scan(mode="RGB"), "WEBP", quality=80, lossless=lossless)
    assert _begins_half_way(_missing(tmp_path, "a.webp", _zeroed(whole)))


def _group4_pdf(image: Image.Image, *, kept: float) -> bytes:
    tiff = Image.open(io.BytesIO(_encoded(image.convert("1"), "TIFF", compression="group4")))
    assert isinstance(tiff, TiffImagePlugin.TiffImageFile)
    start, size = tiff.tag_v2[273][0], tiff.tag_v2[279][0]
    assert tiff.fp is not None
    tiff.fp.seek(start)
    data = tiff.fp.read(size)
    pdf = pikepdf.new()
    stream = pdf.make_stream(
        data[: int(size * kept)],
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=WIDTH,
        Height=HEIGHT,
        BitsPerComponent=1,
        ColorSpace=pikepdf.Name.DeviceGray,
        Filter=pikepdf.Name.CCITTFaxDecode,
        DecodeParms=pikepdf.Dictionary(K=-1, Columns=WIDTH, Rows=HEIGHT),
    )
    add_page(pdf, b"q 595 0 0 842 0 0 cm /Im0 Do Q", {"/XObject": {"/Im0": stream}})
    return saved(pdf)


@pytest.mark.parametrize(("break_it", "broken"), [(_jpeg_cut, True), (bytes, False)])
def test_of_a_drawn_page_with_a_broken_picture_all_is_missing(tmp_path: Path, break_it: object, broken: bool) -> None:
    assert callable(break_it)
    pdf = pikepdf.new()
    picture = pdf.make_stream(
        break_it(_encoded(_scan(), "JPEG")),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=WIDTH,
        Height=HEIGHT,
        BitsPerComponent=8,
        ColorSpace=pikepdf.Name.DeviceGray,
        Filter=pikepdf.Name.DCTDecode,
    )
    add_page(pdf, b"q 595 0 0 842 0 0 cm /Im0 Do Q 0 0 100 100 re f", {"/XObject": {"/Im0": picture}})
    missing = _missing(tmp_path, "a.pdf", saved(pdf))
    assert (missing is not None) == broken
    assert missing is None or bounds(missing)[:2] == (0, 0)


@pytest.fixture
def one_strip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TiffImagePlugin, "STRIP_SIZE", 1 << 24)


@pytest.mark.usefixtures("one_strip")
def test_group_4_in_a_pdf_that_ends_early_is_missing_from_there_on(tmp_path: Path) -> None:
    assert _begins_half_way(_missing(tmp_path, "cut.pdf", _group4_pdf(_scan(), kept=KEPT)))
    assert _missing(tmp_path, "whole.pdf", _group4_pdf(_scan(), kept=1)) is None


@pytest.mark.usefixtures("one_strip")
def test_group_4_in_a_tiff_that_ends_early_is_missing_from_there_on(tmp_path: Path) -> None:
    whole = _encoded(_scan().convert("1"), "TIFF", compression="group4")
    counts = whole.index(struct.pack("<HHI", 279, 4, 1)) + 8
    size = struct.unpack_from("<I", whole, counts)[0]
    cut = whole[:counts] + struct.pack("<I", int(size * KEPT)) + whole[counts + 4 :]
    assert _begins_half_way(_missing(tmp_path, "cut.tif", cut))


def _in_strips() -> tuple[bytearray, tifffile.TiffPage]:
    """The scan uncompressed in strips of 64 rows."""
    out = io.BytesIO()
    tifffile.imwrite(out, np.asarray(_scan()), rowsperstrip=64, metadata=None)
    page = tifffile.TiffFile(io.BytesIO(out.getvalue())).pages[0]
    assert isinstance(page, tifffile.TiffPage)
    return bytearray(out.getvalue()), page


@pytest.mark.parametrize("compression", ["group3", "tiff_ccitt", "jpeg"])
@pytest.mark.usefixtures("one_strip")
def test_a_compressed_strip_whose_tail_was_zeroed_is_missing_from_there_on(tmp_path: Path, compression: str) -> None:
    scan = _scan(mode="L" if compression == "jpeg" else "1")
    data = bytearray(_encoded(scan, "TIFF", compression=compression))
    tiff = Image.open(io.BytesIO(bytes(data)))
    assert isinstance(tiff, TiffImagePlugin.TiffImageFile)
    (offset,), (count,) = tiff.tag_v2[273], tiff.tag_v2[279]
    assert _missing(tmp_path, "whole.tif", bytes(data)) is None
    data[offset + int(count * KEPT) : offset + count] = bytes(count - int(count * KEPT))
    assert _begins_half_way(_missing(tmp_path, "a.tif", bytes(data)))


def test_a_heic_whose_tail_was_zeroed_is_missing_from_there_on(tmp_path: Path) -> None:
    out = io.BytesIO()
    pillow_heif.from_pillow(_scan(mode="RGB")).save(out, format="HEIF", quality=80)
    assert _missing(tmp_path, "whole.heic", out.getvalue()) is None
    assert _begins_half_way(_missing(tmp_path, "a.heic", _zeroed(out.getvalue())))


def test_uncompressed_strips_that_were_zeroed_are_missing(tmp_path: Path) -> None:
    data, page = _in_strips()
    for offset, count in list(zip(page.dataoffsets, page.databytecounts, strict=True))[7:]:
        data[offset : offset + count] = bytes(count)
    assert _begins_half_way(_missing(tmp_path, "a.tif", bytes(data)))


def test_strips_of_no_bytes_are_missing(tmp_path: Path) -> None:
    data, page = _in_strips()
    size = struct.calcsize({"SHORT": "<H", "LONG": "<I"}[page.tags[279].dtype.name])
    first, last = (page.tags[279].valueoffset + size * n for n in (7, len(page.databytecounts)))
    data[first:last] = bytes(last - first)
    assert _begins_half_way(_missing(tmp_path, "a.tif", bytes(data)))


@pytest.mark.parametrize("blank_from", [0.0, 0.4, 1.0])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {"quality": 80}),
        ("JPEG", {"quality": 80, "optimize": True}),
        ("JPEG", {"progressive": True}),
        ("WEBP", {"quality": 80}),
        ("WEBP", {"lossless": True}),
        ("TIFF", {}),
        ("TIFF", {"compression": "group4"}),
        ("PNG", {}),
    ],
)
def test_nothing_is_missing_of_a_whole_picture_with_a_clean_white_rest(
    tmp_path: Path, kind: str, options: dict[str, object], blank_from: float
) -> None:
    mode = "1" if "compression" in options else "L"
    data = _encoded(_scan(blank_from=blank_from, mode=mode), kind, **options)
    assert _missing(tmp_path, f"a.{kind.lower()}", data) is None


def test_a_black_border_below_the_paper_is_not_missing(tmp_path: Path) -> None:
    pixels: NDArray[np.uint8] = np.array(_scan())
    pixels[700:] = 0
    pixels[:, :20] = 0
    assert _missing(tmp_path, "a.tif", _encoded(Image.fromarray(pixels), "TIFF")) is None


def test_zeros_behind_the_last_row_cost_nothing(tmp_path: Path) -> None:
    data = _encoded(_scan(), "JPEG")
    assert _missing(tmp_path, "a.jpg", data[:-2] + bytes(500) + b"\xff\xd9") is None
