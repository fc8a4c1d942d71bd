"""What an office keeps beside the archive: each read or write is one transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import sqlalchemy as sa

from storage.database import Database
from storage.holdings.copy_checks import CopyChecks
from storage.holdings.holdings import Holdings
from storage.holdings.read_log import ReadLog
from storage.migration import upgrade
from storage.office.schema import SCHEMA
from storage.people.clients import Clients
from storage.people.offices import Offices
from storage.people.preferences import PreferenceTexts
from storage.people.sessions import Sessions
from storage.people.users import Users
from storage.people.visits import EndedVisits
from storage.requests.requests import PersonRequests
from storage.submissions.claims import Claims
from storage.submissions.outbox import Outbox
from storage.submissions.personal import PersonalSubmissions
from storage.submissions.rulings import Rulings
from storage.submissions.submissions import Submissions
from storage.times import Clock, utc_now


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeTables:
    """The repositories over one connection."""

    submissions: Submissions
    claims: Claims
    rulings: Rulings
    personal: PersonalSubmissions
    clients: Clients
    reads: ReadLog
    holdings: Holdings
    copy_checks: CopyChecks
    outbox: Outbox
    users: Users
    sessions: Sessions
    offices: Offices
    preferences: PreferenceTexts
    ended_visits: EndedVisits
    requests: PersonRequests

    @classmethod
    def over(cls, connection: sa.Connection, clock: Clock = utc_now) -> Self:
        return cls(
            submissions=Submissions(connection, clock),
            claims=Claims(connection, clock),
            rulings=Rulings(connection, clock),
            personal=PersonalSubmissions(connection, clock),
            clients=Clients(connection, clock),
            reads=ReadLog(connection, clock),
            holdings=Holdings(connection, clock),
            copy_checks=CopyChecks(connection, clock),
            outbox=Outbox(connection, clock),
            users=Users(connection, clock),
            sessions=Sessions(connection, clock),
            offices=Offices(connection, clock),
            preferences=PreferenceTexts(connection, clock),
            ended_visits=EndedVisits(connection, clock),
            requests=PersonRequests(connection, clock),
        )


class OfficeStore:
    """Lives in the catalogue's database. Every transaction raises only `HotichError`s."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        """Creates or upgrades the tables."""
        upgrade(database, SCHEMA)
        self._database = database
        self.clock = clock

    @contextlib.contextmanager
    def read(self) -> Iterator[OfficeTables]:
        """For reading; what is written is rolled back."""
        with self._database.read() as connection:
            yield OfficeTables.over(connection, self.clock)

    @contextlib.contextmanager
    def write(self) -> Iterator[OfficeTables]:
        """Committed when the block ends well, rolled back when it raises."""
        with self._database.write() as connection:
            yield OfficeTables.over(connection, self.clock)
