"""Checks that everything is as it was stored: objects' digests, the hash chains, catalogue against log and store."""

from __future__ import annotations

import contextlib
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from storage.catalogue import Catalogue, ChainReport
from storage.catalogue.audit import AuditLog
from storage.checking.copies_agree import check_issued
from storage.checking.database_sound import database_faults
from storage.checking.decisions_agree import check_decisions
from storage.checking.documents_agree import WHOLE, check_documents
from storage.checking.erased_agree import check_erased
from storage.checking.findings import Difference, LostPage, Missing
from storage.checking.ledgers_agree import check_books, check_page_ledgers, check_work
from storage.checking.log_in_store import LogInStore, check_log
from storage.checking.office_agree import check_office
from storage.checking.scratch import Scratch
from storage.checking.told_agree import check_told
from storage.checkpoints import NOTED, STAMPED, CheckpointFault, Checkpoints
from storage.errors import CorruptObject, EncryptionKeyMissing, ObjectMissing
from storage.holdings import check_reads
from storage.objects import ObjectKey, ObjectStore
from storage.review import check_trail
from storage.times import utc_now

__all__ = ["Difference", "LostPage", "Missing", "VerifyReport", "verify"]

_MET = "object"
_MOST_ORPHANS = 10_000
_NO_LOG = LogInStore(entries=0, behind=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoesOn:
    """Objects up to the name `after` were read by a check that was stopped, all but `suspect` sound; each object that
    is met now is told to `note`, with the damaged ones so far."""

    after: str = ""
    suspect: frozenset[str] = frozenset()
    note: Callable[[ObjectKey, Sequence[ObjectKey]], None] | None = None

    def was_sound(self, key: ObjectKey) -> bool:
        return key.name <= self.after and key.name not in self.suspect


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What a full check found.

    `orphans` are whole objects that nothing names: left by a commit that was cut off, or originals of files still being
    worked on; `foreign` is what lies in the object store and is no object. Both do no harm and are no fault.
    `differing`: what the catalogue says otherwise than log and records. `database`: what the database finds wrong with
    itself. `checkpoint_faults`: checkpoints that are missing, altered or signed by another key; `checkpoints`: how many
    are whole, `checkpoint_key` by which key. `head_found`: whether a head that was asked for is in one of the three
    logs; None where none was. `keys_missing`: by the id of an encryption key that is not here, how many objects cannot
    be read for want of it, the store's log counted as one; of these the ciphertext is whole, and no more can be said.
    """

    objects: int
    documents: int
    corrupt: tuple[ObjectKey, ...]
    missing: tuple[Missing, ...]
    orphans: tuple[ObjectKey, ...]  # the first 10,000 of `orphans_in_all`
    chain: ChainReport
    unrecorded: tuple[str, ...]
    files: int = 0  # source files with current documents: the pages of each were counted
    lost_pages: tuple[LostPage, ...] = ()
    reads: ChainReport | None = None  # the service's log of reads; None where there is none
    trail: ChainReport | None = None  # the history of values at the review desk; None where there is none
    differing: tuple[Difference, ...] = ()
    orphans_in_all: int = 0
    foreign: tuple[str, ...] = ()
    database: tuple[str, ...] = ()
    checkpoints: int = 0
    checkpoint_key: str = ""
    stamps: int = 0
    checkpoint_faults: tuple[CheckpointFault, ...] = ()
    head_found: bool | None = None
    log_in_store: LogInStore = _NO_LOG
    keys_missing: Mapping[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        chains = [chain for chain in (self.chain, self.reads, self.trail) if chain is not None]
        faults = (self.corrupt, self.missing, self.unrecorded, self.lost_pages, self.differing, self.database)
        return (
            all(chain.ok for chain in chains)
            and not any(faults)
            and not self.checkpoint_faults
            and not self.keys_missing
            and self.head_found is not False
            and self.log_in_store.ok
        )


# What is told in tables of its own, each held against the log and the records that it was told by; in this order.
_AGREE = (check_told, check_erased, check_work, check_books, check_issued, check_office, check_decisions)


def verify(
    objects: ObjectStore,
    catalogue: Catalogue,
    *,
    known_head: str | None = None,
    checkpoints: Checkpoints | None = None,
    progress: Callable[[int], None] | None = None,
    goes_on: GoesOn | None = None,
) -> VerifyReport:
    """Reads every stored object and compares catalogue, audit log and store. Changes nothing, and needs memory for what
    it finds only.

    `known_head`: a head of any of the three logs noted earlier. `checkpoints`: what was signed earlier; None: nobody
    looked. `progress` is called with the count of objects read. `goes_on`: an earlier check
    that was stopped, whose sound objects are not read again. `unrecorded` names document revisions and page ledgers
    that are not the ones in the audit log. The catalogue is read as it stands when the check begins. Raises the stores'
    errors only when one cannot be read at all.
    """
    anchored = Checkpoints() if checkpoints is None else checkpoints
    keys_missing: Counter[str] = Counter()
    with contextlib.closing(Scratch()) as scratch:
        with catalogue.database.snapshot() as connection:
            database = tuple(database_faults(connection))
            chain = AuditLog(connection, utc_now).verify_chain(
                known_head=known_head, anchors=anchored.anchors("audit"), seen=scratch.log
            )
            reads = check_reads(connection, known_head=known_head, anchors=anchored.anchors("reads"))
            trail = check_trail(connection, known_head=known_head, anchors=anchored.anchors("trail"))
            scratch.logged()
            try:
                kept = check_log(connection, objects, scratch)
            except EncryptionKeyMissing as error:
                kept = _NO_LOG
                keys_missing[error.key_id] += 1
            found = check_documents(connection, objects, scratch)
            unrecorded, differing = check_page_ledgers(connection, objects, scratch)
            differing += found.differing
            differing += (one for check in _AGREE for one in check(connection, scratch))
        noted = {event.subject: event.digest for event in (*scratch.all_events(NOTED), *scratch.all_events(STAMPED))}
        scratch.all_named()
        count, corrupt, orphans, orphans_in_all = _read_objects(
            objects, scratch, progress, goes_on or GoesOn(), keys_missing
        )
        missing = [
            Missing(document_id=document_id, revision=revision, kind=kind, key=key)
            for key, document_id, revision, kind in scratch.named_but_not_met(_MET)
        ]
    logs = [log for log in (chain, reads, trail) if log is not None]
    return VerifyReport(
        objects=count,
        documents=found.documents,
        corrupt=tuple(corrupt),
        missing=tuple(missing),
        orphans=tuple(orphans),
        orphans_in_all=orphans_in_all,
        chain=chain,
        unrecorded=(*found.unrecorded, *unrecorded),
        files=found.files,
        lost_pages=tuple(found.lost_pages),
        reads=reads,
        trail=trail,
        differing=tuple(sorted(set(differing))),
        foreign=tuple(objects.foreign()),
        database=database,
        checkpoints=len(anchored),
        stamps=len(anchored.stamps),
        checkpoint_key=anchored.key,
        checkpoint_faults=(*anchored.faults, *(anchored.not_as_noted(noted) if checkpoints is not None else ())),
        log_in_store=kept,
        keys_missing=dict(keys_missing),
        head_found=None if known_head is None else any(log.holds_known for log in logs),
    )


def _read_objects(
    objects: ObjectStore,
    scratch: Scratch,
    progress: Callable[[int], None] | None,
    goes_on: GoesOn,
    keys_missing: Counter[str],
) -> tuple[int, list[ObjectKey], list[ObjectKey], int]:
    """How many objects there are, the damaged ones, the first whole ones that nothing names, and how many these are.
    Records and ledgers were read before, and are not read again where they were whole."""
    corrupt: list[ObjectKey] = []
    orphans: list[ObjectKey] = []
    count = orphans_in_all = 0
    for count, (key, whole) in enumerate(_in_order(objects, scratch, goes_on, keys_missing), start=1):
        if not whole:
            corrupt.append(key)
        elif not scratch.is_named(key):
            orphans_in_all += 1
            if orphans_in_all <= _MOST_ORPHANS:
                orphans.append(key)
        if goes_on.note is not None:
            goes_on.note(key, corrupt)
        if progress is not None:
            progress(count)
    return count, corrupt, orphans, orphans_in_all


def _in_order(
    objects: ObjectStore, scratch: Scratch, goes_on: GoesOn, keys_missing: Counter[str]
) -> Iterator[tuple[ObjectKey, bool]]:
    """Every key in order, and whether its object is whole; as many are read at a time as suits the store."""
    waiting: deque[tuple[ObjectKey, Callable[[], _Read]]] = deque()

    def first() -> tuple[ObjectKey, bool]:
        key, read = waiting.popleft()
        told = read()
        if told.key_missing:
            keys_missing[told.key_missing] += 1
        return key, told.whole

    with ThreadPoolExecutor(objects.at_once) as pool:
        for key in objects.keys():  # noqa: SIM118 - no dictionary
            scratch.meet(_MET, key.sha256)
            if goes_on.was_sound(key) or scratch.has_met(WHOLE, key.sha256):
                waiting.append((key, _Read))
            elif objects.at_once > 1:
                waiting.append((key, pool.submit(_read_whole, objects, key).result))
            else:
                waiting.append((key, partial(_read_whole, objects, key)))
            if len(waiting) >= objects.at_once:
                yield first()
        while waiting:
            yield first()


@dataclass(frozen=True, slots=True)
class _Read:
    """Whether an object is whole, as far as can be told without the encryption key of this id."""

    whole: bool = True
    key_missing: str = ""


def _read_whole(objects: ObjectStore, key: ObjectKey) -> _Read:
    try:
        objects.open(key).close()
    except EncryptionKeyMissing as error:
        return _Read(key_missing=error.key_id)
    except (CorruptObject, ObjectMissing):
        return _Read(whole=False)
    return _Read()
