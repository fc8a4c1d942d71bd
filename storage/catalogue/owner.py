"""Which process holds a claim, and whether it still lives."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A process, told apart from every other that had the same process id.

    `node` is this process's own and nobody else's: containers may share everything else. `boot` names this run of the
    machine's kernel, `space` the container (process namespace) in it, `started` the process's start in clock ticks
    since boot: by these a process of the same machine is known to have ended.
    """

    boot: str
    space: str
    pid: int
    started: int
    node: str = ""

    @staticmethod
    def current() -> Owner:
        return _owner(os.getpid())

    @property
    def machine(self) -> str:
        """How owners begin of which it can be seen from here whether they still live."""
        return f"{self.boot}/{self.space}/"

    @staticmethod
    def parse(text: str) -> Owner:
        """Also of what versions before 0013 of the catalogue wrote, which knew no nodes."""
        boot, space, pid, started, *node = text.split("/")
        return Owner(boot=boot, space=space, pid=int(pid), started=int(started), node="".join(node))

    def __str__(self) -> str:
        known = f"{self.boot}/{self.space}/{self.pid}/{self.started}"
        return f"{known}/{self.node}" if self.node else known

    def is_gone(self, *, one_machine: bool) -> bool:
        """True when the process is known to have ended; False when it lives or cannot be seen from here.

        `one_machine`: only processes of this machine can have made the claim (the catalogue is a local
        file), so one of another boot ended with that boot.
        """
        this_process = _owner(os.getpid())
        if self.boot != this_process.boot:
            return one_machine
        if self.space != this_process.space:
            return False
        return _started(self.pid) != self.started


@lru_cache(maxsize=4)
def _owner(pid: int) -> Owner:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        space = str((_PROC / "self/ns/pid").readlink())
    except OSError:
        boot, space = "unknown", "unknown"
    return Owner(boot=boot, space=space, pid=pid, started=_started(pid) or 0, node=uuid.uuid4().hex)


def _started(pid: int) -> int | None:
    """Start of a living process in clock ticks since boot; None when it has ended (a zombie has)."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except (OSError, UnicodeDecodeError):
        return None
    # The second field, the program's name, may hold spaces and parentheses: count from the last one.
    rest = stat.rpartition(")")[2].split()
    return None if rest[0] in "ZX" else int(rest[19])
