"""Papers of the same act find one another in the catalogue, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pipeline.domain.model import CivilRecord
from pipeline.records.contract import record_bytes
from pipeline.records.same_act import keys_of
from storage.catalogue import Catalogue, NewDocument
from storage.catalogue.tables import act_keys, act_secret
from storage.commit import Digitized, commit_documents
from storage.objects import LocalStore
from tests.contract.storage.samples import field, record, work_key
from tests.making.clock import Clock

PERSON = {"full_name": "Đàm Mai Hiền", "date_of_birth": "2026-07-11", "mother_full_name": "Cao Hải Uyên"}
NAMESAKE = PERSON | {"date_of_birth": "1999-01-02", "mother_full_name": "Lê Thị Hoa"}


class Archive:
    """One file a paper, each a second after the one before."""

    def __init__(self, objects: LocalStore, catalogue: Catalogue, clock: Clock) -> None:
        self.objects, self.catalogue, self._clock = objects, catalogue, clock

    def record(self, name: str, values: Mapping[str, str], scan: bytes | None = None) -> CivilRecord:
        fields = [replace(field(entry), value=value, verbatim=value) for entry, value in values.items()]
        return record(scan or name.encode(), name, *fields)

    def store(self, *records: CivilRecord, software: str = "hotich 0.1.0") -> None:
        self._clock.advance(timedelta(seconds=1))
        scan = records[0].document_id.encode()
        claim = self.catalogue.claim(work_key(scan, software=software), name="a.pdf", size=len(scan)).claim
        assert claim is not None
        commit_documents(
            self.objects,
            self.catalogue,
            claim,
            original=scan,
            documents=[Digitized(record=one, record_json=record_bytes(one), archival=None) for one in records],
            actor="hotich digitize",
        )

    def add(self, name: str, values: Mapping[str, str], **how: str) -> None:
        self.store(self.record(name, values), **how)

    def revise(self, name: str, values: Mapping[str, str]) -> None:
        stored = self.catalogue.document(name)
        assert stored is not None
        made = self.record(name, values)
        key = self.objects.put(record_bytes(made))
        new = NewDocument(record=made, ordinal=1, original=stored.original, archival=None, json=key)
        with self.catalogue.unit() as unit:
            unit.store(work_key(name.encode()), new, actor="an")
            unit.commit()

    def alike(self, name: str) -> list[str]:
        return [one.document_id for one in self.catalogue.alike(name)]

    def held_before(self, name: str) -> list[str]:
        return [one.document_id for one in self.catalogue.held_before(name)]


@pytest.fixture
def archive(objects: LocalStore, catalogue: Catalogue, clock: Clock) -> Archive:
    return Archive(objects, catalogue, clock)


def test_papers_of_one_act_find_one_another_and_the_later_one_knows_the_earlier(archive: Archive) -> None:
    archive.add("a", PERSON)
    archive.add("b", PERSON | {"full_name": "DAM MAI HIEN"})
    assert (archive.alike("a"), archive.alike("b")) == (["b"], ["a"])
    assert (archive.held_before("a"), archive.held_before("b")) == ([], ["a"])


def test_two_people_of_one_name_do_not(archive: Archive) -> None:
    archive.add("a", PERSON)
    archive.add("b", NAMESAKE)
    assert archive.alike("b") == []


def test_papers_of_one_act_in_one_file_find_one_another(archive: Archive) -> None:
    both = [archive.record(name, PERSON, scan=b"a") for name in ("a", "b")]
    archive.store(*both)
    assert (archive.held_before("a"), archive.held_before("b")) == ([], ["a"])


def test_a_revision_that_changes_the_fields_changes_the_keys(archive: Archive) -> None:
    archive.add("a", PERSON)
    archive.add("b", NAMESAKE)
    archive.revise("b", PERSON)
    assert archive.held_before("b") == ["a"]
    archive.revise("b", NAMESAKE)
    assert archive.alike("a") == []


def test_what_is_read_again_keeps_its_age(archive: Archive) -> None:
    archive.add("a", PERSON)
    archive.add("b", PERSON)
    archive.add("a", PERSON, software="hotich 0.2.0")
    assert (archive.held_before("a"), archive.held_before("b")) == ([], ["a"])


def test_a_document_that_is_no_longer_current_is_not_found(archive: Archive) -> None:
    archive.store(archive.record("a", NAMESAKE), archive.record("a2", PERSON, scan=b"a"))
    archive.add("b", PERSON)
    archive.add("a", NAMESAKE, software="hotich 0.2.0")
    assert archive.alike("b") == []


def test_a_document_that_went_into_another_one_is_not_found(archive: Archive) -> None:
    archive.add("a", PERSON)
    archive.add("b", PERSON)
    with archive.catalogue.unit() as unit:
        unit.documents.forget_keys("a")
        unit.commit()
    assert archive.alike("b") == []


def test_who_holds_a_key_is_told_before_the_paper_is_stored(archive: Archive) -> None:
    archive.add("a", PERSON)
    coming = archive.record("b", PERSON)
    keys = keys_of(coming)
    holding = archive.catalogue.holding(keys, document_id="b", besides=coming.source.sha256)
    assert [one.document_id for one in holding] == ["a"]
    assert archive.catalogue.holding(keys, document_id="a", besides="") == []
    assert archive.catalogue.holding(keys, document_id="b", besides=holding[0].source_sha256) == []


def test_the_audit_log_has_each_link_once(archive: Archive) -> None:
    archive.add("a", PERSON)
    archive.add("b", PERSON)
    archive.revise("b", PERSON | {"mother_full_name": "CAO HẢI UYÊN"})
    links = [(e.action, e.subject) for e in archive.catalogue.audit_entries() if "seen_before" in e.action]
    assert links == [("document.seen_before:a", "b@1")]


def test_keys_are_digests_that_fit_no_other_catalogue(archive: Archive) -> None:
    archive.add("a", PERSON)
    with archive.catalogue.database.write() as connection:
        digests = set(connection.scalars(sa.select(act_keys.c.digest)))
        connection.execute(sa.update(act_secret).values(secret="0" * 64))
    archive.revise("a", PERSON)
    with archive.catalogue.database.read() as connection:
        others = set(connection.scalars(sa.select(act_keys.c.digest)))
    assert len(digests) == len(others) == 1
    assert not digests & others


def test_every_catalogue_draws_a_secret_of_its_own(catalogue: Catalogue, objects: LocalStore) -> None:
    second = Catalogue.open(f"sqlite:///{objects.folder.parent / 'other.db'}")
    secrets = []
    for opened in (catalogue, second):
        with opened.database.read() as connection:
            secrets.append(connection.scalar(sa.select(act_secret.c.secret)))
    second.close()
    assert len(set(secrets)) == 2
    assert all(secret and len(secret) == 64 for secret in secrets)


def test_looking_a_key_up_uses_the_index(archive: Archive) -> None:
    with archive.catalogue.database.read() as connection:
        indexes = sa.inspect(connection).get_indexes("act_keys")
    assert ["digest"] in [index["column_names"] for index in indexes]
