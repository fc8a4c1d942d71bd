"""From a training state to the reader's weights: ONNX in fp32 and static int8, measured against each other."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from ocr_models.fonts import catalogue
from ocr_models.reader.preparation import HEIGHT, ink_of
from ocr_models.training.alphabet import CHARACTERS
from ocr_models.training.held_out import HeldOut, generated, real
from ocr_models.training.lines import LineRenderer, to_height
from ocr_models.training.measure import collapse
from ocr_models.training.measure_text import edits
from ocr_models.training.networks import Network, build
from ocr_models.training.real import RealSource, real_lines
from ocr_models.training.texts import TextBank

NAME = "hotich-lines"
LOSS_ALLOWED = 0.1  # points of character errors that int8 may cost on any kind


def export(
    state: Path, out: Path, *, fonts: Path | None, archives: Iterable[Path] = (), count: int = 150
) -> dict[str, Any]:
    """Write `NAME.onnx` and `manifest.json` to `out`; what was measured.

    The int8 network is kept when no kind of held-out line loses more than `LOSS_ALLOWED`, else fp32.
    """
    archives = tuple(archives)
    saved = torch.load(state / "average.pt", map_location="cpu", weights_only=True)
    model = build(saved["facts"]["settings"])
    model.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in saved["tensors"].items()})
    held = [*generated("dev", fonts, count=count, seed=99), *real(archives, "dev", count=count)]
    with tempfile.TemporaryDirectory() as scratch:
        exact, small = Path(scratch, "fp32.onnx"), Path(scratch, "int8.onnx")
        write_onnx(model.eval(), exact)
        quantise(exact, small, calibration(fonts, archives))
        table = {"fp32": _errors(exact, held), "int8": _errors(small, held)}
        loss = max(table["int8"][name] - table["fp32"][name] for name in table["fp32"])
        chosen = small if loss <= LOSS_ALLOWED else exact
        weights = chosen.read_bytes()
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{NAME}.onnx").write_bytes(weights)
    manifest = {
        "name": NAME,
        "sha256": hashlib.sha256(weights).hexdigest(),
        "precision": chosen.stem,
        "height": HEIGHT,
        "stride": model.stride,
        "characters": CHARACTERS,
        "trained": {key: saved["facts"][key] for key in ("step", "lines", "rendered", "seconds")},
        "held_out_cer": table,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (out / "manifest.json").write_text(text, encoding="utf-8")
    return manifest


def write_onnx(model: Network, path: Path) -> None:
    """fp32, batch and width free."""
    torch.onnx.export(
        model,
        (torch.rand(2, 1, HEIGHT, 240),),
        str(path),
        input_names=["ink"],
        output_names=["log_probabilities"],
        dynamic_axes={"ink": {0: "lines", 3: "width"}, "log_probabilities": {0: "lines", 1: "steps"}},
        opset_version=17,
        dynamo=False,
    )


def quantise(exact: Path, small: Path, inputs: list[np.ndarray]) -> None:
    """Static int8 of convolutions and matrix products, per channel; the last layer stays fp32."""
    prepared = exact.with_suffix(".prepared.onnx")
    quant_pre_process(str(exact), str(prepared))
    quantize_static(
        str(prepared),
        str(small),
        _Inputs(inputs),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["Conv", "MatMul", "Gemm"],
        nodes_to_exclude=_kept_exact(prepared),
    )


def _kept_exact(prepared: Path) -> list[str]:
    """The head, and products of two activations inside attention: cheap, and sensitive to rounding."""
    import onnx

    graph = onnx.load(str(prepared)).graph
    constants = {tensor.name for tensor in graph.initializer}
    products = [node for node in graph.node if node.op_type == "MatMul"]
    free = [node.name for node in products if not any(name in constants for name in node.input)]
    return [*free, next(node.name for node in reversed(products) if node.name not in free)]


class _Inputs(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, inputs: list[np.ndarray]) -> None:
        self._left = iter(inputs)

    def get_next(self) -> dict[str, np.ndarray] | None:
        ink = next(self._left, None)
        return None if ink is None else {"ink": ink}


def calibration(fonts: Path | None, archives: tuple[Path, ...], count: int = 96) -> list[np.ndarray]:
    """Training lines of every kind, one a batch."""
    renderer = LineRenderer(catalogue(fonts, split="train"), TextBank(5, size=200), 5)
    lines = [renderer.render() for _ in range(count)]
    pen = list(real_lines(archives, "train"))
    if pen:
        source = RealSource(pen, 5)
        lines += [source.render() for _ in range(count // 3)]
    return [_input(line.pixels) for line in lines]


def _input(strip: np.ndarray) -> np.ndarray:
    return (ink_of(strip).astype(np.float32) / 255)[None, None]


def _errors(path: Path, held: list[HeldOut]) -> dict[str, float]:
    """Character errors in per cent of every held-out set."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    found: dict[str, float] = {}
    for part in held:
        wrong = letters = 0
        for line in part.lines:
            (scores,) = session.run(None, {"ink": _input(to_height(line.pixels))})
            wrong += edits(line.text, collapse(scores[0].argmax(axis=1)))
            letters += len(line.text)
        found[part.name] = round(100 * wrong / letters, 3)
    return found
