"""Lines that training never sees: fonts of another split, hands of another split."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ocr_models.workshop.fonts import Split, catalogue
from ocr_models.workshop.training.lines import Line, LineRenderer, school_renderer
from ocr_models.workshop.training.real import ADAPTATION_HANDS, real_lines, shares_its_writer
from ocr_models.workshop.training.texts import TextBank


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A named set of lines that training never sees."""

    name: str
    lines: tuple[Line, ...]


def generated(split: Split, fonts: Path | None, *, count: int, seed: int) -> list[HeldOut]:
    """Lines of each kind in fonts of the split, worn and furnished as in training."""
    chosen = catalogue(fonts, split=split)
    bank = TextBank(seed, size=400)
    sets: list[HeldOut] = []
    for number, kind in enumerate(("print", "typed", "pen")):
        shares = [0.0, 0.0, 0.0]
        shares[number] = 1.0
        renderer = LineRenderer(chosen, bank, seed + number, kinds=shares)
        sets.append(HeldOut(kind, tuple(renderer.render() for _ in range(count))))
    return sets


def school(split: Split, folder: Path | None, *, count: int, seed: int) -> list[HeldOut]:
    """Lines in the school hand's fonts of the split; an empty list where `folder` has none."""
    if not catalogue(folder, split=split, joined=True):
        return []
    renderer = school_renderer(catalogue(folder, split=split), folder, split, TextBank(seed, size=400), seed)
    return [HeldOut("school", tuple(renderer.render() for _ in range(count)))]


def cut(archives: Iterable[Path], *, count: int) -> list[HeldOut]:
    """Up to `count` lines of each kind out of archives of lines cut from documents."""
    lines_by_set: dict[str, list[Line]] = {}
    for line in real_lines(archives):
        lines_by_set.setdefault(f"cut-{line.kind}", []).append(Line(line.pixels(), line.text, line.kind))
    return [_evenly(name, lines, count) for name, lines in sorted(lines_by_set.items())]


def real(archives: Iterable[Path], split: Split, *, count: int, known: bool = True) -> list[HeldOut]:
    """Up to `count` real lines of each kind, evenly picked, at their own height.

    `real-pen` and `real-typed` are of unseen hands; `known-pen` and `known-typed` are of unseen pages whose clerk or
    machine may have been trained on; without `known` they are left out.
    """
    found: dict[str, list[Line]] = {}
    for line in real_lines(archives, split):
        whose = "known" if shares_its_writer(line.hand) else "real"
        if line.hand not in ADAPTATION_HANDS and (known or whose == "real"):
            found.setdefault(f"{whose}-{line.kind}", []).append(Line(line.pixels(), line.text, line.kind))
    return [_evenly(name, lines, count) for name, lines in sorted(found.items())]


def _evenly(name: str, lines: list[Line], count: int) -> HeldOut:
    return HeldOut(name, tuple(lines[:: max(1, len(lines) // count)][:count]))
