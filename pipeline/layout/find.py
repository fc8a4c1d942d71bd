"""From an upright page image to its text segments: the stages in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Transform
from pipeline.domain.model import Colour, UprightImage
from pipeline.domain.recognition import Gray
from pipeline.layout.components import Components, find_components, halve, letter_mm
from pipeline.layout.creases import walls_of
from pipeline.layout.crossing import with_crossings
from pipeline.layout.dotted_rules import erase_dots, find_dotted_rules
from pipeline.layout.frames import without_frames
from pipeline.layout.ground import Flat, flatten
from pipeline.layout.grouping import group
from pipeline.layout.ink_colour import with_ink_colours
from pipeline.layout.leader_ink import erase_leaders
from pipeline.layout.leaders import find_leaders, to_leader
from pipeline.layout.model import EVERYBODYS, NOBODY, Box, InkMap, Leader, PageLayout
from pipeline.layout.order import build_segments
from pipeline.layout.pale_rules import find_pale_rules, with_whole_letters, without_pieces
from pipeline.layout.regions import find_ignored
from pipeline.layout.rings import without_rings
from pipeline.layout.rules import erase_rules, find_rules
from pipeline.layout.runs import Runs
from pipeline.layout.seals import find_seals, see_through
from pipeline.layout.tables import find_cells

_WORK_DPI = 300.0  # what scans are asked for; lengths in pixels in this folder were tried at it
_KEPT_DPI = (220.0, 380.0)  # images within are not resampled; by trial
_MOST_ENLARGED = 3.0  # times: beyond it only blur is enlarged; by trial
_HAIRLINE_STEPS = 3  # of two pixels each: how far from sure ink a faint stroke is followed; by trial
_TALL = 3.5  # letter heights: ink that is taller stands in more than one line; by trial
_DRAWN = 0.25  # of its box, at most, is what a drawn line fills; a picture fills more; by trial
_GIANT_MM, _USUAL_MM = 4.1, 2.8
"""Letter heights in mm (`letter_mm`): above the first the file is wrong about its resolution, and the second is
assumed. Measured on generated pages of every kind: 2.0 to 3.6."""
_SMALLEST = 16  # pixels of the shorter side: a smaller image holds no legible line


def find_layout(image: UprightImage) -> PageLayout:
    """Segments, rules, table cells, leaders, seals and the text's ink alone, of one upright image.

    Guaranteed: segments are in reading order (rows from the top, in a row from the left), lie within
    the image, and no two share row and index. A blank image has none. Works at about 300 dpi: far
    coarser or finer images are scaled first, and every box is given in the image's own pixels. Where a page's letters
    are far bigger than anybody writes, its stated resolution is wrong and the one its letters suggest is used.
    """
    return _layout(image, believed=image.kind == "card")  # measured from the card's own size


def _layout(image: UprightImage, *, believed: bool) -> PageLayout:
    """`find_layout`; the image's dpi is checked against the letters unless it is `believed`."""
    if min(image.colour.shape[:2]) < _SMALLEST:
        return _nothing(image)
    work, dpi, scale = _working_copy(image)
    grey = np.asarray(cv2.cvtColor(work, cv2.COLOR_BGR2GRAY), np.uint8)
    seals = find_seals(work, dpi=dpi)
    if seals:
        grey = see_through(grey, work, seals, dpi=dpi)
    flat = flatten(grey, dpi=dpi)
    ink = flat.ink.copy()
    ignored = find_ignored(ink, dpi=dpi)
    for x0, y0, x1, y1 in ignored:
        ink[int(y0) : int(y1), int(x0) : int(x1)] = 0
    rules = find_rules(ink, dpi=dpi)
    pale = () if image.kind == "card" else find_pale_rules(rules, flat.faint, dpi=dpi)  # no card is a table
    if pale:
        ink, rules = erase_rules(ink, pale, seen=flat.faint), without_pieces(rules, pale, dpi=dpi)
        flat = replace(flat, faint=erase_rules(flat.faint, pale))
        ink = with_whole_letters(ink, flat.faint, dpi=dpi)
    dotted = () if image.kind == "card" else find_dotted_rules(ink, rules, dpi=dpi)
    ink, rules = erase_dots(erase_rules(ink, rules), dotted, dpi=dpi), (*rules, *dotted)
    ink, leaders = _without_leaders(ink, dpi=dpi)
    shape = grey.shape[0], grey.shape[1]
    del grey

    half = find_components(halve(ink))
    if (cleared := without_rings(ink, half, dpi=dpi)) is not ink:
        ink, half = cleared, find_components(halve(cleared))
    if not believed and (letter := letter_mm(half, dpi=dpi / 2)) > _GIANT_MM:
        mended = replace(image, dpi=image.dpi * letter / _USUAL_MM)
        return replace(_layout(mended, believed=True), image=image)
    cells = find_cells(rules, shape, dpi=dpi)
    walls = [_times(rule.box, 0.5) for rule in walls_of(rules, half, height=shape[0], mm=dpi / 25.4)]
    runs = group(half, walls, [_times(cell.box, 0.5) for cell in cells], dpi=dpi / 2)
    segments, ranks = build_segments(runs, cells, rules, to_image=2.0)
    owners = _owners(half, runs, ranks, [segment.text_height / 2.0 for segment in segments])
    segments = with_ink_colours(with_crossings(segments, ink, rules), work, owners)
    back = 1.0 / scale
    return PageLayout(
        image=image,
        ink=InkMap(grey=_text_alone(flat, ink), owners=owners, to_upright=Transform.scale(back, back)),
        segments=tuple(
            replace(
                s,
                box=_within(_times(s.box, back), image.colour.shape),
                text_height=s.text_height * back,
                pen=tuple((a * back, b * back) for a, b in s.pen),
            )
            for s in segments
        ),
        rules=tuple(replace(r, box=_times(r.box, back), thickness=r.thickness * back) for r in rules),
        leaders=tuple(replace(d, box=_times(d.box, back), pitch=d.pitch * back) for d in leaders),
        seals=tuple(replace(s, box=_times(s.box, back)) for s in seals),
        cells=tuple(replace(c, box=_times(c.box, back)) for c in cells),
        ignored=tuple(_times(box, back) for box in ignored),
    )


def _without_leaders(ink: Gray, *, dpi: float) -> tuple[Gray, tuple[Leader, ...]]:
    """The ink without frames of dots and dashes and without the dotted and dashed lines to write on, and those lines.

    A function of its own so that its working memory, four times the page's, is freed on return.
    """
    dots = find_components(ink)
    framed = without_frames(ink, dots, dpi=dpi)
    if framed is not ink:
        ink, dots = framed, find_components(framed)
    rows = find_leaders(ink, dots, dpi=dpi)
    return erase_leaders(ink, dots, rows, dpi=dpi), tuple(to_leader(row) for row in rows)


def _nothing(image: UprightImage) -> PageLayout:
    height, width = image.colour.shape[:2]
    grey = np.full((height, width), 255, np.uint8)
    owners = np.zeros((height // 2, width // 2), np.uint16)
    return PageLayout(image=image, ink=InkMap(grey=grey, owners=owners, to_upright=Transform.identity()))


def _working_copy(image: UprightImage) -> tuple[Colour, float, float]:
    """The image at about 300 dpi, that dpi, and the factor that led there.

    Up to seven pixels are left off at the right and the bottom: whole eighths shrink much faster.
    """
    if _KEPT_DPI[0] <= image.dpi <= _KEPT_DPI[1]:
        return _whole_eighths(image.colour), image.dpi, 1.0
    scale = min(_MOST_ENLARGED, _WORK_DPI / image.dpi)
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(image.colour, None, fx=scale, fy=scale, interpolation=interpolation)
    return _whole_eighths(np.asarray(resized, np.uint8)), image.dpi * scale, scale


def _whole_eighths(colour: Colour) -> Colour:
    height, width = colour.shape[:2]
    return colour[: height // 8 * 8, : width // 8 * 8]


def _owners(
    pieces: Components, runs: Runs, ranks: NDArray[np.int32], text_heights: Sequence[float]
) -> NDArray[np.uint16]:
    """Which segment each half-size pixel belongs to: its place in the reading order + 1, 0 for paper.

    Ink that hangs together over several lines (a seal's ring through a name, a long stroke into the next line) is
    EVERYBODYS: each line keeps what of it lies within the line.
    """
    table = np.full(len(pieces) + 1, NOBODY, np.uint16)
    table[0] = 0
    owned = runs.owner >= 0
    owner = ranks[runs.owner[owned]]
    tall = pieces.height[owned] > _TALL * np.asarray(text_heights, np.float64)[owner]
    table[1:][owned] = np.where(tall, EVERYBODYS, owner + 1)
    if text_heights:
        drawn = ~owned & (pieces.height > _TALL * np.median(text_heights))
        drawn &= pieces.area < _DRAWN * pieces.width * pieces.height
        table[1:][drawn] = EVERYBODYS
    return table[pieces.labels]


def _text_alone(flat: Flat, ink: Gray) -> Gray:
    """The flattened page with everything white that is not text ink, its hairlines or its soft edge.

    Hairlines are faint ink that hangs together with text ink within a few pixels.
    """
    removed = cv2.dilate(cv2.subtract(flat.ink, ink), np.ones((3, 3), np.uint8))
    faint = cv2.subtract(flat.faint, removed)
    kept = ink
    for _ in range(_HAIRLINE_STEPS):
        kept = cv2.bitwise_or(ink, cv2.bitwise_and(cv2.dilate(kept, np.ones((5, 5), np.uint8)), faint))
    edge = cv2.dilate(kept, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.bitwise_or(flat.grey, cv2.bitwise_not(edge)), np.uint8)


def _times(box: Box, factor: float) -> Box:
    return (box[0] * factor, box[1] * factor, box[2] * factor, box[3] * factor)


def _within(box: Box, shape: tuple[int, ...]) -> Box:
    height, width = shape[:2]
    return (max(0.0, box[0]), max(0.0, box[1]), min(float(width), box[2]), min(float(height), box[3]))
