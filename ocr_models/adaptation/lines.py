"""Corrected lines as the network learns from them, and batches of lines of like width."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_models.adaptation.ctc import least_steps
from ocr_models.adaptation.layers import Array
from ocr_models.adaptation.network import CELL
from ocr_models.reader.preparation import HEIGHT, Pixels, padded, prepare

HELD_OUT_SHARE = 0.2
LEAST_HELD_OUT = 8

_MOST_PIXELS = 20_000_000


@dataclass(frozen=True, slots=True, eq=False)
class CorrectedLine:
    """One line of a book as a person corrected it: the image file's bytes, and what it says (NFC)."""

    image: bytes
    text: str

    def pixels(self) -> Pixels | None:
        """Grey levels, None when the bytes are no image."""
        return _decoded(self.image)


def is_image(image: bytes) -> bool:
    """Whether the bytes are an image file of one text line that can be read, of sensible size."""
    pixels = _decoded(image)
    return pixels is not None and pixels.size <= _MOST_PIXELS


def _decoded(image: bytes) -> Pixels | None:
    if not image:
        return None
    try:
        decoded = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:  # more pixels than OpenCV takes
        return None
    return None if decoded is None else np.asarray(decoded, np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A line as the network sees it: ink (HEIGHT, width), 0 paper and 255 the darkest stroke; what it says."""

    ink: Pixels
    text: str
    labels: tuple[int, ...]


def sample_of(pixels: NDArray[np.uint8], text: str, characters: str) -> Sample | None:
    """None for a line the network cannot learn from: no writing, a character it cannot write, too long a text for its
    width, no text. `characters` are those of classes 1, 2, …"""
    wording = " ".join(unicodedata.normalize("NFC", text).split())
    prepared = prepare(pixels)
    labels = labels_of(wording, characters)
    if prepared is None or not labels:
        return None
    return Sample(prepared.ink, wording, labels) if fits(prepared.ink, labels) else None


def labels_of(text: str, characters: str) -> tuple[int, ...] | None:
    """The classes that spell the text; None where the network cannot write one of its characters."""
    if not set(text) <= set(characters):
        return None
    return tuple(characters.index(character) + 1 for character in text)


def samples_of(lines: Sequence[CorrectedLine], characters: str) -> list[Sample | None]:
    """One for each line, in order; None as in `sample_of`, and for bytes that are no image."""
    images = [line.pixels() for line in lines]
    return [
        None if pixels is None else sample_of(pixels, line.text, characters)
        for pixels, line in zip(images, lines, strict=True)
    ]


def fits(ink: Array, labels: Sequence[int]) -> bool:
    """Whether CTC has steps enough for the text."""
    return bool(least_steps(labels) <= ink.shape[1] // CELL)


def held_out(lines: Sequence[CorrectedLine]) -> list[bool]:
    """Which lines are never learnt from: a fifth of them, and at least eight, told by their images' digests.

    A line that was once learnt from is never held out later, whatever lines come.
    """
    places = [int.from_bytes(hashlib.sha256(b"held out" + line.image).digest()[:8], "big") / 2**64 for line in lines]
    least = sorted(places)[: LEAST_HELD_OUT + 1]
    border = max(HELD_OUT_SHARE, least[-1] if len(least) > LEAST_HELD_OUT else 1.0)
    return [place < border for place in places]


def batches(inks: Sequence[Array], columns: int, rng: Random | None = None) -> Iterator[list[int]]:
    """Places of lines of like width, at most `columns` pixels wide together, padding counted; widest last.

    With `rng` in an order of its own, and lines meet others each time.
    """
    width = [ink.shape[1] for ink in inks]
    order = sorted(range(len(inks)), key=lambda place: width[place] * (rng.uniform(0.85, 1.15) if rng else 1))
    out: list[list[int]] = []
    widest = 0
    for place in order:
        widest = max(widest, padded(width[place]))
        if not out or widest * (len(out[-1]) + 1) > columns:
            out.append([])
            widest = padded(width[place])
        out[-1].append(place)
    if rng is not None:
        rng.shuffle(out)
    return iter(out)


def stacked(inks: Sequence[Array]) -> tuple[Array, list[int]]:
    """Ink of one batch (lines, HEIGHT, width) from 0 to 1, padded with paper, and each line's steps in use."""
    width = padded(max(ink.shape[1] for ink in inks))
    out = np.zeros((len(inks), HEIGHT, width), np.float32)
    for row, ink in enumerate(inks):
        out[row, :, : ink.shape[1]] = ink
    return out / np.float32(255), [min(width // CELL, ink.shape[1] // CELL + 2) for ink in inks]
