"""The log that the store keeps, held against the catalogue's: each is a witness of the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import sqlalchemy as sa

from pipeline.domain.errors import HotichError, WrongUse
from storage.catalogue.audit import ERASED
from storage.catalogue.tables import apart_pending, audit, log_pending, log_state
from storage.checking.documents_agree import WHOLE
from storage.checking.scratch import Scratch
from storage.checking.told_agree import note_told
from storage.log_parts import ACTION, AUDIT, DIGEST, Entry, PartFault, read_parts, text_digest
from storage.objects import ObjectKey, ObjectRole, ObjectStore
from storage.telling import TOLD, objects_apart

_AT_ONCE = 500
_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LogInStore:
    """`entries`: how many the store has; `behind`: how many of the catalogue's it does not have yet, which is no fault.
    `faults`: parts that are damaged or missing. `differing`: the first entry of which store and catalogue say
    something else, or that only the store knows: then the catalogue's log was cut off."""

    entries: int
    behind: int
    faults: tuple[PartFault, ...] = ()
    differing: int | None = None

    @property
    def ok(self) -> bool:
        return not self.faults and self.differing is None


def check_log(connection: sa.Connection, objects: ObjectStore, scratch: Scratch) -> LogInStore:
    """Reads the whole log of the store, in constant memory, and notes in `scratch` what it tells. A store that never
    kept one is whole where the catalogue says so too."""
    faults: list[PartFault] = []
    last, differing = 0, None
    apart = _Apart(connection, objects, scratch)
    parts = read_parts(objects, AUDIT, faults)
    while batch := list(islice(parts, _AT_ONCE)):
        found = _differing(connection, [entry for entry, _ in batch]) if differing is None else None
        differing = differing or found
        faults += [PartFault(name=str(seq), what="altered") for seq in _wrong_texts(batch)]
        for entry, text in batch:
            if text is not None and text_digest(text) == entry[DIGEST]:
                apart.note(text, int(entry[0]), in_store=True)
                note_told(scratch, text, apart.text)
        last = int(batch[-1][0][0])
    written = int(connection.scalar(sa.select(log_state.c.written)) or 0)
    if written > last:  # the end of it is gone
        faults.append(PartFault(name=f"{last + 1}-{written}", what="missing"))
    waiting = connection.execute(
        sa.select(log_pending).where(log_pending.c.seq > last).order_by(log_pending.c.seq)
    ).all()
    sealed = _digests(connection, [row.seq for row in waiting])
    for row in waiting:
        apart.note(row.text, row.seq, in_store=False)
        note_told(scratch, row.text, apart.text)
    if differing is None and any(text_digest(row.text) != sealed.get(row.seq) for row in waiting):
        differing = min(row.seq for row in waiting if text_digest(row.text) != sealed.get(row.seq))
    count = int(connection.scalar(sa.select(sa.func.max(audit.c.seq))) or 0)
    return LogInStore(
        entries=last, behind=max(0, count - last), faults=tuple(sorted(set(faults))[:_MOST]), differing=differing
    )


class _Apart:
    """The objects in which the log told something apart: each is named by what tells of it, unless it was erased."""

    def __init__(self, connection: sa.Connection, objects: ObjectStore, scratch: Scratch) -> None:
        self._connection = connection
        self._objects = objects
        self._scratch = scratch

    def note(self, text: str, seq: int, *, in_store: bool) -> None:
        """`seq`: of the entry that seals the text; `in_store` False: the store may not have them yet."""
        try:
            for key, source in objects_apart(text):
                self._scratch.tell_apart(key, source, seq)
                if in_store and not self._scratch.events(ERASED, key.name):
                    self._scratch.name(key, f"log:{seq}", 0, ObjectRole.TOLD)
        except (ValueError, KeyError, TypeError, WrongUse):
            return

    def text(self, name: str) -> str | None:
        """None for one that is damaged or missing, which is told of the object, or erased."""
        try:
            key = ObjectKey.parse(name)
            data = self._objects.get(key)
        except HotichError:
            waiting = sa.select(apart_pending.c.text).where(apart_pending.c.object == name)
            return self._connection.scalar(waiting)
        self._scratch.meet(WHOLE, key.sha256)
        return data.decode()


def _differing(connection: sa.Connection, entries: list[Entry]) -> int | None:
    rows = connection.execute(sa.select(audit).where(audit.c.seq.between(entries[0][0], entries[-1][0])))
    known = {row.seq: list(row) for row in rows}
    return next((int(entry[0]) for entry in entries if known.get(entry[0]) != list(entry)), None)


def _wrong_texts(batch: list[tuple[Entry, str | None]]) -> Iterator[int]:
    for entry, text in batch:
        if entry[ACTION] == TOLD and (text is None or text_digest(text) != entry[DIGEST]):
            yield int(entry[0])


def _digests(connection: sa.Connection, seqs: list[int]) -> dict[int, str | None]:
    found: dict[int, str | None] = {}
    for start in range(0, len(seqs), _AT_ONCE):
        query = sa.select(audit.c.seq, audit.c.digest).where(audit.c.seq.in_(seqs[start : start + _AT_ONCE]))
        found.update({row.seq: row.digest for row in connection.execute(query)})
    return found
