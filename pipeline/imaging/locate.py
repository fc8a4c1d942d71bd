"""Where on the scan the page, or the cards, lie.

A sheet that fills the frame is left alone. Otherwise candidates come from colour (what differs from the
background at the rim, what is like the paper in the middle), and only measured edges decide: a side must
be there along most of its length, and paper must end at it. What is not certain stays the whole frame.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Quad, Transform
from pipeline.imaging.aspect import CARD, SHEET, near, squared_size, true_aspect
from pipeline.imaging.copied_cards import copied_cards
from pipeline.imaging.edges import Lab, Outline, measure_outline
from pipeline.imaging.leftover import missed_cards
from pipeline.imaging.regions import Region, clockwise, in_reading_order, overlap, side_lengths, whole_frame
from pipeline.imaging.scale import CARD_MM, dpi_of_card
from pipeline.imaging.warp import Pixels, Shrunk

Mask = NDArray[np.uint8]

# Shares are of the frame's area, tolerances relative, colour distances CIE 1976 (L*a*b*). All by trial.
_OVERVIEW = 1000  # pixels of the overview's longer side
_FACING, _APART = 0.6, 0.9  # of a page's area that a facing one has at least; of its own that lies beside; by trial
_AS_LIGHT = 12.0  # L* by which it may be darker
_GRABCUT = 240  # pixels of the longer side of GrabCut's picture; for speed
_GRABCUT_ROUNDS = 3
_RIM = 0.012  # of the overview's longer side: width of the rim whose colour is the background's
_FOREIGN = 7.0  # colour distance from the paper (brightness halved) from which the rim is no paper
_FOREIGN_RIM = 0.04  # of the rim; with less the sheet fills the frame
_OFF_RIM, _RIM_SPREADS = 1.2, 2.5  # colour distance of a thing from the rim: at least, and times the rim's scatter
_SPREAD = 75  # percentile of the rim's colour distances from its own colour that is its scatter
_JOINED = 19  # overview pixels between a card's contents that hang together on bare paper
_CLOSED, _OPENED = 5, 11  # overview pixels of gaps in an outline that are closed, of arms on it that are cut off
_SMALLEST_THING, _SMALLEST_OUTER = 0.015, 0.01  # shares of a solid thing, and of an outline that is filled at all
_SAME = 2.0  # overview pixels between the corners of one thing seen twice: measured once
_SOLID = 0.8  # of its convex hull that a thing fills; less is no sheet and no card
_CORNER_TOLERANCES = (0.01, 0.02, 0.03, 0.05, 0.08)  # of the outline's length, tried until four corners are left
_ROUGH_SHAPE, _ROUGH_SIZE = 0.2, 0.25  # tolerances before a card's edges are measured
_CARD_SIZE_TOLERANCE = 0.09  # scanners stretch, copiers shrink
_CARD_SHAPE_TOLERANCE = 0.055
_CARD_REACHES = ((True, 0.05), (False, 0.012), (False, 0.03))
"""How a card's edge is looked for in turn: the outermost step or the strongest, within this share of its length."""
_CARD_SUPPORT = 0.55  # of each side's length on which a card's edge is there
_CARD_DIFFERENCE, _CARD_SPREADS = 1.0, 1.5  # colour distance at a card's sides, at least, and times the rim's scatter
_SAME_CARD, _APART = 0.8, 0.2  # of the smaller quadrilateral: overlap of one card seen twice, of two beside each other
_FRAME_CARD_SIZE, _FRAME_CARD_SHAPE = 0.12, 0.035  # tolerances for a frame that is a card
_WINDOW, _DARKER = 25, 16  # overview pixels of a pixel's surroundings, and levels by which ink is darker than these
_AROUND_CARDS = 15  # overview pixels: a card's edge and shadow, left out when writing elsewhere is counted
_MORE_WRITING = 1.2  # times the cards' ink: with more of it elsewhere the sheet is a page with pictures
_MIN_PAGE, _FULL = 0.18, 0.965  # least and largest share of a page that does not fill the frame
_PAGE_REACHES = (0.007, 0.025)  # of the longer side: near first, a printed frame runs close inside many sheets' edges
_CLEARLY_BETTER = 0.1  # support, summed over sides, by which a later outline must lead
_PAGE_SUPPORT, _PAGE_MEAN_SUPPORT = 0.45, 0.6  # of the length of each side, and of all on average
_EVERY, _MUCH, _LIKE_PAPER = 4, 0.06, 6.0  # overview pixel of rows, of columns; share of the frame; colour distance
_IN_PART = 0.6  # of the length of a side that is doubted so
_PAPER_ENDS = 7.0  # colour distance across a page's edge
_SAME_PAPER, _FRAMED = 3.0, 2  # colour distance of one paper from itself; sides beyond which it goes on: a frame
_LIGHTER = 4.0  # L* by which paper is lighter than what it lies on
_PAGE_CARD_SHAPE, _PAGE_SHEET_SHAPE = 0.06, 0.035  # tolerances for a page that is a card, or of ISO 216's shape


@dataclass(frozen=True, slots=True)
class _Overview:
    """The scan, small, in L*a*b*; the rim's colour and its scatter."""

    lab: Lab
    scale: float  # scan pixels per overview pixel
    dpi: float | None  # of the overview
    rim: NDArray[np.float32]
    rim_spread: float
    foreign: float  # share of the rim that is no paper


def locate_regions(scan: Pixels | Shrunk, dpi: float | None, *, cards_too: bool = True) -> list[Region]:
    """The pieces to look at, in reading order; the whole frame when nothing else is certain.

    Without `cards_too` it is one sheet, whatever has a card's shape.
    """
    shrunk = Shrunk.of(scan)
    height, width = shrunk.scan.shape[:2]
    view = _overview(shrunk, whole_frame(width, height, dpi=dpi))
    contours = _foreground(view)
    cards = _cards(view, contours) if cards_too else []
    if cards and not _cards_are_pictures_on_a_page(view, cards):
        regions = [_card_region(view, quad) for quad in cards]
        if len(regions) == 1 and (on_sheet := _copied(shrunk, regions[0], view)):
            return on_sheet  # a sheet that looks like a card from where it was photographed
        return in_reading_order(regions + missed_cards(shrunk.scan, regions))
    page = None
    if view.foreign > _FOREIGN_RIM:
        page = _page(view, contours) or _page(view, _solid_quads(_grown_apart(view)))
        if page is not None and _facing(view, page, contours):
            page = None  # of an opened book whose fold is as dark as the table: one half must not be lost
    sheet = page or frame_itself(width, height, dpi)
    if not cards_too:
        return [replace(sheet, kind="page", dpi=dpi)]
    return _copied(shrunk, sheet, view) or [sheet]


def _copied(shrunk: Shrunk, sheet: Region, frame: _Overview) -> list[Region]:
    """The cards copied onto a sheet that holds little else, in reading order; `frame` is the view of the frame."""
    if sheet.whole and sheet.kind == "card":
        return []
    if sheet.kind == "card":  # or a sheet seen so much from the side that its shape is not sure
        long, lying = max(sheet.size), sheet.size[0] > sheet.size[1]
        sheet = replace(sheet, size=(long, long / SHEET) if lying else (long / SHEET, long), kind="page")
    view = frame if sheet.whole else _overview(shrunk, sheet)
    quads = copied_cards(view.lab, view.dpi, seen_aslant=not sheet.whole)
    if not quads or _cards_are_pictures_on_a_page(view, quads):
        return []
    to_scan = sheet.to_scan()
    cards = [_card_at(to_scan.quad(_to_scan(quad, view.scale))) for quad in quads]
    return in_reading_order(cards + missed_cards(shrunk.scan, cards))


def frame_itself(width: int, height: int, dpi: float | None) -> Region:
    """The frame itself: a card when it has a card's shape, and its size where that is known."""
    long = max(width, height)
    sized = dpi is None or abs(long / dpi * 25.4 / CARD_MM[0] - 1) < _FRAME_CARD_SIZE
    if near(width / height, CARD, _FRAME_CARD_SHAPE) and sized:
        return whole_frame(width, height, dpi=dpi or dpi_of_card(long), kind="card")
    return whole_frame(width, height, dpi=dpi)


def _overview(shrunk: Shrunk, sheet: Region) -> _Overview:
    width, height = sheet.size
    scale = max(1.0, max(height, width) / _OVERVIEW)
    size = (max(8, round(width / scale)), max(8, round(height / scale)))
    if sheet.whole:
        small = shrunk.reduced(size)
    else:
        small = shrunk.cut(sheet.to_scan() @ Transform.scale(width / size[0], height / size[1]), size)
    if small.ndim == 2:
        small = cv2.cvtColor(small, cv2.COLOR_GRAY2BGR)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    lab = cv2.blur(lab, (3, 3))
    band = max(3, round(_RIM * max(size)))
    strips = (lab[:band], lab[-band:], lab[:, :band], lab[:, -band:])
    rim = np.concatenate([strip.reshape(-1, 3) for strip in strips])
    colour = np.median(rim, axis=0)
    spread = float(np.percentile(np.linalg.norm(rim - colour, axis=1), _SPREAD))
    return _Overview(lab, scale, sheet.dpi / scale if sheet.dpi else None, colour, spread, _foreign_share(lab, rim))


def _foreign_share(lab: Lab, rim: NDArray[np.float32]) -> float:
    """Share of the rim unlike the paper in the middle; brightness, which shadows change, counts half."""
    height, width = lab.shape[:2]
    middle = lab[height // 5 : -height // 5 or None : 3, width // 5 : -width // 5 or None : 3].reshape(-1, 3)
    paper = np.median(middle[middle[:, 0] >= np.median(middle[:, 0])], axis=0)
    apart = (rim - paper) * np.array([0.5, 1.0, 1.0], dtype=np.float32)
    return float((np.linalg.norm(apart, axis=1) > _FOREIGN).mean())


def _foreground(view: _Overview) -> list[Quad]:
    """Rough quadrilaterals of solid things: unlike the rim, or like the paper in the middle."""
    off_rim = cv2.blur(np.linalg.norm(view.lab - view.rim, axis=2), (5, 5))
    masks = [off_rim > t for t in _levels(off_rim, view.rim_spread)]
    if view.foreign < _FOREIGN_RIM:  # on bare paper a card's contents hang together when its ground is faint
        masks.append(
            cv2.morphologyEx(masks[0].astype(np.uint8), cv2.MORPH_CLOSE, np.ones((_JOINED, _JOINED), np.uint8))
        )
    light = view.lab[:, :, 0]
    threshold, _ = cv2.threshold(light.astype(np.uint8), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    masks.append(light > threshold)
    quads: list[Quad] = []
    for quad in (quad for mask in masks for quad in _solid_quads(mask.astype(np.uint8))):
        if not any(np.abs(np.subtract(quad, other)).max() < _SAME for other in quads):
            quads.append(quad)
    return quads


def _grown_apart(view: _Overview) -> Mask:
    """The sheet where no single level parts it from the table (a shadow lies over both): GrabCut seeded by the rim."""
    height, width = view.lab.shape[:2]
    shrink = max(height, width) / _GRABCUT
    size = (max(8, round(width / shrink)), max(8, round(height / shrink)))
    small = cv2.resize(view.lab, size, interpolation=cv2.INTER_AREA) + np.array([0, 128, 128], dtype=np.float32)
    seeds = np.full(small.shape[:2], cv2.GC_PR_BGD, np.uint8)
    inner_y, inner_x = size[1] // 6, size[0] // 6
    seeds[inner_y:-inner_y, inner_x:-inner_x] = cv2.GC_PR_FGD
    seeds[[0, 1, -2, -1]] = cv2.GC_BGD
    seeds[:, [0, 1, -2, -1]] = cv2.GC_BGD
    picture = np.clip(small, 0, 255).astype(np.uint8)
    cv2.setRNGSeed(7)  # the same scan gives the same answer
    cv2.grabCut(picture, seeds, None, np.zeros((1, 65)), np.zeros((1, 65)), _GRABCUT_ROUNDS, cv2.GC_INIT_WITH_MASK)
    mask = np.isin(seeds, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    return np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _levels(distance: NDArray[np.float32], spread: float) -> list[float]:
    """Colour distances from the rim at which things are parted from it: one just above the rim's scatter, and Otsu's
    where it differs from that by 2 or more."""
    low = max(_OFF_RIM, _RIM_SPREADS * spread)
    scaled = np.clip(distance * 2, 0, 255).astype(np.uint8)
    otsu, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return [low] if abs(otsu / 2 - low) < 2 else [low, max(low, otsu / 2)]


def _solid_quads(mask: Mask) -> list[Quad]:
    """Quadrilaterals around the mask's filled pieces that are large and solid enough for a sheet or a card."""
    frame = mask.size
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((_CLOSED, _CLOSED), np.uint8))
    outer, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = np.zeros_like(mask)
    cv2.drawContours(filled, [c for c in outer if cv2.contourArea(c) > _SMALLEST_OUTER * frame], -1, 1, -1)
    filled = cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((_OPENED, _OPENED), np.uint8))
    pieces, _ = cv2.findContours(filled, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    quads = []
    for piece in pieces:
        area = cv2.contourArea(piece)
        if area < _SMALLEST_THING * frame:
            continue
        hull = cv2.convexHull(piece)
        if area < _SOLID * cv2.contourArea(hull):
            continue
        quads += [q for q in (_four_corners(hull), _box(hull)) if q is not None]
    return quads


def _four_corners(hull: NDArray[np.int32]) -> Quad | None:
    length = cv2.arcLength(hull, True)
    for tolerance in _CORNER_TOLERANCES:
        corners = cv2.approxPolyDP(hull, tolerance * length, True).reshape(-1, 2)
        if len(corners) == 4:
            return clockwise(corners)
        if len(corners) < 4:
            return None
    return None


def _box(hull: NDArray[np.int32]) -> Quad:
    return clockwise(cv2.boxPoints(cv2.minAreaRect(hull)))


def _cards(view: _Overview, rough: list[Quad]) -> list[Quad]:
    """Outlines with an ID-1 card's shape and, where the resolution is known, its size; none twice."""
    measured: list[tuple[float, Quad]] = []
    for quad in rough:
        width, height = side_lengths(quad)
        if not near(width / max(height, 1.0), CARD, _ROUGH_SHAPE):
            continue
        if not _about_card_size(view, max(width, height), _ROUGH_SIZE):
            continue
        if any(overlap(quad, card) > _SAME_CARD for _, card in measured):
            continue
        for outermost, share in _CARD_REACHES:
            reach = max(4.0, share * max(width, height))
            outline = measure_outline(view.lab, quad, reach=reach, outermost=outermost)
            if outline is not None and _is_card(view, outline):
                measured.append((min(s.support for s in outline.sides), outline.quad))
                break
    kept: list[Quad] = []
    for _, quad in sorted(measured, key=lambda pair: -pair[0]):
        if all(overlap(quad, other) < _APART for other in kept):
            kept.append(quad)
    return kept


def _is_card(view: _Overview, outline: Outline) -> bool:
    sides = outline.sides
    if any(s.cut for s in sides) or min(s.support for s in sides) < _CARD_SUPPORT:
        return False
    if float(np.median([s.difference for s in sides])) < max(_CARD_DIFFERENCE, _CARD_SPREADS * view.rim_spread):
        return False  # a ruled box: the same paper inside and outside
    centre = (view.lab.shape[1] / 2, view.lab.shape[0] / 2)
    aspect = true_aspect(outline.quad, centre)
    if not near(aspect, CARD, _CARD_SHAPE_TOLERANCE):
        return False
    return _about_card_size(view, max(side_lengths(outline.quad)), _CARD_SIZE_TOLERANCE)


def _about_card_size(view: _Overview, long_side: float, tolerance: float) -> bool:
    return view.dpi is None or abs(long_side / view.dpi * 25.4 / CARD_MM[0] - 1) <= tolerance


def _card_region(view: _Overview, quad: Quad) -> Region:
    return _card_at(_to_scan(quad, view.scale))


def _card_at(scan_quad: Quad) -> Region:
    width, height = side_lengths(scan_quad)
    aspect = CARD if width >= height else 1 / CARD
    size = squared_size(scan_quad, aspect)
    return Region(quad=scan_quad, size=size, kind="card", dpi=dpi_of_card(max(size)))


def _cards_are_pictures_on_a_page(view: _Overview, cards: list[Quad]) -> bool:
    """Whether the rest of the sheet holds more writing than the cards: then it is a page with pictures."""
    light = np.clip(view.lab[:, :, 0] * 2.55, 0, 255).astype(np.uint8)
    ink = cv2.adaptiveThreshold(light, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _WINDOW, _DARKER)
    inside = np.zeros_like(ink)
    cv2.fillPoly(inside, [np.array(q, dtype=np.int32) for q in cards], 1)
    near_cards = cv2.dilate(inside, np.ones((_AROUND_CARDS, _AROUND_CARDS), np.uint8))
    on_cards, elsewhere = int((ink & inside).sum()), int((ink & (1 - near_cards)).sum())
    return elsewhere > _MORE_WRITING * on_cards


def _page(view: _Overview, rough: list[Quad]) -> Region | None:
    """The best-supported sheet that does not fill the frame.

    Its sides are where the strongest steps are, unless they are clearly better supported where paper first begins: a
    frame printed near the paper's edge draws the strongest steps here and there, and what is between is no sheet.
    """
    height, width = view.lab.shape[:2]
    best: tuple[float, Outline] | None = None
    large = [quad for quad in rough if _share(quad, width, height) >= _MIN_PAGE]
    for outermost in (False, True):
        for quad in large:
            for reach in _PAGE_REACHES:
                outline = measure_outline(view.lab, quad, reach=reach * max(width, height), outermost=outermost)
                if outline is None or not _is_page(outline, width, height) or _leaves_paper(view, outline):
                    continue
                score = float(np.mean([s.support for s in outline.real])) * len(outline.real)
                if best is None or score > best[0] + _CLEARLY_BETTER:
                    best = (score, outline)
                break
    return None if best is None else _page_region(view, best[1])


def _facing(view: _Overview, page: Region, rough: list[Quad]) -> bool:
    """Whether another sheet, light and nearly as large, lies beside the page and was left out of it."""
    height, width = view.lab.shape[:2]
    inside, shape = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(inside, (np.array(page.quad) / view.scale).astype(np.int32), 1)
    own = float(inside.sum())
    light = view.lab[:, :, 0]
    level = float(np.median(light[inside > 0])) - _AS_LIGHT
    for quad in rough:
        shape[:] = 0
        cv2.fillConvexPoly(shape, np.array(quad, np.int32), 1)
        beside = (shape > 0) & (inside == 0)
        if _FACING * own < beside.sum() and beside.sum() > _APART * shape.sum() and np.median(light[beside]) > level:
            return True
    return False


def _is_page(outline: Outline, width: int, height: int) -> bool:
    real = outline.real
    if len(real) < 2 or not _MIN_PAGE < _share(outline.quad, width, height) < _FULL:
        return False
    if min(s.support for s in real) < _PAGE_SUPPORT:
        return False
    if float(np.mean([s.support for s in real])) < _PAGE_MEAN_SUPPORT:
        return False
    if min(s.difference for s in real) < _PAPER_ENDS:
        return False
    if sum(s.beyond < _SAME_PAPER for s in real) >= _FRAMED:
        return False
    # Paper is lighter than what it lies on; a tinted field printed on a white sheet is not.
    return float(np.median([s.inside_lighter for s in real])) > _LIGHTER


def _leaves_paper(view: _Overview, outline: Outline) -> bool:
    """Whether much of the frame beyond a side that is there in part looks like what is within: the side is a shadow, a
    stain or a rule across the sheet, and what is beyond would be lost."""
    lab = view.lab[::_EVERY, ::_EVERY]
    y, x = np.mgrid[0 : lab.shape[0], 0 : lab.shape[1]] * _EVERY
    within = np.ones(lab.shape[:2], bool)
    beyond = []
    for side in outline.real:
        (x0, y0), (x1, y1) = side.start, side.end
        outside = (x - x0) * (y1 - y0) - (y - y0) * (x1 - x0) > 0  # corners run clockwise, y grows downwards
        within &= ~outside
        beyond.append(outside)
    paper = np.median(lab[within], axis=0)
    much = [p for p, side in zip(beyond, outline.real, strict=True) if p.mean() > _MUCH and side.support < _IN_PART]
    return any(np.linalg.norm((np.median(lab[part], axis=0) - paper) * (0.5, 1, 1)) < _LIKE_PAPER for part in much)


def _page_region(view: _Overview, outline: Outline) -> Region:
    centre = (view.lab.shape[1] / 2, view.lab.shape[0] / 2)
    aspect = true_aspect(outline.quad, centre)
    whole = not any(s.cut for s in outline.sides)
    quad = _to_scan(outline.quad, view.scale)
    card_size = _about_card_size(view, max(side_lengths(outline.quad)), _ROUGH_SIZE)  # 21 x 33 cm has nearly its shape
    if whole and card_size and near(aspect, CARD, _PAGE_CARD_SHAPE):
        return _card_region(view, outline.quad)
    if whole and near(aspect, SHEET, _PAGE_SHEET_SHAPE):
        aspect = SHEET if aspect > 1 else 1 / SHEET
    dpi = view.dpi * view.scale if view.dpi else None
    return Region(quad=quad, size=squared_size(quad, aspect), kind="page", dpi=dpi)


def _to_scan(quad: Quad, scale: float) -> Quad:
    a, b, c, d = (((x + 0.5) * scale, (y + 0.5) * scale) for x, y in quad)
    return (a, b, c, d)


def _share(quad: Quad, width: int, height: int) -> float:
    return float(cv2.contourArea(np.array(quad, dtype=np.float32))) / (width * height)
