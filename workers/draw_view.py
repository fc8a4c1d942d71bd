"""What a clerk looks at: a page of an original scan, and a field's line cut out of it and straightened, in colour.

Runs in a bounded worker of its own, which loads no readers: originals come from outside and are opened nowhere else.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from math import hypot
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.errors import InputError
from pipeline.domain.geometry import Point, Quad, bounds
from pipeline.domain.message import Message
from pipeline.domain.model import PageImage
from pipeline.imaging.negative import positive
from pipeline.intake import open_document
from pipeline.intake.limits import IntakeLimits
from pipeline.intake.source import ReadableFile
from workers.processes.process import Channel
from workers.view_jobs import CutLine, Job, ShowLine, Shown, ShowProof

Pixels = NDArray[np.uint8]

_HELD_BYTES: Final = 96 << 20  # decoded pages that the next line may stand on: three or four A4 pages in colour
_LINE_HIGH: Final = 96.0  # so high one line of writing is shown, before margins
_TALLEST: Final = 360.0  # so high what runs over several lines is shown at most
_WIDEST: Final = 1600
_GROWN: Final = 4.0  # a small scan is not blown up beyond this
_MARGIN_ACROSS: Final = 0.5  # of the line's height, left and right
_MARGIN_ALONG: Final = 0.35  # above and below
_OUTSIDE: Final = (208, 208, 208)  # what lies beside the scan is shown as that, not as paper
_QUALITY: Final = 85
_READ_HIGH: Final = 128.0  # a reader scales lines to less
_READ_MARGIN: Final = 0.3  # of the line's height, as the readers' own lines have around their ink
_ENDS, _EDGES = 0.3, 0.1  # of the line's height, taken in: a field's box may cut into its first and last letter
_PAPER, _DARKEST_SHARE = 235, 5.0  # as in `pipeline.layout.cutting`
_LETTER_BESIDE, _LETTER_ABOVE = 0.35, 0.12  # of a line's height: so far letters reach beyond a field's box
_LEAST: Final = 0.008  # of the page's longest side: a line of writing is higher


class NothingToShow(InputError):
    """The page or the place that is asked for is not on this scan."""

    code = "view.not_there"


class Viewer:
    """A worker's job handler: `ShowPage`, `ShowLine`, `CutLine` or `ShowProof` in, `Shown` out. Keeps the last pages
    decoded.

    Raises `NothingToShow`, and what `pipeline.intake` says of a page that cannot be decoded.
    """

    def __init__(self, limits: IntakeLimits) -> None:
        self._limits = limits
        self._held: OrderedDict[tuple[str, int], PageImage] = OrderedDict()

    def __call__(self, job: Job, channel: Channel) -> Shown:
        channel.page(job.page)
        page = self._page(job, channel.source(job.path))
        if isinstance(job, ShowLine):
            picture = _jpeg(line_of(page.pixels, page.to_scan.inverse().quad(job.box), job.lines))
        elif isinstance(job, CutLine):
            picture = _encoded(".png", reading_line_of(page.pixels, page.to_scan.inverse().quad(job.box)), [])
        elif isinstance(job, ShowProof):
            picture = _encoded(".png", _proof(page, job), [cv2.IMWRITE_PNG_COMPRESSION, 6])
        else:
            picture = _jpeg(_shrunk(page.pixels, job.longest))
        return Shown(picture=picture, scan_size=page.scan_size)

    def _page(self, job: Job, source: ReadableFile) -> PageImage:
        key = (job.sha256, job.page)
        if key in self._held:
            self._held.move_to_end(key)
            return self._held[key]
        with open_document(source, self._limits) as document:
            if not 1 <= job.page <= document.page_count:
                raise NothingToShow(
                    Message(f"Tệp gốc không có trang {job.page}", f"The original has no page {job.page}"), page=job.page
                )
            page = document.page(job.page)
            page = replace(page, pixels=positive(page), embedded=None)
        self._held[key] = page
        while len(self._held) > 1 and sum(held.pixels.nbytes for held in self._held.values()) > _HELD_BYTES:
            self._held.popitem(last=False)
        return page


def build_viewer(*, limits: IntakeLimits) -> Viewer:
    """What the worker process loads: named by its `WorkerSpec`."""
    cv2.setNumThreads(1)
    return Viewer(limits)


def line_of(pixels: Pixels, box: Quad, lines: int = 1) -> Pixels:
    """The box's place turned upright and squared, its own colours, as large as a line is best compared with its text.

    A box that is hardly more than a point is shown with what stands around it. Raises `NothingToShow` for a box
    wholly off the page.
    """
    box = _grown(box, _LEAST * max(pixels.shape[:2]))
    along, across = _extent(box)
    return _straightened(pixels, box, _scale(along, across, lines), _MARGIN_ACROSS * across, _MARGIN_ALONG * across)


def reading_line_of(pixels: Pixels, box: Quad) -> Pixels:
    """The box's ink on white, contrast stretched, with a white margin: as `pipeline.layout` cuts lines, but that rules
    and leaders stay. Raises `NothingToShow` for a box wholly off the page."""
    _, across = _extent(box)
    scale = min(1.0, _READ_HIGH / max(across, 1.0))
    piece = _straightened(pixels, box, scale, _ENDS * across, _EDGES * across)
    grey = cv2.cvtColor(piece, cv2.COLOR_BGR2GRAY) if piece.ndim == 3 else piece
    paper = cv2.medianBlur(cv2.dilate(grey, np.ones((15, 15), np.uint8)), 31)
    flat = np.clip(grey.astype(np.float32) * (255.0 / np.maximum(paper, 1)), 0, 255)
    inked = flat[flat < _PAPER]
    dark = float(np.percentile(inked, _DARKEST_SHARE)) if inked.size > 8 else 0.0
    stretched = np.clip((flat - dark) * (255.0 / max(20.0, 245.0 - dark)), 0, 255).astype(np.uint8)
    margin = max(4, round(_READ_MARGIN * across * scale))
    framed = cv2.copyMakeBorder(stretched, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=255)
    return np.asarray(framed, dtype=np.uint8)


def redacted(pixels: Pixels, box: Quad, keep: Sequence[Quad] = (), cover: Sequence[Quad] = ()) -> Pixels:
    """The page with everything painted over but the boxes to keep, and of these what is to be covered. `box` is seen
    whatever else is said. What nobody knows of is not seen. Boxes cut into first and last letters: both are taken
    somewhat larger."""

    def filled(mask: Pixels, quads: Sequence[Quad], value: int) -> None:
        for quad in quads:
            cv2.fillConvexPoly(mask, np.round(np.array(quad)).astype(np.int32), value)

    mask = np.zeros(pixels.shape[:2], np.uint8)
    filled(mask, [_widened(one) for one in (box, *keep)], 255)
    filled(mask, [_widened(one) for one in cover], 0)
    filled(mask, [box], 255)
    painted = np.empty_like(pixels)
    painted[:] = _OUTSIDE if pixels.ndim == 3 else _OUTSIDE[0]
    painted[mask > 0] = pixels[mask > 0]
    return painted


def _proof(page: PageImage, job: ShowProof) -> Pixels:
    back = page.to_scan.inverse()
    box = back.quad(job.box)
    seen = redacted(page.pixels, box, [back.quad(one) for one in job.keep], [back.quad(one) for one in job.cover])
    return _shrunk(seen, job.longest) if job.whole else line_of(seen, box, job.lines)


def _straightened(pixels: Pixels, box: Quad, scale: float, beside: float, above: float) -> Pixels:
    """The box, `scale` times its size, with margins in scan pixels."""
    along, across = _extent(box)
    left, top = beside * scale, above * scale
    wide, high = along * scale, across * scale
    size = (max(1, round(wide + 2 * left)), max(1, round(high + 2 * top)))
    target = np.array(
        [(left, top), (left + wide, top), (left + wide, top + high), (left, top + high)], dtype=np.float32
    )
    to_scan = cv2.getPerspectiveTransform(target, np.array(box, dtype=np.float32))
    piece, (x, y) = _around(pixels, to_scan, size)
    shift = np.array([[1.0, 0.0, -x], [0.0, 1.0, -y], [0.0, 0.0, 1.0]])
    way = cv2.INTER_CUBIC
    if scale < 1.0:  # a warp samples single pixels: the piece is shrunk first, so that thin strokes stay
        small = (max(1, round(piece.shape[1] * scale)), max(1, round(piece.shape[0] * scale)))
        shrink = np.diag([small[0] / piece.shape[1], small[1] / piece.shape[0], 1.0])
        piece = np.asarray(cv2.resize(piece, small, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        shift, way = shrink @ shift, cv2.INTER_LINEAR
    out = cv2.warpPerspective(
        piece,
        shift @ to_scan,
        size,
        flags=way | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=_OUTSIDE,
    )
    return np.asarray(out, dtype=np.uint8)


def _extent(box: Quad) -> tuple[float, float]:
    """Length along the text and height across it: the means of the opposite sides."""
    a, b, c, d = box
    return (_distance(a, b) + _distance(d, c)) / 2, (_distance(a, d) + _distance(b, c)) / 2


def _distance(a: Point, b: Point) -> float:
    return hypot(a[0] - b[0], a[1] - b[1])


def _grown(box: Quad, least: float) -> Quad:
    """The box, or one around its centre where it has hardly any extent: a fleck of ink, a cell found empty."""
    along, across = _extent(box)
    if min(along, across) >= least:
        return box
    x, y = sum(p[0] for p in box) / 4, sum(p[1] for p in box) / 4
    if min(along, across) < 1.0:  # its sides have no direction
        wide, high = max(along, 3 * least) / 2, max(across, least) / 2
        return ((x - wide, y - high), (x + wide, y - high), (x + wide, y + high), (x - wide, y + high))
    (ax, ay), (bx, by), _, (dx, dy) = box
    longer, higher = max(along, least) / along / 2, max(across, least) / across / 2
    u, v = ((bx - ax) * longer, (by - ay) * longer), ((dx - ax) * higher, (dy - ay) * higher)
    return (
        (x - u[0] - v[0], y - u[1] - v[1]),
        (x + u[0] - v[0], y + u[1] - v[1]),
        (x + u[0] + v[0], y + u[1] + v[1]),
        (x - u[0] + v[0], y - u[1] + v[1]),
    )


def _widened(box: Quad) -> Quad:
    """The box with what its letters reach beyond it."""
    (ax, ay), (bx, by), _, (dx, dy) = box
    along, across = _extent(box)
    if min(along, across) < 1.0:
        return box
    u = ((bx - ax) / along * _LETTER_BESIDE * across, (by - ay) / along * _LETTER_BESIDE * across)
    v = ((dx - ax) * _LETTER_ABOVE, (dy - ay) * _LETTER_ABOVE)
    (a, b, c, d) = box
    return (
        (a[0] - u[0] - v[0], a[1] - u[1] - v[1]),
        (b[0] + u[0] - v[0], b[1] + u[1] - v[1]),
        (c[0] + u[0] + v[0], c[1] + u[1] + v[1]),
        (d[0] - u[0] + v[0], d[1] - u[1] + v[1]),
    )


def _scale(along: float, across: float, lines: int) -> float:
    """Each line gets its height; what is higher than that keeps its pixels, as far as they fit."""
    wanted = max(min(_LINE_HIGH * lines, _TALLEST) / across, min(1.0, _TALLEST / across))
    widest = _WIDEST / (along + 2 * _MARGIN_ACROSS * across)
    return min(wanted, widest, _GROWN)


def _around(pixels: Pixels, to_scan: NDArray[np.float64], size: tuple[int, int]) -> tuple[Pixels, tuple[int, int]]:
    """The part of the page that the picture shows, and its top left corner. Warping the whole page took 40 ms."""
    corners = np.array([[(0.0, 0.0), (size[0], 0.0), size, (0.0, size[1])]], dtype=np.float64)
    x0, y0, x1, y1 = bounds([(float(x), float(y)) for x, y in cv2.perspectiveTransform(corners, to_scan)[0]])
    height, width = pixels.shape[:2]
    left, top = max(0, int(x0) - 2), max(0, int(y0) - 2)
    piece = pixels[top : min(height, int(y1) + 3), left : min(width, int(x1) + 3)]
    if min(piece.shape[:2]) < 1:
        raise NothingToShow(Message("Ô nằm ngoài trang", "The place is off the page"))
    return np.ascontiguousarray(piece), (left, top)


def _shrunk(pixels: Pixels, longest: int) -> Pixels:
    height, width = pixels.shape[:2]
    share = longest / max(height, width)
    if share >= 1.0:
        return pixels
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _jpeg(picture: Pixels) -> bytes:
    return _encoded(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])


def _encoded(kind: str, picture: Pixels, options: Sequence[int]) -> bytes:
    done, encoded = cv2.imencode(kind, np.ascontiguousarray(picture), options)
    if not done:
        raise NothingToShow(Message("Không tạo được ảnh", "The picture cannot be made"))
    return encoded.tobytes()
