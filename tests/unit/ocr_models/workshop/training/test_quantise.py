"""Int8 weights beside fp32: made from them, named in the manifest, read with only where they pay."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from ocr_models.reader import NAME, OwnReader
from ocr_models.reader.reader import WEIGHTS, Precision
from ocr_models.workshop.training.held_out import generated
from ocr_models.workshop.training.quantise import chosen, complete

Figures = dict[Precision, dict[str, float]]


def table(exact: float, small: float, *, milliseconds: float) -> Figures:
    return {"fp32": {"all": exact, "milliseconds": 6.0}, "int8": {"all": small, "milliseconds": milliseconds}}


@pytest.mark.parametrize(
    ("figures", "precision"),
    [
        (table(3.0, 3.05, milliseconds=4.0), "int8"),
        (table(3.0, 3.2, milliseconds=4.0), "fp32"),
        (table(3.0, 2.9, milliseconds=5.9), "fp32"),
    ],
)
def test_int8_is_read_with_where_it_costs_nothing_and_is_faster(figures: Figures, precision: str) -> None:
    assert chosen(figures) == precision


def test_int8_weights_are_made_beside_the_others_with_their_digest_and_read_alike(tmp_path: Path) -> None:
    for name in (f"{NAME}.onnx", "manifest.json"):
        shutil.copy(WEIGHTS / name, tmp_path / name)
    held = generated("dev", None, count=2, seed=3)
    manifest = complete(tmp_path, held)
    small = tmp_path / f"{NAME}.int8.onnx"
    assert manifest["int8_sha256"] == hashlib.sha256(small.read_bytes()).hexdigest()
    assert json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8")) == manifest
    assert small.stat().st_size < 0.7 * (tmp_path / f"{NAME}.onnx").stat().st_size
    assert set(manifest["held_out_cer"]["int8"]) == {"print", "typed", "pen", "all", "milliseconds"}
    assert OwnReader(folder=tmp_path, precision="int8").identity.sha256 == manifest["int8_sha256"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [small.name, f"{NAME}.onnx", "manifest.json"]
