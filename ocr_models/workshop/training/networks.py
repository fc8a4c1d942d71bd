"""The networks that can be trained: `strip` (small, from a published start) and `line` (large, from nothing)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocr_models.workshop.training.model import LineReader
from ocr_models.workshop.training.start import load_start
from ocr_models.workshop.training.strip import StripReader

SETTINGS: dict[str, dict[str, Any]] = {
    "strip": {"network": "strip"},
    "line": {"network": "line", "blocks": 4},
}

Network = StripReader | LineReader


def build(settings: dict[str, Any], start: Path | None = None) -> Network:
    """The network of `settings`: `network` and what its class takes. With `start`, the published weights.

    Raises ValueError for a network of that name that does not exist or that has no published start.
    """
    given = {name: value for name, value in settings.items() if name != "network"}
    if settings["network"] == "strip":
        return StripReader(**given) if start is None else load_start(start)
    if settings["network"] == "line" and start is None:
        return LineReader(**given)
    raise ValueError(f"no such network, or no start for it: {settings['network']}")
