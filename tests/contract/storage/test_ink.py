"""What left in ink packs is noted once for each document, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage.catalogue import Catalogue
from storage.ink import GivenPiece, InkGiven
from storage.migration import upgrade
from storage.objects import LocalStore
from storage.review.tables import SCHEMA, review_documents
from tests.contract.storage.test_act_keys import NAMESAKE, PERSON, Archive
from tests.making.clock import Clock


@pytest.fixture
def archive(objects: LocalStore, catalogue: Catalogue, clock: Clock) -> Archive:
    return Archive(objects, catalogue, clock)


def given(catalogue: Catalogue) -> dict[str, GivenPiece]:
    with catalogue.unit() as unit:
        return InkGiven(unit).all()


def test_what_left_first_stands(catalogue: Catalogue) -> None:
    for piece in (GivenPiece("aa", 0), GivenPiece("bb", 2)):
        with catalogue.unit() as unit:
            InkGiven(unit).note({"a": piece}, count=1, pack="sha256:00", actor="A")
            unit.commit()
    assert given(catalogue) == {"a": GivenPiece("aa", 0)}


def test_scans_of_one_act_are_told_and_unknown_ones_left_out(archive: Archive) -> None:
    archive.add("first", PERSON)
    archive.add("second", PERSON)
    archive.add("other", NAMESAKE)
    archive.add("no key", {"full_name": "Đàm Mai Hiền"})
    with archive.catalogue.unit() as unit:
        acts = InkGiven(unit).same_act(["first", "other", "gone", "no key"])
    assert acts == {"first": frozenset({"first", "second"}), "other": frozenset({"other"})}


def test_a_paper_that_a_person_cut_or_joined_is_left_out(archive: Archive) -> None:
    archive.add("cut", PERSON)
    upgrade(archive.catalogue.database, SCHEMA)
    row = {
        "document_id": "cut", "office": "", "book": "", "base_revision": 1, "released_revision": 0, "stale": False,
        "confirmed": False, "edited_revision": 2, "retired": False,
    }  # fmt: skip
    with archive.catalogue.unit() as unit:
        unit.connection.execute(sa.insert(review_documents).values(row))
        assert InkGiven(unit).same_act(["cut"]) == {}
