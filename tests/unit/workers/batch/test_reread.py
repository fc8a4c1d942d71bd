from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.recognition import ModelIdentity
from storage.catalogue import RereadChoice
from tests.making.batches import PROVENANCE, Bench, PlainReader
from workers.batch.reread import cost_of, reread
from workers.batch.results import Fate

NEWER = replace(PROVENANCE, software="hotich newer")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    bench.scan("a.png")
    bench.scan("b.png", "2 records")
    bench.run()
    return bench


def chosen(bench: Bench, **conditions: Any) -> list[str]:
    choice = RereadChoice(not_by=NEWER.software, **conditions)
    return [source.name for source in bench.catalogue.to_reread(choice)]


def test_a_newer_software_reads_nothing_again_by_itself(bench: Bench) -> None:
    results = bench.run(made_by=NEWER)
    assert {result.status for result in results.values()} == {Fate.UNCHANGED}
    assert bench.reader.jobs == []
    assert [len(results[name].records) for name in ("a.png", "b.png")] == [1, 2]


def test_what_is_asked_for_is_read_again_once(bench: Bench) -> None:
    assert {result.status for result in bench.run(made_by=NEWER, reread=True).values()} == {Fate.DONE}
    assert {result.status for result in bench.run(made_by=NEWER, reread=True).values()} == {Fate.UNCHANGED}


def test_a_book_is_read_again_by_a_model_of_its_own(bench: Bench) -> None:
    own = replace(PROVENANCE, models=(ModelIdentity(name="own", sha256="1" * 64),))
    assert {result.status for result in bench.run(made_by=own, book="12").values()} == {Fate.DONE}


def test_a_copy_of_what_older_software_read_is_answered_from_it(bench: Bench) -> None:
    bench.scan("copy.png", "a.png")
    result = bench.run(made_by=NEWER)["copy.png"]
    assert result.code == "input.duplicate"
    assert (bench.out / "copy.png.json").exists()


def test_files_are_chosen_by_form_age_and_software(bench: Bench) -> None:
    assert chosen(bench) == ["a.png", "b.png"]
    assert chosen(bench, document_type="birth_certificate", form="2016") == ["a.png", "b.png"]
    assert chosen(bench, form="1999") == []
    assert chosen(bench, read_before="2000-01-01") == []
    assert chosen(bench, read_before="2999-01-01") == ["a.png", "b.png"]
    assert chosen(bench, software="hotich test") == ["a.png", "b.png"]
    assert chosen(bench, software="hotich%") == []
    bench.run(made_by=NEWER, reread=True)
    assert chosen(bench) == []


def test_the_archive_is_read_again_from_its_store(bench: Bench, tmp_path: Path) -> None:
    for scan in bench.scans.iterdir():
        scan.unlink()
    sources = bench.catalogue.to_reread(RereadChoice(not_by=NEWER.software))
    bench.reader = PlainReader(NEWER)
    run = bench.batch_run((), made_by=NEWER, reread=True)
    results = reread(run, bench.objects, sources, tmp_path / "originals")
    run.close()
    assert [(result.file, result.status) for result in results] == [("a.png", Fate.DONE), ("b.png", Fate.DONE)]
    assert not any((tmp_path / "originals").iterdir())
    assert bench.catalogue.to_reread(RereadChoice(not_by=NEWER.software)) == []


def test_the_cost_is_told_before(bench: Bench) -> None:
    sources = bench.catalogue.to_reread(RereadChoice(not_by=NEWER.software))
    cost = cost_of(sources, workers=2)
    assert (cost.files, cost.pages, cost.size) == (2, 2, len("a.png") + len("2 records"))
    assert "2 files" in cost.message().en
