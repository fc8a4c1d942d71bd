"""Character errors of a network on held-out lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import torch

from ocr_models.fonts import Split, catalogue
from ocr_models.reader.preparation import HEIGHT, ink_of, padded
from ocr_models.training.alphabet import BLANK, CHARACTERS
from ocr_models.training.lines import Line, LineRenderer, to_height
from ocr_models.training.measure_text import edits
from ocr_models.training.real import ADAPTATION_HAND, real_lines
from ocr_models.training.texts import TextBank


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


def real(archives: Iterable[Path], split: Split, *, count: int) -> list[HeldOut]:
    """Up to `count` real lines of unseen hands, pen and typed; evenly picked."""
    found: dict[str, list[Line]] = {}
    for line in real_lines(archives, split):
        if line.hand != ADAPTATION_HAND:
            found.setdefault(f"real-{line.kind}", []).append(Line(to_height(line.pixels()), line.text, line.kind))
    return [HeldOut(name, tuple(lines[:: max(1, len(lines) // count)][:count])) for name, lines in found.items()]


def measure(model: torch.nn.Module, held: HeldOut, device: str) -> dict[str, float]:
    """`cer` and `exact`, both in per cent."""
    wrong = letters = exact = 0
    for line, said in zip(held.lines, answers(model, [line.pixels for line in held.lines], device), strict=True):
        distance = edits(line.text, said)
        wrong, letters, exact = wrong + distance, letters + len(line.text), exact + (distance == 0)
    return {"cer": round(100 * wrong / letters, 2), "exact": round(100 * exact / len(held.lines), 1)}


def answers(model: torch.nn.Module, strips: Sequence[np.ndarray], device: str) -> list[str]:
    """What the network reads in each grey strip of `HEIGHT` rows (greedy)."""
    order = sorted(range(len(strips)), key=lambda i: strips[i].shape[1])
    out = [""] * len(strips)
    for width, group in groupby(order, key=lambda i: padded(strips[i].shape[1])):
        chosen = list(group)
        ink = np.zeros((len(chosen), 1, HEIGHT, width), np.float32)
        for row, i in enumerate(chosen):
            ink[row, 0, :, : strips[i].shape[1]] = ink_of(strips[i]).astype(np.float32) / 255
        with torch.inference_mode():
            best = model(torch.from_numpy(ink).to(device)).argmax(dim=-1).cpu().numpy()
        for row, i in enumerate(chosen):
            out[i] = collapse(best[row])
    return out


def collapse(best: np.ndarray) -> str:
    """CTC's best path as text, without outer spaces."""
    kept = best[np.concatenate(([True], best[1:] != best[:-1]))]
    return "".join(CHARACTERS[c - 1] for c in kept if c != BLANK).strip()
