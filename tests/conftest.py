"""Settings for every tier: property tests are judged by what they find, never by the clock of a busy machine."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from functools import cache
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings

from tests.making.migrated_once import migrated_once
from tests.making.routes_once import routes_once
from workers import reading_identity

# Other examples each time: `make test` runs often and looks at few, `make test-all` (`thorough`) at many.
settings.register_profile("hotich", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("hotich"), max_examples=200)
settings.load_profile("hotich")
# Collecting garbage again and again among all that the tests have loaded takes a tenth of their time.
gc.set_threshold(20_000, 20, 20)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: it is not looked through again."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _made_once() -> Iterator[None]:
    """What every new home would work out anew for a second or two, and is the same in all of them: the name of the
    software that reads, the tables of a fresh database, and what the service's routes ask for."""
    digest_of = cache(reading_identity.digest_of)
    with patch.object(reading_identity, "digest_of", digest_of), migrated_once(), routes_once():
        yield
