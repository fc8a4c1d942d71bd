"""A clock that tests turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Stands still but for `advance`."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, step: timedelta) -> None:
        self.now += step
