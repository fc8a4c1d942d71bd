"""An upright image with everything that was read on it, and a part of one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.codes import Code, Mrz
from pipeline.domain.geometry import Quad, bounds
from pipeline.domain.model import TextLine, UprightImage
from pipeline.domain.recognition import LineImage


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadImage:
    """One upright image of a page, read. `cuts[i]` is the line image that `lines[i]` was read from.

    `image` keeps its geometry but not its pixels, so that many pages can be held. `shows_through`: writing of the other
    side was seen through the paper, and is in no line.
    """

    image: UprightImage
    lines: tuple[TextLine, ...]
    cuts: tuple[LineImage, ...]
    codes: tuple[Code, ...] = ()
    mrz: tuple[Mrz, tuple[Quad, ...]] | None = None
    shows_through: bool = False


def part_of(image: ReadImage, lines: tuple[TextLine, ...]) -> ReadImage:
    """The image with these lines alone, and with the codes that stand among them."""
    own = set(map(id, lines))
    kept = [n for n, line in enumerate(image.lines) if id(line) in own]
    boxes = [bounds(line.box) for line in lines]
    top, bottom = min(b[1] for b in boxes), max(b[3] for b in boxes)
    left, right = min(b[0] for b in boxes), max(b[2] for b in boxes)

    def inside(box: tuple[float, float, float, float]) -> bool:
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return left <= x <= right and top <= y <= bottom

    mrz = image.mrz if image.mrz is not None and any(inside(bounds(quad)) for quad in image.mrz[1]) else None
    return replace(
        image,
        lines=tuple(image.lines[n] for n in kept),
        cuts=tuple(image.cuts[n] for n in kept) if image.cuts else (),
        codes=tuple(code for code in image.codes if inside(bounds(code.box))),
        mrz=mrz,
    )
