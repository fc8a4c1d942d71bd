"""Books' own models, by this machine's settings."""

from __future__ import annotations

from hotich.settings import load_settings
from hotich.wiring.processes import own_reader
from hotich.wiring.stores import actor, stores


def adapt_due_books() -> list[str]:
    """Adapts every book that is due; for each why its model is used or not, or the code of what failed.

    Raises HotichError when the stores cannot be used.
    """
    from ocr_models.adaptation.adapt import Model
    from workers.books.adapt_book import adapt_due, reasons_of

    settings = load_settings()
    folder = own_reader(settings)
    base = None if folder is None else Model.load(folder)
    with stores(settings) as (catalogue, objects):
        return reasons_of(
            adapt_due(
                catalogue=catalogue, objects=objects, actor=actor(settings), first=settings.adapt_after, base=base
            )
        )
