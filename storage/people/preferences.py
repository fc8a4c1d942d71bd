"""What people chose of their pages, one text each; what is in it is the service's."""

from __future__ import annotations

import sqlalchemy as sa

from storage.people.tables import preferences
from storage.times import Clock, time_text


class PreferenceTexts:
    """The texts within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def of(self, user_id: str) -> str:
        """The person's text, empty before they chose anything."""
        query = sa.select(preferences.c.chosen).where(preferences.c.user_id == user_id)
        return self._connection.scalar(query) or ""

    def keep(self, user_id: str, chosen: str) -> None:
        """Keeps the text instead of the one before."""
        row = {"chosen": chosen, "changed_at": time_text(self._clock())}
        changed = sa.update(preferences).where(preferences.c.user_id == user_id).values(row)
        if self._connection.execute(changed).rowcount == 0:
            self._connection.execute(sa.insert(preferences).values(user_id=user_id, **row))
