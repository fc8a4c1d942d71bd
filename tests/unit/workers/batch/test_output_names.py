"""Names in the output folder belong to a paper, by its content; what was met twice is recorded and told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.intake.fixity import sha256_of_file
from storage.catalogue import Catalogue, WorkKey
from tests.making.batches import PROVENANCE, Bench
from workers.batch.earlier_lists import earlier_lists
from workers.batch.output_folder import OutputFolder
from workers.batch.results import Fate
from workers.batch.review_list import write_review_list


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def box(bench: Bench, name: str) -> None:
    """From now on scans lie in this box, and it alone is handed in."""
    bench.scans = bench.home.parent / name
    bench.scans.mkdir(exist_ok=True)


def source_in(record: Path) -> str:
    return str(json.loads(record.read_text())["source"]["sha256"])


def test_a_second_box_with_the_same_names_replaces_nothing_and_is_told_of(bench: Bench) -> None:
    box(bench, "box1")
    first = sha256_of_file(bench.scan("img001.png", "one paper"))
    bench.run()
    box(bench, "box2")
    second = sha256_of_file(bench.scan("img001.png", "another paper"))
    for _ in range(2):
        result = bench.run()["img001.png"]
        assert result.code == "output.renamed"
        assert f"img001.png~{second[:8]}" in str(result.message)
    assert source_in(bench.out / "img001.png.json") == first
    assert source_in(bench.out / f"img001.png~{second[:8]}.json") == second
    assert sorted(path.suffix for path in bench.out.iterdir()) == [".json", ".json", ".pdf", ".pdf"]


def test_a_name_that_another_archive_delivered_is_kept_too(bench: Bench, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    another = Bench(other)
    another.out = bench.out
    another.scan("a.png", "one paper")
    another.run()
    before = (bench.out / "a.png.json").read_bytes()
    bench.scan("a.png", "another paper")
    assert bench.run()["a.png"].code == "output.renamed"
    assert (bench.out / "a.png.json").read_bytes() == before


@pytest.mark.parametrize("order", [("so", "so.1"), ("so.1", "so")])
def test_a_book_and_a_file_named_like_its_part_do_not_mix(bench: Bench, order: tuple[str, str]) -> None:
    digests = {}
    for name in order:
        digests[name] = sha256_of_file(bench.scan(name, "2 records" if name == "so" else "a single one"))
        bench.run()
    records = [source_in(path) for path in bench.out.rglob("*.json")]
    assert sorted(records) == sorted([digests["so"], digests["so"], digests["so.1"]])


def test_a_file_that_is_no_result_of_ours_is_not_overwritten(bench: Bench) -> None:
    bench.out.mkdir()
    (bench.out / "a.png.json").write_text("ghi chú")
    bench.scan("a.png")
    assert bench.run()["a.png"].code == "output.renamed"
    assert (bench.out / "a.png.json").read_text() == "ghi chú"


def test_a_result_that_somebody_spoilt_is_mended_under_its_name(bench: Bench) -> None:
    bench.scan("a.png")
    bench.run()
    (bench.out / "a.png.json").write_text('{"source": ')
    (bench.out / "a.png.pdf").unlink()
    assert bench.run()["a.png"].code is None
    assert (bench.out / "a.png.pdf").exists()


def _fewer(bench: Bench) -> tuple[OutputFolder, WorkKey]:
    digest = sha256_of_file(bench.scan("so.png", "3 records"))
    bench.run()
    assert {path.name for path in bench.out.iterdir()} == {
        "so.png.1.json", "so.png.2.json", "so.png.3.json", "so.png.pdf",
    }  # fmt: skip
    return OutputFolder(bench.out, catalogue=bench.catalogue, objects=bench.objects), WorkKey.of(digest, PROVENANCE)


def test_entries_that_a_reading_no_longer_finds_leave_no_files(bench: Bench) -> None:
    output, key = _fewer(bench)
    delivered = output.deliver("so.png", bench.catalogue.documents_of(key)[:1])
    assert (delivered.name, delivered.left) == ("so.png", ())
    assert {path.name for path in bench.out.iterdir()} == {"so.png.json", "so.png.pdf"}


def test_an_old_entry_that_somebody_changed_is_left_and_named(bench: Bench) -> None:
    output, key = _fewer(bench)
    (bench.out / "so.png.3.json").write_text("{}")
    delivered = output.deliver("so.png", bench.catalogue.documents_of(key)[:1])
    assert delivered.left == ("so.png.3.json",)
    assert {path.name for path in bench.out.iterdir()} == {"so.png.json", "so.png.3.json", "so.png.pdf"}


def _places(catalogue: Catalogue, scan: Path) -> list[str]:
    return catalogue.places(sha256_of_file(scan))


def test_a_paper_found_again_in_a_later_box_is_recorded_and_told(bench: Bench) -> None:
    box(bench, "box1")
    first = bench.scan("img003.png", "one paper")
    assert bench.run()["img003.png"].code is None
    box(bench, "box2")
    second = bench.scan("img005.png", "one paper")
    result = bench.run()["img005.png"]
    assert (result.status, result.code) == (Fate.UNCHANGED, "input.duplicate")
    assert str(first) in str(result.message)
    assert "1 pages scanned twice" in str(result.message)
    assert _places(bench.catalogue, first) == [str(first), str(second)]
    actions = [entry.action for entry in bench.catalogue.audit_entries(subject=sha256_of_file(first))]
    assert actions.count("source.found_again") == 1


def test_a_paper_met_again_in_its_place_is_no_second_scan(bench: Bench) -> None:
    scan = bench.scan("a.png")
    bench.run()
    assert bench.run()["a.png"].code is None
    assert _places(bench.catalogue, scan) == [str(scan)]


def test_copies_in_one_run_are_recorded_as_well(bench: Bench) -> None:
    paths = [bench.scan(name, "one paper") for name in ("a.png", "b.png")]
    bench.run()
    assert _places(bench.catalogue, paths[0]) == [str(path) for path in paths]


def _list(bench: Bench) -> Path | None:
    results = bench.run().values()
    return write_review_list(
        results, bench.out, catalogue=bench.catalogue, objects=bench.objects, crops=bench.home / "crops"
    )


def test_the_review_list_of_another_box_is_kept_beside_the_new_one(bench: Bench) -> None:
    box(bench, "box1")
    bench.scan("img001.png", "one paper")
    _list(bench)
    first = (bench.out / "review.csv").read_bytes()
    box(bench, "box2")
    bench.scan("img001.png", "another paper")
    review = _list(bench)
    assert (bench.out / "review.1.csv").read_bytes() == first
    assert (bench.out / "review.csv").read_bytes() != first
    assert review is not None
    assert earlier_lists(review) == [bench.out / "review.1.html"]


def test_the_review_list_of_the_same_papers_and_more_is_written_anew(bench: Bench) -> None:
    bench.scan("a.png")
    bench.scan("b.png", "bad")
    _list(bench)
    bench.scan("c.png")
    review = _list(bench)
    assert review is not None
    assert earlier_lists(review) == []
