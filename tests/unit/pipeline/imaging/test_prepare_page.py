"""What lies on a scan comes out upright, squared, straight, with a way back to the scan's own pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from pipeline.domain.geometry import Quad, Transform, rectangle
from pipeline.domain.model import PageImage
from pipeline.domain.recognition import Character, Confidence, LineImage, ModelIdentity, Reading
from pipeline.imaging import PreparedPage, prepare_page
from tests.making.sheets import Pixels, colour, page, slanted

DPI = 200  # what is read best is not what is tested here: a page of 300 takes twice as long
WIDTH, HEIGHT = 1654, 2338
SHEET_OF_CARDS = (3507, 2481, 3)  # at 300 dpi, as the cards below


class _Knowing:
    """Reads well only what stands upright: it knows in which direction the scan's text runs."""

    identity = ModelIdentity(name="knowing", sha256="0" * 64)
    charset = frozenset("abc")

    def __init__(self, direction: tuple[float, float], *, mute: bool = False, says: str = "Nguyễn Thị Mẫu") -> None:
        self.direction = direction
        self.mute = mute
        self.says = says

    def read(self, lines: Sequence[LineImage]) -> list[Reading]:
        return [self._read(line) for line in lines]

    def _read(self, line: LineImage) -> Reading:
        (x0, y0), (x1, y1) = line.to_upright((0.0, 10.0)), line.to_upright((100.0, 10.0))
        right = (x1 - x0) * self.direction[0] + (y1 - y0) * self.direction[1] > 0
        text = "" if self.mute or _is_dotted(line) else (self.says if right else "nqw zzfj tkkw")
        marks = tuple(Character(text=c, probability=0.9, start=0, end=1) for c in text)
        score = Confidence(raw=0.9, scale="probability")
        return Reading(text=text, characters=marks, confidence=score, reader="knowing")


def _is_dotted(line: LineImage) -> bool:
    """A row of an ornament's dots: far lower than letters with their marks."""
    return bool(line.pixels.shape[0] < 30)


def _scanned(pixels: Pixels, quarters: int) -> tuple[PageImage, _Knowing]:
    """The page as scanned after so many clockwise quarter turns, and a reader that knows."""
    scan = np.ascontiguousarray(np.rot90(pixels, -quarters))
    angle = math.radians(90 * quarters)
    return PageImage(number=1, pixels=scan, dpi=DPI), _Knowing((math.cos(angle), math.sin(angle)))


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_every_rotation_is_undone(quarters: int) -> None:
    scan, reader = _scanned(page(DPI), quarters)
    prepared = prepare_page(scan, reader=reader)
    assert prepared.report.rotation == (-90 * quarters) % 360
    assert np.array_equal(prepared.images[0].colour[:, :, 0], page(DPI))


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_frame_whose_marks_run_across_the_lines_does_not_lay_the_page_on_its_side(quarters: int) -> None:
    framed = page(DPI, lines=8).copy()
    for x in range(80, WIDTH - 67, 40):
        cv2.rectangle(framed, (x, 67), (x + 9, HEIGHT - 67), 0, -1)
    scan, reader = _scanned(framed, quarters)
    assert prepare_page(scan, reader=reader).report.rotation == (-90 * quarters) % 360


def test_numbers_alone_tell_along_which_lines_a_page_in_a_dotted_frame_is_written() -> None:
    framed = page(DPI, lines=8).copy()
    for x in (70, WIDTH - 70):
        for y in range(70, HEIGHT - 67, 24):
            cv2.circle(framed, (x, y), 7, 0, -1)
    report = prepare_page(PageImage(number=1, pixels=framed, dpi=DPI), reader=_Knowing((1, 0), says="019384821")).report
    assert report.rotation == 0
    assert report.findings == ()


@pytest.mark.parametrize("quarters", [0, 1])
def test_a_straight_page_is_not_resampled_and_a_slanted_one_is_straightened(quarters: int) -> None:
    scan, reader = _scanned(slanted(page(DPI), 2.4), quarters)
    prepared = prepare_page(scan, reader=reader)
    assert prepared.report.skew_deg == pytest.approx(2.4, abs=0.05)
    again = prepare_page(PageImage(number=1, pixels=prepared.images[0].colour, dpi=DPI), reader=_Knowing((1, 0)))
    assert again.report.skew_deg == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize(("quarters", "angle"), [(0, 0.0), (1, 0.0), (2, 3.1), (3, -6.0)])
def test_boxes_lead_back_to_the_scans_own_pixels(quarters: int, angle: float) -> None:
    sheet = colour(slanted(page(DPI), angle)).copy()
    cv2.rectangle(sheet, (400, 1740), (426, 1766), (0, 0, 255), -1)
    scan, reader = _scanned(sheet, quarters)
    image = prepare_page(scan, reader=reader).images[0]
    found = _centre_of_red(image.colour)
    assert image.to_scan(found) == pytest.approx(_centre_of_red(scan.pixels), abs=0.6)


def test_six_hundred_dpi_is_reduced_to_three_hundred_and_two_hundred_is_kept() -> None:
    for dpi, kept in ((600, 300), (200, 200)):
        scan = PageImage(number=1, pixels=page(dpi=dpi), dpi=dpi)
        image = prepare_page(scan, reader=_Knowing((1, 0))).images[0]
        assert image.dpi == pytest.approx(kept, abs=0.5)
        assert image.to_scan((image.colour.shape[1], image.colour.shape[0])) == pytest.approx(
            (scan.pixels.shape[1], scan.pixels.shape[0])
        )


def test_unknown_resolution_is_estimated_and_said_so() -> None:
    image = prepare_page(PageImage(number=1, pixels=page(dpi=200), dpi=None), reader=_Knowing((1, 0))).images[0]
    assert image.dpi == pytest.approx(200, rel=0.03)
    assert image.quality["dpi_estimated"] == 1.0


def test_an_empty_page_and_one_that_only_shines_through_are_blank() -> None:
    empty = np.full((HEIGHT, WIDTH), 250, np.uint8)
    ghost = cv2.GaussianBlur(cv2.flip(page(DPI), 1), (0, 0), 4)
    through = cv2.addWeighted(ghost, 0.15, empty, 0.85, 0)
    for pixels in (empty, through):
        prepared = prepare_page(PageImage(number=1, pixels=np.asarray(pixels), dpi=DPI), reader=None)
        assert prepared.report.blank
        assert [f.code for f in prepared.report.findings] == ["page.blank"]


def test_the_light_title_of_a_dark_cover_tells_how_it_lies() -> None:
    title = slanted(page(DPI, lines=3), 2.0)
    ink = (255 - title[:, :, None].astype(np.float32)) / 255
    cover = ((1 - ink) * (8, 8, 96) + ink * (70, 165, 215)).astype(np.uint8)
    scan, reader = _scanned(cover, 3)
    report = prepare_page(scan, reader=reader).report
    assert report.rotation == 90
    assert report.skew_deg == pytest.approx(2.0, abs=0.1)


def test_faded_ink_is_not_blank() -> None:
    faded = cv2.addWeighted(page(DPI), 0.3, np.full((HEIGHT, WIDTH), 250, np.uint8), 0.7, 0)
    prepared = prepare_page(PageImage(number=1, pixels=np.asarray(faded), dpi=DPI), reader=_Knowing((1, 0)))
    assert not prepared.report.blank


@pytest.mark.parametrize("share", [0.05, 0.1, 0.15])
@pytest.mark.parametrize("grain", [0, 3])
def test_a_page_of_very_faint_ink_is_read_as_dark_as_print(share: float, grain: float) -> None:
    noise = np.random.default_rng(2).normal(0, grain, (HEIGHT, WIDTH))
    faint = (235 - (255 - page(DPI).astype(float)) * share + noise).clip(0, 255).astype(np.uint8)
    prepared = prepare_page(PageImage(number=1, pixels=faint, dpi=DPI), reader=_Knowing((1, 0)))
    assert not prepared.report.blank and "page.faint" in [f.code for f in prepared.report.findings]
    levels = prepared.images[0].colour
    assert np.percentile(levels, 1) < 130 and np.median(levels) > 235


@pytest.mark.parametrize("spread", [1, 4, 10])
@pytest.mark.parametrize("size", [0.0, 2.0])
def test_grain_of_any_size_is_blank(spread: float, size: float) -> None:
    noise = np.random.default_rng(4).normal(0, spread, (HEIGHT, WIDTH)).astype(np.float32)
    if size:
        noise = cv2.GaussianBlur(noise, (0, 0), size) * (2 * size)
    pixels = (240 + noise).clip(0, 255).astype(np.uint8)
    assert prepare_page(PageImage(number=1, pixels=pixels, dpi=DPI), reader=None).report.blank


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (rectangle(0, 0.4 * HEIGHT, WIDTH, HEIGHT), "from the top, only 40 %"),
        (rectangle(0, 0, 0.7 * WIDTH, HEIGHT), "from the right, only 30 %"),
        (rectangle(0, 0, WIDTH, HEIGHT), "all of the page"),
    ],
)
def test_a_page_of_which_a_part_is_missing_says_from_where_on(missing: Quad, said: str) -> None:
    prepared = prepare_page(PageImage(number=1, pixels=page(DPI), dpi=DPI, missing=missing), reader=_Knowing((1, 0)))
    (finding,) = [f for f in prepared.report.findings if f.code == "page.damaged"]
    assert said in finding.message.en and prepared.report.missing == missing


def test_a_page_nobody_can_read_stays_as_scanned_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.imaging.prepare.upside_down_by_osd", lambda _: None)
    scan, reader = _scanned(page(DPI), 2)
    reader.mute = True
    prepared = prepare_page(scan, reader=reader)
    assert prepared.report.rotation == 0
    assert [f.code for f in prepared.report.findings] == ["page.orientation_unsure"]


def _photographed(sheet: Pixels, corners: list[tuple[float, float]], size: tuple[int, int]) -> tuple[Pixels, Transform]:
    """The sheet on a dark table; and the way from the sheet to the picture."""
    height, width = sheet.shape[:2]
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, np.array(corners, np.float32))
    table = np.full((size[1], size[0], 3), (60, 80, 100), np.uint8)
    noise = np.random.default_rng(5).normal(0, 5, table.shape)
    table = np.clip(table + noise, 0, 255).astype(np.uint8)
    small = cv2.GaussianBlur(sheet, (0, 0), 0.6)
    cv2.warpPerspective(small, matrix, size, dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    return table, Transform.of(matrix)


def _seen_by_a_camera(tilt: float, pan: float, size: tuple[int, int]) -> list[tuple[float, float]]:
    """Where a pinhole camera of a telephone's usual angle sees the corners of a leaning A4 sheet."""
    focal, distance = 1.1 * size[1], 1.55 * HEIGHT
    corners = []
    for x, y in ((-WIDTH, -HEIGHT), (WIDTH, -HEIGHT), (WIDTH, HEIGHT), (-WIDTH, HEIGHT)):
        u, v = x / 2 * math.cos(pan), y / 2 * math.cos(tilt)
        depth = distance + x / 2 * math.sin(pan) + y / 2 * math.sin(tilt)
        corners.append((size[0] / 2 + focal * u / depth, size[1] / 2 + focal * v / depth))
    return corners


def _upright_corners(
    prepared: PreparedPage, to_picture: Transform, width: int, height: int
) -> list[tuple[float, float]]:
    to_scan = prepared.images[0].to_scan
    assert isinstance(to_scan, Transform)
    back = to_scan.inverse()
    return [back(to_picture(p)) for p in ((0, 0), (width, 0), (width, height), (0, height))]


def test_a_page_photographed_on_a_table_is_squared() -> None:
    corners = _seen_by_a_camera(math.radians(14), math.radians(-9), (1550, 2090))
    picture, to_picture = _photographed(colour(page(DPI)), corners, (1550, 2090))
    prepared = prepare_page(PageImage(number=1, pixels=picture, dpi=None), reader=_Knowing((1, 0.03)))
    image = prepared.images[0]
    height, width = image.colour.shape[:2]
    expected = [(0, 0), (width, 0), (width, height), (0, height)]
    for corner, wanted in zip(_upright_corners(prepared, to_picture, WIDTH, HEIGHT), expected, strict=True):
        assert corner == pytest.approx(wanted, abs=0.01 * width)
    assert height / width == pytest.approx(math.sqrt(2), rel=0.02)
    assert image.kind == "page"


def test_a_dark_rim_of_the_scanner_is_cut_away() -> None:
    framed = cv2.copyMakeBorder(colour(page(DPI)), 60, 90, 50, 80, cv2.BORDER_CONSTANT, value=(20, 20, 20))
    image = prepare_page(PageImage(number=1, pixels=np.asarray(framed), dpi=DPI), reader=_Knowing((1, 0))).images[0]
    assert image.to_scan((0, 0)) == pytest.approx((50, 60), abs=4)
    assert image.colour.shape[:2] == pytest.approx((HEIGHT, WIDTH), abs=8)


def _card(tint: tuple[int, int, int] = (225, 215, 190)) -> tuple[Pixels, Pixels]:
    """An ID-1 card at 300 dpi with a photograph and five lines, and the mask of its rounded shape."""
    width, height, radius = 1011, 638, 38
    body = np.full((height, width, 3), tint, np.uint8)
    body[:, ::6] = np.array(tint) - 12
    text = cv2.resize(page()[250:1000, 250:1700], (640, 360), interpolation=cv2.INTER_AREA)
    body[220:580, 330:970] = np.minimum(body[220:580, 330:970], text[:, :, None])
    body[230:560, 40:260] = (110, 120, 140)
    shape = np.zeros((height, width), np.uint8)
    cv2.rectangle(shape, (radius, 0), (width - radius - 1, height - 1), 255, -1)
    cv2.rectangle(shape, (0, radius), (width - 1, height - radius - 1), 255, -1)
    for x in (radius, width - radius - 1):
        for y in (radius, height - radius - 1):
            cv2.circle(shape, (x, y), radius, 255, -1)
    return body, shape


def _laid(sheet: Pixels, left: int, top: int) -> None:
    body, shape = _card()
    height, width = shape.shape
    part = sheet[top : top + height, left : left + width]
    part[shape > 0] = body[shape > 0]


def test_two_sides_of_a_card_on_one_sheet_become_two_cards_in_reading_order() -> None:
    sheet = np.full(SHEET_OF_CARDS, 252, np.uint8)
    _laid(sheet, 700, 2000)
    _laid(sheet, 600, 500)
    prepared = prepare_page(PageImage(number=1, pixels=sheet, dpi=300), reader=_Knowing((1, 0)))
    assert [(i.kind, i.part) for i in prepared.images] == [("card", 1), ("card", 2)]
    assert prepared.images[0].to_scan((0, 0)) == pytest.approx((600, 500), abs=6)
    assert prepared.images[1].to_scan((0, 0)) == pytest.approx((700, 2000), abs=6)
    assert [i.dpi for i in prepared.images] == pytest.approx([300, 300], abs=4)


@pytest.fixture(scope="module")
def three_cards() -> tuple[Pixels, list[tuple[float, float]]]:
    """A sheet of cards, and where each begins on it when it lies straight."""
    sheet = np.full(SHEET_OF_CARDS, 252, np.uint8)
    for left, top in ((120, 500), (1300, 520), (120, 2000)):
        _laid(sheet, left, top)
    prepared = prepare_page(PageImage(number=1, pixels=sheet, dpi=300), reader=_Knowing((1, 0)))
    return sheet, [image.to_scan((0, 0)) for image in prepared.images]


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_cards_are_numbered_as_they_are_read_however_the_sheet_was_scanned(
    quarters: int, three_cards: tuple[Pixels, list[tuple[float, float]]]
) -> None:
    sheet, straight = three_cards
    scan = np.ascontiguousarray(np.rot90(sheet, -quarters))
    angle = math.radians(90 * quarters)
    reader = _Knowing((math.cos(angle), math.sin(angle)))
    turned = prepare_page(PageImage(number=1, pixels=scan, dpi=300), reader=reader).images
    assert [i.part for i in turned] == [1, 2, 3]
    back = [_before(quarters, i.to_scan((0, 0))) for i in turned]
    assert [p for b in back for p in b] == pytest.approx([p for s in straight for p in s], abs=8)


def _before(quarters: int, point: tuple[float, float]) -> tuple[float, float]:
    """Where a point of the turned sheet lay before so many clockwise quarter turns."""
    x, y = point
    height, width, _ = SHEET_OF_CARDS
    return ((x, y), (y, height - x), (width - x, height - y), (width - y, x))[quarters]


def test_a_photograph_and_a_table_on_a_page_are_no_cards() -> None:
    sheet = colour(page(lines=12), paper=(250, 250, 250)).copy()
    sheet[2300:2900, 300:740] = (110, 120, 140)  # a photograph, 37 by 51 mm
    for y in range(1900, 2300, 80):
        cv2.line(sheet, (1000, y), (2011, y), (30, 30, 30), 3)
    cv2.rectangle(sheet, (1000, 1900), (2011, 2538), (30, 30, 30), 3)  # a table of a card's size
    prepared = prepare_page(PageImage(number=1, pixels=sheet, dpi=300), reader=_Knowing((1, 0)))
    assert [i.kind for i in prepared.images] == ["page"]


def test_shadows_are_taken_out_and_colours_kept() -> None:
    fall = np.linspace(1.0, 0.45, WIDTH)[None, :, None]
    sheet = colour(page(DPI), paper=(245, 245, 245)).astype(np.float32)
    sheet[2000:2066, 266:333] = (60, 60, 220)
    shaded = np.clip(sheet * fall, 0, 255).astype(np.uint8)
    image = prepare_page(PageImage(number=1, pixels=shaded, dpi=DPI), reader=_Knowing((1, 0))).images[0]
    margin = image.colour[2200:2266, 67:-67].astype(np.float32)
    assert margin.min(axis=(0, 2)).min() > 215
    blue, green, red = image.colour[2033, 300]
    assert red > 180
    assert max(blue, green) < 90


def test_a_blurred_picture_is_told() -> None:
    blurred = cv2.GaussianBlur(page(), (0, 0), 7)
    prepared = prepare_page(PageImage(number=1, pixels=np.asarray(blurred), dpi=300), reader=_Knowing((1, 0)))
    assert "page.blurred" in [f.code for f in prepared.report.findings]


def _centre_of_red(pixels: Pixels) -> tuple[float, float]:
    red = (pixels[:, :, 2].astype(int) - pixels[:, :, 1]) > 120
    rows, columns = np.nonzero(red)
    return float(columns.mean()) + 0.5, float(rows.mean()) + 0.5


@pytest.fixture(scope="module")
def silent() -> PreparedPage:
    """The page of a file that claims no resolution."""
    return prepare_page(PageImage(number=1, pixels=page(dpi=200), dpi=None), reader=_Knowing((1.0, 0.0)))


@pytest.mark.parametrize("claimed", [600, 800, 1200, 67])
def test_a_resolution_that_the_letters_contradict_changes_nothing_but_a_note(
    claimed: int, silent: PreparedPage
) -> None:
    prepared = prepare_page(PageImage(number=1, pixels=page(dpi=200), dpi=claimed), reader=_Knowing((1.0, 0.0)))
    assert [f.code for f in prepared.report.findings] == ["page.resolution_implausible"]
    assert prepared.report.dpi is None
    assert prepared.images[0].dpi == silent.images[0].dpi
    assert np.array_equal(prepared.images[0].colour, silent.images[0].colour)
    assert prepared.report.captures == silent.report.captures


@pytest.mark.parametrize(("dpi", "long_mm"), [(300, 297), (540, 165)])
def test_a_resolution_that_the_letters_allow_is_believed(dpi: int, long_mm: float) -> None:
    """A sheet of A4, and a leaf as large as a household book's whose letters are as small as a card's."""
    scan = page()
    assert scan.shape[0] / dpi * 25.4 == pytest.approx(long_mm, abs=0.5)
    report = prepare_page(PageImage(number=1, pixels=scan, dpi=dpi), reader=_Knowing((1.0, 0.0))).report
    assert report.dpi == dpi
    assert report.findings == ()


def test_grain_as_fine_as_small_print_does_not_contradict_a_cards_resolution() -> None:
    grain = np.random.default_rng(7).normal(205, 30, (850, 1348))
    card = cv2.GaussianBlur(np.clip(grain, 0, 255).astype(np.uint8), (5, 5), 0)
    report = prepare_page(PageImage(number=1, pixels=card, dpi=400), reader=_Knowing((1.0, 0.0))).report
    assert report.dpi == 400
