"""The queue that machines share, by this machine's settings: for the deployed flows, and for `hotich dispatch`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hotich.settings import Settings, load_settings
from hotich.wiring.batch import BatchOrder, Silent, open_batch
from hotich.wiring.processes import provenance
from hotich.wiring.stores import actor, open_catalogue, open_intake_bucket
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from storage.catalogue import Catalogue, Urgency
    from workers.queue.care import QueueCare
    from workers.queue.places import FolderSource, Places, Source
    from workers.queue.take_in import Intake


@contextlib.contextmanager
def open_care() -> Iterator[QueueCare]:
    """The queue and where new scans come from, for a deployed flow."""
    settings = load_settings()
    with care_of(settings, inbox_sources(settings)) as care:
        yield care


@contextlib.contextmanager
def care_of(
    settings: Settings, sources: tuple[Source, ...], *, office: str = "", urgency: Urgency | None = None
) -> Iterator[QueueCare]:
    """The queue, to take these sources in for the office and class."""
    from workers.queue.care import QueueCare

    catalogue = open_catalogue(settings)
    try:
        intake = intake_of(settings, catalogue, office=office, urgency=urgency)
        yield QueueCare(catalogue=catalogue, intake=intake, sources=sources)
    finally:
        catalogue.close()


def intake_of(settings: Settings, catalogue: Catalogue, *, office: str, urgency: Urgency | None) -> Intake:
    """What takes sources into this catalogue's queue."""
    from storage.catalogue import Urgency
    from workers.queue.take_in import Intake

    return Intake(
        catalogue=catalogue,
        places=places(settings),
        actor=actor(settings),
        bound=settings.queue_bound,
        pages=settings.batch_pages,
        office=office or settings.office,
        urgency=Urgency.BATCH if urgency is None else urgency,
    )


def places(settings: Settings) -> Places:
    """Where scans are fetched from on this machine."""
    from workers.queue.places import Places

    bucket, _, _ = settings.inbox_s3.partition("/")
    return Places(share=_share(settings), bucket=partial(open_intake_bucket, settings, bucket) if bucket else None)


def inbox_sources(settings: Settings) -> tuple[Source, ...]:
    """The inbox and the bucket's prefix that the settings name; none where there are none."""
    from workers.queue.places import BucketSource

    sources: list[Source] = []
    share = _share(settings)
    if share is not None:
        sources.append(folder_source(settings, share))
    if settings.inbox_s3:
        bucket, _, prefix = settings.inbox_s3.partition("/")
        opened = open_intake_bucket(settings, bucket)
        sources.append(BucketSource(bucket=opened, prefix=prefix, office_folders=settings.office_folders))
    return tuple(sources)


def folder_source(settings: Settings, folder: Path) -> FolderSource:
    """A folder to take scans from."""
    from workers.queue.places import FolderSource

    beside = [settings.home, *([Path(settings.outbox)] if settings.outbox else [])]
    return FolderSource(
        folder=folder,
        share=_share(settings),
        office_folders=settings.office_folders,
        leave_out=[path for path in beside if path.exists()],
    )


def read_queued_batch(batch: str) -> dict[str, float]:
    """Reads a batch of the queue; counts, and the seconds of each stage. Raises HotichError."""
    from storage.catalogue import WorkKey
    from workers.queue.read_batch import BatchReader

    settings = load_settings()
    made_by = provenance(settings)
    order = BatchOrder(out=Path(settings.outbox) if settings.outbox else None, batch=batch)
    with open_batch(settings, order, listener=Silent(), inputs=(), made_by=made_by) as opened:
        folder = opened.spool / "inputs"
        folder.mkdir(mode=0o700)
        reader = BatchReader(
            catalogue=opened.catalogue,
            run=opened.run,
            places=places(settings),
            leases=opened.leases,
            patience=opened.patience,
            folder=folder,
            key=lambda sha256: WorkKey.of(sha256, made_by),
            actor=actor(settings),
        )
        return reader.read(batch)


def check_sources(sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """The sources. Raises WrongUse where there are none."""
    if not sources:
        raise WrongUse(
            Message("Chưa có nơi nhận: đặt HOTICH_INBOX hoặc HOTICH_INBOX_S3", "No inbox: set HOTICH_INBOX or _S3")
        )
    return sources


def _share(settings: Settings) -> Path | None:
    return Path(settings.inbox).expanduser().absolute() if settings.inbox else None
