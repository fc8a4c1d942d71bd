"""Which submissions are in use: those that nobody asked to have blocked or erased."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from storage.submissions.tables import submission_limits, submissions

BLOCKED: Final = "blocked"
ERASED: Final = "erased"


def in_use() -> sa.ColumnElement[bool]:
    """A condition on `submissions`."""
    return submissions.c.submission_id.not_in(sa.select(submission_limits.c.submission_id))
