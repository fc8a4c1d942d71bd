"""The desk: each content is done once, every input has one result, a fault costs one file."""

from __future__ import annotations

import json
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message
from storage.errors import DiskFull
from storage.objects import ObjectKey
from tests.making.batches import PROVENANCE, Bench, PlainReader
from workers.batch.batches import Batches, in_batches
from workers.batch.inputs import InputFile, find_inputs
from workers.batch.keep_results import ResultKeeper
from workers.batch.results import Fate, totals
from workers.jobs import FileRead


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_scan_becomes_a_record_a_pdf_and_a_line_in_the_ledger(bench: Bench) -> None:
    bench.scan("Nguyễn Văn Mẫu.png")
    result = bench.run()["Nguyễn Văn Mẫu.png"]
    assert (result.status, result.accepted, result.review, result.register) == (Fate.DONE, 1, 1, "match")
    record = json.loads((bench.out / "Nguyễn Văn Mẫu.png.json").read_text())
    assert record["source"]["file"] == "Nguyễn Văn Mẫu.png"
    assert (record["document_id"],) == result.records
    assert (bench.out / "Nguyễn Văn Mẫu.png.pdf").read_bytes().startswith(b"%PDF")


def test_a_second_run_reads_nothing(bench: Bench) -> None:
    bench.scan("a.png")
    first = bench.run()["a.png"]
    second = bench.run()["a.png"]
    assert bench.reader.jobs == []
    assert second.status is Fate.UNCHANGED
    assert second.records == first.records
    assert (second.accepted, second.review, second.pages) == (1, 1, 1)


@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_a_good_scan_that_comes_again_heals_the_stored_original(bench: Bench, damage: str) -> None:
    scan = bench.scan("a.png")
    bench.run()
    key = ObjectKey.of(scan.read_bytes())
    stored = bench.objects.folder / key.name
    stored.chmod(0o644)
    stored.write_bytes(b"cut") if damage == "cut" else stored.unlink()
    assert bench.run()["a.png"].status is Fate.UNCHANGED
    assert bench.objects.get(key) == scan.read_bytes()
    assert [entry.action for entry in bench.catalogue.audit_entries(subject=key.name)] == ["object.healed"]
    assert bench.reader.jobs == []


def test_another_version_of_the_software_reads_again_where_it_is_asked_to(bench: Bench) -> None:
    bench.scan("a.png")
    bench.run()
    newer = replace(PROVENANCE, software="hotich next")
    assert bench.run(made_by=newer)["a.png"].status is Fate.UNCHANGED
    assert bench.run(made_by=newer, reread=True)["a.png"].status is Fate.DONE


def test_a_new_file_is_read_and_the_others_are_not(bench: Bench) -> None:
    bench.scan("a.png")
    bench.run()
    bench.scan("b.png")
    assert {name: r.status for name, r in bench.run().items()} == {
        "a.png": Fate.UNCHANGED,
        "b.png": Fate.DONE,
    }


def test_a_file_with_several_records_gives_numbered_files_and_one_pdf(bench: Bench) -> None:
    bench.scan("book.png", "3 records")
    assert len(bench.run()["book.png"].records) == 3
    assert sorted(path.name for path in bench.out.iterdir()) == [
        "book.png.1.json", "book.png.2.json", "book.png.3.json", "book.png.pdf",
    ]  # fmt: skip


def test_a_bad_file_is_set_aside_and_stays_so_without_being_read_again(bench: Bench) -> None:
    bench.scan("a.png", "bad")
    bench.scan("b.png")
    results = bench.run()
    assert (results["a.png"].status, results["a.png"].code) == (Fate.SET_ASIDE, "input.corrupt")
    assert results["b.png"].status is Fate.DONE
    again = bench.run()["a.png"]
    assert (again.status, again.code, bench.reader.jobs) == (Fate.SET_ASIDE, "input.corrupt", [])


def test_what_was_set_aside_is_read_again_when_asked(bench: Bench) -> None:
    bench.scan("a.png", "bad")
    bench.run()
    bench.run(retry=True)
    assert len(bench.reader.jobs) == 1


def test_a_bad_file_is_left_untouched(bench: Bench) -> None:
    path = bench.scan("a.png", "bad")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    bench.run()
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_the_message_of_a_file_set_aside_is_one_line_that_names_it(bench: Bench) -> None:
    bench.scan("x\ny.png", "bad")
    message = bench.run()["x\ny.png"].message
    assert message == Message("x\\ny.png: hỏng", "x\\ny.png: damaged")


def test_equal_contents_are_read_once_and_both_names_are_answered(bench: Bench) -> None:
    bench.scan("a.png", "same")
    bench.scan("b.png", "same")
    results = bench.run()
    assert len(bench.reader.jobs) == 1
    assert results["b.png"].code == "input.duplicate"
    assert results["a.png"].records == results["b.png"].records
    assert json.loads((bench.out / "b.png.json").read_text())["source"]["file"] == "b.png"


def test_a_copy_of_a_bad_file_is_set_aside_too(bench: Bench) -> None:
    bench.scan("a.png", "bad")
    bench.scan("b.png", "bad")
    assert {result.code for result in bench.run().values()} == {"input.corrupt"}


def test_a_page_over_its_limit_costs_that_page_and_not_the_file(bench: Bench) -> None:
    bench.scan("a.pdf", "slow page 2")
    assert bench.run()["a.pdf"].status is Fate.DONE
    assert [sorted(job.skip) for job in bench.reader.jobs] == [[], [2]]
    assert bench.reader.jobs[1].skip[2].code == "page.time_limit"


def test_results_deleted_from_the_output_folder_come_back(bench: Bench) -> None:
    bench.scan("a.png")
    bench.run()
    (bench.out / "a.png.json").unlink()
    assert bench.run()["a.png"].status is Fate.UNCHANGED
    assert (bench.out / "a.png.json").exists()


def test_a_file_that_vanishes_after_it_was_found_is_set_aside(bench: Bench) -> None:
    path = bench.scan("a.png")
    inputs = bench.inputs()
    path.unlink()
    desk = bench.batch_run(inputs)
    assert desk.look(inputs) == []
    assert desk.results[0].code == "input.vanished"


def test_a_file_that_changes_while_it_is_read_is_not_stored(bench: Bench) -> None:
    path = bench.scan("a.png", "first")
    inputs = bench.inputs()
    bench.reader.before = lambda job: path.write_text("second")
    desk = bench.batch_run(inputs)
    desk.finish(desk.look(inputs))
    assert (desk.results[0].status, desk.results[0].code) == (Fate.SET_ASIDE, "input.changed")
    assert list(bench.catalogue.all_documents()) == []
    assert bench.run()["a.png"].status is Fate.DONE


def test_a_full_disk_stops_the_reading_and_every_file_says_why(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        bench.scan(f"{name}.png")

    def full(*_: object, **__: object) -> None:
        raise DiskFull(Message("đầy", "full"))

    with monkeypatch.context() as patch:
        patch.setattr(bench.objects, "put", full)
        inputs = bench.inputs()
        desk = bench.batch_run(inputs)
        for file in inputs:
            desk.finish(desk.look([file]))
    assert {result.code for result in desk.results} == {"resource.disk_full"}
    assert all(result.failed_here for result in desk.results)  # `hotich digitize` ends with 3
    assert len(bench.reader.jobs) == 1
    assert all(result.status is Fate.DONE for result in bench.run().values())


def test_a_machine_at_fault_leaves_the_file_to_the_next_run(bench: Bench) -> None:
    bench.scan("a.png")

    def no_model(_: object) -> None:
        raise ResourceError(Message("thiếu", "missing"), code="resource.tesseract_language_missing")

    inputs = bench.inputs()
    bench.reader.before = no_model
    desk = bench.batch_run(inputs)
    desk.finish(desk.look(inputs))
    assert desk.results[0].code == "resource.tesseract_language_missing"
    assert bench.run()["a.png"].status is Fate.DONE


def test_work_left_by_a_stopped_run_is_taken_up_again(bench: Bench) -> None:
    bench.scan("a.png")
    inputs = bench.inputs()

    class Never(PlainReader):
        def submit(self, payload: Any, **_: Any) -> Future[FileRead]:
            return Future()

    bench.reader = Never()
    desk = bench.batch_run(inputs)
    desk.begin(desk.look(inputs))
    desk.close()
    assert bench.run()["a.png"].status is Fate.DONE


def test_an_output_folder_that_refuses_is_told_of_and_the_record_is_stored(bench: Bench) -> None:
    bench.scan("a.png")
    (bench.out / "a.png.json").mkdir(parents=True)
    result = bench.run()["a.png"]
    assert (result.status, result.code) == (Fate.SET_ASIDE, "output.refused")
    assert len(list(bench.catalogue.all_documents())) == 1


def test_crops_of_doubtful_fields_are_kept_for_the_reviewer(bench: Bench) -> None:
    bench.scan("a.png")
    result = bench.run()["a.png"]
    assert (bench.home / "crops" / result.records[0] / "full_name.jpg").read_bytes() == b"jpeg"


def test_every_batch_of_an_order_is_done_once_whoever_asks(bench: Bench) -> None:
    for number in range(5):
        bench.scan(f"{number}.png")
    inputs = bench.inputs()
    desk = bench.batch_run(inputs)
    order = Batches(desk, in_batches(inputs, most_files=2))
    counts = [totals(order.run(batch))["done"] for batch in (0, 0, 1, 2, 1)]
    assert counts == [2, 2, 2, 1, 2]
    assert len(bench.reader.jobs) == 5
    assert order.is_finished(2)


def test_batches_hold_all_files_in_order_within_their_bounds() -> None:
    files = [InputFile(path=Path(f"{i}"), name=f"{i}", size=size) for i, size in enumerate([5, 5, 90, 1, 1, 1])]
    made = in_batches(files, most_files=2, most_bytes=20)
    assert [[file.name for file in batch] for batch in made] == [["0", "1"], ["2"], ["3", "4"], ["5"]]


def test_an_input_that_cannot_be_opened_is_reported_once(bench: Bench) -> None:
    inputs = find_inputs([bench.scans / "nothing.pdf"]).files
    desk = bench.batch_run(inputs)
    assert desk.finish(desk.look(inputs)) == []
    assert [result.code for result in desk.results] == ["input.missing"]
    assert len(bench.heard.results) == 1


def test_a_file_learns_what_the_one_before_it_in_its_row_left_open(bench: Bench) -> None:
    bench.scan("sổ_1.png", "book 3")
    bench.scan("sổ_2.png", "book 0")
    bench.scan("giấy.png")
    bench.run()
    assert [job.follows for job in bench.reader.jobs] == [False, False, True]
    record = json.loads((bench.out / "sổ_2.png.json").read_text())
    first = json.loads((bench.out / "sổ_1.png.json").read_text())
    assert record["continues"] == {"document_id": first["document_id"], "members": 3, "sure": True}


def test_a_file_that_comes_later_goes_on_with_what_is_stored(bench: Bench) -> None:
    bench.scan("sổ_1.png", "book 3")
    bench.run()
    bench.scan("sổ_2.png", "book 2")
    bench.run()
    bench.scan("sổ_3.png", "book 1")
    bench.run()
    assert json.loads((bench.out / "sổ_3.png.json").read_text())["continues"]["members"] == 5


def test_a_file_before_that_was_set_aside_leaves_nothing_open(bench: Bench) -> None:
    bench.scan("sổ_1.png", "bad")
    bench.scan("sổ_2.png", "book 2")
    bench.run()
    assert json.loads((bench.out / "sổ_2.png.json").read_text())["continues"] is None


def test_a_file_waits_for_one_that_has_to_be_read_twice(bench: Bench) -> None:
    bench.scan("sổ_1.png", "slow page 2 book 3")
    bench.scan("sổ_2.png", "book 1")
    results = bench.run()
    assert [result.status for result in results.values()] == [Fate.DONE, Fate.DONE]
    assert json.loads((bench.out / "sổ_2.png.json").read_text())["continues"]["members"] == 3


def test_a_file_read_again_by_itself_goes_on_with_what_it_went_on_with(bench: Bench) -> None:
    bench.scan("sổ_1.png", "book 3")
    second = bench.scan("sổ_2.png", "book 1")
    bench.run()
    bench.scan("sổ_1.png", "something else now")
    alone = tuple(file for file in bench.inputs() if file.path == second)
    newer = replace(PROVENANCE, software="hotich newer")
    bench.reader = PlainReader(newer)
    run = bench.batch_run(alone, reread=True, made_by=newer)
    run.finish(run.look(alone))
    run.close()
    assert json.loads((bench.out / "sổ_2.png.json").read_text())["continues"]["members"] == 3


def test_nobody_asks_the_store_for_what_it_was_just_given(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[ObjectKey] = []
    real = bench.objects.get

    def get(key: ObjectKey) -> bytes:
        asked.append(key)
        return real(key)

    monkeypatch.setattr(bench.objects, "get", get)
    monkeypatch.setattr(ResultKeeper, "deliver", lambda _keeper, result, _documents: result)
    bench.scan("a.png")
    result = bench.run()["a.png"]
    assert (result.status, result.review, result.ledger is None) == (Fate.DONE, 1, False)
    assert asked == []
    assert bench.run()["a.png"].ledger == result.ledger
