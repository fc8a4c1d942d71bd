"""Int8 weights beside the fp32 ones: the recipe, what it costs in errors and saves in time.

Of what was tried on lines of the split `dev`, rounding only the wide products (a block's two, and the last) by each
line's own range keeps the answers nearest to fp32: ten times nearer, by divergence, than static ranges for everything.
Static ranges suit no single line; depthwise convolutions and gates, which weigh a whole line by one vector, lose most
and are too small to gain.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from ocr_models.reader.reader import FILES, OwnReader, Precision
from ocr_models.workshop.training.held_out import HeldOut
from ocr_models.workshop.training.texts import tidy
from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import LineImage

LOSS_ALLOWED = 0.1  # points of character errors that int8 may cost, over all kinds of held-out lines
_GAIN_WANTED = 0.9  # of fp32's time; a smaller gain is not worth a rounding
_WIDE = 96  # products of fewer rows or columns stay fp32

Table = dict[str, dict[str, float]]


def quantise(exact: Path, small: Path) -> None:
    """Write `small`: the network `exact` with its wide products in int8, per column, ranges taken from each line."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = small.with_suffix(".prepared")
    try:
        quant_pre_process(str(exact), str(prepared), skip_symbolic_shape=True)
        quantize_dynamic(
            str(prepared),
            str(small),
            op_types_to_quantize=["MatMul"],
            nodes_to_quantize=_wide_products(prepared),
            per_channel=True,
            weight_type=QuantType.QInt8,
        )
    finally:
        prepared.unlink(missing_ok=True)


def complete(folder: Path, held: Sequence[HeldOut]) -> dict[str, Any]:
    """Put int8 weights beside the fp32 ones of a folder; its new manifest, with both measured on the same lines.

    What is read with by default is int8 where it costs no more than `LOSS_ALLOWED` and is faster, else fp32.
    """
    small = folder / FILES["int8"]
    quantise(folder / FILES["fp32"], small)
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest |= {"precision": "fp32", "int8_sha256": hashlib.sha256(small.read_bytes()).hexdigest()}
    _write(folder, manifest)
    table = {precision: measure(folder, precision, held) for precision in FILES}
    manifest |= {"precision": chosen(table), "held_out_cer": table}
    _write(folder, manifest)
    return manifest


def chosen(table: Mapping[Precision, Mapping[str, float]]) -> Precision:
    """The precision that the table of `complete` supports."""
    loss = table["int8"]["all"] - table["fp32"]["all"]
    gain = table["int8"]["milliseconds"] / table["fp32"]["milliseconds"]
    return "int8" if loss <= LOSS_ALLOWED and gain <= _GAIN_WANTED else "fp32"


def measure(folder: Path, precision: Precision, held: Sequence[HeldOut]) -> dict[str, float]:
    """Character errors in per cent of every set and of all kinds together, each weighing the same; CPU ms a line."""
    reader = OwnReader(folder=folder, precision=precision)
    figures: dict[str, float] = {}
    seconds, count = 0.0, 0
    for part in held:
        images = [LineImage(pixels=line.pixels, to_upright=Transform.identity()) for line in part.lines]
        reader.read(images[:3])
        start = time.process_time()
        read = [tidy(reading.text) for reading in reader.read(images)]
        seconds, count = seconds + time.process_time() - start, count + len(images)
        wrong = sum(Levenshtein.distance(line.text, text) for line, text in zip(part.lines, read, strict=True))
        figures[part.name] = round(100 * wrong / sum(len(line.text) for line in part.lines), 3)
    figures["all"] = round(sum(figures.values()) / len(figures), 3)
    figures["milliseconds"] = round(1000 * seconds / count, 2)
    return figures


def _wide_products(prepared: Path) -> list[str]:
    """Names of the products with a constant that is wide both ways."""
    import onnx

    graph = onnx.load(str(prepared)).graph
    wide = {tensor.name for tensor in graph.initializer if len(tensor.dims) == 2 and min(tensor.dims) >= _WIDE}
    return [node.name for node in graph.node if node.op_type == "MatMul" and wide.intersection(node.input)]


def _write(folder: Path, manifest: Mapping[str, Any]) -> None:
    part = folder / "manifest.part"
    part.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    part.replace(folder / "manifest.json")
