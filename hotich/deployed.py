"""What a Prefect worker imports: the inbox flow, wired by this machine's settings."""

from __future__ import annotations

from flows.digitize import digitize_inbox, provide_inbox
from hotich.wiring import inbox_order

provide_inbox(inbox_order)

__all__ = ["digitize_inbox"]
