"""A batch's parts, opened and closed together: stores, worker processes, the run over its inputs."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hotich.settings import Settings
from hotich.wiring.encryption import papers_encrypted
from hotich.wiring.processes import provenance, worker_spec
from hotich.wiring.stores import (
    actor,
    keep_the_rest,
    make_home,
    open_catalogue,
    open_objects,
    replicate_after_run,
    stores,
)

if TYPE_CHECKING:
    from flows.prefect_run import PrefectRun
    from pipeline.domain.model import Provenance
    from storage.catalogue import Catalogue
    from storage.objects import ObjectStore
    from workers.batch.batch_run import BatchRun, Listener
    from workers.batch.inputs import InputFile
    from workers.leases import LeaseKeeper
    from workers.patience import Patience
    from workers.processes import OnDemandPool


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOrder:
    """What is asked of one run. `book_model`: folder of the model that reads beside the base, None where the book has
    none; `book`: what the inputs are of; `retry`: read again what was set aside; `reread`: read again what other
    software read; `batch`: of the queue that machines share: then stores that are away are waited for."""

    out: Path | None = None
    book_model: Path | None = None
    book: str | None = None
    retry: bool = False
    reread: bool = False
    batch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBatch:
    """The run and the stores it works on. `import_id`: by which it can be undone; empty where it cannot."""

    run: BatchRun
    leases: LeaseKeeper
    patience: Patience
    spool: Path
    catalogue: Catalogue
    objects: ObjectStore
    crops: Path
    import_id: str


@contextlib.contextmanager
def open_batch(
    settings: Settings, order: BatchOrder, *, listener: Listener, inputs: Sequence[InputFile], made_by: Provenance
) -> Iterator[OpenBatch]:
    """Everything a run over these inputs needs. `made_by`: as told for `order.book_model`. Raises HotichError when the
    stores cannot be used at all."""
    from workers.processes import OnDemandPool

    make_home(settings)
    with contextlib.ExitStack() as stack:
        pool = OnDemandPool(worker_spec(settings, made_by, order.book_model), size=settings.worker_count)
        stack.callback(pool.close)
        if settings.is_new:
            # Everything is still to be read: workers load while this process opens its stores.
            pool.start()
        batch = _opened(settings, order, listener, inputs, made_by, pool, stack)
        try:
            yield batch
        finally:
            pool.close()  # before the run gives its claims back: nothing is read any more


def _opened(
    settings: Settings,
    order: BatchOrder,
    listener: Listener,
    inputs: Sequence[InputFile],
    made_by: Provenance,
    pool: OnDemandPool,
    stack: contextlib.ExitStack,
) -> OpenBatch:
    from storage.checks import Checks
    from workers.archive_reading import ArchiveReading
    from workers.batch.batch_run import BatchRun
    from workers.batch.keep_results import ResultKeeper
    from workers.batch.output_folder import OutputFolder
    from workers.leases import LeaseKeeper
    from workers.patience import Patience
    from workers.spool import new_spool, remove_spool

    catalogue = open_catalogue(settings)
    stack.callback(catalogue.close)
    objects = open_objects(settings, for_writing=True)
    stack.callback(replicate_after_run, settings, catalogue, objects)
    stack.callback(keep_the_rest, catalogue)
    crops = settings.home / "review" / "crops"
    spool = new_spool(settings.home / "spool")
    stack.callback(remove_spool, spool)
    output = None
    if order.out is not None:
        paths = [file.path for file in inputs]
        output = OutputFolder(order.out, catalogue=catalogue, objects=objects, inputs=paths)
    # What is read again was imported before: undoing that is no way back to what was read then.
    import_id = "" if order.reread else f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    archive = ArchiveReading(
        catalogue=catalogue,
        objects=objects,
        actor=actor(settings),
        suspect=Checks(settings.home / "checks").damaged(),
        import_id=import_id,
        alone=order.batch is not None,
    )
    leases = LeaseKeeper(catalogue.renew_all, every_s=settings.lease_seconds / 4, batch=order.batch)
    patience = Patience(0 if order.batch is None else settings.store_patience_seconds, hold=pool.hold)
    run = BatchRun(
        catalogue=catalogue,
        archive=archive,
        keeper=ResultKeeper(
            catalogue=catalogue, objects=objects, crops=crops, output=output, encrypted=papers_encrypted(settings)
        ),
        provenance=made_by,
        spool=spool,
        listener=listener,
        reader=pool.start,
        retry_set_aside=order.retry,
        reread=order.reread,
        book=order.book,
        leases=leases,
        patience=patience,
    )
    stack.callback(run.close)
    return OpenBatch(
        run=run,
        leases=leases,
        patience=patience,
        spool=spool,
        catalogue=catalogue,
        objects=objects,
        crops=crops,
        import_id=import_id,
    )


def prefect_run(settings: Settings, run: BatchRun, inputs: Sequence[InputFile]) -> PrefectRun:
    """The inputs in batches, driven through Prefect where the settings want it."""
    from flows.prefect_run import Orchestration, PrefectRun
    from workers.batch.batches import Batches, in_batches

    return PrefectRun(
        Batches(run, in_batches(inputs)),
        home=settings.home / "prefect",
        mode=Orchestration(settings.orchestration),
        api_url=settings.prefect_api_url or None,
    )


class Silent:
    """A listener for runs that nobody watches: Prefect shows the counts."""

    def page(self, name: str, number: int) -> None:
        """Nothing to show."""

    def file(self, result: object) -> None:
        """Nothing to show."""


def reread_chosen(document_type: str, form: str, read_before: str, software: str, start: bool) -> dict[str, float]:
    """What reading the chosen papers again costs here, or with `start` the counts of doing it."""
    from hotich.settings import load_settings
    from storage.catalogue import RereadChoice
    from workers.batch.reread import cost_of, reread
    from workers.batch.results import totals
    from workers.spool import new_spool

    settings = load_settings()
    made_by = provenance(settings)
    choice = RereadChoice(
        document_type=document_type or None,
        form=form or None,
        read_before=read_before or None,
        software=software or None,
        not_by=made_by.software,
    )
    with stores(settings) as (catalogue, _):
        sources = catalogue.to_reread(choice)
    cost = cost_of(sources, workers=settings.worker_count)
    if not start or not sources:
        return {"files": cost.files, "pages": cost.pages, "bytes": cost.size, "cpu_seconds": cost.cpu_seconds}
    with open_batch(settings, BatchOrder(reread=True), listener=Silent(), inputs=(), made_by=made_by) as batch:
        return totals(reread(batch.run, batch.objects, sources, new_spool(settings.home / "reread")))
