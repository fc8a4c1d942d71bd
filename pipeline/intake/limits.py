"""How much of a machine one source file may claim."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.intake.errors import TooManyPages, TooManyPixels


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeLimits:
    """Checked from headers, before anything is decoded; `min_side` when it is.

    `max_pixels` is per page: an A3 sheet at 600 dpi has 70 million. `max_pages` and `max_bytes` are
    per file. These three are bounds on memory and time, chosen well above what registries scan. A picture with fewer
    pixels across or down than `min_side` holds no letter.
    """

    max_pixels: int = 120_000_000
    max_pages: int = 2_000
    max_bytes: int = 4 * 1024**3
    min_side: int = 8

    def check_pixels(self, width: float, height: float, *, name: str, page: int | None = None) -> None:
        """Raises `TooManyPixels` when a page of this size is over the limit."""
        if width * height > self.max_pixels:
            raise TooManyPixels.about(name, page=page, width=round(width), height=round(height), limit=self.max_pixels)

    def check_pages(self, pages: int, *, name: str) -> None:
        """Raises `TooManyPages` when a file of this many pages is over the limit."""
        if pages > self.max_pages:
            raise TooManyPages.about(name, pages=pages, limit=self.max_pages)
