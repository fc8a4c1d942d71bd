"""Rendering processes that fill a shared ring with packs of lines for the trainer to take.

A pack is a stack of lines of one width class, as ink (see `ocr_models.reader.preparation`), padded on
the right with paper. Slots live in one memory-mapped file, so a pack is copied once.
"""

from __future__ import annotations

import multiprocessing as mp
import queue
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_models.reader.preparation import HEIGHT, ink_of
from ocr_models.workshop.fonts.catalogue import catalogue
from ocr_models.workshop.training.alphabet import encode
from ocr_models.workshop.training.lines import Line, LineRenderer, school_renderer
from ocr_models.workshop.training.real import RealSource, real_lines
from ocr_models.workshop.training.texts import TextBank

WIDTHS = (96, 144, 192, 240, 288, 336, 384, 432, 480, 528, 576, 672, 768, 864, 960, 1104, 1248, 1440, 1632)
PACK = 8
LEAST_PER_CHARACTER = 6.7  # pixels: CTC needs more steps of 6 pixels than characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Where lines come from. `real_share` is the part of real pen and typewriter lines.

    `school_share` is the part in a school hand, as drawn by fonts that join their letters.
    """

    fonts: Path | None
    archives: tuple[Path, ...] = ()
    shards: tuple[Path, ...] = ()
    real_share: float = 0.12
    shard_share: float = 0.0
    school_share: float = 0.0
    kinds: tuple[float, float, float] = (0.36, 0.2, 0.44)
    bank_size: int = 2500


def width_class(width: int) -> int | None:
    """The narrowest class that holds `width`; None for a line too long to train on."""
    return next((w for w in WIDTHS if w >= width), None)


def fits(line: Line) -> bool:
    """Whether the line's width gives CTC enough steps for its text."""
    return line.pixels.shape[1] >= LEAST_PER_CHARACTER * len(line.text) and len(line.text) > 0


class Sources:
    """All line sources of a recipe in one process, drawn from in the recipe's shares."""

    def __init__(self, recipe: Recipe, seed: int) -> None:
        fonts = [*catalogue(recipe.fonts, split="train"), *catalogue(recipe.fonts, split="train", bare=True)]
        bank = TextBank(seed, size=recipe.bank_size)
        self.generated = LineRenderer(fonts, bank, seed, kinds=recipe.kinds)
        self.school = school_renderer(fonts, recipe.fonts, "train", bank, seed + 2) if recipe.school_share else None
        real = list(real_lines(recipe.archives, "train")) if recipe.real_share else []
        typed = [line for line in real if line.kind == "typed"]
        self.real = RealSource(real + typed * 2, seed) if real else None
        self.shards = RealSource(list(real_lines(recipe.shards)), seed + 1) if recipe.shards else None
        self.recipe = recipe

    def render(self) -> Line:
        roll = self.generated.rng.random()
        if self.real and roll < self.recipe.real_share:
            return self.real.render()
        roll -= self.recipe.real_share
        if self.shards and roll < self.recipe.shard_share:
            return self.shards.render()
        roll -= self.recipe.shard_share
        if self.school and roll < self.recipe.school_share:
            return self.school.render()
        return self.generated.render()


def packs(sources: Any) -> Any:
    """Endless packs (width class, ink, labels) from a source of lines."""
    waiting: dict[int, list[Line]] = defaultdict(list)
    while True:
        line = sources.render()
        width = width_class(line.pixels.shape[1])
        if width is None or not fits(line):
            continue
        waiting[width].append(line)
        if len(waiting[width]) == PACK:
            yield width, *_stack(waiting.pop(width), width)


def _stack(lines: Sequence[Line], width: int) -> tuple[NDArray[np.uint8], list[list[int]]]:
    ink = np.zeros((len(lines), HEIGHT, width), dtype=np.uint8)
    for row, line in enumerate(lines):
        ink[row, :, : line.pixels.shape[1]] = ink_of(line.pixels)
    return ink, [encode(line.text) for line in lines]


def _work(recipe: Recipe, seed: int, ring: str, slots: int, free: Any, full: Any) -> None:
    """One rendering process: take a free slot, fill it, hand it over; ends when the parent does."""
    cv2.setNumThreads(1)
    memory = np.memmap(ring, dtype=np.uint8, mode="r+", shape=(slots, PACK * HEIGHT * WIDTHS[-1]))
    for width, ink, labels in packs(Sources(recipe, seed)):
        slot = _free_slot(free)
        if slot is None:
            return
        memory[slot, : ink.size] = ink.ravel()
        full.put((slot, width, labels))


def _free_slot(free: Any) -> int | None:
    """The next free slot; None when the trainer is gone, killed perhaps without a word."""
    parent = mp.parent_process()
    while parent is not None and parent.is_alive():
        try:
            return int(free.get(timeout=5))
        except queue.Empty:
            continue
    return None


class Feed:
    """A set of rendering processes. Use as a context manager; `take` gives what is ready."""

    def __init__(self, recipe: Recipe, *, workers: int, seed: int, slots: int | None = None) -> None:
        slots = slots or 8 * workers + 16
        context = mp.get_context("spawn")
        self._file = tempfile.NamedTemporaryFile(suffix=".ring")  # noqa: SIM115
        self._memory = np.memmap(self._file.name, dtype=np.uint8, mode="w+", shape=(slots, PACK * HEIGHT * WIDTHS[-1]))
        self._free, self._full = context.Queue(), context.Queue()
        for slot in range(slots):
            self._free.put(slot)
        self._processes = [
            context.Process(
                target=_work,
                args=(recipe, seed * 1000 + number, self._file.name, slots, self._free, self._full),
                daemon=True,
            )
            for number in range(workers)
        ]
        for process in self._processes:
            process.start()
        self.lines = 0

    def take(self, *, wait: float = 0.0) -> tuple[int, NDArray[np.uint8], list[list[int]]] | None:
        """(width class, ink copy, labels) of the next pack, or None when none is ready within `wait` seconds.

        Raises RuntimeError when every process has died.
        """
        try:
            slot, width, labels = self._full.get(timeout=wait) if wait else self._full.get_nowait()
        except queue.Empty:
            if not any(process.is_alive() for process in self._processes):
                raise RuntimeError("all rendering processes have ended") from None
            return None
        size = len(labels) * HEIGHT * width
        ink = np.array(self._memory[slot, :size]).reshape(len(labels), HEIGHT, width)
        self._free.put(slot)
        self.lines += len(labels)
        return width, ink, labels

    def __enter__(self) -> Feed:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(timeout=10)
        self._free.cancel_join_thread()
        self._full.cancel_join_thread()
        self._file.close()
