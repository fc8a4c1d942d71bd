"""One commit or none, on both databases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import Status
from pipeline.records.contract import read_record
from storage.catalogue import Catalogue, Claim, StoredDocument, WorkKey, WorkState
from storage.catalogue.documents import place_of
from storage.catalogue.page_ledgers import ledger_name
from storage.commit import Digitized, commit_documents
from storage.errors import ClaimLost, DiskFull, SourceChanged
from storage.objects import LocalStore, ObjectKey
from storage.objects.store import Source
from storage.verify import verify
from tests.contract.storage.samples import digitized, field, work_key

DATA = b"a scan of two acts"
KEY = work_key(DATA)


def claimed(catalogue: Catalogue, key: WorkKey = KEY) -> Claim:
    claim = catalogue.claim(key, name="sổ/a.pdf", size=len(DATA)).claim
    assert claim is not None
    return claim


def commit(
    objects: LocalStore, catalogue: Catalogue, claim: Claim, *documents: Digitized, original: Source = DATA
) -> list[StoredDocument]:
    return commit_documents(objects, catalogue, claim, original=original, documents=documents, actor="hotich digitize")


def state(catalogue: Catalogue) -> WorkState:
    item = catalogue.item(KEY)
    assert item is not None
    return item.state


def test_a_commit_stores_everything_together(objects: LocalStore, catalogue: Catalogue) -> None:
    made = commit(objects, catalogue, claimed(catalogue), digitized(DATA, "d1"), digitized(DATA, "d2"))
    assert [one.document_id for one in made] == ["d1", "d2"]
    assert state(catalogue) is WorkState.DONE
    assert objects.get(made[0].original) == DATA
    assert read_record(objects.get(made[1].json)).document_id == "d2"
    assert made[1].archival is not None
    assert objects.get(made[1].archival) == b"%PDF-1.7 d2"


def test_the_copy_that_many_records_share_is_stored_once(
    objects: LocalStore, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(b"%PDF-1.7 of a whole ledger")
    stored: list[Source] = []
    real = objects.put

    def put(source: Source, **options: Any) -> ObjectKey:
        stored.append(source)
        return real(source, **options)

    monkeypatch.setattr(objects, "put", put)
    entries = [replace(digitized(DATA, f"d{number}"), archival=copy) for number in range(5)]
    made = commit(objects, catalogue, claimed(catalogue), *entries)
    assert stored.count(copy) == 1
    assert {one.archival for one in made} == {ObjectKey.of(copy.read_bytes())}


def test_a_commit_stands_in_the_audit_log(objects: LocalStore, catalogue: Catalogue) -> None:
    (made,) = commit(objects, catalogue, claimed(catalogue), digitized(DATA, "d1"))
    counted = catalogue.page_ledger_of(KEY)
    assert counted is not None
    entries = [(one.action, one.subject, one.digest) for one in catalogue.audit_entries()]
    assert entries == [
        ("document.stored", "d1@1", made.json.name),
        (f"document.copied:{place_of(KEY, 1)}", "d1@1", made.archival and made.archival.name),
        ("pages.counted", ledger_name(KEY), counted.name),
        ("work.done", KEY.input_sha256, made.original.name),
    ]


def test_what_was_stored_can_be_asked_for_again(objects: LocalStore, catalogue: Catalogue) -> None:
    made = commit(objects, catalogue, claimed(catalogue), digitized(DATA, "d1"), digitized(DATA, "d2"))
    assert catalogue.documents_of(KEY) == made
    assert catalogue.document("d2") == made[1]


def test_counts_of_fields_tell_how_much_is_to_review(objects: LocalStore, catalogue: Catalogue) -> None:
    fields = [field("full_name"), field("sex", status=Status.REVIEW), field("mrz", status=Status.REJECTED)]
    (made,) = commit(objects, catalogue, claimed(catalogue), digitized(DATA, "d1", *fields))
    assert (made.accepted, made.review, made.rejected, made.status) == (1, 1, 1, Status.REJECTED)


def test_a_file_without_a_document_is_done_too(objects: LocalStore, catalogue: Catalogue) -> None:
    assert commit(objects, catalogue, claimed(catalogue)) == []
    assert state(catalogue) is WorkState.DONE


def test_nothing_is_visible_after_a_lost_claim(objects: LocalStore, catalogue: Catalogue) -> None:
    claim = claimed(catalogue)
    catalogue.release(claim)
    with pytest.raises(ClaimLost):
        commit(objects, catalogue, claim, digitized(DATA, "d1"))
    assert list(catalogue.all_documents()) == []
    assert catalogue.audit_entries() == []


def test_a_second_commit_of_the_same_claim_stores_nothing(objects: LocalStore, catalogue: Catalogue) -> None:
    claim = claimed(catalogue)
    made = commit(objects, catalogue, claim, digitized(DATA, "d1"))
    with pytest.raises(ClaimLost):
        commit(objects, catalogue, claim, digitized(DATA, "d1"))
    assert list(catalogue.all_documents()) == made


def test_an_error_in_the_last_document_leaves_nothing_of_the_first(objects: LocalStore, catalogue: Catalogue) -> None:
    twice = digitized(DATA, "d2", field("sex"), field("sex"))
    with pytest.raises(WrongUse):
        commit(objects, catalogue, claimed(catalogue), digitized(DATA, "d1"), twice)
    assert list(catalogue.all_documents()) == []
    assert state(catalogue) is WorkState.RUNNING


def test_a_file_that_changed_under_the_work_is_not_stored(objects: LocalStore, catalogue: Catalogue) -> None:
    with pytest.raises(SourceChanged):
        commit(objects, catalogue, claimed(catalogue), digitized(DATA, "d1"), original=b"another scan")
    assert list(catalogue.all_documents()) == []


def test_a_unit_of_work_that_is_not_committed_leaves_nothing(catalogue: Catalogue) -> None:
    with catalogue.unit() as unit:
        unit.audit.append(actor="a", action="b", subject="c")
    assert catalogue.audit_entries() == []


def test_a_unit_of_work_that_fails_after_commit_was_asked_leaves_nothing(catalogue: Catalogue) -> None:
    with pytest.raises(RuntimeError), catalogue.unit() as unit:
        unit.audit.append(actor="a", action="b", subject="c")
        unit.commit()
        raise RuntimeError
    assert catalogue.audit_entries() == []


def test_a_full_disk_at_the_last_object_leaves_work_to_be_done_again(
    objects: LocalStore, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = claimed(catalogue)
    puts: list[object] = []
    real = objects.put

    def put(source: Source, **options: Any) -> ObjectKey:
        puts.append(source)
        if len(puts) == 3:
            raise DiskFull(Message.same("full"))
        return real(source, **options)

    with monkeypatch.context() as full:
        full.setattr(objects, "put", put)
        with pytest.raises(DiskFull):
            commit(objects, catalogue, claim, digitized(DATA, "d1"))
    assert list(catalogue.all_documents()) == []
    assert len(commit(objects, catalogue, claim, digitized(DATA, "d1"))) == 1
    assert verify(objects, catalogue).orphans == ()


def test_a_newer_version_supersedes_and_keeps_the_older(objects: LocalStore, catalogue: Catalogue) -> None:
    commit(objects, catalogue, claimed(catalogue), digitized(DATA, "d1"), digitized(DATA, "d2"))
    newer = work_key(DATA, software="hotich 0.2.0")
    commit(objects, catalogue, claimed(catalogue, newer), digitized(DATA, "d1"))
    state = [(one.document_id, one.revision, one.current) for one in catalogue.all_documents()]
    assert state == [("d1", 1, False), ("d1", 2, True), ("d2", 1, False)]
    assert catalogue.document("d2") is None


def test_the_review_list_names_fields_in_doubt_and_why(objects: LocalStore, catalogue: Catalogue) -> None:
    doubtful = field("date_of_birth", status=Status.REVIEW, findings=("date.words_differ",))
    commit(objects, catalogue, claimed(catalogue), digitized(DATA, "d1", field("full_name"), doubtful))
    (row,) = catalogue.review_list()
    assert (row.document_id, row.field, row.page, row.confidence) == ("d1", "date_of_birth", 1, 0.9)
    assert (row.source_name, row.findings) == ("sổ/a.pdf", ("date.words_differ",))


def test_superseded_documents_leave_the_review_list(objects: LocalStore, catalogue: Catalogue) -> None:
    commit(objects, catalogue, claimed(catalogue), digitized(DATA, "d1", field("sex", status=Status.REVIEW)))
    newer = work_key(DATA, software="hotich 0.2.0")
    commit(objects, catalogue, claimed(catalogue, newer), digitized(DATA, "d1", field("sex")))
    assert list(catalogue.review_list()) == []


def test_values_of_fields_stand_in_the_tables_of_the_search_alone(objects: LocalStore, catalogue: Catalogue) -> None:
    commit(objects, catalogue, claimed(catalogue), digitized(DATA, "d1"))
    with catalogue.database.read() as connection:
        tables = [name for name in sa.inspect(connection).get_table_names() if not name.startswith("search_")]
        rows = [row for name in tables for row in connection.execute(sa.text(f"SELECT * FROM {name}"))]
    assert rows
    assert not any(cell in {"An", "AN"} for row in rows for cell in row)


def test_delivered_copies_are_noted(objects: LocalStore, catalogue: Catalogue) -> None:
    (made,) = commit(objects, catalogue, claimed(catalogue), digitized(DATA, "d1"))
    catalogue.note_output("out/a.pdf.json", made, kind="record", key=made.original)
    catalogue.note_output("out/a.pdf.json", made, kind="record", key=made.json)
    assert catalogue.output("out/a.pdf.json") == made.json
    assert catalogue.output("out/b.pdf.json") is None
    assert catalogue.output_source("out/a.pdf.json") == made.source_sha256
    assert catalogue.output_source("out/b.pdf.json") is None
    assert catalogue.outputs_of(made.source_sha256) == {"out/a.pdf.json": made.json}
    assert catalogue.outputs_of("0" * 64) == {}


def test_a_file_given_by_its_path_is_stored(objects: LocalStore, catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(DATA)
    (made,) = commit(objects, catalogue, claimed(catalogue), digitized(DATA, "d1"), original=path)
    assert objects.get(made.original) == DATA
