"""A batch that holds papers of one act: what the record, the table and the review list say."""

from __future__ import annotations

from pathlib import Path

from pipeline.domain.model import CivilRecord, Status
from pipeline.records.contract import read_record
from pipeline.settling.triage import COPIES_DIFFER, SEEN_BEFORE
from storage.catalogue import StoredDocument
from tests.making.batches import Bench
from workers.batch.results import FileResult, totals
from workers.batch.review_item import SEEN, ReviewItem
from workers.batch.review_list import review_items

MOTHER, FATHER = "mother_full_name=Cao_Hải_Uyên", "father_full_name=Đàm_Văn_Hợp"
ACT = f"act full_name=Đàm_Mai_Hiền date_of_birth=2026-07-11 {MOTHER} {FATHER}"
CERTIFICATE = f"{ACT} document_number=351/2026"
SCAN = CERTIFICATE.replace("Đàm_Mai_Hiền", "ĐÀM_MAI_HIỀN") + " "
EXTRACT = f"{ACT} type=birth_extract document_number=160/2026"
NAMESAKE = "act full_name=Đàm_Mai_Hiền date_of_birth=2024-01-02 mother_full_name=Lê_Thị_Hoa document_number=2"


def ran(folder: Path, *texts: str) -> tuple[Bench, list[FileResult]]:
    """Runs over one file a text, a.png first, each after the one before it is stored."""
    bench = Bench(folder)
    results = {}
    for at, text in enumerate(texts):
        bench.scan(f"{chr(97 + at)}.png", text)
        results = bench.run()
    return bench, [results[name] for name in sorted(results)]


def stored(bench: Bench, result: FileResult) -> StoredDocument:
    document = bench.catalogue.document(result.records[0])
    assert document is not None
    return document


def record(bench: Bench, result: FileResult) -> CivilRecord:
    return read_record(bench.objects.get(stored(bench, result).json))


def listed(bench: Bench, results: list[FileResult]) -> list[ReviewItem]:
    return list(review_items(results, catalogue=bench.catalogue, objects=bench.objects, crops=bench.home / "crops"))


def test_another_scan_and_an_extract_are_told_in_their_records_and_ask_for_nobody(tmp_path: Path) -> None:
    bench, results = ran(tmp_path, CERTIFICATE, SCAN, EXTRACT, NAMESAKE)
    records = [record(bench, result) for result in results]
    told = [[str(f.message) for f in one.findings if f.code == SEEN_BEFORE] for one in records]
    assert [len(messages) for messages in told] == [0, 1, 1, 0]
    assert "another scan" in told[1][0]
    assert "another paper" in told[2][0]
    assert {one.status for one in records} == {Status.ACCEPTED}
    assert all(result.is_whole and not result.for_a_person for result in results)


def test_the_later_papers_are_counted_however_often_the_batch_runs(tmp_path: Path) -> None:
    bench, results = ran(tmp_path, CERTIFICATE, SCAN, EXTRACT, NAMESAKE)
    again = bench.run()
    assert [result.seen_before for result in results] == [0, 1, 1, 0]
    assert totals(again.values())["seen_before"] == 2


def test_the_review_list_names_the_paper_held_before_by_code_and_file(tmp_path: Path) -> None:
    bench, results = ran(tmp_path, CERTIFICATE, SCAN)
    (row,) = listed(bench, results)
    code = stored(bench, results[0]).holding_code
    assert (row.file, row.status, row.field) == ("b.png", SEEN, "")
    vi, _, en = row.reason.partition(" / ")
    assert f"{code}, tệp a.png" in vi
    assert f"{code}, file a.png" in en


def test_two_people_of_one_name_are_not_linked(tmp_path: Path) -> None:
    bench, results = ran(tmp_path, CERTIFICATE, NAMESAKE)
    assert [result.seen_before for result in results] == [0, 0]
    assert listed(bench, results) == []


def test_a_field_that_both_accepted_otherwise_is_for_a_person_and_the_paper_held_stays(tmp_path: Path) -> None:
    other = EXTRACT.replace(FATHER, "father_full_name=Đàm_Văn_Hai")
    bench, (first, second) = ran(tmp_path, CERTIFICATE, other)
    changed = record(bench, second)
    asked = {field.name: field.findings for field in changed.fields if field.status is not Status.ACCEPTED}
    assert asked == {"father_full_name": (COPIES_DIFFER,)}
    assert (changed.status, second.review, first.review) == (Status.REVIEW, 1, 0)
    assert record(bench, first).findings == ()
    assert [row.field for row in listed(bench, [first, second])] == ["", "father_full_name"]


def test_a_damaged_record_of_a_paper_held_keeps_no_other_from_being_stored(tmp_path: Path) -> None:
    bench, (first,) = ran(tmp_path, CERTIFICATE)
    (bench.objects.folder / stored(bench, first).json.name).unlink()
    bench.scan("b.png", SCAN)
    second = bench.run()["b.png"]
    assert (len(second.records), second.seen_before) == (1, 1)
    assert [row.status for row in listed(bench, [second])] == []


def test_the_audit_log_has_the_link(tmp_path: Path) -> None:
    bench, (first, second) = ran(tmp_path, CERTIFICATE, SCAN)
    entries = [(entry.action, entry.subject) for entry in bench.catalogue.audit_entries()]
    assert (f"{SEEN_BEFORE}:{first.records[0]}", f"{second.records[0]}@1") in entries
