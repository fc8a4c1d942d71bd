"""Wakes those who wait for a change of a submission."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator


class SubmissionChanges:
    """Changes of submissions, published by worker threads and awaited in the event loop. `publish` may be called from
    any thread, also before `attach`."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on events are set in this loop."""
        self._loop = loop

    def publish(self, submission_id: str) -> None:
        """Wakes whoever waits for this submission."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits
                self._loop.call_soon_threadsafe(self._wake, submission_id)

    @contextlib.contextmanager
    def listening(self, submission_id: str) -> Iterator[asyncio.Event]:
        """An event that is set at every change from now on; clear it before looking."""
        event = asyncio.Event()
        self._waiting[submission_id].add(event)
        try:
            yield event
        finally:
            self._waiting[submission_id].discard(event)
            if not self._waiting[submission_id]:
                del self._waiting[submission_id]

    def _wake(self, submission_id: str) -> None:
        for event in self._waiting.get(submission_id, ()):
            event.set()
