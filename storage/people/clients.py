"""Clients of the service: programs of offices, each with keys, scopes and an office."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.people.tables import client_keys, clients
from storage.times import Clock, clean, time_text

Secrets = Callable[[int], str]
"""So many random bytes as URL-safe text: `secrets.token_urlsafe`, or a fixed one in tests."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,30}")
_KEY = re.compile(r"hk_[A-Za-z0-9_-]{43}")

# Made once: every request asks it, and building a statement takes longer than running it.
_BY_KEY = (
    sa.select(clients)
    .join(client_keys)
    .where(client_keys.c.digest == sa.bindparam("digest"), clients.c.active)
    .where(client_keys.c.expires_at.is_(None) | (client_keys.c.expires_at > sa.bindparam("now")))
)


class Scope(StrEnum):
    """What a client may do."""

    SUBMIT = "submit"
    STATUS = "status"  # of its own submissions, personal data too
    OFFICE = "office"  # of its whole office's submissions
    REVIEW = "review"  # decide what the machine left to people
    HOLDINGS = "holdings"  # look up what its office may rely on
    USE = "use"  # have a stored copy stand in for the paper
    ASK = "ask"  # whether a paper may still be asked for
    ALL_OFFICES = "all_offices"
    AUDIT = "audit"  # the log of reads
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """`scopes` are known ones only. `rate_per_minute`: requests it may make."""

    client_id: str
    name: str
    office: str
    scopes: frozenset[Scope]
    rate_per_minute: int
    active: bool
    webhook_url: str | None
    created_at: str
    keys: int = 0


class Clients:
    """The clients within one transaction. Keys are random and long: their SHA-256 alone is kept."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(
        self,
        client_id: str,
        *,
        name: str,
        office: str,
        scopes: Iterable[str],
        rate_per_minute: int,
        webhook_url: str | None = None,
    ) -> None:
        """A new client without a key. Raises WrongUse for a taken or malformed id or an unknown scope."""
        if not _NAME.fullmatch(client_id):
            raise WrongUse(
                Message(
                    "Mã ứng dụng khách: 2–31 ký tự a–z, 0–9, dấu gạch ngang",
                    "A client's id is 2 to 31 characters of a-z, 0-9 and hyphens",
                )
            )
        if self.by_id(client_id) is not None:
            raise WrongUse(Message("Đã có ứng dụng khách này", f"There is a client {client_id!r} already"))
        row = {
            "client_id": client_id,
            "name": clean(name),
            "office": clean(office),
            "scopes": json.dumps(sorted(_scopes(scopes))),
            "rate_per_minute": rate_per_minute,
            "active": True,
            "webhook_url": webhook_url,
            "created_at": time_text(self._clock()),
        }
        self._connection.execute(sa.insert(clients).values(row))

    def new_key(self, client_id: str, secrets: Secrets, *, overlap: timedelta = timedelta()) -> str:
        """A new key, shown this once. Older keys end after `overlap`. Raises WrongUse for an unknown client."""
        if self.by_id(client_id) is None:
            raise WrongUse(Message("Không có ứng dụng khách này", f"There is no client {client_id!r}"))
        now = self._clock()
        until = time_text(now + overlap)
        later = client_keys.c.expires_at.is_(None) | (client_keys.c.expires_at > until)
        of_client = client_keys.c.client_id == client_id
        self._connection.execute(sa.update(client_keys).where(of_client, later).values(expires_at=until))
        key = "hk_" + secrets(32)
        row = {"digest": _digest(key), "client_id": client_id, "created_at": time_text(now), "expires_at": None}
        self._connection.execute(sa.insert(client_keys).values(row))
        return key

    def set_active(self, client_id: str, active: bool) -> None:
        """Lets the client in, or shuts it out. Raises WrongUse for an unknown client."""
        change = sa.update(clients).where(clients.c.client_id == client_id).values(active=active)
        if self._connection.execute(change).rowcount != 1:
            raise WrongUse(Message("Không có ứng dụng khách này", f"There is no client {client_id!r}"))

    def by_key(self, key: str) -> Client | None:
        """The active client whose valid key this is."""
        if not _KEY.fullmatch(key):
            return None
        asked = {"digest": _digest(key), "now": time_text(self._clock())}
        row = self._connection.execute(_BY_KEY, asked).one_or_none()
        return None if row is None else _client(row)

    def by_id(self, client_id: str) -> Client | None:
        row = self._connection.execute(sa.select(clients).where(clients.c.client_id == client_id)).one_or_none()
        return None if row is None else _client(row)

    def all(self) -> Sequence[Client]:
        """In order of id, with the count of valid keys."""
        now = time_text(self._clock())
        valid = client_keys.c.expires_at.is_(None) | (client_keys.c.expires_at > now)
        count = sa.select(sa.func.count()).where(client_keys.c.client_id == clients.c.client_id, valid)
        query = sa.select(clients, count.scalar_subquery().label("key_count")).order_by(clients.c.client_id)
        return [_client(row, row.key_count) for row in self._connection.execute(query)]


def _scopes(scopes: Iterable[str]) -> set[str]:
    known = {scope.value for scope in Scope}
    given = set(scopes)
    if not given or given - known:
        raise WrongUse(Message("Quyền phải thuộc", f"Scopes must be among: {', '.join(sorted(known))}"))
    return given


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _client(row: Any, keys: int = 0) -> Client:
    known = {scope.value for scope in Scope}
    return Client(
        client_id=row.client_id,
        name=row.name,
        office=row.office,
        scopes=frozenset(Scope(scope) for scope in json.loads(row.scopes) if scope in known),
        rate_per_minute=row.rate_per_minute,
        active=row.active,
        webhook_url=row.webhook_url,
        created_at=row.created_at,
        keys=keys,
    )
