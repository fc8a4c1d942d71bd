"""A catalogue, a register and an object store for each test, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.catalogue import Catalogue
from storage.objects import LocalStore
from storage.register import SqlRegister
from tests.making.clock import Clock


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
