"""The network's parameters out of an ONNX file, and back into a copy of it.

Only fp32 files of the small network (`strip`) can be adapted: the file must hold every parameter as floats of the
network's shapes, under the names that the exporter gives. Anything else is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from ocr_models.adaptation.layers import Array
from ocr_models.errors import ModelError
from pipeline.domain.message import Message


class NotAdaptable(ModelError):
    """The weights are not of the network, or not in the precision, that can be adapted here."""

    code = "resource.model_not_adaptable"


def read_parameters(model: bytes) -> dict[str, Array]:
    """Every parameter by its name in the network, in the layout that `layers` computes with (float32, own memory).

    Raises `NotAdaptable`.
    """
    graph = _parsed(model).graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    stored_arrays = {name: numpy_helper.to_array(stored[where]) for name, where in _places(graph).items()}
    parameters = {name: _inward(name, value) for name, value in stored_arrays.items()}
    _check(parameters)
    return parameters


def write_parameters(model: bytes, parameters: Mapping[str, Array]) -> bytes:
    """The same file with these parameters. Same parameters, same bytes. Raises `NotAdaptable`."""
    parsed = _parsed(model)
    stored = {tensor.name: tensor for tensor in parsed.graph.initializer}
    for name, where in _places(parsed.graph).items():
        tensor = stored[where]
        value = _outward(name, parameters[name]).reshape(tuple(tensor.dims)).astype("<f4")
        tensor.ClearField("float_data")
        tensor.raw_data = value.tobytes()
    return bytes(parsed.SerializeToString(deterministic=True))


def _parsed(model: bytes) -> Any:
    try:
        return onnx.load_model_from_string(model)
    except Exception as error:  # protobuf's own classes
        raise _refused("ONNX") from error


def _places(graph: Any) -> dict[str, str]:
    """Where the file keeps each parameter. Matrices of linear parts have no name of their own: that of the node that
    multiplies by them says whose they are."""
    floats = {t.name for t in graph.initializer if t.data_type == onnx.TensorProto.FLOAT}
    named = {name: name for name in floats if not name.startswith("onnx::")}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in floats:
            parts = node.name.strip("/").split("/")[:-1]
            keep = [part for place, part in enumerate(parts) if part != "blocks" or place + 1 == len(parts)]
            named[".".join(keep) + ".weight"] = node.input[1]
    return named


def _inward(name: str, value: Array) -> Array:
    """Convolutions over a whole column or cell, and over single pixels, become matrices (in, out); those of each
    channel by itself have their taps first."""
    value = np.array(value, np.float32)
    if name.endswith("row_prior"):
        return np.ascontiguousarray(value[0, :, :, 0].T)
    if name.endswith(".weight") and value.ndim > 2:
        if value.shape[1] == 1 and name.endswith(".dw.weight"):
            taps = np.moveaxis(value[:, 0], 0, -1)
            return np.ascontiguousarray(taps[0] if len(taps) == 1 else taps)  # along the line: one row high
        return np.ascontiguousarray(value.reshape(len(value), -1).T)
    return value


def _outward(name: str, value: Array) -> Array:
    if name.endswith("row_prior"):
        return value.T
    if name.endswith(".dw.weight"):
        return np.moveaxis(value, -1, 0)
    if name in ("stem.weight",) or (name.startswith(("context.", "strokes.")) and name.endswith(".weight")):
        return value.T
    return value


def _check(parameters: Mapping[str, Array]) -> None:
    """The names and shapes that `network.forward` needs, no more and no less."""
    blocks = sum(name.endswith(".expand.bias") for name in parameters)
    width = parameters["head.weight"].shape[0] if "head.weight" in parameters else 0
    wanted: dict[str, tuple[int, ...]] = {
        "stem.weight": (288, width),
        "stem.bias": (width,),
        "context.patch.weight": (36, 32),
        "context.patch.bias": (32,),
        "context.dw.weight": (3, 3, 32),
        "context.pw.weight": (32, 64),
        "context.pw.bias": (64,),
        "context.score.weight": (64, 4),
        "context.score.bias": (4,),
        "context.row_prior": (8, 4),
        "context.proj.weight": (64, width),
        "context.proj.bias": (width,),
        "strokes.fine.weight": (9, 16),
        "strokes.fine.bias": (16,),
        "strokes.middle.weight": (144, 32),
        "strokes.middle.bias": (32,),
        "strokes.coarse.weight": (288, 64),
        "strokes.coarse.bias": (64,),
        "strokes.fold.weight": (384, width),
        "strokes.fold.bias": (width,),
        **{f"stem_bn.{part}": (width,) for part in ("weight", "bias", "running_mean", "running_var")},
    }
    for number in range(blocks):
        wanted |= _block_shapes(f"blocks.{number}", width)
    classes = parameters["head.bias"].shape[0] if "head.bias" in parameters else 0
    wanted |= {"head.weight": (width, classes), "head.bias": (classes,)}
    if not blocks or {name: value.shape for name, value in parameters.items()} != wanted:
        raise _refused("parameters")


def _block_shapes(name: str, width: int) -> dict[str, tuple[int, ...]]:
    wide, inner = 2 * width, width // 2
    return {
        f"{name}.dw.weight": (9, width),
        f"{name}.dw.bias": (width,),
        f"{name}.expand.weight": (width, wide),
        f"{name}.expand.bias": (wide,),
        f"{name}.se.fc1.weight": (wide, inner),
        f"{name}.se.fc1.bias": (inner,),
        f"{name}.se.fc2.weight": (inner, wide),
        f"{name}.se.fc2.bias": (wide,),
        f"{name}.project.weight": (wide, width),
        f"{name}.project.bias": (width,),
    }


def _refused(what: str) -> NotAdaptable:
    return NotAdaptable(
        Message(
            f"Trọng số này không thể học thêm ({what}): cần mạng “strip” ở fp32.",
            f"These weights cannot be adapted ({what}): the small network in fp32 is needed.",
        )
    )
