"""A book's own model where the worker processes can load it: out of the store, into a folder under home."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from hotich.settings import Settings

if TYPE_CHECKING:
    from storage.catalogue import Catalogue
    from storage.objects import ObjectStore


@contextlib.contextmanager
def stores(settings: Settings) -> Iterator[tuple[Catalogue, ObjectStore]]:
    """Catalogue and object store, closed at the end. Raises HotichError."""
    from hotich.wiring import open_catalogue, open_objects

    catalogue = open_catalogue(settings)
    try:
        yield catalogue, open_objects(settings, for_writing=True)
    finally:
        catalogue.close()


def book_model(settings: Settings, book: str) -> Path | None:
    """Folder of the model in use for the book, ready for the line reader; None where the base is to be used.

    The folder is named by the weights' digest, and the reader verifies it once more. Raises HotichError.
    """
    from ocr_models.reader import NAME
    from storage.catalogue import checked_book

    with stores(settings) as (catalogue, objects):
        with catalogue.books() as books:
            used = books.in_use(checked_book(book))
        if used is None:
            print(
                f"Sổ {book} chưa có mô hình riêng: đọc bằng mô hình chung"
                f" / book {book} has no model of its own: the base reads it",
                file=sys.stderr,
            )
            return None
        folder = settings.home / "models" / used.weights.sha256
        _write(folder / f"{NAME}.onnx", objects.get(used.weights))
        _write(folder / "manifest.json", objects.get(used.manifest))
    return folder


def adapt_due_books() -> list[str]:
    """Adapts every book that is due, by this machine's settings; for each why its model is used or not, or what failed.

    Raises HotichError when the stores cannot be used.
    """
    from hotich.settings import load_settings
    from hotich.wiring import actor
    from workers.books.adapt_book import Outcome, adapt_due

    settings = load_settings()
    with stores(settings) as (catalogue, objects):
        done = adapt_due(catalogue=catalogue, objects=objects, actor=actor(settings), first=settings.adapt_after)
        return [found.reason.value if isinstance(found, Outcome) else found.code for _, found in done]


def _write(path: Path, data: bytes) -> None:
    """Writes the file unless it holds these bytes already."""
    from storage.files import write_file

    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return
    write_file(path, data, mode=0o600)
