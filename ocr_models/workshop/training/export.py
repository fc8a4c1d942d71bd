"""From a training state to the reader's weights: ONNX in fp32 and int8, measured against each other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from ocr_models.reader.preparation import HEIGHT
from ocr_models.reader.reader import FILES, NAME
from ocr_models.workshop.training.alphabet import CHARACTERS
from ocr_models.workshop.training.held_out import generated, real
from ocr_models.workshop.training.networks import Network, build
from ocr_models.workshop.training.quantise import complete


def export(
    state: Path, out: Path, *, fonts: Path | None, archives: Iterable[Path] = (), count: int = 300
) -> dict[str, Any]:
    """Write both weights and `manifest.json` to `out`; the manifest, with what was measured."""
    saved = torch.load(state / "average.pt", map_location="cpu", weights_only=True)
    model = build(saved["facts"]["settings"])
    model.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in saved["tensors"].items()})
    out.mkdir(parents=True, exist_ok=True)
    exact = out / FILES["fp32"]
    write_onnx(model.eval(), exact)
    manifest = {
        "name": NAME,
        "sha256": hashlib.sha256(exact.read_bytes()).hexdigest(),
        "height": HEIGHT,
        "stride": model.stride,
        "characters": CHARACTERS,
        "trained": {key: saved["facts"][key] for key in ("step", "lines", "rendered", "seconds")},
    }
    (out / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    return complete(out, [*generated("dev", fonts, count=count, seed=99), *real(archives, "dev", count=count)])


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
