"""Photos as citizens take them: how many bad ones the verdict recognises, how many good ones it refuses.

The limits in `pipeline.judging.verdict.CaptureLimits` were set on seed `DEV_SEED` with the development fonts; figures
that are reported come from another seed with the held-out fonts. All photos are generated: real ones will differ.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ocr_models.workshop.fonts import Split
from ocr_models.workshop.measuring.capture_set import FAULTS, Photo, photos
from pipeline.domain.message import Message
from pipeline.domain.model import Capture, DocumentType, PageImage, Provenance
from pipeline.imaging import measure_page
from pipeline.judging.verdict import CaptureLimits, Outcome, Submitted, Verdict, judge
from pipeline.judging.verdict.capture import Limit, touches
from pipeline.judging.verdict.procedures import Paper, Procedure
from pipeline.read_document import process_document
from pipeline.read_page import Readers
from pipeline.settings import PipelineSettings
from pipeline.settling.triage import Calibration
from pipeline.values import INDEFINITE

DEV_SEED, HELD_OUT_SEED = 1, 8
TODAY = date(2026, 11, 22)
MEASURES = {
    "blurred": "crispness",
    "too_small": "letters_px",
    "too_dark": "light",
    "cut_off": "missing",
    "screen": "screen",
    "glare": "glare",
}
_READ_AS = ("wrong_side", "wrong_type", "expired")
_FRONT = ("full_name", "personal_id", "date_of_birth", "sex")


@dataclass(slots=True)
class Report:
    """Counts by what is wrong ("good" for nothing): photos, those doubted and refused, and by which reason."""

    photos: Counter[str] = field(default_factory=Counter)
    doubted: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def table(self) -> str:
        """Per reason: photos with this fault, how many of them it finds, how many good photos it finds fault with."""
        good = max(self.photos["good"], 1)
        lines = [f"{'reason':12} {'photos':>7} {'doubted':>8} {'refused':>8} | good: {'doubted':>8} {'refused':>8}"]
        for fault in [*FAULTS, *_READ_AS]:
            count = self.photos[fault]
            if count:
                doubted, refused = self.doubted[fault, fault] / count, self.refused[fault, fault] / count
                lines.append(
                    f"{fault:12} {count:7d} {doubted:8.1%} {refused:8.1%} |       "
                    f"{self.doubted['good', fault] / good:8.1%} {self.refused['good', fault] / good:8.1%}"
                )
        any_doubt, any_refusal = self.doubted["good", "any"] / good, self.refused["good", "any"] / good
        lines.append(f"{'good photos':12} {good:7d} {'':17} | any:  {any_doubt:8.1%} {any_refusal:8.1%}")
        for (fault, outcome), count in sorted(self.outcomes.items()):
            lines.append(f"verdict on {fault:12} {outcome:12} {count / self.photos[fault]:7.1%}")
        if self.seconds:
            middle = sorted(self.seconds)[len(self.seconds) // 2]
            lines.append(f"CPU s a photo, finding the paper and measuring: median {middle:.2f}")
        return "\n".join(lines)


def evaluate(seed: int, count: int, split: Split, *, read: bool, verbose: bool = False) -> Report:
    """Judge `count` rounds of photos. `read`: also read them and give whole verdicts (seconds a photo)."""
    report = Report()
    reader = _VerdictReader() if read else None
    for photo in photos(seed, count, split=split):
        name = photo.fault or "good"
        report.photos[name] += 1
        started = time.process_time()
        captures = measure_page(PageImage(number=1, pixels=photo.pixels, dpi=None))
        report.seconds.append(time.process_time() - started)
        _count(report, photo, captures)
        if verbose:
            print(photo.name, photo.document_type, photo.side, captures[0].measures, file=sys.stderr, flush=True)
        if reader is not None:
            for what, verdict in reader.verdicts(photo):
                if verbose:
                    print(" ", what, verdict.outcome, *(r.code for r in verdict.reasons), file=sys.stderr, flush=True)
                report.photos[what] += what in _READ_AS
                report.outcomes[what, verdict.outcome.value] += 1
                if what in _READ_AS and verdict.outcome is Outcome.RETAKE:
                    report.refused[what, what] += 1
    return report


def _count(report: Report, photo: Photo, captures: Sequence[Capture]) -> None:
    name, limits, grades = photo.fault or "good", CaptureLimits(), {}
    for fault, measure in MEASURES.items():
        if fault == "glare":
            grades[fault] = _glare_grade(photo, captures, limits.glare)
        else:
            limit: Limit = getattr(limits, measure)
            grades[fault] = max(limit.grade(c.measures[measure]) if measure in c.measures else 0 for c in captures)
    grades["any"] = max(grades.values())
    for fault, grade in grades.items():
        report.doubted[name, fault] += grade >= 1
        report.refused[name, fault] += grade >= 2


def _glare_grade(photo: Photo, captures: Sequence[Capture], limit: Limit) -> int:
    """Doubted where a reflection lies on what it was drawn on; in the verdict the entry's legibility decides."""
    spots = [spot for capture in captures for spot in capture.spots if spot.kind == "glare"]
    on_place = photo.place is not None and any(touches(spot.place, photo.place) for spot in spots)
    return max([1 if on_place else 0, *(limit.grade(spot.value) for spot in spots)])


class _VerdictReader:
    """Reads a photo as the service would and gives the verdict on it."""

    def __init__(self) -> None:
        from ocr_models.calibration import load_calibration
        from ocr_models.readers import load_readers

        self._readers: Readers = load_readers()
        self._calibration: Calibration | None = load_calibration()

    def verdicts(self, photo: Photo) -> Iterator[tuple[str, Verdict]]:
        """The verdict where this paper is wanted; of good photos also where another side, kind or day is."""
        documents = self._read(photo)
        declared = {name: str(value) for name, value in photo.content.fields.items() if value is not None}
        card = photo.document_type.startswith("citizen")
        yield photo.fault or "good", judge(_wanting(photo), documents, declared, today=TODAY)
        if photo.fault is not None:
            return
        other = DocumentType.DEATH_CERTIFICATE
        yield "wrong_type", judge(_wanting(photo, types=(other,)), documents, declared, today=TODAY)
        if card:
            side = "back" if photo.side == "front" else "front"
            yield "wrong_side", judge(_wanting(photo, sides=(side,)), documents, declared, today=TODAY)
            read = (f for document in documents for f in document.record.fields if f.name == "date_of_expiry")
            if any(f.value and f.value != INDEFINITE for f in read):
                later = date(2098, 12, 1)
                yield "expired", judge(_wanting(photo, current=True), documents, declared, today=later)

    def _read(self, photo: Photo) -> list[Submitted]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "photo.jpg"
            path.write_bytes(photo.jpeg)
            records = process_document(
                path,
                name=path.name,
                sha256="0" * 64,
                readers=self._readers,
                calibration=self._calibration,
                register=None,
                provenance=Provenance(software="evaluation", models=(), settings_sha256="0" * 64),
                settings=PipelineSettings(),
            )
        return [Submitted(record=record) for record in records]


def _wanting(
    photo: Photo,
    *,
    types: tuple[DocumentType, ...] = (),
    sides: tuple[str, ...] = (),
    current: bool = False,
) -> Procedure:
    """A procedure that wants this very paper, or another one."""
    names = _FRONT if photo.side == "front" else ()
    compare = {name: name for name in names if photo.content.fields.get(name) is not None}
    paper = Paper(
        role="paper",
        name=Message("Giấy tờ", "Paper"),
        types=types or (DocumentType(photo.document_type),),
        sides=sides,
        required=True,
        keep=False,
        current=current,
        of_deceased=False,
        compare=compare,
    )
    return Procedure(code="evaluation", name=Message("Thử", "Test"), source="", papers=(paper,))
