"""What an administrator has to be able to look up after an attack: who got in, who did not, who was given what.

One JSON object a line, appended whole, in a file of its own that a tool of the system may rotate. It names accounts and
clients by their ids and callers by their addresses; never a login as it was typed, a password, a code or a value of a
paper.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from storage.times import Clock, time_text, utc_now

_log = logging.getLogger(__name__)


class SecurityEvent(StrEnum):
    """What happened; listed in `docs/service.md`."""

    SIGNED_IN = "sign_in.succeeded"
    NOT_SIGNED_IN = "sign_in.failed"
    SLOWED = "sign_in.slowed"
    RECOVERED = "sign_in.recovered"
    SIGNED_OUT = "sign_out"
    SESSION_ENDED = "session.ended"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105
    PASSWORD_GIVEN = "password.given"  # noqa: S105
    FACTOR_CHOSEN = "second_factor.chosen"
    FACTOR_RESET = "second_factor.reset"
    RECOVERY_CODES = "recovery_codes.made"
    KEY_REFUSED = "key.refused"
    ACCESS_REFUSED = "access.refused"
    USER_ADDED = "user.added"
    USER_ENABLED = "user.enabled"
    USER_DISABLED = "user.disabled"
    USER_CHANGED = "user.changed"
    CLIENT_ADDED = "client.added"
    CLIENT_ENABLED = "client.enabled"
    CLIENT_DISABLED = "client.disabled"
    CLIENT_CHANGED = "client.changed"
    CLIENT_NEW_KEY = "client.new_key"
    OFFICE_ADDED = "office.added"
    OFFICE_RENAMED = "office.renamed"
    OFFICE_CLOSED = "office.closed"
    OFFICE_OPENED = "office.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityLog:
    """`path`: None where nothing is kept. Noting never fails what is noted."""

    path: Path | None = None
    clock: Clock = utc_now

    def note(self, event: SecurityEvent, *, about: str = "", by: str = "", address: str = "", detail: str = "") -> None:
        """`about`: the account, client or office, as `user:<id>`, `client:<id>`, `office:<code>`; empty for one
        that there is not. `by`: who did it, where that is somebody else. `detail`: a code, or roles and scopes by
        their names."""
        if self.path is None:
            return
        told = {"at": time_text(self.clock()), "event": event.value, "about": about, "by": by, "address": address}
        line = json.dumps({**told, "detail": detail}, ensure_ascii=False, separators=(",", ":")) + "\n"
        try:
            file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                os.write(file, line.encode())
            finally:
                os.close(file)
        except OSError as error:
            _log.error("security.not_noted event=%s errno=%s", event.value, error.errno)
