"""How often one of many workers asks for runs."""

from __future__ import annotations

QUESTIONS_A_SECOND = 2
"""To the server, of all workers of a pool together."""
_SELDOM_S = 60.0
_COUNT_EVERY_S = 300.0


class Asking:
    """At once when the worker has room again; otherwise so that all workers together ask twice a second at most, each
    once a minute at least. What waits is found by whoever asks next: the more workers wait, the sooner that is."""

    def __init__(self, seldom_s: float) -> None:
        """`seldom_s`: between two questions of a worker that waits, at least."""
        self.workers = 1
        self._seldom_s = seldom_s
        self._had_room = False
        self._next = 0.0
        self._next_count = 0.0

    def is_due(self, now: float, *, has_room: bool) -> bool:
        """Whether to ask now, in seconds of any clock that does not go back; then the next question is later."""
        freed, self._had_room = has_room and not self._had_room, has_room
        if not has_room or (now < self._next and not freed):
            return False
        self._next = now + min(_SELDOM_S, max(self._seldom_s, self.workers / QUESTIONS_A_SECOND))
        return True

    def counts(self, now: float) -> bool:
        """Whether to ask how many workers there are; if so, not again for five minutes."""
        if now < self._next_count:
            return False
        self._next_count = now + _COUNT_EVERY_S
        return True
