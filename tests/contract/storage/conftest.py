"""A catalogue, a register and an object store for each test, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.catalogue import Catalogue
from storage.objects import LocalStore
from storage.register import SqlRegister


class Clock:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, step: timedelta) -> None:
        self.now += step


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def catalogue(database_url: str, clock: Clock) -> Iterator[Catalogue]:
    opened = Catalogue.open(database_url, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def register(database_url: str) -> Iterator[SqlRegister]:
    opened = SqlRegister.open(database_url)
    yield opened
    opened.close()


@pytest.fixture
def objects(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "objects")
