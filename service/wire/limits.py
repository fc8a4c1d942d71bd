"""How much of the service one request may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLimits:
    """`answer_s`: how long a request waits for its verdict before it is answered with its place in the queue.

    `pages_per_minute`: pages shown to one address. `citizen_bytes`: of one submission by the citizens' page;
    `citizen_waiting`: with so many submissions waiting that page takes no more, which leaves room for clients.
    """

    answer_s: float = 4.5
    max_files: int = 8
    max_file_bytes: int = 30 << 20
    max_total_bytes: int = 80 << 20
    max_declared_bytes: int = 32 << 10
    max_open: int = 2_000
    anonymous_per_minute: int = 30
    pages_per_minute: int = 120
    citizen_bytes: int = 40 << 20
    citizen_waiting: int = 200

    @property
    def max_body_bytes(self) -> int:
        """Of a whole request, with the multipart headers around its files."""
        return self.max_total_bytes + (256 << 10)
