"""The population register as everybody here asks it: opened when it is needed, never a reason to stop."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from hotich.settings import Settings

if TYPE_CHECKING:
    from pipeline.settling.register import Candidate, Claims, RegisterAnswer
    from storage.register import SqlRegister


class LazyRegister:
    """Opened when the first document asks; out of reach it answers "unavailable" and reading goes on.

    As long as none was loaded nothing is made, and nobody is known; one that is loaded later is seen at the next look.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._register: SqlRegister | None = None

    @property
    def exists(self) -> bool:
        """Whether a register was loaded here, or another machine's is named."""
        if self._register is not None or not self._settings.register_is_local:
            return True
        return Path(self._settings.population_url.removeprefix("sqlite:///")).exists()

    def look_up(self, claims: Claims) -> RegisterAnswer:
        from pipeline.domain.errors import HotichError
        from pipeline.settling.register import RegisterAnswer

        if not self.exists:
            return RegisterAnswer()
        try:
            return self._opened().look_up(claims)
        except HotichError:
            return RegisterAnswer(outcome="unavailable")

    def candidates(self, claims: Claims, *, most: int = 3) -> list[Candidate]:
        """As `SqlRegister.candidates`; nobody when it is out of reach."""
        from pipeline.domain.errors import HotichError

        if not self.exists:
            return []
        try:
            return self._opened().candidates(claims, most=most)
        except HotichError:
            return []

    def person(self, register_id: str) -> Mapping[str, str]:
        """As `SqlRegister.person`; nothing when it is out of reach."""
        from pipeline.domain.errors import HotichError

        if not self.exists:
            return {}
        try:
            return self._opened().person(register_id)
        except HotichError:
            return {}

    def _opened(self) -> SqlRegister:
        with self._lock:
            if self._register is None:
                from hotich.wiring import open_register

                self._register = open_register(self._settings)
            return self._register
