"""From a page as scanned to what lies on it: upright, squared, straight and evenly lit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.domain.geometry import Quad, Transform, WayBack
from pipeline.domain.model import Capture, CaptureSpot, PageImage, PageReport, UprightImage
from pipeline.domain.recognition import Recognizer
from pipeline.imaging.arrange import as_read
from pipeline.imaging.blank import is_blank
from pipeline.imaging.capture import measure_capture
from pipeline.imaging.findings import (
    FAINT_INK,
    NEGATIVE,
    RESOLUTION_IMPLAUSIBLE,
    WRITING_BESIDE_CARDS,
    damage_of,
    findings_of,
)
from pipeline.imaging.flat_end import flat_end
from pipeline.imaging.ink import VIEW_DPI, Gray, Ink, find_ink
from pipeline.imaging.leftover import writing_beside_cards
from pipeline.imaging.light import deepened, flatten, is_uneven, light_field
from pipeline.imaging.locate import frame_itself, locate_regions
from pipeline.imaging.negative import positive
from pipeline.imaging.opened_book import FlatPage, OpenedBook, find_opened_book
from pipeline.imaging.osd import upside_down_by_osd
from pipeline.imaging.quality import measure_quality
from pipeline.imaging.regions import Region, whole_frame
from pipeline.imaging.runs import find_runs, levelled
from pipeline.imaging.scale import contradicted, dpi_by_text, dpi_of_sheet, may_be_contradicted
from pipeline.imaging.skew import SkewEstimate, estimate_skew
from pipeline.imaging.upright import vote_by_reading
from pipeline.imaging.warp import Pixels, Shrunk, cut, quarter_turn, reduced, rotation, turned, turned_size

_TARGET_DPI = 300.0  # of images that are reduced: what scans are asked for
_KEEP_BELOW_DPI = 400.0  # up to here a scan keeps its own pixels; by trial
_STRAIGHT_DEG = 0.07  # degrees: at 300 dpi 3 pixels over the width of A4, not worth a resampling
_RUNS = 6  # text runs that are read, at most, to tell which way is up; for speed
_TELLING_PIECES = 24  # letters from which their height tells the resolution; by trial
_WAY_PIECES = 4  # letters without which nobody is asked which way is up; by trial
_DARK_COVER, _MORE_TITLE = 110, 2.0  # grey level of a cover's ground; its light pieces over its dark ones; by trial
_LEGIBLE = 0.45  # plausibility (`pipeline.imaging.upright`) below which nothing was read along a page's lines; by trial
_DOUBTFUL_DPI = (0.62, 1.6)  # resolution by letters over the assumed one; outside, the view is made again; by trial
_LONG_SIDE_IN = (1.5, 24.0)  # inches: longer side of any paper, from less than a card to A2
_PAPER = 75  # percentile of the scan's levels that is its paper's colour, laid around a straightened page; by trial
_A4_IN = 11.69  # longer side, ISO 216
_REPORTED = frozenset(("crispness", "light", "missing", "screen"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPage:
    """What was measured on the page, and the upright images of what lies on it, in reading order.

    `book`: the opened book that it shows, whose flattened pages the images are.
    """

    report: PageReport
    images: tuple[UprightImage, ...]
    book: OpenedBook | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPage:
    """A page as it is to be looked at: a negative inverted, silent about a resolution that its letters contradict."""

    page: PageImage
    negative: bool
    implausible: bool  # what the file states of its resolution


def judged(page: PageImage) -> JudgedPage:
    """What `prepare_page` finds out first, to be handed to it where it looks at one page several times."""
    shown = positive(page)
    missing = page.missing or flat_end(page.pixels)
    seen = _with_believable_dpi(replace(page, pixels=shown, missing=missing))
    return JudgedPage(page=seen, negative=shown is not page.pixels, implausible=seen.dpi != page.dpi)


def prepare_page(
    scanned: PageImage | JudgedPage,
    *,
    reader: Recognizer | None,
    cards: bool = True,
    books: bool = True,
    spread: OpenedBook | None = None,
) -> PreparedPage:
    """Finds, turns, squares, straightens and lights what lies on a scanned page; inverts a negative.

    Every image's `to_scan` leads exactly to the scan's pixels. Each step may abstain: then the image
    stays as it was scanned and a finding says so. `dpi` of an image is that of its own pixels: measured
    for cards (ISO/IEC 7810), stated by the file otherwise, and estimated from paper shape and letter
    height where the file is silent or its letters say otherwise (`quality["dpi_estimated"]` is 1 then).
    Images above 400 dpi are reduced to 300; none is enlarged. `reader` decides which way is up; without
    one Tesseract's page orientation does. Never raises for what is on the page. Without `cards` it is one sheet.
    Photographed opened books give an image for each of their pages, flattened; one for both with `spread`, the book
    that was found on this page before; without `books` none is looked for.
    """
    known = scanned if isinstance(scanned, JudgedPage) else judged(scanned)
    page = known.page
    shrunk = Shrunk(page.pixels)
    book = spread or (find_opened_book(shrunk) if books else None)
    regions: list[Region] = []
    if book is not None:
        flat = book.pages if spread is None else (book.joined(),)
        parts = [_flat_part(page, leaf, part, reader) for part, leaf in enumerate(flat, start=1)]
    else:
        regions = locate_regions(shrunk, page.dpi, cards_too=cards)
        parts = [_prepare_region(page, shrunk, region, part, reader) for part, region in enumerate(regions, start=1)]
    parts = [parts[n] for n in as_read([part.image for part in parts])]
    images = tuple(part.image.evolve(part=number) for number, part in enumerate(parts, start=1))
    captures = tuple(replace(part.capture, part=number) for number, part in enumerate(parts, start=1))
    first = images[0]
    found = [
        *(f for part in parts for f in findings_of(part.image, sure_of_up=part.sure_of_up)),
        *([RESOLUTION_IMPLAUSIBLE] if known.implausible else []),
        *([NEGATIVE] if known.negative else []),
        *([WRITING_BESIDE_CARDS] if writing_beside_cards(page.pixels, regions) else []),
        *([damage] if (damage := damage_of(page)) is not None else []),
    ]
    covered = () if book is None else tuple(page.to_scan.quad(q) for leaf in book.pages for q in leaf.covered)
    report = PageReport(
        number=page.number,
        width=page.scan_size[0],
        height=page.scan_size[1],
        dpi=None if page.dpi is None else page.dpi * page.finer,
        rotation=first.rotation,
        skew_deg=first.skew_deg,
        quality=first.quality | {k: v for k, v in captures[0].measures.items() if k in _REPORTED},
        blank=all(part.image.blank for part in parts),
        findings=tuple({f.code: f for f in found}.values()),
        captures=captures,
        missing=None if page.missing is None else page.to_scan.quad(page.missing),
        covered=covered,
    )
    return PreparedPage(report=report, images=images, book=book)


def measure_page(page: PageImage) -> tuple[Capture, ...]:
    """How well each piece of the page was captured (`pipeline.imaging.capture`); nothing is turned, drawn or read."""
    page = judged(page).page
    shrunk = Shrunk(page.pixels)
    regions = locate_regions(shrunk, page.dpi)
    return tuple(_capture(page, r, n, _look_at(shrunk, r)) for n, r in enumerate(regions, start=1))


@dataclass(frozen=True, slots=True)
class _Part:
    image: UprightImage
    sure_of_up: bool
    capture: Capture


@dataclass(frozen=True, slots=True)
class _Look:
    """A region seen at about `VIEW_DPI`: its grey view, what is written on it, and its true resolution."""

    grey: Gray
    ink: Ink
    to_region: Transform
    dpi: float  # of the region's own pixels
    estimated: bool


def _with_believable_dpi(page: PageImage) -> PageImage:
    """The page, silent about its resolution where its letters contradict what the file states.

    A frame that has a card's shape and, by what is stated, its size is believed: a guilloche may look like fine print.
    """
    height, width = page.pixels.shape[:2]
    if page.dpi is None or not may_be_contradicted(page.dpi, max(width, height)):
        return page
    if frame_itself(width, height, page.dpi).kind == "card":
        return page
    look = _look_at(Shrunk(page.pixels), whole_frame(width, height, dpi=None))
    letters = look.ink.letters * width / look.grey.shape[1]
    return replace(page, dpi=None) if contradicted(page.dpi, max(width, height), letters) else page


def _prepare_region(
    page: PageImage,
    shrunk: Shrunk,
    region: Region,
    part: int,
    reader: Recognizer | None,
    page_to_scan: WayBack | None = None,
) -> _Part:
    look = _look_at(shrunk, region)
    blank = is_blank(look.ink, look.grey)
    scan, seen = _dark_on_light(page.pixels, look)
    untold = blank and seen is look  # a cover's title is no writing, and tells how the cover lies
    skew, upside_down, sure = (SkewEstimate(None, False), False, True) if untold else _lie(scan, region, seen, reader)
    turn = ((90 if skew.vertical else 0) + (180 if upside_down else 0)) % 360
    angle = skew.angle_deg if skew.angle_deg is not None else 0.0
    colour, to_scan, dpi = _rendered(page.pixels, region, look, turn, angle)
    quality = _quality(page.pixels, region, look, dpi)
    if not blank and region.kind == "page" and is_uneven(light_field(look.grey, view_dpi=VIEW_DPI)):
        colour = _evenly_lit(colour, dpi)
    if not blank and look.ink.darkness < FAINT_INK:
        colour = deepened(colour, look.ink.darkness)
    image = UprightImage(
        page=page.number,
        part=part,
        colour=colour,
        dpi=dpi,
        to_scan=(page_to_scan or page.to_scan) @ to_scan,
        kind=region.kind,
        rotation=turn,
        skew_deg=skew.angle_deg,
        blank=blank,
        quality=quality,
    )
    return _Part(image, sure, _capture(page, region, part, look))


def _flat_part(page: PageImage, leaf: FlatPage, part: int, reader: Recognizer | None) -> _Part:
    """A page of an opened book, prepared as a scan of its own; its places are told on the whole scan."""
    height, width = leaf.pixels.shape[:2]
    alone = PageImage(number=page.number, pixels=leaf.pixels, dpi=page.dpi)
    frame = whole_frame(width, height, dpi=page.dpi)
    made = _prepare_region(alone, Shrunk(leaf.pixels), frame, part, reader, leaf.to_scan.into(page.to_scan))
    capture = made.capture

    def on_scan(place: Quad) -> Quad:
        return page.to_scan.quad(leaf.to_scan.quad(place))

    spots = tuple(replace(spot, place=on_scan(spot.place)) for spot in capture.spots)
    spots += tuple(CaptureSpot(kind="covered", place=page.to_scan.quad(q), value=1.0) for q in leaf.covered)
    return replace(made, capture=replace(capture, place=on_scan(capture.place), spots=spots))


def _capture(page: PageImage, region: Region, part: int, look: _Look) -> Capture:
    view_to_page = region.to_scan() @ look.to_region
    capture = measure_capture(page.pixels, region, part, look.grey, look.ink, view_to_scan=view_to_page)
    spots = tuple(replace(spot, place=page.to_scan.quad(spot.place)) for spot in capture.spots)
    return replace(capture, place=page.to_scan.quad(capture.place), spots=spots)


def _look_at(scan: Shrunk, region: Region) -> _Look:
    """The region's view at the right scale, which is taken from the letters when the scan does not state it."""
    long_side = max(region.size)
    dpi = region.dpi or long_side / _A4_IN
    look = _view(scan, region, dpi)
    if region.dpi is not None:
        return look
    for _ in range(2):
        by_text = dpi_by_text(look.ink.height * look.dpi / VIEW_DPI) if look.ink.pieces >= _TELLING_PIECES else None
        if by_text is None or _DOUBTFUL_DPI[0] < by_text / look.dpi < _DOUBTFUL_DPI[1]:
            break
        least, most = long_side / _LONG_SIDE_IN[1], long_side / _LONG_SIDE_IN[0]
        look = _view(scan, region, float(np.clip(by_text, least, most)))
    text_px = look.ink.height * look.dpi / VIEW_DPI if look.ink.pieces >= _TELLING_PIECES else 0.0
    return _Look(look.grey, look.ink, look.to_region, dpi_of_sheet(*region.size, text_px), True)


def _view(scan: Shrunk, region: Region, dpi: float) -> _Look:
    shrink = dpi / VIEW_DPI
    size = (max(16, round(region.size[0] / shrink)), max(16, round(region.size[1] / shrink)))
    to_region = Transform.scale(region.size[0] / size[0], region.size[1] / size[1])
    if region.whole:
        small = scan.reduced(size) if shrink >= 1 else _enlarged(scan.scan, size)
    else:
        small = scan.cut(region.to_scan() @ to_region, size)
    grey = small if small.ndim == 2 else np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    return _Look(grey, find_ink(grey), to_region, dpi, False)


def _enlarged(scan: Pixels, size: tuple[int, int]) -> Pixels:
    return np.asarray(cv2.resize(scan, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _lie(scan: Pixels, region: Region, look: _Look, reader: Recognizer | None) -> tuple[SkewEstimate, bool, bool]:
    """How the page lies: its skew, whether it stands on its head, and whether that is sure.

    Frames and rules may run across what is written: where nothing can be read along the lines that the ink shows, the
    page is tried lying on its side. A number is read less surely than a word, but nobody reads one across the lines.
    """
    skew = estimate_skew(look.ink)
    way = _which_way(scan, region, look, skew, reader)
    if reader is None or way.seen >= _LEGIBLE or look.ink.pieces < _WAY_PIECES:
        return skew, way.upside_down, way.sure
    aside = estimate_skew(look.ink, vertical=not skew.vertical)
    other = _which_way(scan, region, look, aside, reader)
    better = other.seen > (way.seen if other.ahead > way.ahead else max(way.seen, _LEGIBLE))
    return (aside, other.upside_down, True) if other.sure and better else (skew, way.upside_down, way.sure)


def _dark_on_light(scan: Pixels, look: _Look) -> tuple[Pixels, _Look]:
    """The scan and what is seen of it; inverted where a dark cover bears a light title."""
    if look.ink.paper > _DARK_COVER:
        return scan, look
    inverted = np.asarray(255 - look.grey, dtype=np.uint8)
    title = find_ink(inverted)
    if title.pieces < max(_WAY_PIECES, _MORE_TITLE * look.ink.pieces):
        return scan, look
    return np.asarray(255 - scan, dtype=np.uint8), replace(look, grey=inverted, ink=title)


@dataclass(frozen=True, slots=True)
class _Way:
    """Which way is up along given lines, and whether that is sure.

    `seen` is the best `plausibility` read along them, `ahead` by how much its writing was read better this way up.
    """

    upside_down: bool = False
    sure: bool = False
    seen: float = 0.0
    ahead: float = 0.0


def _which_way(scan: Pixels, region: Region, look: _Look, skew: SkewEstimate, reader: Recognizer | None) -> _Way:
    """Whether the page stands on its head if its lines lie so."""
    seen = ahead = 0.0
    angle = skew.angle_deg if skew.angle_deg is not None else 0.0
    if look.ink.pieces < _WAY_PIECES:
        return _Way()
    if reader is not None:
        runs, level_to_view = find_runs(look.ink, angle, vertical=skew.vertical, limit=_RUNS)
        if runs:
            level_to_scan = region.to_scan() @ look.to_region @ level_to_view
            upside_down, seen, ahead = vote_by_reading(scan, runs, level_to_scan, reader)
            if upside_down is not None:
                return _Way(upside_down, True, seen, ahead)
    to_view, size = levelled(look.grey.shape[1], look.grey.shape[0], angle, vertical=skew.vertical)
    answer = upside_down_by_osd(cut(look.grey, to_view, size, fill=look.ink.paper))
    return _Way(bool(answer), answer is not None, seen, ahead)


def _rendered(scan: Pixels, region: Region, look: _Look, turn: int, angle: float) -> tuple[Pixels, Transform, float]:
    """The upright colour image, its way to the scan, and its resolution."""
    shrink = look.dpi / _TARGET_DPI if look.dpi > _KEEP_BELOW_DPI else 1.0
    width, height = turned_size(turn, *region.size)
    to_scan = region.to_scan() @ quarter_turn(turn, *region.size)
    if region.whole and abs(angle) < _STRAIGHT_DEG:
        pixels = turned(scan, turn)
        if shrink > 1:
            small = (round(width / shrink), round(height / shrink))
            pixels = reduced(pixels, small)
            to_scan = to_scan @ Transform.scale(width / small[0], height / small[1])
        return _bgr(pixels), to_scan, look.dpi / shrink
    if abs(angle) >= _STRAIGHT_DEG:
        level, (width, height) = rotation(angle, width, height)
        to_scan = to_scan @ level
    size = (max(8, round(width / shrink)), max(8, round(height / shrink)))
    to_scan = to_scan @ Transform.scale(width / size[0], height / size[1])
    fill = _paper_colour(scan)
    return _bgr(cut(scan, to_scan, size, fill=fill)), to_scan, look.dpi / shrink


def _bgr(pixels: Pixels) -> Pixels:
    if pixels.ndim == 3:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), dtype=np.uint8)


def _paper_colour(scan: Pixels) -> tuple[float, ...]:
    sample = scan[::16, ::16]
    channels = sample.reshape(-1, 1 if sample.ndim == 2 else 3)
    colour = np.percentile(channels, _PAPER, axis=0)
    return tuple(float(v) for v in (np.repeat(colour, 3) if len(colour) == 1 else colour))


def _evenly_lit(colour: Pixels, dpi: float) -> Pixels:
    small = reduced(colour, (max(8, colour.shape[1] // 4), max(8, colour.shape[0] // 4)))
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    return flatten(colour, light_field(grey, view_dpi=dpi / 4))


def _quality(scan: Pixels, region: Region, look: _Look, dpi: float) -> dict[str, float]:
    quality = measure_quality(scan, look.grey, look.ink, view_to_scan=region.to_scan() @ look.to_region)
    quality["text_height_px"] = round(look.ink.height * dpi / VIEW_DPI, 1)
    if look.estimated:
        quality["dpi_estimated"] = 1.0
    return quality
