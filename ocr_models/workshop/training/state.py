"""A training run's state as small files, so that it can be cut at any minute and go on elsewhere.

Weights and their moving average are kept in half precision, Adam's moments in bfloat16: rounding far
below the noise of a step, and no file above 16 MB. Every file carries the step; files of different
steps (a cut between two writes) are not mixed: the moments start anew instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

_PARTS = ("weights", "average", "momentum", "variance")


def save_state(
    folder: Path, model: torch.nn.Module, average: dict[str, Tensor], optimiser: Any, facts: dict[str, Any]
) -> None:
    """Write all parts; each file is replaced whole. `facts` are plain values (step, seconds, settings)."""
    folder.mkdir(parents=True, exist_ok=True)
    named = {id(parameter): name for name, parameter in model.named_parameters()}
    moments: dict[str, dict[str, Tensor]] = {"exp_avg": {}, "exp_avg_sq": {}}
    for parameter, state in optimiser.state.items():
        for key, kept in moments.items():
            if key in state:
                kept[named[id(parameter)]] = state[key].to("cpu", torch.bfloat16)
    parts = {
        "weights": _halved(dict(model.state_dict())),
        "average": _halved(average),
        "momentum": moments["exp_avg"],
        "variance": moments["exp_avg_sq"],
    }
    for name, tensors in parts.items():
        new = folder / f"{name}.new"
        torch.save({"facts": facts, "tensors": tensors}, new)
        new.replace(folder / f"{name}.pt")


def load_state(
    folder: Path, model: torch.nn.Module, average: dict[str, Tensor], optimiser: Any | None
) -> dict[str, Any]:
    """Put a saved state into `model`, `average` and `optimiser`; its facts. Raises FileNotFoundError.

    Parts that the network has and the state lacks (it has grown since) keep the values they begin with.
    """
    states = {name: _read(folder / f"{name}.pt") for name in _PARTS}
    weights = states["weights"]
    if weights is None:
        raise FileNotFoundError(folder / "weights.pt")
    facts: dict[str, Any] = weights["facts"]
    same = {n: f for n, f in states.items() if f is not None and f["facts"]["step"] == facts["step"]}
    known = {k: v.float() if v.is_floating_point() else v for k, v in weights["tensors"].items()}
    model.load_state_dict(dict(model.state_dict()) | known)
    source = same.get("average", weights)["tensors"]
    for name, tensor in average.items():
        if name in source:
            tensor.copy_(source[name])
    if optimiser is not None and "momentum" in same and "variance" in same:
        for name, parameter in model.named_parameters():
            momentum = same["momentum"]["tensors"].get(name)
            if momentum is not None:
                optimiser.state[parameter] = {
                    "step": torch.tensor(float(facts["step"])),
                    "exp_avg": momentum.to(parameter.device, torch.float32),
                    "exp_avg_sq": same["variance"]["tensors"][name].to(parameter.device, torch.float32),
                }
    return facts


def mix_states(before: Path, after: Path, share: float, out: Path) -> None:
    """Weights in that share of the way from one state's average to a later one's, as a state to export or go on from.

    Between two points of one training lie better weights than at either (Wortsman et al., "Robust fine-tuning of
    zero-shot models", 2022). What the earlier network lacks is taken to have added nothing: its last layer is mixed
    with zero, the layers before it are the later ones. A state kept without its average (`last/`) holds it as weights.
    """
    first, second = (_read(state / "average.pt") or _read(state / "weights.pt") for state in (before, after))
    if first is None or second is None:
        raise FileNotFoundError(before if first is None else after)
    tensors = {}
    for name, late in second["tensors"].items():
        early = first["tensors"].get(name)
        if early is None:
            early = torch.zeros_like(late) if name.startswith("strokes.fold.") else late
        tensors[name] = (
            torch.lerp(early.float().reshape(late.shape), late.float(), share) if late.is_floating_point() else late
        )
    out.mkdir(parents=True, exist_ok=True)
    for name in ("weights", "average"):
        torch.save({"facts": second["facts"], "tensors": _halved(tensors)}, out / f"{name}.pt")


def _halved(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    small = {}
    for name, tensor in tensors.items():
        statistics = "running" in name or not tensor.is_floating_point()
        small[name] = tensor.detach().to("cpu") if statistics else tensor.detach().to("cpu", torch.float16)
    return small


def _read(path: Path) -> dict[str, Any] | None:
    return torch.load(path, map_location="cpu", weights_only=True) if path.exists() else None
