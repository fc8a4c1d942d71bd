"""The Prefect flow that keeps the archive whole: replicas, checkpoints, checks. It carries and shows counts only."""

from __future__ import annotations

from collections.abc import Callable

from prefect import flow

from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message

Keeping = Callable[[str], dict[str, int]]
"""Given `replicate`, `checkpoint` or `verify`: does it, and gives counts."""

_keepers: list[Keeping] = []


def provide_keeping(keep: Keeping) -> None:
    """Says how the archive is kept: the wiring calls it where deployed flows are loaded."""
    _keepers[:] = [keep]


@flow(name="keep-archive", persist_result=False)
def keep_archive(task: str = "verify") -> dict[str, int]:
    """One task. Safe to run at any time; fails where the archive is not whole."""
    if not _keepers:
        raise ResourceError(Message.same("deployed without its wiring"), code="resource.not_wired")
    return _keepers[0](task)
