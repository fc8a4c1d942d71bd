"""What a transaction does last, in one order, so that nobody waits for it longer than its commit takes.

All writers wait for one another at the head of the audit log. So the head is taken when everything else is done and
looked up: in one statement the entries are written that the transaction collected, and the commit follows. Whatever
else two transactions could wait for crosswise is taken before, in the same order by everybody: rows of their own, new
words, what is told, acts, the head (decision 0063).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import sqlalchemy as sa

from storage.telling import Dated, Told, ToldApart

_OPTION = "hotich_ending"
_MOST_LOCKS = 40  # of one transaction: all locks of all connections have to fit into the server's table


class Step(Enum):
    """What is done before the log: new words are written before it is looked up what is to be told, papers of the same
    act are looked for after that."""

    SPELL = "spell"
    LINK = "link"


@dataclass(slots=True, eq=False, kw_only=True)
class NewEntry:
    """An entry of the audit log that is written when its transaction ends: `sealed` is the `AuditEntry` then. `text`:
    what it seals in place of an object (`Told.text`); `apart`: what is told apart from that."""

    actor: str
    action: str
    subject: str
    digest: str | None = None
    text: str | None = None
    apart: tuple[ToldApart, ...] = ()
    sealed: Any = None


@dataclass
class Ending:
    """What one transaction has left for its end."""

    told: Told = field(default_factory=Told)
    entries: list[NewEntry] = field(default_factory=list)
    dated: list[Dated] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    seal: Callable[[], None] | None = None
    logged: bool = False
    waited_s: float = 0.0
    held_since: float | None = None
    _steps: dict[Step, Callable[[], None]] = field(default_factory=dict)

    def options(self) -> dict[str, Any]:
        """As options of the transaction's connection."""
        return {_OPTION: self} | self.told.options()

    def do_last(self, step: Step, what: Callable[[], None]) -> None:
        """Does this at the end, once, whoever asked for it first."""
        self._steps.setdefault(step, what)

    def do(self, step: Step) -> None:
        """What was left for this step."""
        if step in self._steps:
            self._steps[step]()

    def close(self) -> None:
        """Writes the entries: nothing but the commit may follow."""
        if self.seal is not None:
            self.seal()
            self.logged = True

    def wait(self, take: Callable[[], Any]) -> Any:
        """Takes the head; notes how long that took and since when it is held."""
        asked = time.monotonic()
        taken = take()
        if self.held_since is None:
            self.held_since = time.monotonic()
            self.waited_s = self.held_since - asked
        return taken


def ending_of(connection: sa.Connection) -> Ending:
    """Of the transaction of `Database.write` that this connection is in. Raises RuntimeError outside of one."""
    ending: Ending | None = connection.get_execution_options().get(_OPTION)
    if ending is None:
        raise RuntimeError("not within Database.write")
    return ending


def take_turns(connection: sa.Connection, space: str, values: Collection[str] | None) -> None:
    """Until this transaction ends, no other passes here with one of these values; with very many of them, or None,
    nobody at all. Of two that do, the second sees what the first one did. On SQLite there is one writer anyway."""
    if connection.dialect.name == "sqlite":
        return
    every = _number(space)
    if values is None or len(values) > _MOST_LOCKS:
        connection.execute(_ALONE, {"every": every})
    else:
        keys = sorted({_number(f"{space}:{value}") for value in values})
        connection.execute(_TURNS, {"every": every, "keys": [every, *keys]})


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)


_ALONE = sa.text("SELECT pg_advisory_xact_lock(:every)")
_TURNS = sa.text(
    "SELECT count(CASE WHEN key = :every THEN pg_advisory_xact_lock_shared(key)::text"
    " ELSE pg_advisory_xact_lock(key)::text END) FROM unnest(CAST(:keys AS bigint[])) AS key"
)
