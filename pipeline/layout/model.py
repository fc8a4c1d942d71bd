"""What layout finds on one upright image.

All boxes are (x0, y0, x1, y1) in pixels of the upright image, origin top left, x1 and y1 exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Transform
from pipeline.domain.model import UprightImage
from pipeline.domain.recognition import Gray

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A straight drawn line, at least 11 mm long, `horizontal` or else vertical.

    `thickness` in pixels. `pale`: parts of it are too light to be ink.
    """

    box: Box
    horizontal: bool
    thickness: float
    pale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """A row of dots or dashes that a value is written on. `pitch` is the distance of their centres."""

    box: Box
    kind: str  # "dots" | "dashes"
    pitch: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A stamp: `colour` "red", "blue" or "violet"."""

    box: Box
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One field of a ruled grid. A merged cell carries the indices of its first row and column (from 0)."""

    table: int
    row: int
    column: int
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A run of text in one row: a label with its value, a heading, or one line inside one table cell.

    `row` numbers the rows of the image from top to bottom, from 0; `index` the segments of a row from
    left to right. `table`, `cell_row` and `cell_column` say which grid cell holds it. `ink` is
    "black", "blue", "red" or "mixed"; `pen` lists the x ranges that are written in blue, which on a
    black print tells values from labels. `text_height` is the typical letter height in pixels. `crosses`: its
    ink goes on beyond a vertical rule, so that part of what was written is not in it, or is not its own.
    """

    box: Box
    row: int
    index: int
    text_height: float
    ink: str = "black"
    pen: tuple[tuple[float, float], ...] = ()
    struck_out: bool = False
    crosses: bool = False
    table: int | None = None
    cell_row: int | None = None
    cell_column: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InkMap:
    """The text's ink alone, at layout's working scale.

    `grey` is dark ink on white (255) with rules, leaders, seals and background taken out. `owners`
    gives, at half that scale, which segment a pixel's ink belongs to: index + 1, 0 where there is
    none, `NOBODY` for ink that is no text, `EVERYBODYS` for ink that runs through several lines. `to_upright`
    leads from `grey` pixels to the upright image.
    """

    grey: Gray
    owners: NDArray[np.uint16]
    to_upright: Transform


NOBODY = 65535
EVERYBODYS = 65534


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLayout:
    """What layout found. `segments` are in reading order; `ignored` are photo, fingerprint and code areas."""

    image: UprightImage
    ink: InkMap
    segments: tuple[Segment, ...] = ()
    rules: tuple[Rule, ...] = ()
    leaders: tuple[Leader, ...] = ()
    seals: tuple[Seal, ...] = ()
    cells: tuple[Cell, ...] = ()
    ignored: tuple[Box, ...] = ()
