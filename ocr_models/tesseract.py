"""Tesseract, in this process, as a reader of single lines.

tesserocr keeps the model loaded: starting the program for each line costs ten times the reading.
"""

from __future__ import annotations

import hashlib
import math
import os
import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr_models.charset import require_vietnamese
from ocr_models.errors import ModelDamagedError, ModelMissingError
from ocr_models.reading import build_reading
from pipeline.domain.message import Message
from pipeline.domain.recognition import USUAL_TESSDATA, Character, Gray, LineImage, ModelIdentity, Reading

# The released Vietnamese model was trained without these two (kỵ, lỵ, and the name Mỵ). Its charset
# says so; the second reader and the review desk cover them.
KNOWN_GAPS = {"vie": frozenset("Ỵỵ")}

# Icelandic eth looks exactly like Đ in print, the fraction bar like a slash; the model knows them all.
_LOOKALIKES = str.maketrans({"Ð": "Đ", "ð": "đ", "⁄": "/"})

_SINGLE_LINE = 7
_LSTM_ONLY = 1
_UNICHARSET = 21  # TESSDATA_LSTM_UNICHARSET in Tesseract's component table
_HEIGHT = (48, 96)  # line heights between which Tesseract reads best; others are scaled
_MAX_WIDTH = 32_000  # Leptonica and Tesseract count pixels in 16 bits


def find_tessdata(language: str, folders: Iterable[str | Path] = USUAL_TESSDATA) -> Path:
    """The folder that holds `language`.traineddata.

    Raises `ModelMissingError` with code "resource.tesseract_language_missing".
    """
    for folder in folders:
        if (Path(folder) / f"{language}.traineddata").is_file():
            return Path(folder)
    raise ModelMissingError(
        Message(
            f"Tesseract thiếu dữ liệu ngôn ngữ “{language}”. Hãy cài: apt-get install "
            f"tesseract-ocr-{language} (hoặc đặt thư mục tessdata trong cấu hình).",
            f"Tesseract lacks the language “{language}”. Install it: apt-get install tesseract-ocr-{language} "
            "(or name the tessdata folder in the settings).",
        ),
        code="resource.tesseract_language_missing",
    )


class TesseractReader:
    """Reads lines with one Tesseract language (page segmentation mode 7: a single line).

    A symbol's probability is Tesseract's own network probability (`exp((confidence - 100) / 5)`
    undoes how it reports it; the best it ever gives is about 0.92). A space carries the lower
    probability of its neighbours. `whitelist` limits what may be written: for machine-readable zones.
    Readers with the same language, whitelist and folder share one engine in a process. Raises
    `ModelMissingError`, `ModelDamagedError` or `CharsetError` when it cannot be used.
    """

    def __init__(self, language: str = "vie", *, whitelist: str = "", tessdata: str | Path | None = None) -> None:
        folder = find_tessdata(language, USUAL_TESSDATA if tessdata is None else (tessdata,))
        self._arguments = (language, whitelist, str(folder))
        self._charset, digest = _inspect(folder / f"{language}.traineddata")
        if whitelist:
            self._charset &= frozenset(whitelist)
        elif language != "eng":  # which reads machine-readable zones, not names
            gaps = KNOWN_GAPS.get(language, frozenset())
            require_vietnamese(self._charset, reader=f"tesseract {language}", known_gaps=gaps)
        self._name = f"tesseract-{language}"
        self._identity = ModelIdentity(name=self._name, sha256=digest)
        _engine(*self._arguments)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, self._arguments)

    @property
    def identity(self) -> ModelIdentity:
        return self._identity

    @property
    def charset(self) -> frozenset[str]:
        return self._charset

    def read(self, lines: Sequence[LineImage]) -> list[Reading]:
        """One reading per line, in order. Positions are pixels of each line's image."""
        engine = _engine(*self._arguments)
        return [build_reading(_read_line(engine, line.pixels), reader=self._name) for line in lines]


def _rebuild(language: str, whitelist: str, folder: str) -> TesseractReader:
    return TesseractReader(language, whitelist=whitelist, tessdata=folder)


def _read_line(engine: Any, pixels: Gray) -> list[Character]:
    if min(pixels.shape) < 4 or int(pixels.max()) == int(pixels.min()):
        return []
    image, scale = _fit(pixels)
    height, width = image.shape
    engine.SetImageBytes(image.tobytes(), width, height, 1, width)
    engine.SetSourceResolution(300)
    # 0 is success; a line on which the engine fails has no reading, which is what the caller sees.
    if not engine.Recognize():
        return []
    try:
        return _symbols(engine, scale)
    finally:
        engine.Clear()


def _fit(pixels: Gray) -> tuple[Gray, float]:
    """The image at a height Tesseract reads well, and the factor by which it was enlarged."""
    height, width = pixels.shape
    scale = min(max(1.0, _HEIGHT[0] / height), _MAX_WIDTH / width) if height < _HEIGHT[0] else 1.0
    if height > _HEIGHT[1]:
        scale = _HEIGHT[1] / height
    scale = min(scale, _MAX_WIDTH / width)
    if scale == 1.0:
        return np.ascontiguousarray(pixels), 1.0
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    return np.ascontiguousarray(cv2.resize(pixels, size, interpolation=how), dtype=np.uint8), scale


def _symbols(engine: Any, scale: float) -> list[Character]:
    from tesserocr import RIL, iterate_level

    iterator = engine.GetIterator()
    if iterator is None:
        return []
    out: list[Character] = []
    for symbol in iterate_level(iterator, RIL.SYMBOL):
        box = symbol.BoundingBox(RIL.SYMBOL)
        try:
            text = symbol.GetUTF8Text(RIL.SYMBOL)
        except RuntimeError:  # how tesserocr says that nothing was recognised here
            continue
        if not text or box is None:
            continue
        probability = math.exp((symbol.Confidence(RIL.SYMBOL) - 100.0) / 5.0)
        start, end = box[0] / scale, box[2] / scale
        if out and symbol.IsAtBeginningOf(RIL.WORD):
            gap = (out[-1].end, max(start, out[-1].end))
            low = min(probability, out[-1].probability)
            out.append(Character(text=" ", probability=low, start=gap[0], end=gap[1]))
        letter = text.translate(_LOOKALIKES)
        out.append(Character(text=letter, probability=probability, start=start, end=end))
    return out


@lru_cache(maxsize=8)
def _engine(language: str, whitelist: str, folder: str) -> Any:
    # Tesseract's OpenMP threads fight over cores with the other worker processes.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    import tesserocr

    variables = {"tessedit_char_whitelist": whitelist} if whitelist else {}
    try:
        return tesserocr.PyTessBaseAPI(
            path=folder, lang=language, psm=_SINGLE_LINE, oem=_LSTM_ONLY, variables=variables
        )
    except RuntimeError as error:
        raise _damaged(language) from error


@lru_cache(maxsize=8)
def _inspect(path: Path) -> tuple[frozenset[str], str]:
    """Characters and SHA-256 of a language file, read from the file itself.

    Done before the engine sees it: Tesseract aborts the whole process on some damaged files.
    """
    data = path.read_bytes()
    try:
        (count,) = struct.unpack_from("<i", data)
        offsets = struct.unpack_from(f"<{count}q", data, 4) if 0 < count < 64 else ()
        start = offsets[_UNICHARSET]
        end = min((o for o in offsets if o > start), default=len(data))
        lines = data[start:end].decode("utf-8").splitlines()
        if start < 0 or max(offsets) >= len(data) or len(lines) < int(lines[0]) + 1:
            raise ValueError("component table does not fit the file")
    except (struct.error, IndexError, ValueError) as error:
        raise _damaged(path.stem) from error
    symbols = {line.split(" ", 1)[0].translate(_LOOKALIKES) for line in lines[1:]}
    characters = frozenset(s for s in symbols if len(s) == 1) | {" "}
    return characters, hashlib.sha256(data).hexdigest()


def _damaged(language: str) -> ModelDamagedError:
    return ModelDamagedError(
        Message(
            f"Dữ liệu ngôn ngữ Tesseract “{language}” bị hỏng hoặc thiếu phần LSTM. Hãy cài lại: apt-get "
            f"install --reinstall tesseract-ocr-{language}.",
            f"Tesseract's language file “{language}” is damaged or has no LSTM part. Reinstall it: apt-get "
            f"install --reinstall tesseract-ocr-{language}.",
        )
    )
