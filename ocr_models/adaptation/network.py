"""The line network (`ocr_models/workshop/training/strip.py`), forward and backward, without PyTorch.

The same function as the exported weights compute, to rounding; checked against onnxruntime in the tests, and
its derivatives against finite differences.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ocr_models.adaptation.layers import (
    Array,
    Back,
    Gradients,
    Parameters,
    along,
    around,
    attended,
    convolved,
    gate,
    hardswish,
    linear,
    log_softmax,
    relu,
    scaled,
)

CELL = 6

Stage = Callable[[Parameters, Array], tuple[Array, Back]]


def stages(parameters: Parameters) -> list[str]:
    """Names of the network's stages from the image to the head; a parameter's name begins with its stage's."""
    blocks = sum(name.endswith(".expand.bias") for name in parameters)
    return ["stem", *(f"blocks.{number}" for number in range(blocks)), "head"]


def stage_of(parameter: str) -> str:
    """The stage a parameter belongs to: all of what reads columns of the image is one."""
    if parameter.startswith("blocks."):
        return ".".join(parameter.split(".")[:2])
    return "head" if parameter.startswith("head.") else "stem"


def forward(
    parameters: Parameters, ink: Array, *, tuned_from: str = "stem"
) -> tuple[Array, Callable[[Array], Gradients]]:
    """Log-probabilities (lines, steps, classes) of ink (lines, rows, width; 0 paper, 1 ink), and the way back.

    The way back takes the loss's derivative by the logits, which CTC gives for the log-probabilities' softmax, to
    the gradients of all parameters of the stage `tuned_from` and those behind it. `width` is a multiple of `CELL`.
    """
    names = stages(parameters)
    first = names.index(tuned_from)
    x = ink
    backs: list[Back] = []
    for number, name in enumerate(names):
        x, back = _stage(name)(parameters, x)
        if number >= first:
            backs.append(back)

    def lead_back(dlogits: Array) -> Gradients:
        gradients: Gradients = {}
        derivative = dlogits
        for back in reversed(backs):
            derivative = back(derivative, gradients)
        return gradients

    return log_softmax(x), lead_back


def _stage(name: str) -> Stage:
    if name == "stem":
        return _stem
    if name == "head":
        return lambda parameters, x: linear(parameters, "head", x)
    return lambda parameters, x: _block(parameters, name, x)


def _stem(parameters: Parameters, ink: Array) -> tuple[Array, Back]:
    """Columns of the image to (lines, steps, channels): one look at each whole column, one at its cells, one
    at strokes wherever they stand."""
    lines, rows, width = ink.shape
    steps = width // CELL
    cut = ink.reshape(lines, rows, steps, CELL)
    whole, back_whole = linear(parameters, "stem", cut.transpose(0, 2, 1, 3).reshape(lines, steps, rows * CELL))
    cells = cut.reshape(lines, rows // CELL, CELL, steps, CELL).transpose(0, 1, 3, 2, 4)
    context, back_context = _context(parameters, cells.reshape(lines, rows // CELL, steps, CELL * CELL))
    strokes, back_strokes = _strokes(parameters, ink[..., None])
    normal, back_normal = scaled(parameters, "stem_bn", whole + context + strokes)
    out, back_out = hardswish(normal)

    def back(dy: Array, gradients: Gradients) -> Array:
        dsum = back_normal(back_out(dy, gradients), gradients)
        back_context(dsum, gradients)
        back_strokes(dsum[:, None], gradients)
        back_whole(dsum, gradients)
        return np.zeros_like(ink)  # nothing stands before the image

    return out, back


def _context(parameters: Parameters, cells: Array) -> tuple[Array, Back]:
    return _chain(
        cells,
        lambda x: linear(parameters, "context.patch", x),
        hardswish,
        lambda x: around(parameters, "context.dw", x),
        lambda x: linear(parameters, "context.pw", x),
        hardswish,
        lambda x: attended(parameters, "context", x),
        lambda x: linear(parameters, "context.proj", x),
    )


def _strokes(parameters: Parameters, ink: Array) -> tuple[Array, Back]:
    rows = ink.shape[1] // 8
    folded, back = _chain(
        ink,
        lambda x: convolved(parameters, "strokes.fine", x, size=(3, 3), stride=(2, 2), margin=(1, 1)),
        relu,
        lambda x: convolved(parameters, "strokes.middle", x, size=(3, 3), stride=(2, 1), margin=(1, 1)),
        relu,
        lambda x: convolved(parameters, "strokes.coarse", x, size=(3, 3), stride=(2, 3), margin=(1, 0)),
        relu,
        lambda x: convolved(parameters, "strokes.fold", x, size=(rows, 1), stride=(1, 1)),
    )
    return folded[:, 0], back


def _block(parameters: Parameters, name: str, x: Array) -> tuple[Array, Back]:
    """Neighbouring columns, widened, gated, added to the stream."""
    added, back_added = _chain(
        x,
        lambda x: along(parameters, f"{name}.dw", x),
        lambda x: linear(parameters, f"{name}.expand", x),
        hardswish,
        lambda x: gate(parameters, f"{name}.se", x),
        lambda x: linear(parameters, f"{name}.project", x),
    )

    def back(dy: Array, gradients: Gradients) -> Array:
        return dy + back_added(dy, gradients)

    return x + added, back


def _chain(x: Array, *parts: Callable[[Array], tuple[Array, Back]]) -> tuple[Array, Back]:
    backs: list[Back] = []
    for part in parts:
        x, back = part(x)
        backs.append(back)

    def lead_back(dy: Array, gradients: Gradients) -> Array:
        for back in reversed(backs):
            dy = back(dy, gradients)
        return dy

    return x, lead_back
