"""The desk's tables: each read or write is one transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.judging.review.asking import Draw, FieldGroup
from pipeline.judging.review.policy import ReviewPolicy
from storage.database import Database
from storage.migration import upgrade
from storage.review.causes import Causes
from storage.review.deciding import Decisions
from storage.review.promise import suspended
from storage.review.queue import Queue
from storage.review.review_items import ReviewItems
from storage.review.tables import SCHEMA
from storage.review.trail import Trail
from storage.times import Clock, utc_now


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTables:
    """The repositories over one connection."""

    connection: sa.Connection
    queue: Queue
    items: ReviewItems
    decisions: Decisions
    causes: Causes
    trail: Trail
    policy: ReviewPolicy

    def suspended(self) -> frozenset[FieldGroup]:
        """See `storage.review.promise`."""
        return suspended(self.connection, self.policy)


class ReviewStore:
    """Lives in the catalogue's database. Every transaction raises only `HotichError`s."""

    def __init__(
        self, database: Database, *, policy: ReviewPolicy, draw: Draw, home_office: str = "", clock: Clock = utc_now
    ) -> None:
        """Creates or upgrades the tables."""
        upgrade(database, SCHEMA)
        self._database = database
        self._draw = draw
        self.home_office = home_office
        self.policy = policy
        self.clock = clock

    @contextlib.contextmanager
    def read(self) -> Iterator[ReviewTables]:
        """For reading; what is written is rolled back."""
        with self._database.read() as connection:
            yield self.over(connection)

    @contextlib.contextmanager
    def write(self) -> Iterator[ReviewTables]:
        """Committed when the block ends well, rolled back when it raises."""
        with self._database.write() as connection:
            yield self.over(connection)

    def over(self, connection: sa.Connection) -> ReviewTables:
        """The repositories within a transaction of the caller."""
        items = ReviewItems(connection, self.clock, policy=self.policy, draw=self._draw, home_office=self.home_office)
        return ReviewTables(
            connection=connection,
            queue=Queue(connection, self.clock),
            items=items,
            decisions=Decisions(connection, self.clock),
            causes=Causes(connection, self.clock, items=items, policy=self.policy, draw=self._draw),
            trail=Trail(connection, self.clock),
            policy=self.policy,
        )
