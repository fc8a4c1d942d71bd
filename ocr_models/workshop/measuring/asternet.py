"""asternet: a CTC line reader for Vietnamese, strong on typing and handwriting. A yardstick beside our own.

Its weights (MIT licence) come inside the PyPI distribution `asterocr`. That package's code is never
imported: it can report home. Only its ONNX file and vocabulary are taken, after their digests.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_models.charset import require_vietnamese
from ocr_models.ctc import decode_greedy
from ocr_models.errors import ModelDamagedError, ModelMissingError
from ocr_models.reading import build_reading
from ocr_models.weights import read_verified
from ocr_models.words import likely_texts
from ocr_models.workshop.slant import set_upright
from pipeline.domain.message import Message
from pipeline.domain.recognition import Character, Gray, LineImage, ModelIdentity, Reading, Wording

DISTRIBUTION = "asterocr"
WEIGHTS_SHA256 = "10c96b533e1f64031d73edfddafd7d4b13595544f11891f0531bcd72cb29be80"
VOCABULARY_SHA256 = "82c6df018ceca8c10876947e0f7df798ed321825276ed7f3bb12ae3ed6dc647b"

_HEIGHT = 32
_STRIDE = 4
_MAX_WIDTH = 1024  # 256 time steps: the network's position table ends there
_SPLIT_FROM = 640  # a longer piece is split between here and the end, at its widest gap
_MARGIN = 2


class AsternetReader:
    """Reads lines with asternet on one thread.

    Long lines are cut at gaps between words, because the network fails above 256 time steps.
    Readers of the same file share one session in a process. Raises `ModelMissingError`, `ModelDamagedError`
    or `CharsetError` when it cannot be used; `folder` may name another place of the two files.
    """

    def __init__(self, *, folder: str | Path | None = None) -> None:
        self._folder = None if folder is None else str(folder)
        self._symbols = _vocabulary(self._folder)
        self._charset = frozenset(s for s in self._symbols[1:] if len(s) == 1)
        self._space = np.where(np.array(self._symbols) == " ", 0.0, -30.0)[None].astype(np.float32)
        require_vietnamese(self._charset, reader="asternet")
        _session(self._folder)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self._folder,))

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity(name="asternet", sha256=WEIGHTS_SHA256)

    @property
    def charset(self) -> frozenset[str]:
        return self._charset

    def read(self, lines: Sequence[LineImage]) -> list[Reading]:
        """One reading per line, in order. Positions are pixels of each line's image."""
        return [self._read_line(line.pixels, None) for line in lines]

    def read_as(self, lines: Sequence[LineImage], wording: Wording) -> list[Reading]:
        """See `LexicalRecognizer`."""
        return [self._read_line(line.pixels, wording) for line in lines]

    def _read_line(self, pixels: Gray, wording: Wording | None) -> Reading:
        height, width = pixels.shape
        if height < 4 or width < 4 or int(pixels.max()) == int(pixels.min()):
            return build_reading([], reader="asternet")
        session = _session(self._folder)
        upright, shift = set_upright(pixels)
        strip, per_pixel = _prepare(upright)
        out: list[Character] = []
        steps: list[NDArray[np.floating]] = []
        for start, end in split_at_gaps(strip, longest=_MAX_WIDTH, earliest=_SPLIT_FROM):
            piece = _pad(strip[:, start:end])
            (scores,) = session.run(None, {"images": piece})
            offset = (start - _MARGIN) / per_pixel - shift
            read = decode_greedy(scores[:, 0, :], self._symbols, step=_STRIDE / per_pixel, offset=offset)
            parted = start > 0 and _is_gap(strip, start)
            out.extend(_spaced(out, read) if parted else read)
            steps += [self._space, scores[:, 0, :]] if parted else [scores[:, 0, :]]
        alternatives = () if wording is None else likely_texts(np.concatenate(steps), self._symbols, wording)
        characters = [_within(character, width) for character in out]
        return build_reading(characters, reader="asternet", alternatives=alternatives)


def distribution_file(distribution: str, name: str) -> Path:
    """Path of the file whose path ends in `name` among an installed distribution's files.

    The package is not imported, so none of its code runs. Raises `ModelMissingError`.
    """
    try:
        files = metadata.files(distribution) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.as_posix().endswith(name):
            path = Path(str(file.locate()))
            if path.is_file():
                return path
    raise ModelMissingError(
        Message(
            f"Thiếu tệp mô hình {name} của gói {distribution}. Hãy cài lại các gói bằng `make setup-dev`.",
            f"Model file {name} of package {distribution} is missing. Reinstall with `make setup-dev`.",
        )
    )


def split_at_gaps(strip: Gray, *, longest: int, earliest: int) -> list[tuple[int, int]]:
    """Column ranges that cover `strip` from left to right, none wider than `longest`.

    A cut lies between `earliest` and `longest` from the piece's start: in the middle of the widest
    run of ink-free columns there, else at the column with the least ink.
    """
    longest -= 2 * _MARGIN
    ink = (255.0 - strip.astype(np.float32)).sum(axis=0)
    pieces = []
    start = 0
    while strip.shape[1] - start > longest:
        window = ink[start + earliest : start + longest]
        cut = start + earliest + _gap_in(window)
        pieces.append((start, cut))
        start = cut
    return [*pieces, (start, strip.shape[1])]


def _gap_in(window: NDArray[np.float32]) -> int:
    clear = window <= window.min() + 0.02 * max(1.0, float(window.max() - window.min()))
    edges = np.flatnonzero(np.diff(np.concatenate(([0], clear.astype(np.int8), [0]))))
    starts, ends = edges[::2], edges[1::2]
    widest = int(np.argmax(ends - starts))
    return int((starts[widest] + ends[widest]) // 2)


def _prepare(pixels: Gray) -> tuple[Gray, float]:
    """The line at height 32, and how many of its columns make one column of the line image.

    Wide lines are stretched up to 1.25 times, as in the training of these weights, so that narrow
    letters keep a time step of their own.
    """
    height, width = pixels.shape
    stretch = min(1.25, 1.0 + max(0.0, width / height - 3.0) * 0.02)
    new_width = max(16, round(width * _HEIGHT / height * stretch))
    how = cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_LINEAR
    strip = np.asarray(cv2.resize(pixels, (new_width, _HEIGHT), interpolation=how), np.uint8)
    return strip, new_width / width


def _pad(strip: Gray) -> NDArray[np.float32]:
    """(1, 3, 32, W) in 0..1, W a multiple of 4, with a margin of the edges' own grey."""
    edge = round((float(strip[:, 0].mean()) + float(strip[:, -1].mean())) / 2)
    right = _MARGIN + -(strip.shape[1] + 2 * _MARGIN) % _STRIDE
    padded = cv2.copyMakeBorder(strip, 0, 0, _MARGIN, right, cv2.BORDER_CONSTANT, value=edge)
    plane = padded.astype(np.float32) / 255.0
    return np.repeat(plane[None, None], 3, axis=1)


def _is_gap(strip: Gray, column: int) -> bool:
    """Whether the cut at `column` went between words: no ink within a quarter of the line's height."""
    around = strip[:, max(0, column - _HEIGHT // 8) : column + _HEIGHT // 8]
    return int(around.min()) > int(strip.min()) // 2 + int(strip.max()) // 2


def _spaced(before: list[Character], piece: list[Character]) -> list[Character]:
    """The next piece, with the space that the cut between words took away."""
    if not before or not piece or before[-1].text == " " or piece[0].text == " ":
        return piece
    low = min(before[-1].probability, piece[0].probability)
    start, end = before[-1].end, max(before[-1].end, piece[0].start)
    return [Character(text=" ", probability=low, start=start, end=end), *piece]


def _within(character: Character, width: int) -> Character:
    start, end = (min(max(x, 0.0), float(width)) for x in (character.start, character.end))
    return Character(text=character.text, probability=character.probability, start=start, end=end)


def _rebuild(folder: str | None) -> AsternetReader:
    return AsternetReader(folder=folder)


def _file(folder: str | None, name: str) -> Path:
    return Path(folder) / name if folder is not None else distribution_file(DISTRIBUTION, f"assets/{name}")


@lru_cache(maxsize=2)
def _vocabulary(folder: str | None) -> tuple[str, ...]:
    data = read_verified(_file(folder, "vocab.json"), VOCABULARY_SHA256)
    return tuple(json.loads(data)["chars"])


@lru_cache(maxsize=2)
def _session(folder: str | None) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # lines of every width would each keep their own blocks
    options.log_severity_level = 3
    data = read_verified(_file(folder, "asternet.onnx"), WEIGHTS_SHA256)
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own unexported classes
        raise ModelDamagedError(
            Message(
                "onnxruntime không nạp được asternet.onnx. Hãy cài lại các gói bằng `make setup-dev`.",
                "onnxruntime cannot load asternet.onnx. Reinstall the packages with `make setup-dev`.",
            )
        ) from error
