"""`hotich rebuild`, `replicate` and `repair` as they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotich import cli
from tests.unit.hotich.test_verify import Office


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
    assert (after["documents"], after["chain"]) == (before["documents"], before["chain"])


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
