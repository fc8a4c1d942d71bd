"""Settings for every tier: property tests are judged by what they find, never by the clock of a busy machine."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings

from tests.making.migrated_once import migrated_once
from workers import reading_identity

settings.register_profile("hotich", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hotich")


@pytest.fixture(scope="session", autouse=True)
def _made_once() -> Iterator[None]:
    """What every new home would work out anew for a second or two, and is the same in all of them: the name of the
    software that reads, and the tables of a fresh database."""
    with patch.object(reading_identity, "digest_of", cache(reading_identity.digest_of)), migrated_once():
        yield
