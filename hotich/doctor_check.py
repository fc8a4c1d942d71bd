"""What `hotich doctor` says of one thing it looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at. `mend`: what to do when it is not well, or is `warned` of; empty otherwise. `warned`: work
    goes on, and somebody should know what comes of it."""

    name: str
    ok: bool
    detail: str
    mend: str = ""
    warned: bool = False
