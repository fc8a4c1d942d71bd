"""Connections that say nothing, or never finish what they say, make room for those that do.

A server of the standard kind waits for ever for the rest of a request, and answers everybody 503 when enough wait.
Here a request's head has to come whole within a time, an address holds so many connections, and where there are too
many the one that has waited longest without a whole request is closed: honest ones are through in a moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import resource
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from service.wire.addresses import network_of

_TIMEOUT = (
    b"HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 0\r\n"
    b"Connection: close\r\n\r\n"
)
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """`head_s`: for a request's head, from the connection or the first byte on. `most`: connections at a time;
    `per_address`: of one address (an IPv6 network of 64 bits), unless it is one of the `proxies`."""

    head_s: float = 10.0
    most: int = 2_000
    per_address: int = 200
    proxies: tuple[_Network, ...] = ()

    @staticmethod
    def behind(proxies: Iterable[str], *, most: int) -> ConnectionLimits:
        """With these proxies in front, which hold the connections of many. What names no address is passed over."""
        known = []
        for proxy in proxies:
            try:
                known.append(ipaddress.ip_network(proxy.strip(), strict=False))
            except ValueError:
                continue
        return ConnectionLimits(most=most, proxies=tuple(known))


@dataclass(slots=True, eq=False)
class Connections:
    """The open connections, by address; those without a whole request in the order in which they began to wait."""

    limits: ConnectionLimits = field(default_factory=ConnectionLimits)
    _open: dict[str, int] = field(default_factory=dict)
    _waiting: OrderedDict[PatientProtocol, None] = field(default_factory=OrderedDict)
    _waiting_of: dict[str, OrderedDict[PatientProtocol, None]] = field(default_factory=dict)
    _count: int = 0

    def opened(self, connection: PatientProtocol) -> None:
        """Counts it, and closes one that waits where there are too many now."""
        address = connection.address
        self._count += 1
        self._open[address] = self._open.get(address, 0) + 1
        self.waits(connection)
        if self._open[address] > self.limits.per_address and not self._is_proxy(address):
            self._close_oldest(self._waiting_of[address])
        if self._count > self.limits.most:
            self._close_oldest(self._waiting)

    def waits(self, connection: PatientProtocol) -> None:
        self._waiting[connection] = None
        self._waiting_of.setdefault(connection.address, OrderedDict())[connection] = None

    def busy(self, connection: PatientProtocol) -> None:
        """A whole head came: it waits no longer."""
        self._waiting.pop(connection, None)
        own = self._waiting_of.get(connection.address)
        if own is not None:
            own.pop(connection, None)
            if not own:
                del self._waiting_of[connection.address]

    def closed(self, connection: PatientProtocol) -> None:
        self.busy(connection)
        self._count -= 1
        left = self._open.pop(connection.address, 1) - 1
        if left:
            self._open[connection.address] = left

    def _close_oldest(self, waiting: OrderedDict[PatientProtocol, None]) -> None:
        oldest = next(iter(waiting), None)
        if oldest is not None:
            self.busy(oldest)
            oldest.abort()

    def _is_proxy(self, address: str) -> bool:
        try:
            known = ipaddress.ip_network(address, strict=False).network_address
        except ValueError:
            return False
        return any(known.version == proxy.version and known in proxy for proxy in self.limits.proxies)


class PatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 with a time for the head of each request. `among` is set by `protocol_among`."""

    among: Connections

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.address = "?"
        self._known: object = None
        self._counted = False
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.address = network_of(self.client[0] if self.client else "?")
        self._counted = True
        self._begin_head()
        self.among.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_head()
        if self._counted:
            self._counted = False
            self.among.closed(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()
        if self._known is not None and self.cycle is self._known and self.cycle.response_complete:
            self._begin_head()  # the first byte of what follows, or a body that nobody waits for any more

    def on_response_complete(self) -> None:
        self.among.waits(self)
        super().on_response_complete()
        self._look()

    def abort(self) -> None:
        """Closes it without waiting for anything that is still to be sent."""
        self.transport.abort()

    def _look(self) -> None:
        """A new request began to be answered: its head came whole."""
        if self.cycle is not self._known:
            self._known = self.cycle
            self._end_head()
            self.among.busy(self)

    def _begin_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.among.limits.head_s, self._too_slow)

    def _end_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            if self._known is None:
                self.transport.write(_TIMEOUT)
            self.transport.close()


def most_connections() -> int:
    """How many connections this process may hold: as many as usual, fewer where it may open few files. Asks the system
    for as many files as it allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * ConnectionLimits().most
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(64, min(ConnectionLimits().most, soft // 2))


def protocol_among(connections: Connections) -> type[PatientProtocol]:
    """The protocol for one server, whose connections are counted together."""
    return type("CountedProtocol", (PatientProtocol,), {"among": connections})
