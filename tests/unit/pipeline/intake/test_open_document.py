"""Every readable kind gives displayed pixels, the right resolution, and its own bytes where they can be kept."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pikepdf
import pillow_heif
import pytest
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from pipeline.domain.model import PageImage
from pipeline.intake import IntakeLimits, open_document, sha256_of_file
from pipeline.intake.errors import TooFewPixels
from tests.making.hostile import add_page, saved, scanned_pdf

WIDTH, HEIGHT = 640, 900


def _sheet(mode: str = "RGB") -> Image.Image:
    """White, with a black block in the upper left quarter and a red one at the lower right."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), "white")
    sheet.paste("black", (40, 60, 300, 160))
    sheet.paste((200, 0, 0), (500, 800, 620, 880))
    return sheet.convert(mode)


def _first_page(path: Path) -> PageImage:
    with open_document(path) as document:
        return document.page(1)


def _shows_sheet(pixels: np.ndarray) -> bool:
    grey = pixels if pixels.ndim == 2 else pixels.min(axis=2)
    return pixels.shape[:2] == (HEIGHT, WIDTH) and grey[110, 170] < 60 and grey[840, 560] < 110 and grey[500, 320] > 240


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_every_pixel_kind_shows_the_same_sheet(tmp_path: Path, kind: str, mode: str) -> None:
    path = tmp_path / f"sheet.{kind.lower()}"
    _sheet(mode).save(path, kind)
    assert _shows_sheet(_first_page(path).pixels)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_shows_the_same_sheet(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"sheet.{kind.lower()}"
    _sheet("CMYK").save(path, kind)
    page = _first_page(path)
    assert _shows_sheet(page.pixels)
    assert page.embedded is None


@pytest.mark.parametrize("size", [(20_000, 1), (1, 3000), (7, 7)])
def test_a_picture_too_thin_for_a_letter_is_set_aside(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("RGB", size, "white").save(tmp_path / "thin.png")
    with pytest.raises(TooFewPixels, match="scan the whole page"):
        _first_page(tmp_path / "thin.png")


def test_sixteen_bit_grey_keeps_its_upper_half(tmp_path: Path) -> None:
    values = np.asarray(_sheet("L")).astype(np.uint16) * 257
    path = tmp_path / "deep.png"
    Image.fromarray(values).save(path)
    assert _shows_sheet(_first_page(path).pixels)


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    sheet = _sheet("RGBA")
    clear = np.asarray(sheet).copy()
    clear[clear[:, :, :3].min(axis=2) > 250] = 0
    path = tmp_path / "clear.png"
    Image.fromarray(clear).save(path)
    assert _shows_sheet(_first_page(path).pixels)


def test_webp_and_heic_are_read(tmp_path: Path) -> None:
    _sheet().save(tmp_path / "a.webp", quality=90)
    pillow_heif.from_pillow(_sheet()).save(tmp_path / "a.heic", quality=90)
    for name in ("a.webp", "a.heic"):
        assert _shows_sheet(_first_page(tmp_path / name).pixels), name


@pytest.mark.parametrize("tag", range(1, 9))
def test_exif_orientation_is_applied(tmp_path: Path, tag: int) -> None:
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[tag]
    stored = _sheet() if undo is None else _sheet().transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = tag
    path = tmp_path / "turned.jpg"
    stored.save(path, exif=exif, quality=90)
    page = _first_page(path)
    assert _shows_sheet(page.pixels)
    assert (page.embedded is None) == (tag in (2, 4, 5, 7))
    if page.embedded is not None:
        kept = np.asarray(Image.open(io.BytesIO(page.embedded)))
        assert np.array_equal(np.rot90(kept, -page.turn // 90)[:, :, ::-1], page.pixels)


def test_orientation_of_a_tiff_is_applied_once(tmp_path: Path) -> None:
    for compression in (None, "tiff_lzw", "group4"):
        path = tmp_path / f"turned-{compression}.tif"
        sheet = _sheet("1" if compression == "group4" else "RGB").transpose(Image.Transpose.ROTATE_90)
        sheet.save(path, compression=compression, tiffinfo={274: 6})
        assert _shows_sheet(_first_page(path).pixels), compression


def test_tiff_pages_come_in_order_and_thumbnails_are_no_pages(tmp_path: Path) -> None:
    pages = [Image.new("L", (200, 100 + i)) for i in range(5)]
    path = tmp_path / "many.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:], compression="tiff_lzw")
    with open_document(path) as document:
        assert [p.pixels.shape[0] for p in document.pages()] == [100, 101, 102, 103, 104]
        assert document.page(2).pixels.shape[0] == 101


def test_group4_bytes_are_kept_in_a_tiff_that_stands_alone(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    _sheet("1").save(path, compression="group4", dpi=(300, 300), tiffinfo={278: HEIGHT})
    page = _first_page(path)
    assert page.encoding == "ccitt-g4"
    assert page.embedded is not None
    again = np.asarray(Image.open(io.BytesIO(page.embedded)).convert("L"))
    assert np.array_equal(again, page.pixels)


def test_jpeg_bytes_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    _sheet().save(path, dpi=(200, 200))
    page = _first_page(path)
    assert (page.embedded, page.encoding, page.dpi) == (path.read_bytes(), "jpeg", 200)


@pytest.mark.parametrize(("stated", "known"), [((300, 300), 300), ((72, 72), None), ((96, 96), None), ((1, 1), None)])
def test_resolution_that_nobody_measured_is_unknown(
    tmp_path: Path, stated: tuple[int, int], known: float | None
) -> None:
    path = tmp_path / "a.png"
    _sheet().save(path, dpi=stated)
    dpi = _first_page(path).dpi
    assert dpi == (pytest.approx(known, abs=0.1) if known else None)


def test_a_fax_with_unequal_resolution_gets_square_pixels(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    _sheet("1").save(path, compression="group4", dpi=(204, 102))
    page = _first_page(path)
    assert page.pixels.shape == (2 * HEIGHT, WIDTH)
    assert page.dpi == pytest.approx(204, abs=0.5)
    assert page.embedded is None
    assert page.scan_size == (WIDTH, HEIGHT)
    assert page.to_scan((WIDTH, 2 * HEIGHT)) == (WIDTH, HEIGHT)


def test_a_page_of_absurd_proportions_is_not_stretched_without_bound(tmp_path: Path) -> None:
    """An image of 640 x 900 pixels on a page of 1 x 14,000 points would be squared to 8,000 million pixels."""
    pdf = pikepdf.new()
    sheet = _sheet("L")
    image = _image_stream(pdf, sheet.tobytes(), sheet)
    add_page(pdf, b"q 1 0 0 14000 0 0 cm /Im0 Do Q", {"/XObject": {"/Im0": image}}, box=(0, 0, 1, 14_000))
    path = tmp_path / "a.pdf"
    path.write_bytes(saved(pdf))
    page = _first_page(path)
    assert page.pixels.size < 125_000_000
    assert page.scan_size == (WIDTH, HEIGHT)


def test_wrong_extension_is_read_and_noted(tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    _sheet().save(path, "PNG")
    with open_document(path) as document:
        assert document.media_type == "image/png"
        assert [f.code for f in document.findings] == ["input.wrong_extension"]
        assert _shows_sheet(document.page(1).pixels)


def test_no_page_beyond_the_last(tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    _sheet().save(path)
    with open_document(path) as document, pytest.raises(IndexError):
        document.page(2)


def test_limits_are_the_callers(tmp_path: Path) -> None:
    from pipeline.intake.errors import FileTooLarge, TooManyPages, TooManyPixels

    path = tmp_path / "scan.pdf"
    path.write_bytes(scanned_pdf(3))
    with pytest.raises(TooManyPages):
        open_document(path, IntakeLimits(max_pages=2))
    with pytest.raises(FileTooLarge):
        open_document(path, IntakeLimits(max_bytes=100))
    with (
        open_document(path, IntakeLimits(max_pixels=1000)) as document,
        pytest.raises(TooManyPixels) as caught,
    ):
        document.page(2)
    assert caught.value.page == 2


def test_digest_is_that_of_the_whole_file(tmp_path: Path) -> None:
    import hashlib

    path = tmp_path / "big.bin"
    path.write_bytes(b"abc" * 1_000_000)
    assert sha256_of_file(path) == hashlib.sha256(path.read_bytes()).hexdigest()


def _image_stream(pdf: pikepdf.Pdf, data: bytes, sheet: Image.Image, **entries: object) -> pikepdf.Stream:
    grey = sheet.mode in ("1", "L")
    return pdf.make_stream(
        data,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=sheet.width,
        Height=sheet.height,
        BitsPerComponent=1 if sheet.mode == "1" else 8,
        ColorSpace=pikepdf.Name.DeviceGray if grey else pikepdf.Name.DeviceRGB,
        **entries,
    )


def _jpeg(sheet: Image.Image) -> bytes:
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=92)
    return out.getvalue()


def _pdf_page(
    tmp_path: Path, sheet: Image.Image, content: bytes, rotate: int = 0, **extra: object
) -> tuple[PageImage, bytes]:
    pdf = pikepdf.new()
    data = _jpeg(sheet)
    image = _image_stream(pdf, data, sheet, Filter=pikepdf.Name.DCTDecode)
    resources: dict[str, object] = {"/XObject": {"/Im0": image}}
    resources |= extra
    box = (0, 0, 320, 450) if sheet.height > sheet.width else (0, 0, 450, 320)
    page = add_page(pdf, content, resources, box=box)
    if rotate:
        page["/Rotate"] = rotate
    path = tmp_path / "a.pdf"
    path.write_bytes(saved(pdf))
    return _first_page(path), data


def test_a_scanned_pdf_page_gives_its_own_jpeg(tmp_path: Path) -> None:
    page, data = _pdf_page(tmp_path, _sheet(), b"q 320 0 0 450 0 0 cm /Im0 Do Q")
    assert _shows_sheet(page.pixels)
    assert (page.embedded, page.encoding, page.turn) == (data, "jpeg", 0)
    assert page.dpi == pytest.approx(144)


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_page_rotation_is_applied_and_told(tmp_path: Path, rotate: int) -> None:
    turns = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
    sheet = _sheet().transpose(turns[rotate])  # counter-clockwise; the viewer turns it back
    content = b"q %d 0 0 %d 0 0 cm /Im0 Do Q" % (sheet.width // 2, sheet.height // 2)
    page, data = _pdf_page(tmp_path, sheet, content, rotate=rotate)
    assert _shows_sheet(page.pixels)
    assert (page.embedded, page.turn) == (data, rotate)


def test_a_matrix_that_turns_the_image_is_applied(tmp_path: Path) -> None:
    sheet = _sheet().transpose(Image.Transpose.ROTATE_180)
    page, data = _pdf_page(tmp_path, sheet, b"q -320 0 0 -450 320 450 cm /Im0 Do Q")
    assert _shows_sheet(page.pixels)
    assert (page.embedded, page.turn) == (data, 180)


def test_a_matrix_that_mirrors_the_image_is_applied_and_its_bytes_are_not_kept(tmp_path: Path) -> None:
    sheet = _sheet().transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    page, _ = _pdf_page(tmp_path, sheet, b"q -320 0 0 450 320 0 cm /Im0 Do Q")
    assert _shows_sheet(page.pixels)
    assert page.embedded is None


def test_invisible_text_over_a_scan_changes_nothing(tmp_path: Path) -> None:
    content = b"q 320 0 0 450 0 0 cm /Im0 Do Q BT /F1 12 Tf 3 Tr 10 10 Td (abc) Tj ET"
    page, data = _pdf_page(tmp_path, _sheet(), content)
    assert page.embedded == data


@pytest.mark.parametrize(
    "content",
    [
        b"q 320 0 0 450 0 0 cm /Im0 Do Q BT /F1 12 Tf 10 10 Td (abc) Tj ET",
        b"q 320 0 0 450 0 0 cm /Im0 Do Q 10 10 50 50 re f",
        b"q 10 10 60 60 re W n 320 0 0 450 0 0 cm /Im0 Do Q",
        b"q 160 0 0 450 0 0 cm /Im0 Do Q q 160 0 0 450 160 0 cm /Im0 Do Q",
        b"q 60 0 0 90 20 20 cm /Im0 Do Q",
    ],
    ids=["text", "drawing", "clip", "two images", "small"],
)
def test_a_page_that_shows_more_than_its_image_is_rasterised(tmp_path: Path, content: bytes) -> None:
    page, _ = _pdf_page(tmp_path, _sheet(), content)
    assert page.embedded is None
    assert page.pixels.shape[:2] == pytest.approx((1875, 1333), abs=1)
    assert page.dpi == 300


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
@pytest.mark.parametrize("predictor", [1, 15])
def test_losslessly_packed_scans_come_out_exactly(tmp_path: Path, mode: str, predictor: int) -> None:
    import zlib

    sheet = _sheet(mode)
    pdf = pikepdf.new()
    if predictor == 1:
        data, options = zlib.compress(sheet.tobytes()), pikepdf.Dictionary()
    else:
        out = io.BytesIO()
        sheet.save(out, "PNG")
        data = _idat(out.getvalue())
        options = pikepdf.Dictionary(
            Predictor=15,
            Columns=WIDTH,
            Colors=3 if mode == "RGB" else 1,
            BitsPerComponent=1 if mode == "1" else 8,
        )
    image = _image_stream(pdf, data, sheet, Filter=pikepdf.Name.FlateDecode, DecodeParms=options)
    add_page(pdf, b"q 320 0 0 450 0 0 cm /Im0 Do Q", {"/XObject": {"/Im0": image}}, box=(0, 0, 320, 450))
    path = tmp_path / "a.pdf"
    path.write_bytes(saved(pdf))
    page = _first_page(path)
    expected = np.asarray(sheet.convert("L")) if mode != "RGB" else np.asarray(sheet)[:, :, ::-1]
    assert np.array_equal(page.pixels, expected)


@pytest.mark.parametrize("stencil", [False, True])
@pytest.mark.parametrize("black_is_one", [False, True])
def test_group4_in_a_pdf_has_the_right_polarity(tmp_path: Path, black_is_one: bool, stencil: bool) -> None:
    sheet = _sheet("1")
    out = io.BytesIO()
    sheet.save(out, "TIFF", compression="group4", tiffinfo={278: HEIGHT})
    tiff = TiffImageFile(io.BytesIO(out.getvalue()))
    at, size = tiff.tag_v2[273][0], tiff.tag_v2[279][0]
    pdf = pikepdf.new()
    options = pikepdf.Dictionary(K=-1, Columns=WIDTH, Rows=HEIGHT, BlackIs1=black_is_one)
    data = out.getvalue()[at : at + size]
    image = _image_stream(pdf, data, sheet, Filter=pikepdf.Name.CCITTFaxDecode, DecodeParms=options)
    if stencil:
        del image["/ColorSpace"]
        image["/ImageMask"] = True
    add_page(pdf, b"q 320 0 0 450 0 0 cm /Im0 Do Q", {"/XObject": {"/Im0": image}}, box=(0, 0, 320, 450))
    path = tmp_path / "a.pdf"
    path.write_bytes(saved(pdf))
    page = _first_page(path)
    assert page.encoding == "ccitt-g4"
    assert np.array_equal(page.pixels, _as_rendered(path, page.pixels.shape))


def _as_rendered(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """What an independent renderer shows, at the image's own size."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        picture = pdf[0].render(scale=2, grayscale=True).to_numpy()
    grey = picture if picture.ndim == 2 else picture[:, :, 0]
    assert grey.shape == shape
    return np.where(grey < 128, 0, 255).astype(np.uint8)


def _idat(png: bytes) -> bytes:
    at, data = 8, b""
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    return data


def _drawn_pdf(path: Path, box: tuple[float, float], content: bytes, pieces: int = 1) -> None:
    """The sheet, cut into strips named /S0 and on, drawn by `content`, with a line of its own: no sole image."""
    pdf = pikepdf.new()
    sheet, rows = _sheet(), HEIGHT // pieces
    strips = {}
    for n in range(pieces):
        strip = sheet.crop((0, n * rows, WIDTH, (n + 1) * rows))
        strips[f"/S{n}"] = _image_stream(pdf, strip.tobytes(), strip)
    add_page(pdf, content + b" 0 0 m 1 1 l S", {"/XObject": pikepdf.Dictionary(strips)}, box=(0, 0, *box))
    path.write_bytes(saved(pdf))


def test_a_page_of_one_point_a_pixel_is_drawn_at_its_images_own_resolution(tmp_path: Path) -> None:
    """A page of 36 x 50 inches: three strips of 640 x 300 pixels on it are all there is to see."""
    path = tmp_path / "a.pdf"
    content = b" ".join(b"q 2560 0 0 1200 0 %d cm /S%d Do Q" % (2400 - 1200 * n, n) for n in range(3))
    _drawn_pdf(path, (2560, 3600), content, pieces=3)
    assert _shows_sheet(_first_page(path).pixels)


def test_a_page_that_claims_to_be_small_keeps_its_images_pixels(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    _drawn_pdf(path, (64, 90), b"q 64 0 0 90 0 0 cm /S0 Do Q")
    assert _shows_sheet(_first_page(path).pixels)


def test_a_coarse_picture_under_a_drawing_does_not_coarsen_it(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    _drawn_pdf(path, (576, 810), b"q 576 0 0 810 0 0 cm /S0 Do Q")
    page = _first_page(path)
    assert page.dpi == 300
    assert page.pixels.shape[:2] == pytest.approx((3375, 2400), abs=1)


def test_fine_images_do_not_make_a_drawn_page_larger_than_a4_at_600_dpi(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    _drawn_pdf(path, (595, 842), b" ".join([b"q 595 0 0 842 0 0 cm /S0 Do Q", b"q 2 0 0 3 0 0 cm /S0 Do Q"] * 2))
    small = _first_page(path).pixels.shape
    _drawn_pdf(path, (5.95, 8.42), b"q 5.95 0 0 8.42 0 0 cm /S0 Do Q")
    assert small[:2] == pytest.approx((3508, 2480), abs=1)
    assert _first_page(path).pixels.size <= 3 * 36_000_000


@pytest.mark.parametrize("count", [1, 3, 9_999])
def test_pages_that_are_there_are_drawn_whatever_count_the_file_declares(tmp_path: Path, count: int) -> None:
    path, other = tmp_path / "a.pdf", tmp_path / "b.pdf"
    _drawn_pdf(path, (64, 90), b"q 64 0 0 90 0 0 cm /S0 Do Q")
    with pikepdf.open(path) as pdf:
        pdf.pages.append(pdf.pages[0])
        leaf = pdf.pages[0].obj
        pdf.Root.Pages.Resources = leaf.Resources  # inherited, as some software writes them
        for page in pdf.pages:
            del page.obj["/Resources"]
        pdf.Root.Pages.Count = count
        pdf.save(other, fix_metadata_version=False)
    with open_document(other) as document:
        pages = list(document.pages())
    assert len(pages) == 2
    assert all(_shows_sheet(page.pixels) for page in pages)


LARGE = (7200, 5400)


def _large(path: Path, dpi: int, mode: str) -> Path:
    image = Image.new("L", LARGE, 240)
    image.paste(20, (0, 0, 3600, 1200))
    if path.suffix == ".pdf":
        image.convert(mode).save(path, resolution=dpi)
    else:
        image.convert(mode).save(path, dpi=(dpi, dpi), compression="group4" if mode == "1" else None)
    return path


@pytest.mark.parametrize(("name", "mode"), [("a.jpg", "RGB"), ("a.pdf", "L"), ("a.tif", "1")])
def test_a_page_far_finer_than_reading_needs_is_reduced_and_its_places_stay_those_of_the_file(
    tmp_path: Path, name: str, mode: str
) -> None:
    with open_document(_large(tmp_path / name, 600, mode)) as document:
        page = document.page(1)
    assert page.pixels.shape[:2] == (2700, 3600)
    assert page.scan_size == LARGE and page.finer == 2
    assert page.to_scan((1800.0, 600.0)) == pytest.approx((3600, 1200))
    assert page.pixels[580:590, 1780:1790].mean() < 40 and page.pixels[610, 1810].min() > 220
    assert page.dpi == pytest.approx(300, abs=0.5)


def test_a_large_sheet_that_is_no_finer_than_reading_needs_keeps_its_pixels(tmp_path: Path) -> None:
    with open_document(_large(tmp_path / "a.jpg", 300, "L")) as document:
        assert document.page(1).pixels.shape == (5400, 7200)  # 24 inches
