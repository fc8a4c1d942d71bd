"""For how long writers hold the head of the audit log, and how long they wait for it: what all of them share."""

from __future__ import annotations

import threading
from collections import defaultdict

BUCKETS_S = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
"""Upper bounds of the classes that holds are counted in; longer ones are counted too."""
_COUNT, _HELD, _WAITED, _LONGER = "log_holds", "log_held_sum", "log_waited_sum", "log_held_longer"


class LogTimes:
    """What one process did since it opened its database. Safe from several threads."""

    def __init__(self) -> None:
        self._figures: defaultdict[str, float] = defaultdict(float)
        self._lock = threading.Lock()

    def note(self, *, waited_s: float, held_s: float) -> None:
        """A transaction waited so long for the head, and held it until its commit was done."""
        with self._lock:
            self._figures[_COUNT] += 1
            self._figures[_HELD] += held_s
            self._figures[_WAITED] += waited_s
            self._figures[next((bucket(bound) for bound in BUCKETS_S if held_s <= bound), _LONGER)] += 1

    def figures(self) -> dict[str, float]:
        """`log_holds`: how many transactions; `log_held_sum`, `log_waited_sum`: their seconds; `bucket(bound)`: how
        many held it up to that bound and longer than the one before."""
        with self._lock:
            return dict(self._figures)


def bucket(bound: float) -> str:
    """The figure of one class of holds."""
    return f"log_held_le_{bound:g}"


def histogram(figures: dict[str, float]) -> tuple[list[tuple[str, float]], float]:
    """The classes as Prometheus wants them, each with those below it, and the sum of seconds."""
    found, count = [], 0.0
    for bound in BUCKETS_S:
        count += figures.get(bucket(bound), 0.0)
        found.append((f"{bound:g}", count))
    found.append(("+Inf", figures.get(_COUNT, 0.0)))
    return found, figures.get(_HELD, 0.0)
