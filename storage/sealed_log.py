"""Logs whose entries are each sealed with the hash of the one before: whether a log is as it was written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

START = "sha256:" + "0" * 64


class Sealed(Protocol):
    """One entry of such a log."""

    @property
    def seq(self) -> int: ...

    @property
    def at(self) -> str: ...

    @property
    def prev_hash(self) -> str: ...

    @property
    def hash(self) -> str: ...

    def expected_hash(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """Whether a log is whole.

    `broken_at`: the first sequence number that is not as it was written. `rewritten_at`: the first of which a
    checkpoint says otherwise, or that a checkpoint knows and the log no longer has: it was cut off or sealed anew.
    `holds_known`: whether a head noted elsewhere is one of this log's; true where none was asked for.
    `backwards_at`: the first entry that is older than the one before it. A clock that was set back does that too, so it
    is told and is no fault.
    """

    entries: int
    head: str
    broken_at: int | None
    rewritten_at: int | None = None
    holds_known: bool = True
    backwards_at: int | None = None

    @property
    def ok(self) -> bool:
        return self.broken_at is None and self.rewritten_at is None


def seal(text: str) -> str:
    """The hash of an entry's other values as text."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def check_chain(
    entries: Iterable[Sealed],
    *,
    seq: int,
    head: str,
    known_head: str | None = None,
    anchors: Mapping[int, str] = MappingProxyType({}),
) -> ChainReport:
    """Recomputes every hash and link, in constant memory. `seq` and `head`: what the log says its last entry is.

    Finds any entry changed, removed, inserted or reordered. Somebody who cuts the log off or rewrites the whole of it
    with its head is found only by what was noted elsewhere earlier: `anchors`, hashes by their entry's number, and
    `known_head`.
    """
    before, count, time = START, 0, ""
    broken = rewritten = backwards = None
    holds = known_head in (None, START)
    for entry in entries:
        count += 1
        if entry.seq != count or entry.prev_hash != before or entry.hash != _expected(entry):
            broken = count
            break
        before = entry.hash
        holds = holds or before == known_head
        if rewritten is None and anchors.get(count, before) != before:
            rewritten = count
        if backwards is None and entry.at < time:
            backwards = count
        time = entry.at
    else:
        if seq != count or head != before:
            broken = count + 1
    if rewritten is None:
        rewritten = min((number for number in anchors if number > count), default=None)
    return ChainReport(
        entries=count,
        head=head,
        broken_at=broken,
        rewritten_at=rewritten,
        holds_known=holds,
        backwards_at=backwards,
    )


def _expected(entry: Sealed) -> str | None:
    """None for an entry of values that no log ever wrote."""
    try:
        return entry.expected_hash()
    except (TypeError, ValueError):
        return None


def no_log(anchors: Mapping[int, str]) -> ChainReport | None:
    """Of a log that is not there: None, or where checkpoints know entries of it, the report that they are gone."""
    if not anchors:
        return None
    return ChainReport(entries=0, head=START, broken_at=None, rewritten_at=min(anchors), holds_known=False)
