"""The Prefect flow that reads the archive again, where somebody asks for it. It carries and shows counts only."""

from __future__ import annotations

from collections.abc import Callable

from prefect import flow

from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message

Reread = Callable[[str, str, str, str, bool], dict[str, float]]
"""Given type, form, date, software ("" asks nothing) and whether to start: the cost, or the counts of what was read."""

_rereads: list[Reread] = []


def provide_reread(reread: Reread) -> None:
    """Says how an archive is read again: the wiring calls it where deployed flows are loaded."""
    _rereads[:] = [reread]


@flow(name="reread-archive", persist_result=False)
def reread_archive(
    document_type: str = "", form: str = "", read_before: str = "", software: str = "", start: bool = False
) -> dict[str, float]:
    """Tells what reading the chosen papers again will cost; with `start` it does so. Safe to run twice."""
    if not _rereads:
        raise ResourceError(Message.same("deployed without its wiring"), code="resource.not_wired")
    return _rereads[0](document_type, form, read_before, software, start)
