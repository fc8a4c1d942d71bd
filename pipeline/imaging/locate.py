"""Where on the scan the page, or the cards, lie."""

from __future__ import annotations

from pipeline.imaging.regions import Region, whole_frame
from pipeline.imaging.warp import Pixels


def locate_regions(scan: Pixels, dpi: float | None) -> list[Region]:
    """The pieces to look at, in reading order; the whole frame when nothing else is certain."""
    height, width = scan.shape[:2]
    return [whole_frame(width, height, dpi=dpi)]
