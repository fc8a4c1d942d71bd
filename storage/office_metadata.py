"""The one metadata that the tables of submissions, people and holdings share: they change in one transaction."""

from __future__ import annotations

import sqlalchemy as sa

from storage.migration import new_metadata

metadata = new_metadata()

TIME = sa.String(27)
"""UTC text as in the catalogue: sorts as text in order of time."""
