"""`OwnReader`: our CTC network behind the `Recognizer` protocol."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ocr_models.charset import require_vietnamese
from ocr_models.ctc import decode_greedy
from ocr_models.errors import ModelDamagedError, ModelMissingError
from ocr_models.reader.dashes import dashes_as_in, with_true_dashes
from ocr_models.reader.preparation import HEIGHT, Prepared, padded, prepare
from ocr_models.reader.surer import SURE, is_believed
from ocr_models.reading import build_reading
from ocr_models.weights import read_verified
from ocr_models.words import likely_texts
from pipeline.domain.message import Message
from pipeline.domain.recognition import LineImage, ModelIdentity, Reading, Wording
from pipeline.domain.trace import Trace, log_likelihood

WEIGHTS = Path(__file__).parent / "weights"
NAME = "hotich-lines"
Precision = Literal["fp32", "int8"]
FILES: dict[Precision, str] = {"fp32": f"{NAME}.onnx", "int8": f"{NAME}.int8.onnx"}

_BATCH_COLUMNS = 8192  # columns of one batch: bounds memory at about 60 MB
_REMEMBERED = 16  # lines: as many as one doubtful value is cut into, and the next ones; 4 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What belongs to a folder of weights: digests, alphabet in class order (class 0 is the blank), geometry, name.

    `int8_sha256` is empty where there is no int8 file; `precision` is what is read with unless another is asked for.
    """

    sha256: str
    characters: str
    height: int
    stride: int
    name: str = NAME
    int8_sha256: str = ""
    precision: Precision = "fp32"

    def digest(self, precision: Precision | None = None) -> str:
        """SHA-256 of the weights of that precision, by default of those that are read with.

        Raises `ModelMissingError` where the folder has none such.
        """
        sha256 = self.int8_sha256 if (precision or self.precision) == "int8" else self.sha256
        if not sha256:
            raise ModelMissingError(
                Message(f"Mô hình {self.name} không có bản int8.", f"Model {self.name} has no int8 weights.")
            )
        return sha256

    @staticmethod
    def read(folder: Path) -> Manifest:
        """Raises `ModelMissingError` or `ModelDamagedError`."""
        try:
            return Manifest.parse((folder / "manifest.json").read_bytes())
        except OSError as error:
            raise ModelMissingError(
                Message(
                    f"Thiếu tệp mô tả mô hình {NAME}. Hãy cài lại.",
                    f"The manifest of model {NAME} is missing. Reinstall.",
                )
            ) from error

    @staticmethod
    def parse(text: bytes) -> Manifest:
        """From the manifest's JSON. Raises `ModelDamagedError`."""
        try:
            facts = json.loads(text)
            manifest = Manifest(**{key: facts[key] for key in Manifest.__slots__ if key in facts})
        except (ValueError, KeyError, TypeError) as error:
            raise _damaged("manifest.json") from error
        if manifest.height != HEIGHT or manifest.precision not in FILES:
            raise _damaged("manifest.json")
        return manifest


class OwnReader:
    """Reads Vietnamese lines in print, typewriter and pen, labels and values in one line.

    Lines may have any height and either polarity. Long lines need no cutting. Greedy CTC; the raw
    confidence is the geometric mean of the character probabilities, uncalibrated. Readers of the same
    folder share one session in a process. `precision` chooses between fp32 and int8 weights where the folder has both.
    `book`: folder of the model of a book's hand, which reads the lines that the base is not sure of
    (`ocr_models.reader.surer`); of a model whose letters are others than the base's, it reads all.
    Raises `ModelMissingError`, `ModelDamagedError` (wrong digest, cut short) or `CharsetError` when it cannot be used.
    """

    def __init__(
        self,
        *,
        folder: Path | None = None,
        threads: int = 1,
        precision: Precision | None = None,
        book: Path | None = None,
    ) -> None:
        self._folder = folder or WEIGHTS
        self._book = book
        self._threads = threads
        self._manifest = Manifest.read(self._folder)
        self._of_book = None if book is None else Manifest.read(book)
        if self._of_book is not None and not _read_alike(self._of_book, self._manifest):
            self._folder, self._manifest, self._of_book = book or WEIGHTS, self._of_book, None
            precision = None
        self._precision = precision or self._manifest.precision
        self._sha256 = self._manifest.digest(precision)
        self._charset = frozenset(self._manifest.characters)
        require_vietnamese(self._charset, reader=NAME)
        self._symbols = ("", *self._manifest.characters)
        self._classes = {symbol: number for number, symbol in enumerate(self._symbols)}
        self._remembered: dict[tuple[tuple[int, ...], bytes], list[tuple[int, Prepared, NDArray[np.float32]]]] = {}
        self._session()
        self._session_of_book()

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self._folder, self._threads, self._precision, self._book))

    @property
    def identity(self) -> ModelIdentity:
        """The book's model where there is one, else the base."""
        if self._of_book is not None:
            return ModelIdentity(name=self._of_book.name, sha256=self._of_book.digest())
        return ModelIdentity(name=self._manifest.name, sha256=self._sha256)

    @property
    def charset(self) -> frozenset[str]:
        return self._charset

    def read(self, lines: Sequence[LineImage]) -> list[Reading]:
        """One reading per line, in order. Positions are pixels of each line's image."""
        return self._readings(lines, None)

    def read_as(self, lines: Sequence[LineImage], wording: Wording) -> list[Reading]:
        """See `LexicalRecognizer`."""
        return self._readings(lines, wording)

    def _readings(self, lines: Sequence[LineImage], wording: Wording | None) -> list[Reading]:
        readings = [build_reading([], reader=NAME) for _ in lines]
        for place, line, scores in self._answers(lines):
            step = self._manifest.stride / line.scale
            read = decode_greedy(scores, self._symbols, step=step, offset=line.left)
            characters = with_true_dashes(read, line)
            alternatives = () if wording is None else likely_texts(scores, self._symbols, wording)
            if len(characters) < len(read):
                alternatives = tuple((dashes_as_in(text, characters), p) for text, p in alternatives)
            readings[place] = build_reading(characters, reader=NAME, alternatives=alternatives)
        return readings

    def score(self, line: LineImage, texts: Sequence[str]) -> list[float]:
        """For each NFC text, the natural logarithm of the probability that this ink says it; 0 is certain.

        Meant for comparing candidates against the ink. -inf for a text with a character outside
        `charset` or one too long for the line. An empty line says "" for certain.
        """
        network = self._answer(line)
        return [
            log_likelihood(network, [self._classes[c] for c in text]) if set(text) <= self._charset else -math.inf
            for text in texts
        ]

    def trace(self, line: LineImage) -> Trace:
        """See `TracingRecognizer`."""
        return Trace.of(self._answer(line), self._symbols)

    def _answer(self, line: LineImage) -> NDArray[np.float32]:
        """The line's log-probabilities, (steps, classes); no steps where it holds no ink."""
        answers = [scores for _, _, scores in self._answers([line])]
        return answers[0] if answers else np.zeros((0, len(self._symbols)), np.float32)

    def _answers(self, lines: Sequence[LineImage]) -> Iterator[tuple[int, Prepared, NDArray[np.float32]]]:
        """(place, line, log-probabilities of its steps) of every line that holds ink, in any order."""
        if len(lines) == 1:
            yield from self._alone(lines[0])
            return
        yield from self._computed(lines)

    def _alone(self, line: LineImage) -> Iterator[tuple[int, Prepared, NDArray[np.float32]]]:
        """As `_answers`; the last lines asked for one at a time are remembered, since a doubtful value's ink is asked
        about several times. Lines read together are not: their numbers may differ in the last place."""
        key = line.pixels.shape, hashlib.blake2b(line.pixels.tobytes()).digest()
        if key not in self._remembered:
            while len(self._remembered) >= _REMEMBERED:
                self._remembered.pop(next(iter(self._remembered)), None)
            self._remembered[key] = list(self._computed([line]))
        yield from self._remembered[key]

    def _computed(self, lines: Sequence[LineImage]) -> Iterator[tuple[int, Prepared, NDArray[np.float32]]]:
        session = self._session()
        prepared = [prepare(line.pixels) for line in lines]
        # int8 takes its ranges from what it is given together: a line must read the same whatever stands beside it.
        for batch in _batches(prepared, _BATCH_COLUMNS if self._precision == "fp32" else 0):
            width = padded(batch[0][1].ink.shape[1])
            images = np.zeros((len(batch), 1, HEIGHT, width), dtype=np.float32)
            for row, (_, line) in enumerate(batch):
                images[row, 0, :, : line.ink.shape[1]] = line.ink
            images *= np.float32(1 / 255)
            (scores,) = session.run(None, {"ink": images})
            steps = [line.ink.shape[1] // self._manifest.stride + 2 for _, line in batch]
            answers = [scores[row, :count] for row, count in enumerate(steps)]
            for (place, line), answer in zip(batch, self._with_book(images, answers), strict=True):
                yield place, line, answer

    def _with_book(self, images: NDArray[np.float32], answers: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """The answers, that of the book's network in place of the base's where it is believed."""
        session = self._session_of_book()
        sureness = [] if session is None else [self._sureness(answer) for answer in answers]
        doubted = [row for row, sure in enumerate(sureness) if sure < SURE]
        if not doubted:
            return answers
        (scores,) = session.run(None, {"ink": images[doubted]})
        believed = list(answers)
        for row, other in zip(doubted, scores, strict=True):
            answer = other[: len(answers[row])]
            if is_believed(base=sureness[row], book=self._sureness(answer)):
                believed[row] = answer
        return believed

    def _sureness(self, scores: NDArray[np.float32]) -> float:
        return build_reading(decode_greedy(scores, self._symbols, step=1.0), reader=NAME).confidence.raw

    def _session(self) -> Any:
        return _session(str(self._folder / FILES[self._precision]), self._sha256, self._threads)

    def _session_of_book(self) -> Any:
        known, folder = self._of_book, self._book
        if known is None or folder is None:
            return None
        return _session(str(folder / FILES[known.precision]), known.digest(), self._threads)


def own_identities(folder: Path | None = None, book: Path | None = None) -> tuple[ModelIdentity, ...]:
    """What an `OwnReader` of these folders reads with, a book's model first: told from the manifests alone.

    Raises `ModelMissingError` or `ModelDamagedError`.
    """
    base = Manifest.read(folder or WEIGHTS)
    of_book = None if book is None else Manifest.read(book)
    alone = of_book is not None and not _read_alike(of_book, base)
    manifests = (of_book, None if alone else base)
    return tuple(ModelIdentity(name=known.name, sha256=known.digest()) for known in manifests if known is not None)


def _read_alike(one: Manifest, other: Manifest) -> bool:
    return (one.characters, one.height, one.stride) == (other.characters, other.height, other.stride)


def _batches(lines: Sequence[Prepared | None], columns: int) -> Iterator[list[tuple[int, Prepared]]]:
    """Lines of equal padded width with their places, at most `columns` wide together, but at least one."""
    inked = [(place, line) for place, line in enumerate(lines) if line is not None]
    inked.sort(key=lambda item: item[1].ink.shape[1])
    for width, group in groupby(inked, key=lambda item: padded(item[1].ink.shape[1])):
        same = list(group)
        count = max(1, columns // width)
        for start in range(0, len(same), count):
            yield same[start : start + count]


@lru_cache(maxsize=4)
def _session(file: str, sha256: str, threads: int) -> Any:
    import onnxruntime

    weights = read_verified(Path(file), sha256)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False  # lines of every width: an arena only grows and saves no time
    try:
        return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own classes, which share no base but this
        raise _damaged(Path(file).name) from error


def _damaged(name: str) -> ModelDamagedError:
    return ModelDamagedError(
        Message(f"Tệp mô hình {name} hỏng. Hãy cài lại.", f"Model file {name} is damaged. Reinstall it.")
    )


def _rebuild(folder: Path, threads: int, precision: Precision, book: Path | None) -> OwnReader:
    return OwnReader(folder=folder, threads=threads, precision=precision, book=book)
