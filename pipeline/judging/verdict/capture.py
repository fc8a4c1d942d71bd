"""From a picture's measures to reasons: whether it must be taken again, and what to point at.

`pipeline.imaging.capture` measures and does not judge; here its numbers meet the procedure. Each measure has two
limits. Beyond the second the picture is bad whatever was read from it. Between the two it is doubtful, and is refused
only where a wanted entry could not be read: a picture that was read in full is good enough, however it looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.domain.geometry import Quad, bounds
from pipeline.domain.model import Capture, FieldValue
from pipeline.judging.verdict.model import Reason
from pipeline.judging.verdict.wording import reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """`doubtful` and `bad` values of one measure; `rising` measures are worse the higher they are.

    `hopeless`: from where people see nothing, and what was read is not trusted either; None where that is `bad`.
    """

    doubtful: float
    bad: float
    rising: bool = False
    hopeless: float | None = None

    def grade(self, value: float) -> int:
        """0 good, 1 doubtful, 2 bad."""
        return int(self._worse(value, self.doubtful)) + int(self._worse(value, self.bad))

    def is_hopeless(self, value: float) -> bool:
        return self._worse(value, self.bad if self.hopeless is None else self.hopeless)

    def _worse(self, value: float, limit: float) -> bool:
        return value > limit if self.rising else value < limit


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureLimits:
    """Where pictures become doubtful, bad and hopeless; set on generated captures
    (`python -m ocr_models.workshop.measuring captures`).

    `glare` is a share of the piece, from which a reflection that touches no known entry counts.
    """

    crispness: Limit = Limit(doubtful=4.2, bad=2.0, hopeless=1.0)
    letters_px: Limit = Limit(doubtful=10.0, bad=7.0, hopeless=4.0)
    light: Limit = Limit(doubtful=0.30, bad=0.16, hopeless=0.03)
    missing: Limit = Limit(doubtful=0.02, bad=0.04, rising=True)
    screen: Limit = Limit(doubtful=2.9, bad=3.3, rising=True)
    glare: Limit = Limit(doubtful=0.004, bad=0.03, rising=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedEntry:
    """An entry the procedure wants from a picture: its declared name, what was read, whether that may be relied on."""

    name: str
    read: FieldValue | None
    legible: bool


_CODES = {
    "crispness": "capture.blurred",
    "letters_px": "capture.too_small",
    "light": "capture.too_dark",
    "missing": "capture.cut_off",
    "screen": "capture.screen",
}
# What is wrong with the paper's place or nature is wrong however well it reads.
_ALWAYS = frozenset(("missing", "screen"))


def capture_reasons(
    file: str, page: int, capture: Capture, wanted: Sequence[WantedEntry], limits: CaptureLimits, *, complete: bool
) -> Iterator[Reason]:
    """Why this piece of a picture must be taken again, each reason with its place; none for a picture that serves.

    `wanted` are the entries looked for on this page; `complete`: all of the document's could be read. Where some were
    wanted and all could be read, the reading has shown that the picture serves, unless it is hopeless.
    """
    for measure, code in _CODES.items():
        value = capture.measures.get(measure)
        if value is None:
            continue
        limit: Limit = getattr(limits, measure)
        if measure not in _ALWAYS and complete and wanted:
            stopped = limit.is_hopeless(value)
        else:
            stopped = limit.grade(value) >= (2 if complete or measure in _ALWAYS else 1)
        if stopped:
            yield reason(code, file=file, page=page, place=_place(capture, measure))
    if not complete:
        yield from _glare(file, page, capture, wanted, limits.glare)


def _place(capture: Capture, measure: str) -> Quad:
    """The worst spot of this measure, else the whole piece."""
    spots = [spot for spot in capture.spots if spot.kind == measure]
    return max(spots, key=lambda spot: _area(spot.place)).place if spots else capture.place


def _glare(file: str, page: int, capture: Capture, wanted: Sequence[WantedEntry], limit: Limit) -> Iterator[Reason]:
    """Glare on a wanted entry that is not legible, or so much of it that an entry must lie under it."""
    spots = [spot for spot in capture.spots if spot.kind == "glare"]
    hit: set[str] = set()
    for entry in wanted:
        spot = next((s for s in spots if entry.read is not None and touches(s.place, entry.read.box)), None)
        if spot is not None and not entry.legible:
            hit.add(entry.name)
            yield reason("capture.glare", file=file, page=page, place=spot.place, field=entry.name)
    lost = any(entry.read is None or entry.read.value is None for entry in wanted) or not wanted
    worst = max(spots, key=lambda spot: spot.value, default=None)
    if worst is not None and not hit and limit.grade(worst.value) >= (1 if lost else 2):
        yield reason("capture.glare", file=file, page=page, place=worst.place)


def touches(spot: Quad, entry: Quad) -> bool:
    """Whether two places overlap by more than a tenth of the second, by their upright bounds."""
    (a0, b0, a1, b1), (c0, d0, c1, d1) = bounds(spot), bounds(entry)
    wide, tall = min(a1, c1) - max(a0, c0), min(b1, d1) - max(b0, d0)
    return wide > 0 and tall > 0 and wide * tall > 0.1 * max((c1 - c0) * (d1 - d0), 1.0)


def _area(place: Quad) -> float:
    x0, y0, x1, y1 = bounds(place)
    return (x1 - x0) * (y1 - y0)
