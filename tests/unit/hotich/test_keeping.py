"""`hotich rebuild`, `replicate` and `repair` as they are typed."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import BinaryIO

import pytest

from hotich import cli
from hotich.wiring.keeping import NotWhole, keep
from storage.checks import Checks, Unfinished
from storage.objects import LocalStore, ObjectKey
from storage.verify import GoesOn, verify
from tests.unit.hotich.test_verify import Office
from workers.archive_reading import ArchiveReading


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    (tmp_path / "second_store").mkdir()
    monkeypatch.setenv("HOTICH_REPLICA_FOLDER", str(tmp_path / "second_store"))
    return Office(tmp_path, capsys)


def test_a_lost_catalogue_comes_back_from_the_store(office: Office) -> None:
    assert office.run("rebuild", "--tell").code == cli.DONE
    refused = office.run("rebuild")
    assert (refused.code, "storage.catalogue_there" in refused.err) == (cli.COULD_NOT_RUN, True)
    before = office.run("verify", "--json").json
    for path in office.home.glob("catalogue.db*"):
        path.unlink()
    told = office.run("rebuild", "--json")
    assert (told.code, told.json["documents"], told.json["without_record"]) == (cli.DONE, 3, [])
    after = office.run("verify", "--json").json
    assert after["ok"]
    assert after["documents"] == before["documents"]
    here, there = (catalogue["chain"] for catalogue in (before, after))
    assert isinstance(here, dict) and isinstance(there, dict)
    assert there["entries"] == here["entries"] + 1, "that it was made anew is noted"


def test_stores_are_replicated_compared_and_healed(office: Office, tmp_path: Path) -> None:
    office.run("rebuild", "--tell")
    assert office.run("replicate").code == cli.DONE
    assert office.run("verify", "--replicas").code == cli.DONE
    name = next(office.home.glob("objects/sha256/*/*")).relative_to(office.home / "objects")
    damaged = office.home / "objects" / name
    damaged.chmod(0o644)
    damaged.write_bytes(b"rotten")
    planned = office.run("repair", "--dry-run")
    assert (planned.code, str(name) in planned.err) == (cli.COULD_NOT_RUN, True)
    assert office.run("verify").code == cli.COULD_NOT_RUN
    told = office.run("repair")
    assert (told.code, str(name) in told.err) == (cli.DONE, True)
    (tmp_path / "second_store" / name).unlink()
    told = office.run("verify", "--replicas")
    assert (told.code, str(name) in told.err) == (cli.COULD_NOT_RUN, True)
    assert "second_store" in told.err


def test_a_second_store_that_is_not_connected_is_told_and_nothing_is_made(office: Office, tmp_path: Path) -> None:
    (tmp_path / "second_store").rename(tmp_path / "away")
    told = office.run("replicate")
    assert (told.code, "resource.store_unavailable" in told.err) == (cli.COULD_NOT_RUN, True)
    assert not (tmp_path / "second_store").exists()


def test_without_a_second_store_there_is_nothing_to_replicate(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOTICH_REPLICA_FOLDER")
    assert office.run("replicate").code == cli.WRONG_USE


def test_a_log_whose_end_a_checkpoint_knows_and_the_store_has_not_is_not_believed(office: Office) -> None:
    office.run("rebuild", "--tell")
    office.checkpoint()
    parts = sorted((office.home / "objects" / "log").rglob("*.json"))
    while len(parts) > 1:
        parts.pop().unlink()
    for path in office.home.glob("catalogue.db*"):
        path.unlink()
    told = office.run("rebuild")
    assert (told.code, "storage.log_damaged" in told.err) == (cli.COULD_NOT_RUN, True)


def test_a_checkpoint_on_paper_is_written_once(office: Office, tmp_path: Path) -> None:
    page = tmp_path / "page.pdf"
    assert office.run("checkpoint", "--key", str(office.key), "--page", str(page)).code == cli.DONE
    assert page.read_bytes().startswith(b"%PDF")
    assert office.run("checkpoint", "--key", str(office.key), "--page", str(page)).code == cli.WRONG_USE


def test_what_checks_found_is_kept_and_a_scan_that_comes_again_heals_it(office: Office, tmp_path: Path) -> None:
    checks = Checks(office.home / "checks")
    assert office.run("verify", "--keep").code == cli.DONE
    assert checks.damaged() == set()
    damaged = ObjectKey.of(b"a scan of one paper")
    path = office.archive.objects.folder / damaged.name
    path.chmod(0o644)
    path.write_bytes(b"A SCAN OF ONE PAPER")
    office.run("verify", "--keep")
    assert checks.damaged() == {damaged}
    told = office.run("verify", "--history", "--json")
    assert json.loads(told.out)[-1]["ok"] is False
    with contextlib.closing(office.archive.catalogue()) as catalogue:
        reading = ArchiveReading(
            catalogue=catalogue, objects=office.archive.objects, actor="an", suspect=checks.damaged()
        )
        scan = tmp_path / "again.pdf"
        scan.write_bytes(b"a scan of one paper")
        assert reading.see_again(damaged.sha256, scan)
    assert office.run("verify", "--resume").code == cli.DONE
    assert checks.damaged() == set()


def test_a_check_that_was_stopped_goes_on_and_reads_no_sound_object_twice(office: Office) -> None:
    keys = list(office.archive.objects.keys())
    opened: list[ObjectKey] = []

    class Watched(LocalStore):
        def open(self, key: ObjectKey) -> BinaryIO:
            opened.append(key)
            return super().open(key)

    store = Watched(office.archive.objects.folder)
    with contextlib.closing(office.archive.catalogue()) as catalogue:
        verify(store, catalogue)
        everything = set(opened)
        opened.clear()
        goes_on = GoesOn(after=keys[4].name, suspect=frozenset({keys[1].name}))
        report = verify(store, catalogue, goes_on=goes_on)
    assert report.ok
    assert report.objects == len(keys)
    assert set(opened) == everything - {keys[0], keys[2], keys[3], keys[4]}


def test_a_check_on_a_medium_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "checks").write_text("no folder")
    checks = Checks(tmp_path / "checks")
    checks.note_progress(Unfinished(begun=checks.begun(), after="x", corrupt=()))
    assert (checks.unfinished(), list(checks.history()), checks.damaged()) == (None, [], set())


@pytest.mark.parametrize("task", ["replicate", "checkpoint", "verify"])
def test_a_deployment_does_what_is_due(office: Office, task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTICH_HOME", str(office.home))
    monkeypatch.setenv("HOTICH_CHECKPOINT_KEY", str(office.key))
    keep("replicate")
    assert keep(task)
    office.archive.sql("DELETE FROM fields")
    if task == "verify":
        with pytest.raises(NotWhole):
            keep(task)
