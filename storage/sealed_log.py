"""Logs whose entries are each sealed with the hash of the one before: whether a log is as it was written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

START = "sha256:" + "0" * 64


class Sealed(Protocol):
    """One entry of such a log."""

    @property
    def seq(self) -> int: ...

    @property
    def prev_hash(self) -> str: ...

    @property
    def hash(self) -> str: ...

    def expected_hash(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """Whether a log is whole. `broken_at` is the first sequence number that is not as it was written."""

    entries: int
    head: str
    broken_at: int | None

    @property
    def ok(self) -> bool:
        return self.broken_at is None


def seal(text: str) -> str:
    """The hash of an entry's other values as text."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def check_chain(entries: Iterable[Sealed], *, seq: int, head: str, known_head: str | None = None) -> ChainReport:
    """Recomputes every hash and link, in constant memory. `seq` and `head`: what the log says its last entry is.

    Finds any entry changed, removed, inserted or reordered. Somebody who rewrites the whole log and its head is found
    only with `known_head`, a hash noted elsewhere earlier: it must be one of the log's.
    """
    before, count, seen_known = START, 0, known_head in (None, START)
    for entry in entries:
        count += 1
        if entry.seq != count or entry.prev_hash != before or entry.hash != entry.expected_hash():
            return ChainReport(entries=count, head=head, broken_at=count)
        before = entry.hash
        seen_known = seen_known or before == known_head
    whole = seq == count and head == before and seen_known
    return ChainReport(entries=count, head=head, broken_at=None if whole else count + 1)
