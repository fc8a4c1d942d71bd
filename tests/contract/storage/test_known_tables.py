"""No table is unknown to `hotich verify`: it is checked, or named as not checked with the reason."""

from __future__ import annotations

import re

import sqlalchemy as sa

from pipeline.judging.review.policy import default_policy
from storage.catalogue import Catalogue
from storage.catalogue.audit import REBUILT
from storage.checking.known_tables import CHECKED, NOT_CHECKED
from storage.objects import LocalStore
from storage.office.store import OfficeStore
from storage.register import SqlRegister
from storage.requests.tables import person_requests
from storage.review import ReviewStore
from storage.submissions.tables import (
    submission_documents,
    submission_files,
    submission_limits,
    submission_rulings,
    submissions,
)
from storage.verify import verify
from tests.contract.storage import test_tampering, test_tampering_kept
from tests.contract.storage.office_filled import fill_office
from tests.contract.storage.test_rebuilding import commit
from tests.making.clock import Clock

_OF_SQLITE = re.compile(r"sqlite_|search_words_")  # its own, and the parts of its full-text index


def test_every_table_that_migrations_make_is_checked_or_named_with_the_reason_why_not(
    catalogue: Catalogue, register: SqlRegister
) -> None:
    OfficeStore(catalogue.database)
    ReviewStore(catalogue.database, policy=default_policy(), draw=lambda _: 1.0)
    made: set[str] = set()
    for database in (catalogue.database, register.database):
        with database.read() as connection:
            made |= {name for name in sa.inspect(connection).get_table_names() if not _OF_SQLITE.match(name)}
    known = {*CHECKED, *NOT_CHECKED}
    assert made - known == set(), "say in storage/checking/known_tables.py how verify checks them, or why it does not"
    assert known - made <= {"search_words"}, "PostgreSQL has a column in the place of SQLite's full-text index"
    assert set(CHECKED) & set(NOT_CHECKED) == set()
    assert min(map(len, NOT_CHECKED.values())) > 20


def test_somebody_tampers_with_every_table_that_is_checked() -> None:
    """What is done is run, and found, in the tests that it comes from."""
    statements = [text for many in test_tampering.TAMPERINGS.values() for text in many]
    statements += [text for text, _ in test_tampering_kept.IN_THE_CATALOGUE.values()]
    tampered = {re.split(r"DELETE FROM |INSERT INTO |UPDATE ", text)[1].split()[0] for text in statements}
    assert set(CHECKED) - tampered - set(test_tampering._COLUMNS) == set()


def test_what_the_store_does_not_know_may_be_lost_where_the_catalogue_was_made_anew(
    catalogue: Catalogue, objects: LocalStore, clock: Clock
) -> None:
    commit(catalogue, objects, b"a scan", "d4")
    desk = ReviewStore(catalogue.database, policy=default_policy(), draw=lambda _: 1.0, clock=clock)
    with desk.write() as tables:
        tables.items.open_for_revision("d4", 1, suspended=())
    fill_office(catalogue, clock, document="d4", code="HT-d4")
    assert verify(objects, catalogue).ok
    with catalogue.database.write() as connection:
        lost = (submission_limits, submission_rulings, submission_documents, submission_files, submissions)
        for table in (*lost, person_requests):
            connection.execute(sa.delete(table))
    assert {one.what for one in verify(objects, catalogue).differing} == {"missing"}
    catalogue.note(actor="lan", action=REBUILT, subject="catalogue")
    assert verify(objects, catalogue).ok
