"""Connections that never finish what they say, sign-ins by the dozen, on the wire: others are served meanwhile."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn

from service.wire.connections import ConnectionLimits, Connections, protocol_among
from tests.bench.attacks import half_open, logins
from tests.integration.service.conftest import Desk, open_desk
from tests.making.clock import Clock

_HALF = b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-A: "


@dataclass(slots=True)
class Pushed:
    desk: Desk
    address: str
    connections: Connections

    def healthy_within(self) -> float:
        started = time.monotonic()
        assert httpx.get(f"{self.address}/health", timeout=20.0).status_code == 200
        return time.monotonic() - started


@contextlib.contextmanager
def listening(desk: Desk, limits: ConnectionLimits) -> Iterator[Pushed]:
    connections = Connections(limits)
    server = uvicorn.Server(
        uvicorn.Config(
            desk.http.app, port=0, log_level="critical", access_log=False, http=protocol_among(connections), ws="none"
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    pause = threading.Event()
    while not server.started:
        pause.wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Pushed(desk, f"http://127.0.0.1:{port}", connections)
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def desk_to_push(home: Path) -> Iterator[Desk]:
    desk = open_desk(home, clock=Clock())
    yield desk
    desk.context.parts.tray.close()
    desk.catalogue.close()


def ended(connection: socket.socket) -> bytes:
    """What came until the other side closed; fails when it does not."""
    connection.settimeout(20)
    said = b""
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(4096):
            said += piece
    return said


def test_more_half_sent_requests_than_there_are_connections_keep_nobody_out(desk_to_push: Desk) -> None:
    limits = ConnectionLimits(most=60, per_address=40)
    with listening(desk_to_push, limits) as pushed, half_open(pushed.address, 200, sources=8):
        assert pushed.healthy_within() < 5


def test_one_address_does_not_keep_itself_out(desk_to_push: Desk) -> None:
    """An office behind one address: the broken program of one desk, the browser of another."""
    limits = ConnectionLimits(most=1_000, per_address=30)
    with listening(desk_to_push, limits) as pushed, half_open(pushed.address, 100, sources=0):
        assert pushed.healthy_within() < 5


@pytest.mark.parametrize("said", [b"", _HALF], ids=["nothing", "half a head"])
def test_a_request_that_does_not_come_is_waited_for_no_longer(desk_to_push: Desk, said: bytes) -> None:
    with (
        listening(desk_to_push, ConnectionLimits(head_s=0.3)) as pushed,
        half_open(pushed.address, 1, said=said, sources=0) as held,
    ):
        assert ended(held[0]).startswith(b"HTTP/1.1 408")


def test_a_second_request_on_a_connection_is_waited_for_no_longer_either(desk_to_push: Desk) -> None:
    whole = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with (
        listening(desk_to_push, ConnectionLimits(head_s=0.3)) as pushed,
        half_open(pushed.address, 1, said=whole, sources=0) as held,
    ):
        held[0].settimeout(20)
        assert held[0].recv(65_536).startswith(b"HTTP/1.1 200")
        held[0].sendall(b"G")
        assert b"200 OK" not in ended(held[0])


def test_a_proxys_connections_are_those_of_many(desk_to_push: Desk) -> None:
    limits = ConnectionLimits.behind(["127.0.0.0/8", "not an address"], most=200)
    limits = ConnectionLimits(most=200, per_address=5, proxies=limits.proxies)
    with listening(desk_to_push, limits) as pushed, half_open(pushed.address, 50, sources=0) as held:
        pushed.healthy_within()
        for connection in held:
            connection.setblocking(False)
            with pytest.raises(BlockingIOError):
                connection.recv(1)


def test_connections_that_are_gone_are_counted_no_more(desk_to_push: Desk) -> None:
    with listening(desk_to_push, ConnectionLimits()) as pushed:
        with half_open(pushed.address, 30):
            pushed.healthy_within()
        pause = threading.Event()
        while pushed.connections._count > 1:
            pause.wait(0.01)
        assert len(pushed.connections._waiting) <= 1


def test_sign_ins_by_the_dozen_leave_room_for_others(desk_to_push: Desk) -> None:
    with listening(desk_to_push, ConnectionLimits()) as pushed:
        answered = logins(pushed.address, 40)
        assert set(answered) <= {"401", "429", "503"}
        assert pushed.healthy_within() < 5
