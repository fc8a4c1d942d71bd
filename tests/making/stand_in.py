"""A stand-in network: a column's mean ink, in quarters, is its class. `bars.onnx` has no trained weights."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np

from ocr_models.charset import VIETNAMESE_LETTERS
from ocr_models.reader import NAME
from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import LineImage

NETWORK = Path(__file__).with_name("bars.onnx")
CLASSES = 231


def alphabet() -> str:
    """Class 2 writes Đ and class 4 writes A; the others fill the classes up."""
    first = "xĐyA"
    rest = [*sorted(VIETNAMESE_LETTERS), *map(chr, range(32, 127)), *map(chr, range(0x391, 0x3FF))]
    return (first + "".join(c for c in dict.fromkeys(rest) if c not in first))[: CLASSES - 1]


def write_model(folder: Path, **changes: object) -> Path:
    """A folder with the stand-in network and its manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(NETWORK, folder / f"{NAME}.onnx")
    manifest = {
        "sha256": hashlib.sha256(NETWORK.read_bytes()).hexdigest(),
        "characters": alphabet(),
        "height": 48,
        "stride": 6,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest | changes), encoding="utf-8")
    return folder


def with_int8(folder: Path) -> Path:
    """The folder with a second weights file: the same network, other bytes."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    other = NETWORK.read_bytes() + b"\x3a\x00"  # an empty graph field after the graph: onnx's files may be joined
    (folder / f"{NAME}.int8.onnx").write_bytes(other)
    manifest["int8_sha256"] = hashlib.sha256(other).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def draw(text: str, *, height: int = 48, bar: int = 36, light: int = 255, dark: int = 0) -> LineImage:
    """Each letter a bar `bar` pixels wide, as high as the strip (A) or half as high twice over (Đ), then a gap."""
    pixels = np.full((height, 2 * bar * len(text) + bar), light, np.uint8)
    for number, letter in enumerate(text):
        left = bar * (2 * number + 1)
        rows = slice(None) if letter == "A" else slice(None, None, 2)
        pixels[rows, left : left + bar] = dark
    return LineImage(pixels=pixels, to_upright=Transform.shift(0, 0))
