"""A small network of the same build with random weights, for checking derivatives and whole runs quickly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr_models.adaptation.layers import Array


def small_parameters(
    seed: int, *, width: int = 8, blocks: int = 2, classes: int = 6, dtype: type = np.float64
) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {
        "stem.weight": (288, width), "stem.bias": (width,),
        "stem_bn.weight": (width,), "stem_bn.bias": (width,),
        "stem_bn.running_mean": (width,), "stem_bn.running_var": (width,),
        "context.patch.weight": (36, 4), "context.patch.bias": (4,),
        "context.dw.weight": (3, 3, 4),
        "context.pw.weight": (4, 8), "context.pw.bias": (8,),
        "context.score.weight": (8, 4), "context.score.bias": (4,),
        "context.row_prior": (8, 4),
        "context.proj.weight": (8, width), "context.proj.bias": (width,),
        "strokes.fine.weight": (9, 2), "strokes.fine.bias": (2,),
        "strokes.middle.weight": (18, 3), "strokes.middle.bias": (3,),
        "strokes.coarse.weight": (27, 3), "strokes.coarse.bias": (3,),
        "strokes.fold.weight": (18, width), "strokes.fold.bias": (width,),
        "head.weight": (width, classes), "head.bias": (classes,),
    }  # fmt: skip
    for number in range(blocks):
        name = f"blocks.{number}"
        shapes |= {
            f"{name}.dw.weight": (9, width), f"{name}.dw.bias": (width,),
            f"{name}.expand.weight": (width, 2 * width), f"{name}.expand.bias": (2 * width,),
            f"{name}.se.fc1.weight": (2 * width, width // 2), f"{name}.se.fc1.bias": (width // 2,),
            f"{name}.se.fc2.weight": (width // 2, 2 * width), f"{name}.se.fc2.bias": (2 * width,),
            f"{name}.project.weight": (2 * width, width), f"{name}.project.bias": (width,),
        }  # fmt: skip
    found: dict[str, NDArray[Any]] = {name: rng.normal(0, 0.4, shape).astype(dtype) for name, shape in shapes.items()}
    found["stem_bn.running_var"] = np.abs(found["stem_bn.running_var"]) + 0.5
    return found
