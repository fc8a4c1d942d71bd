"""Signs how far the logs of a catalogue have come."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message
from storage.catalogue import Catalogue
from storage.catalogue.audit import AuditLog
from storage.checkpoints import (
    FIRST,
    NOTED,
    Checkpoint,
    CheckpointKey,
    Checkpoints,
    LogHead,
    SignedCheckpoint,
    read_checkpoints,
    write_checkpoint,
)
from storage.holdings import check_reads
from storage.review import check_trail
from storage.times import Clock, time_text, utc_now


class CheckpointRefused(ResourceError):
    """The logs or the earlier checkpoints are not as they were written: their state is not signed."""

    code = "checkpoint.refused"


def take_checkpoint(
    catalogue: Catalogue, key: CheckpointKey, places: Sequence[Path], *, actor: str, clock: Clock = utc_now
) -> SignedCheckpoint:
    """Checks the three logs against themselves and all earlier checkpoints, signs their heads, writes the checkpoint to
    every place, with earlier ones that a place lacks, and notes it in the audit log.

    A crash leaves at worst a checkpoint that the log does not name, or that a place lacks until the next one. Raises
    CheckpointRefused where something is not as it was, and the stores' errors.
    """
    for place in places:
        if not place.exists():
            place.mkdir(parents=True, mode=0o700)
    earlier = read_checkpoints(places, public=key.public)
    if any(fault.what != "missing" or not fault.place for fault in earlier.faults):
        raise _refused("các điểm mốc trước", "earlier checkpoints")
    checkpoint = _next(catalogue, earlier, key, time_text(clock()))
    signed = key.sign(checkpoint)
    for place in places:
        for one in [*earlier.all(), signed]:
            if one is signed or not (place / one.name).exists():
                write_checkpoint(one, place)
    subject = f"checkpoint:{checkpoint.number}"
    catalogue.note(actor=actor, action=NOTED, subject=subject, digest=signed.digest)
    return signed


def _next(catalogue: Catalogue, earlier: Checkpoints, key: CheckpointKey, at: str) -> Checkpoint:
    with catalogue.database.snapshot() as connection:
        reports = {
            "audit": AuditLog(connection, utc_now).verify_chain(anchors=earlier.anchors("audit")),
            "reads": check_reads(connection, anchors=earlier.anchors("reads")),
            "trail": check_trail(connection, anchors=earlier.anchors("trail")),
        }
    if any(report is not None and not report.ok for report in reports.values()):
        raise _refused("các nhật ký", "the logs")
    newest = earlier.newest
    return Checkpoint(
        number=1 if newest is None else newest.checkpoint.number + 1,
        at=at,
        previous=FIRST if newest is None else newest.digest,
        public=key.public,
        logs={name: LogHead.of(report) for name, report in reports.items()},
    )


def _refused(vi: str, en: str) -> CheckpointRefused:
    return CheckpointRefused(
        Message(
            f"{vi} không còn như đã ghi nên không ký; xem hotich verify",
            f"{en} are not as they were written, so nothing is signed; see hotich verify",
        )
    )
