"""Nothing that is open waits where nobody looks: somebody may decide it, or it is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.judging.review.policy import default_policy
from storage.catalogue import Catalogue
from storage.catalogue.audit import AuditLog
from storage.database import Database
from storage.office.store import OfficeStore
from storage.people.offices import offices_seen
from storage.people.tables import users
from storage.review import Filters, Person, ReviewStore
from storage.review.moving import move_open, open_of
from storage.review.stranded import Lack, find_stranded
from storage.review.tables import review_decisions, review_documents, review_items
from storage.submissions.states import State
from storage.submissions.tables import submissions
from tests.making.clock import Clock
from tests.making.desk_home import DeskHome

OFFICES = ("", "A", "B")
WHEN = "2026-11-20T08:00:00.000000Z"
POLICY = replace(default_policy(), sample_accepted=0.0, sample_reviewed=0.0, seed_share=0.0)


def review_store(database: Database, clock: Clock, home_office: str = "") -> ReviewStore:
    return ReviewStore(database, policy=POLICY, draw=lambda *_: 1.0, home_office=home_office, clock=clock)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path_factory.mktemp('stranded') / 'catalogue.db'}")
    OfficeStore(catalogue.database)
    review_store(catalogue.database, Clock())
    yield catalogue.database
    catalogue.close()


def add_user(connection: sa.Connection, login: str, office: str, roles: frozenset[str], *, active: bool = True) -> None:
    row = {
        "user_id": login.ljust(32, "0"), "login": login, "name": login, "office": office,
        "roles": json.dumps(sorted(roles)), "totp_step": 0, "failures": 0, "active": active, "created_at": WHEN,
    }  # fmt: skip
    connection.execute(sa.insert(users).values(row))


def add_item(
    connection: sa.Connection, number: int, office: str, *, stage: int = 1, scheme: str = "single", decided_by: str = ""
) -> str:
    """An open item; `decided_by`: who decided its value before."""
    item_id = f"{number:032x}"
    row = {
        "item_id": item_id, "document_id": f"d{number}", "revision": 1, "field": "full_name", "entry": "full_name",
        "kind": "doubt", "position": 1, "page": 1, "office": office, "book": "", "document_type": "unknown", "form": "",
        "field_class": "name", "reason": "", "read_by": "", "scheme": scheme, "stage": stage, "state": "open",
        "priority": 0, "opened_at": WHEN,
    }  # fmt: skip
    connection.execute(sa.insert(review_items).values(row))
    document = {
        "document_id": f"d{number}", "office": office, "book": "", "base_revision": 1, "released_revision": 0,
        "stale": False, "confirmed": False, "edited_revision": 0, "retired": False,
    }  # fmt: skip
    connection.execute(sa.insert(review_documents).values(document))
    for person in filter(None, decided_by.split()):
        decision = {
            "decision_id": f"{person}{number}", "item_id": item_id, "stage": 1, "person": person, "choice": "accept",
            "comment": "", "agrees": True, "undone": False, "seconds": 0.0, "keys": 0, "at": WHEN,
        }  # fmt: skip
        connection.execute(sa.insert(review_decisions).values(decision))
    return item_id


def add_submission(connection: sa.Connection, number: int, office: str, state: str = "in_review") -> str:
    submission_id = f"{number:032x}"
    row = {
        "submission_id": submission_id, "code": f"C{number}", "client_id": "x", "office": office, "fingerprint": "",
        "procedure": "1.004222", "state": state, "proof_failures": 0, "received_at": WHEN, "verdict": "{}",
    }  # fmt: skip
    connection.execute(sa.insert(submissions).values(row))
    return submission_id


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(OFFICES),
        st.frozensets(st.sampled_from(("reviewer", "auditor", "admin", "archivist")), min_size=1),
        st.booleans(),
    ),
    max_size=4,
)
ITEMS = st.lists(
    st.tuples(
        st.sampled_from(OFFICES),
        st.sampled_from((1, 2, 3)),
        st.sampled_from(("single", "double", "audited")),
        st.sampled_from(("", "u0", "u1", "u0 u1")),
    ),
    max_size=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE, items=ITEMS, sent=st.lists(st.sampled_from(OFFICES), max_size=2), home=st.sampled_from(OFFICES))
def test_whatever_is_open_somebody_may_decide_or_it_is_named(
    database: Database,
    people: list[tuple[str, frozenset[str], bool]],
    items: list[tuple[str, int, str, str]],
    sent: list[str],
    home: str,
) -> None:
    """What people may decide is asked of the queue itself, by claiming."""
    with database.write() as connection:
        for table in (review_decisions, review_items, review_documents, submissions, users):
            connection.execute(sa.delete(table))
        for n, (office, roles, active) in enumerate(people):
            add_user(connection, f"u{n}", office, roles, active=active)
        made = [add_item(connection, n, o, stage=s, scheme=c, decided_by=d) for n, (o, s, c, d) in enumerate(items)]
        received = [(add_submission(connection, n, office), office) for n, office in enumerate(sent)]
    at_desk = [
        Person(login=f"u{n}", offices=offices_seen(office, home), roles=roles)
        for n, (office, roles, active) in enumerate(people)
        if active and roles & {"reviewer", "auditor"}
    ]
    seen = {item for item in made if any(_claims(database, person, item) for person in at_desk)}
    reviewers = [person for person in at_desk if "reviewer" in person.roles]
    read = {one for one, office in received if any(office in person.offices for person in reviewers)}
    with database.read() as connection:
        found = find_stranded(connection, home)
    named = [item for one in found for item in one.items]
    assert sorted(named) == sorted(set(made) - seen)
    assert {submission for one in found for submission in one.submissions} == {one for one, _ in received} - read


def _claims(database: Database, person: Person, item: str) -> bool:
    store = review_store(database, Clock())
    with store.read() as tables:  # rolled back: the next person finds it free
        return bool(tables.queue.claim(person, "tab", Filters(), 1, lease=timedelta(minutes=2), only=item))


def test_what_waits_for_a_second_person_in_an_office_of_one_is_named(database: Database) -> None:
    with database.write() as connection:
        for table in (review_decisions, review_items, review_documents, submissions, users):
            connection.execute(sa.delete(table))
        add_user(connection, "lan", "A", frozenset({"reviewer"}))
        alone = add_item(connection, 1, "A", stage=2, scheme="double", decided_by="lan")
        [one] = find_stranded(connection, "A")
        assert (one.office, one.lack, one.items, one.oldest) == ("A", Lack.OTHER_PERSON, (alone,), WHEN)
        add_user(connection, "minh", "A", frozenset({"reviewer"}))
        assert find_stranded(connection, "A") == []


def test_a_database_that_never_had_a_desk_strands_nothing(tmp_path: Path) -> None:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'new.db'}")
    with catalogue.database.read() as connection:
        assert find_stranded(connection, "A") == []
    catalogue.close()


def test_what_is_moved_is_the_other_office_s_for_good_and_noted(catalogue: Catalogue, tmp_path: Path) -> None:
    from storage.objects import LocalStore

    clock = Clock()
    office = OfficeStore(catalogue.database, clock=clock)
    before = review_store(catalogue.database, clock)
    home = DeskHome(folder=tmp_path, catalogue=catalogue, objects=LocalStore(tmp_path / "objects"), clock=clock)
    document = home.add(doubt=["full_name", "mother_full_name"]).document_id
    with before.write() as tables:
        for seq, document_id, revision in tables.items.pending(10):
            tables.items.open_for_revision(document_id, revision, suspended=())
            tables.items.mark_followed(seq)
    with before.write() as tables:
        add_submission(tables.connection, 7, "")
        items, sent = open_of(tables.connection, "")
        moved = move_open(tables.connection, clock, items=items, submission_ids=sent, to="B", actor="tester")
    assert (moved.items, moved.documents, moved.submissions) == (2, 1, 1)
    # Whatever `office` is set to later, the document stays where it was given.
    with review_store(catalogue.database, clock, home_office="A").write() as tables:
        assert {item.office for item in tables.queue.of_document(document)} == {"B"}
        known = tables.items.document(document)
        assert known is not None and known.office == "B"
        [entry] = [one for one in tables.trail.of(document) if one.action == "moved"]
        assert (entry.actor, dict(entry.details)) == ("tester", {"from": "", "to": "B"})
        log = AuditLog(tables.connection, clock)
        assert [one.action for one in log.entries(subject="C7")] == ["submission.moved"]
        assert [one.digest is not None for one in log.entries() if one.action == "desk.moved"] == [True]
    with office.read() as mine:
        assert [one.code for one in mine.submissions.of_offices(["B"], State.IN_REVIEW, 5)] == ["C7"]
