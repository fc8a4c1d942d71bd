"""The population register as everybody asks it: opened when it is needed, never a reason to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.domain.errors import HotichError
from pipeline.domain.model import RegisterOutcome
from pipeline.settling.register import Candidate, Claims, RegisterAnswer
from storage.register.register import SqlRegister


class OnDemandRegister:
    """Opened when the first document asks; out of reach it answers `UNAVAILABLE` and reading goes on.

    As long as no register was loaded nothing is made and nobody is known; one that is loaded later is seen at the next
    look.
    """

    def __init__(self, url: str, *, opened: Callable[[], SqlRegister] | None = None) -> None:
        """`url`: see `Database`. `opened`: opens it, by default `SqlRegister.open`."""
        self._url = url
        self._open = opened or (lambda: SqlRegister.open(url))
        self._lock = threading.Lock()
        self._register: SqlRegister | None = None

    @property
    def exists(self) -> bool:
        """Whether a register was loaded here, or another machine's is named."""
        if self._register is not None or not self._url.startswith("sqlite:"):
            return True
        return Path(self._url.removeprefix("sqlite:///")).exists()

    def look_up(self, claims: Claims) -> RegisterAnswer:
        """As `SqlRegister.look_up`."""
        if not self.exists:
            return RegisterAnswer()
        try:
            return self._opened().look_up(claims)
        except HotichError:
            return RegisterAnswer(outcome=RegisterOutcome.UNAVAILABLE)

    def candidates(self, claims: Claims, *, most: int = 3) -> list[Candidate]:
        """As `SqlRegister.candidates`; nobody when it is out of reach."""
        if not self.exists:
            return []
        try:
            return self._opened().candidates(claims, most=most)
        except HotichError:
            return []

    def person(self, register_id: str) -> Mapping[str, str]:
        """As `SqlRegister.person`; nothing when it is out of reach."""
        if not self.exists:
            return {}
        try:
            return self._opened().person(register_id)
        except HotichError:
            return {}

    def _opened(self) -> SqlRegister:
        with self._lock:
            if self._register is None:
                self._register = self._open()
            return self._register
