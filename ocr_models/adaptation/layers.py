"""The parts of the line network with their derivatives, in numpy.

Every part takes its input, (lines, steps, channels) unless it says otherwise, and gives its output with a
function that leads the loss's derivative back: it adds to the gradients of the part's parameters and gives the
derivative by the part's input. Arrays are float32 in use, float64 where derivatives are checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Parameters = Mapping[str, Array]
Gradients = dict[str, Array]
Back = Callable[[Array, Gradients], Array]
Pair = tuple[int, int]


def hardswish(x: Array) -> tuple[Array, Back]:
    """x * clip(x + 3, 0, 6) / 6."""
    part = np.clip(x / 6 + 0.5, 0, 1)

    def back(dy: Array, _: Gradients) -> Array:
        slope = part + np.where((x > -3) & (x < 3), x / 6, 0)
        return np.asarray(dy * slope)

    return x * part, back


def linear(parameters: Parameters, name: str, x: Array) -> tuple[Array, Back]:
    """x W + b over the last axis; W is `name.weight` as (in, out), whatever further axes of one it has."""
    weight, bias = parameters[f"{name}.weight"], parameters[f"{name}.bias"]
    width = bias.shape[0]
    flat = x.reshape(-1, x.shape[-1])
    matrix = weight.reshape(-1, width)

    def back(dy: Array, gradients: Gradients) -> Array:
        dflat = dy.reshape(-1, width)
        gradients[f"{name}.weight"] = (flat.T @ dflat).reshape(weight.shape)
        gradients[f"{name}.bias"] = dflat.sum(axis=0)
        return (dflat @ matrix.T).reshape(x.shape)

    return (flat @ matrix + bias).reshape(*x.shape[:-1], width), back


def along(parameters: Parameters, name: str, x: Array) -> tuple[Array, Back]:
    """Each channel convolved with its own taps along the steps, zeros outside; `name.weight` is (taps, channels)."""
    weight, bias = parameters[f"{name}.weight"], parameters[f"{name}.bias"]
    taps, steps = weight.shape[0], x.shape[1]
    framed = np.pad(x, ((0, 0), (taps // 2, taps // 2), (0, 0)))
    y = np.broadcast_to(bias, x.shape).copy()
    for tap in range(taps):
        y += framed[:, tap : tap + steps] * weight[tap]

    def back(dy: Array, gradients: Gradients) -> Array:
        dframed = np.zeros_like(framed)
        dweight = np.empty_like(weight)
        for tap in range(taps):
            dweight[tap] = np.einsum("ntc,ntc->c", framed[:, tap : tap + steps], dy)
            dframed[:, tap : tap + steps] += dy * weight[tap]
        gradients[f"{name}.weight"] = dweight
        gradients[f"{name}.bias"] = dy.sum(axis=(0, 1))
        return dframed[:, taps // 2 : taps // 2 + steps]

    return y, back


def around(parameters: Parameters, name: str, x: Array) -> tuple[Array, Back]:
    """As `along`, over rows and steps of (lines, rows, steps, channels); `name.weight` is (3, 3, channels), no bias."""
    weight = parameters[f"{name}.weight"]
    rows, steps = x.shape[1:3]
    framed = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    y = np.zeros_like(x)
    for i, j in np.ndindex(3, 3):
        y += framed[:, i : i + rows, j : j + steps] * weight[i, j]

    def back(dy: Array, gradients: Gradients) -> Array:
        dframed = np.zeros_like(framed)
        dweight = np.empty_like(weight)
        for i, j in np.ndindex(3, 3):
            dweight[i, j] = np.einsum("nrtc,nrtc->c", framed[:, i : i + rows, j : j + steps], dy)
            dframed[:, i : i + rows, j : j + steps] += dy * weight[i, j]
        gradients[f"{name}.weight"] = dweight
        return dframed[:, 1:-1, 1:-1]

    return y, back


def convolved(
    parameters: Parameters, name: str, x: Array, *, size: Pair, stride: Pair, margin: Pair = (0, 0)
) -> tuple[Array, Back]:
    """Windows of `size` rows and steps, every `stride`, of (lines, rows, steps, channels) framed by `margin` zeros;
    `name.weight` is (channels * window's rows * its steps, out)."""
    (high, wide), (down, across), (above, beside) = size, stride, margin
    framed = np.pad(x, ((0, 0), (above, above), (beside, beside), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(framed, size, axis=(1, 2))[:, ::down, ::across]
    seen = windows.reshape(*windows.shape[:3], -1)
    y, back_linear = linear(parameters, name, seen)
    rows, steps = seen.shape[1:3]

    def back(dy: Array, gradients: Gradients) -> Array:
        dwindows = back_linear(dy, gradients).reshape(windows.shape)
        dframed = np.zeros_like(framed)
        for i, j in np.ndindex(high, wide):
            dframed[:, i : i + down * rows : down, j : j + across * steps : across] += dwindows[..., i, j]
        return dframed[:, above : above + x.shape[1], beside : beside + x.shape[2]]

    return y, back


def relu(x: Array) -> tuple[Array, Back]:
    """max(x, 0)."""
    return np.maximum(x, 0), lambda dy, _: dy * (x > 0)


def gate(parameters: Parameters, name: str, x: Array) -> tuple[Array, Back]:
    """Channels weighed by what the whole line holds (squeeze and excitation)."""
    steps = x.shape[1]
    inner, back_in = linear(parameters, f"{name}.fc1", x.mean(axis=1))
    positive = np.maximum(inner, 0)
    outer, back_out = linear(parameters, f"{name}.fc2", positive)
    open_ = 1 / (1 + np.exp(-outer))

    def back(dy: Array, gradients: Gradients) -> Array:
        dopen = np.einsum("ntc,ntc->nc", dy, x)
        dpositive = back_out(dopen * open_ * (1 - open_), gradients)
        dmean = back_in(dpositive * (inner > 0), gradients)
        return np.asarray(dy * open_[:, None] + dmean[:, None] / steps)

    return x * open_[:, None], back


def scaled(parameters: Parameters, name: str, x: Array, *, epsilon: float = 1e-5) -> tuple[Array, Back]:
    """Batch normalisation with its mean and variance fixed: an affine map of each channel."""
    weight, bias = parameters[f"{name}.weight"], parameters[f"{name}.bias"]
    spread = 1 / np.sqrt(parameters[f"{name}.running_var"] + epsilon)
    normal = (x - parameters[f"{name}.running_mean"]) * spread

    def back(dy: Array, gradients: Gradients) -> Array:
        gradients[f"{name}.weight"] = (dy * normal).sum(axis=(0, 1))
        gradients[f"{name}.bias"] = dy.sum(axis=(0, 1))
        return np.asarray(dy * (weight * spread))

    return normal * weight + bias, back


def attended(parameters: Parameters, name: str, x: Array) -> tuple[Array, Back]:
    """(lines, rows, steps, channels) to (lines, steps, channels): each head sums its channels over the rows it
    looks at, a softmax over rows of `name.score` and `name.row_prior` (rows, heads)."""
    prior = parameters[f"{name}.row_prior"]
    heads = prior.shape[1]
    scores, back_scores = linear(parameters, f"{name}.score", x)
    scores = scores + prior[:, None, :]
    share = np.exp(scores - scores.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    parted = x.reshape(*x.shape[:-1], heads, -1)
    summed = np.einsum("nrthc,nrth->nthc", parted, share)

    def back(dy: Array, gradients: Gradients) -> Array:
        dsummed = dy.reshape(summed.shape)
        dshare = np.einsum("nthc,nrthc->nrth", dsummed, parted)
        dscores = share * (dshare - (share * dshare).sum(axis=1, keepdims=True))
        gradients[f"{name}.row_prior"] = dscores.sum(axis=(0, 2))
        direct = (dsummed[:, None] * share[..., None]).reshape(x.shape)
        return np.asarray(direct + back_scores(dscores, gradients))

    return summed.reshape(*summed.shape[:2], -1), back


def log_softmax(x: Array) -> Array:
    """Logarithms of the softmax over the last axis."""
    shifted = x - x.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))
