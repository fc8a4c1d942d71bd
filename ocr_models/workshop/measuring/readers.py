"""Readers by name to measure side by side: the product's, and the yardstick beside them."""

from __future__ import annotations

from pathlib import Path

from ocr_models import readers
from ocr_models.workshop.measuring.asternet import AsternetReader
from pipeline.domain.recognition import Recognizer


def open_reader(name: str, *, folder: Path | None = None) -> Recognizer:
    """One reader by its short name: "asternet", or a name that the product knows.

    `folder`: other weights of ours. Raises what `ocr_models.readers.open_reader` raises.
    """
    return AsternetReader() if name == "asternet" else readers.open_reader(name, folder=folder)
