"""The review desk of `hotich serve` within the test's process: its clock can be moved, its stores be filled."""

from __future__ import annotations

import atexit
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import uvicorn
from argon2 import PasswordHasher

from hotich.settings import load_settings
from hotich.wiring.processes import pipeline_settings
from hotich.wiring.service import service_parts
from pipeline.judging.review.policy import FieldClass, ReviewPolicy, Scheme, default_policy
from service.app import create_app
from service.context import ServiceContext
from service.wire.limits import ServiceLimits
from storage.office.store import OfficeStore
from tests.making.desk_home import DeskHome
from workers.processes import OnDemandPool
from workers.view_renderer import ViewRenderer


class MovedClock:
    """The time of day, moved on by tests."""

    def __init__(self) -> None:
        self.moved = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def advance(self, step: timedelta) -> None:
        self.moved += step


@dataclass
class DeskServer:
    """`origin` answers; `home` puts papers and people in."""

    origin: str
    home: DeskHome
    context: ServiceContext
    clock: MovedClock

    def person(self, login: str, *roles: str) -> str:
        return self.home.person(login, *(roles or ("reviewer",)), keys=self.context.keys)

    def session(self, login: str) -> str:
        """The cookie of somebody who has just signed in."""
        with self.context.store.read() as tables:
            user = tables.users.by_login(login)
        assert user is not None
        return self.context.accounts.begin(user).token

    def take_in(self) -> None:
        """Opens items for what was added."""
        self.context.desk.catch_up()


def one_pair_of_eyes() -> ReviewPolicy:
    """Every field by one person, nothing sampled: what is asked is what the test doubted."""
    schemes = dict.fromkeys(FieldClass, Scheme.SINGLE)
    return replace(
        default_policy(), schemes=schemes, schemes_by_field={}, sample_accepted=0.0, sample_reviewed=0.0, seed_share=0.0
    )


class _ReadersWhenNeeded(OnDemandPool):
    """Reading processes that load when something is handed in, which seldom happens at the desk."""

    def __enter__(self) -> _ReadersWhenNeeded:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def submit(self, payload: Any, **more: Any) -> Future[Any]:
        return self.start().submit(payload, **more)


class _LeftOpen(ViewRenderer):
    """Draws for one desk after the other: a process of its own for each would load for a second or two."""

    def close(self) -> None:
        """Its process ends with the last desk."""


@cache
def _one_renderer() -> ViewRenderer:
    settings = load_settings(Path("/nowhere"))
    made = _LeftOpen(pipeline_settings(settings).limits, memory_mb=settings.worker_memory_mb)
    atexit.register(ViewRenderer.close, made)
    return made


@contextmanager
def desk_server(folder: Path, *, policy: ReviewPolicy | None = None) -> Iterator[DeskServer]:
    """Serves until the block ends. One worker process draws the pictures for all of them."""
    clock = MovedClock()
    with (
        patch("workers.processes.WorkerPool", _ReadersWhenNeeded),
        patch("hotich.wiring.service.view_renderer", lambda _: _one_renderer()),
        service_parts(load_settings(folder, workers=1)) as parts,
    ):
        parts = replace(
            parts,
            store=OfficeStore(parts.catalogue.database, clock=clock),
            hasher=PasswordHasher(time_cost=1, memory_cost=64, parallelism=1),
            limits=ServiceLimits(anonymous_per_minute=10_000, pages_per_minute=10_000),
            policy=policy or one_pair_of_eyes(),
        )
        app = create_app(parts)
        home = DeskHome(folder=folder, catalogue=parts.catalogue, objects=parts.objects, clock=clock)
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
            thread.start()
            while not server.started:  # a look at a time: whoever looks all the time holds it up
                thread.join(0.005)
                assert thread.is_alive(), "the server ended at once"
            port = listening.getsockname()[1]
            try:
                yield DeskServer(f"http://127.0.0.1:{port}", home, app.state.context, clock)
            finally:
                server.should_exit = True
                thread.join(30)
