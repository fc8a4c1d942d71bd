"""A book's own model where reading processes can load it: out of the store, into a folder."""

from __future__ import annotations

import contextlib
from pathlib import Path

from ocr_models.reader import NAME
from storage.catalogue import Catalogue
from storage.files import write_file
from storage.objects import ObjectStore


def book_model(catalogue: Catalogue, objects: ObjectStore, book: str, folder: Path) -> Path | None:
    """Folder under `folder` of the model in use for the book; None where the base is to be used.

    It is named by the weights' digest, and the reader verifies it once more. Raises HotichError.
    """
    with catalogue.books() as books:
        used = books.in_use(book)
    if used is None:
        return None
    place = folder / used.weights.sha256
    _write(place / f"{NAME}.onnx", objects.get(used.weights))
    _write(place / "manifest.json", objects.get(used.manifest))
    return place


def _write(path: Path, data: bytes) -> None:
    """Writes the file unless it holds these bytes already."""
    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return
    write_file(path, data, mode=0o600)
