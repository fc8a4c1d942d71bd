"""What is asked of the process that makes pictures of originals, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.domain.geometry import Quad


class _OfOriginal:
    """A job about the original at `path`, which is passed open."""

    __slots__ = ()
    path: str

    @property
    def reads(self) -> str | None:
        return self.path

    @property
    def writes(self) -> str | None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPage(_OfOriginal):
    """The page whole, no side longer than `longest`. `path` holds the original whose digest is `sha256`."""

    path: str
    sha256: str
    page: int
    longest: int = 2400


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowLine(_OfOriginal):
    """What stands in `box` (scan pixels, clockwise from the text's top left), upright and with some margin.

    `lines` of writing are about what stands in it: so much higher it is shown.
    """

    path: str
    sha256: str
    page: int
    box: Quad
    lines: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CutLine(_OfOriginal):
    """What stands in `box` as a reader is given lines: grey on white, its own size; as PNG, to learn from."""

    path: str
    sha256: str
    page: int
    box: Quad


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowProof(_OfOriginal):
    """What stands in `box`, and nothing else of its page but what lies in `keep`; of that nothing that lies in `cover`.
    The page `whole`, no side longer than `longest`, or the line alone; as PNG."""

    path: str
    sha256: str
    page: int
    box: Quad
    keep: tuple[Quad, ...] = ()
    cover: tuple[Quad, ...] = ()
    lines: int = 1
    whole: bool = False
    longest: int = 1600


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The picture as a file; `scan_size` is the width and height of the page in the pixels that boxes count in."""

    picture: bytes
    scan_size: tuple[int, int]


Job = ShowPage | ShowLine | CutLine | ShowProof
