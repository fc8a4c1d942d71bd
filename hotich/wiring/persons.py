"""What the rights of persons need of this machine: pages drawn, and drawn pages forgotten."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from hotich.settings import Settings
from hotich.wiring.processes import view_renderer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.catalogue import Catalogue
    from storage.objects import ObjectStore
    from storage.submissions.tray import Slot
    from workers.persons.drawing import PageDrawer


def forget_pictures(settings: Settings, catalogue: Catalogue, document_ids: Sequence[str]) -> None:
    """Takes out of home what was drawn of these removed documents."""
    from storage.review.view_cache import ViewCache
    from workers.batch.keep_results import crop_path

    views = ViewCache(settings.home / "views") if (settings.home / "views").is_dir() else None
    for document_id in document_ids:
        shutil.rmtree(crop_path(settings.home / "review" / "crops", document_id, "x").parent, ignore_errors=True)
        stored = catalogue.document(document_id, 1)
        if views is not None and stored is not None:
            views.forget(stored.original.sha256)


@contextlib.contextmanager
def page_drawer(settings: Settings, objects: ObjectStore, slots: Callable[[str], Slot]) -> Iterator[PageDrawer]:
    """Pages of originals and of what waits in the tray, drawn in a bounded process."""
    from workers.persons.drawing import PageDrawer
    from workers.spool import working_folder

    renderer = view_renderer(settings)
    with working_folder(settings.home / "spool") as folder:
        try:
            yield PageDrawer(objects=objects, slots=slots, renderer=renderer, folder=folder)
        finally:
            renderer.close()
