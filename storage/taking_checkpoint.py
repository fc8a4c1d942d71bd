"""Signs how far the logs of a catalogue have come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.errors import HotichError, ResourceError
from pipeline.domain.message import Message
from storage.catalogue import Catalogue
from storage.catalogue.audit import AuditLog
from storage.checkpoint_places import Place, as_place
from storage.checkpoints import (
    FIRST,
    NOTED,
    STAMPED,
    Checkpoint,
    CheckpointKey,
    Checkpoints,
    LogHead,
    SignedCheckpoint,
    read_checkpoints,
    stamp_digest,
)
from storage.holdings import check_reads
from storage.review import check_trail
from storage.time_stamps import NoStamp, TimeStampAuthority
from storage.times import Clock, time_text, utc_now


class CheckpointRefused(ResourceError):
    """The logs or the earlier checkpoints are not as they were written: their state is not signed."""

    code = "checkpoint.refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`stamped`: whether an authority's time stamp is kept with it; `why_not`: the reason where one was wanted."""

    signed: SignedCheckpoint
    stamped: bool
    why_not: HotichError | None = None


def take_checkpoint(
    catalogue: Catalogue,
    key: CheckpointKey,
    places: Sequence[Path | Place],
    *,
    actor: str,
    authority: TimeStampAuthority | None = None,
    clock: Clock = utc_now,
) -> Taken:
    """Checks the three logs against themselves and all earlier checkpoints, signs their heads, has the checkpoint
    stamped where there is an authority, writes it to every place, with earlier ones that a place lacks, and notes both
    in the audit log.

    An authority that does not answer leaves a checkpoint without stamp: the next one, which is chained to it, gets one.
    A crash leaves at worst a checkpoint that the log does not name, or that a place lacks until the next one. Raises
    CheckpointRefused where something is not as it was, and the stores' errors.
    """
    kept = [as_place(place) for place in places]
    for place in kept:
        place.make()
    earlier = read_checkpoints(kept, public=key.public)
    if any(fault.what != "missing" or not fault.place for fault in earlier.faults):
        raise _refused("các điểm mốc trước", "earlier checkpoints")
    checkpoint = _next(catalogue, earlier, key, time_text(clock()))
    signed = key.sign(checkpoint)
    stamp, why_not = _stamp(authority, signed)
    new = {signed.name: signed.file()} | ({} if stamp is None else {signed.stamp_name: stamp})
    old = {one.name: one.file() for one in earlier.all()}
    old |= {f"{number:08d}.tsr": data for number, data in earlier.stamps.items()}
    for place in kept:
        there = {name for name, _ in place.read()}
        for name, data in (old | new).items():
            if name in new or name not in there:
                place.write(name, data)
    number = checkpoint.number
    catalogue.note(actor=actor, action=NOTED, subject=f"checkpoint:{number}", digest=signed.digest)
    if stamp is not None:
        catalogue.note(actor=actor, action=STAMPED, subject=f"stamp:{number}", digest=stamp_digest(stamp))
    return Taken(signed=signed, stamped=stamp is not None, why_not=why_not)


def _stamp(authority: TimeStampAuthority | None, signed: SignedCheckpoint) -> tuple[bytes | None, HotichError | None]:
    if authority is None:
        return None, None
    try:
        return authority.stamp(signed.file()), None
    except NoStamp as error:
        return None, error


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
