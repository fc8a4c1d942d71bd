"""Where training of the small network starts: the recogniser of PyPI `trueocr` 0.1.1 (Apache-2.0).

Its weights are taken from the ONNX file of the package, never by running the package. Kernels over pixels
are stretched from 4 to 6 pixels a cell with their sum kept, so that a line 1.5 times as large gives the
same answer; characters that it cannot write begin as never said.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ocr_models.weights import read_verified
from ocr_models.workshop.training.alphabet import BLANK, CHARACTERS
from ocr_models.workshop.training.strip import CELL, ROWS, StripReader

SHA256 = "360b800dcbebd1099270f703ac35a43a6c86b40de049c4be78a130184b3bfef0"
_CELL, _ROWS, _AROUND = 4, 32, 96
_RARE = -4.0  # the bias of a character that the start does not know, against its mean of the known ones


def load_start(folder: Path) -> StripReader:
    """Our network with the weights in `folder` (`rec.onnx`, `meta.json` of the package).

    Raises `ModelMissingError` or `ModelDamagedError` when they are not those of version 0.1.1.
    """
    model = StripReader()
    tensors = published(folder)
    symbols = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["charset"]
    tensors["stem.weight"] = _stretched(tensors["stem.weight"], (ROWS, CELL))
    tensors["context.patch.weight"] = _stretched(tensors["context.patch.weight"], (CELL, CELL))
    above = (_AROUND - _ROWS) // 2 // _CELL
    tensors["context.row_prior"] = tensors["context.row_prior"][:, :, above : above + _ROWS // _CELL]
    tensors["head.weight"], tensors["head.bias"] = _head(tensors["head.weight"], tensors["head.bias"], symbols)
    missing, unknown = model.load_state_dict(tensors, strict=False)
    begun = ("num_batches", "strokes.")  # what the start lacks
    if unknown or [name for name in missing if not any(part in name for part in begun)]:
        raise ValueError(f"weights that do not fit: {missing} {unknown}")
    return model


def published(folder: Path) -> dict[str, Tensor]:
    """The package's own weights under our names, unchanged."""
    import onnx

    data = read_verified(folder / "rec.onnx", SHA256)
    graph = onnx.load_from_string(data).graph
    arrays = {t.name: torch.from_numpy(np.array(onnx.numpy_helper.to_array(t))) for t in graph.initializer}
    tensors = {name.removeprefix("rec."): t for name, t in arrays.items() if name.startswith("rec.")}
    for node in graph.node:  # folded normalisations left these without a name of their own
        place = node.name.removeprefix("/rec/").removesuffix("/Conv").replace("/", ".")
        if node.op_type == "Conv":
            for part, name in zip(("weight", "bias"), node.input[1:], strict=False):
                tensors.setdefault(f"{place}.{part}", arrays[name])
    return {name: _linear(name, tensor) for name, tensor in tensors.items() if tensor.is_floating_point()}


def _linear(name: str, tensor: Tensor) -> Tensor:
    """Convolutions over one step become matrices; those along the line become one row high."""
    if name.startswith("blocks.") and name.endswith(".dw.weight"):
        return tensor.unsqueeze(2)
    along = name.startswith(("blocks.", "head.")) and tensor.ndim == 3 and tensor.shape[2] == 1
    return tensor.squeeze(2) if along else tensor


def _stretched(kernel: Tensor, size: tuple[int, int]) -> Tensor:
    """The kernel over a larger picture of the same thing."""
    shrink = kernel.shape[2] * kernel.shape[3] / (size[0] * size[1])
    return functional.interpolate(kernel, size, mode="bilinear", align_corners=False) * shrink


def _head(weight: Tensor, bias: Tensor, symbols: list[str]) -> tuple[Tensor, Tensor]:
    place = {symbol: number for number, symbol in enumerate(symbols, start=1)} | {"'": symbols.index("’") + 1}
    place |= {"'": symbols.index("'") + 1} if "'" in symbols else {}
    chosen = [BLANK, *(place.get(character, -1) for character in CHARACTERS)]
    known = torch.tensor([number >= 0 for number in chosen])
    picked = torch.tensor([max(0, number) for number in chosen])
    rows = weight[picked] * known[:, None]
    return rows, torch.where(known, bias[picked], bias[1:].mean() + _RARE)
