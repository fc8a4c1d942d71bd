"""Acts of administration upon programs and their keys: by an office's administrator, or the command line."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pipeline.domain.message import Message
from service.people.administration import Acts, Administrator
from service.wire.errors import NotAllowed, NotThere
from storage.office.store import OfficeStore, OfficeTables
from storage.people import Client, Scope
from storage.people.security_log import SecurityEvent

BEYOND_AN_OFFICE = frozenset({Scope.ALL_OFFICES, Scope.ADMIN})
"""Scopes that the command line alone gives: they reach further than one office's administrator does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAdministration:
    """An office's administrator gives its programs no more than the office has, and no key to a program that has
    more."""

    store: OfficeStore
    acts: Acts

    def clients(self, by: Administrator) -> Sequence[Client]:
        with self.store.read() as tables:
            return tables.clients.all(office=by.office)

    def client(self, by: Administrator, client_id: str) -> Client:
        """Raises NotThere, also for another office's programs."""
        with self.store.read() as tables:
            return self._theirs(tables, by, client_id)

    def add(
        self,
        by: Administrator,
        client_id: str,
        *,
        name: str,
        office: str,
        scopes: Iterable[str],
        rate_per_minute: int,
        webhook_url: str | None = None,
    ) -> str:
        """A new client; its key, shown this once. Raises WrongUse, NotAllowed."""
        by.may_act_for(office)
        given = self._within(by, scopes)
        with self.store.write() as tables:
            tables.offices.need(office)
            tables.clients.add(
                client_id,
                name=name,
                office=office,
                scopes=given,
                rate_per_minute=rate_per_minute,
                webhook_url=webhook_url,
            )
            key = tables.clients.new_key(client_id, secrets.token_urlsafe)
            self._note(tables, by, SecurityEvent.CLIENT_ADDED, client_id, office, ",".join(sorted(given)))
        self.acts.told(by, SecurityEvent.CLIENT_ADDED, f"client:{client_id}", ",".join(sorted(given)))
        return key

    def describe(
        self, by: Administrator, client_id: str, *, name: str, scopes: Iterable[str], rate_per_minute: int
    ) -> None:
        """Changes name, scopes and rate. Raises WrongUse, NotThere, NotAllowed."""
        given = self._within(by, scopes)
        with self.store.write() as tables:
            client = self._to_change(tables, by, client_id)
            tables.clients.describe(client_id, name=name, scopes=given, rate_per_minute=rate_per_minute)
            self._note(tables, by, SecurityEvent.CLIENT_CHANGED, client_id, client.office, ",".join(sorted(given)))
        self.acts.told(by, SecurityEvent.CLIENT_CHANGED, f"client:{client_id}", ",".join(sorted(given)))

    def new_key(self, by: Administrator, client_id: str, *, overlap: timedelta) -> str:
        """A new key, shown this once; older ones end after `overlap`. Raises NotThere, NotAllowed."""
        with self.store.write() as tables:
            client = self._to_change(tables, by, client_id)
            key = tables.clients.new_key(client_id, secrets.token_urlsafe, overlap=overlap)
            self._note(tables, by, SecurityEvent.CLIENT_NEW_KEY, client_id, client.office)
        self.acts.told(by, SecurityEvent.CLIENT_NEW_KEY, f"client:{client_id}")
        return key

    def set_active(self, by: Administrator, client_id: str, active: bool) -> None:
        """Lets the program in, or shuts it out. Raises NotThere, NotAllowed."""
        event = SecurityEvent.CLIENT_ENABLED if active else SecurityEvent.CLIENT_DISABLED
        with self.store.write() as tables:
            client = self._to_change(tables, by, client_id) if active else self._theirs(tables, by, client_id)
            if active:
                tables.offices.need(client.office)
            tables.clients.set_active(client_id, active)
            self._note(tables, by, event, client_id, client.office)
        self.acts.told(by, event, f"client:{client_id}")

    def _within(self, by: Administrator, scopes: Iterable[str]) -> set[str]:
        given = set(scopes)
        if by.office is not None and not BEYOND_AN_OFFICE.isdisjoint(given):
            raise _beyond()
        return given

    def _theirs(self, tables: OfficeTables, by: Administrator, client_id: str) -> Client:
        client = tables.clients.by_id(client_id)
        if client is None or not by.may_see(client.office):
            raise NotThere(Message("Không có ứng dụng khách này", "There is no such client"))
        return client

    def _to_change(self, tables: OfficeTables, by: Administrator, client_id: str) -> Client:
        client = self._theirs(tables, by, client_id)
        self._within(by, client.scopes)
        return client

    def _note(
        self,
        tables: OfficeTables,
        by: Administrator,
        event: SecurityEvent,
        client_id: str,
        office: str,
        detail: str = "",
    ) -> None:
        self.acts.note(tables, by, event, f"client:{client_id}", office=office, detail=detail)


def _beyond() -> NotAllowed:
    return NotAllowed(
        Message(
            "Quyền vượt phạm vi một cơ quan chỉ đặt được bằng dòng lệnh: hotich client",
            "Rights beyond one office are given on the command line only: hotich client",
        ),
        code="administration.beyond_office",
    )
