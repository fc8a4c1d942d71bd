"""Claims are kept by a timer, whatever a file takes to be read."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from typing import Protocol

from pipeline.domain.errors import HotichError
from storage.catalogue import Claim

_log = logging.getLogger(__name__)


class Renews(Protocol):
    """`storage.catalogue.Catalogue.renew_all`."""

    def __call__(self, claims: Collection[Claim], *, batches: Collection[str] = ()) -> list[Claim]: ...


class LeaseKeeper:
    """Renews what is held, every `every_s` seconds, in a thread of its own that begins with the first claim.

    A store that is away is asked again at the next time: the claim is kept unless another took it meanwhile.
    """

    def __init__(
        self,
        renew_all: Renews,
        *,
        every_s: float,
        batch: str | None = None,
        lost: Callable[[Claim], None] | None = None,
    ) -> None:
        """`batch`: of the queue, held from the first claim until `close`. `lost` hears of claims that others took."""
        self._renew_all = renew_all
        self._every_s = every_s
        self._batches = () if batch is None else (batch,)
        self._lost = lost
        self._held: dict[str, Claim] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to renew. Idempotent."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hotich-leases", daemon=True)
                self._thread.start()

    def hold(self, claim: Claim) -> None:
        """Renews the claim from now on."""
        with self._lock:
            self._held[claim.key.work_id] = claim
        self.start()

    def let_go(self, claim: Claim) -> None:
        """The claim has come to its end."""
        with self._lock:
            self._held.pop(claim.key.work_id, None)

    def renew(self) -> None:
        """Renews everything that is held, once."""
        with self._lock:
            claims = list(self._held.values())
        if not claims and not self._batches:
            return
        try:
            lost = self._renew_all(claims, batches=self._batches)
        except HotichError as error:
            _log.warning("leases not renewed: %s", error.code)
            return
        with self._lock:  # what came to its end meanwhile is not lost
            lost = [claim for claim in lost if self._held.pop(claim.key.work_id, None) is not None]
        for claim in lost:
            _log.warning("lease lost: %s", claim.key.work_id)
            if self._lost is not None:
                self._lost(claim)

    def close(self) -> None:
        """Renews nothing any more."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._closed.wait(self._every_s):
            self.renew()
