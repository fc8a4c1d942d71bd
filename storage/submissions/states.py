"""The states of a submission."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """RECEIVED waits to be read; the others are answers, and only IN_REVIEW changes again (by a person)."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    ACCEPTED = "accepted"
    REFUSED = "refused"
