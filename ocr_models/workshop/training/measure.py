"""Character errors of a network on held-out lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import torch

from ocr_models.reader.preparation import HEIGHT, ink_of, padded
from ocr_models.workshop.training.alphabet import BLANK, CHARACTERS
from ocr_models.workshop.training.held_out import HeldOut
from ocr_models.workshop.training.lines import to_height
from ocr_models.workshop.training.measure_text import edits


def measure(model: torch.nn.Module, held: HeldOut, device: str) -> dict[str, float]:
    """`cer` and `exact`, both in per cent."""
    wrong = letters = exact = 0
    strips = [to_height(line.pixels) for line in held.lines]
    for line, answer in zip(held.lines, answers(model, strips, device), strict=True):
        distance = edits(line.text, answer)
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
