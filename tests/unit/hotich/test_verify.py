"""`hotich verify` and `hotich checkpoint` as they are typed: nothing is made, everything is named."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest

from hotich import cli
from storage.catalogue import Catalogue
from tests.contract.storage.test_tampering import Archive, filled
from tests.making.clock import Clock


@dataclass
class Typed:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.out)
        return found


class Office:
    """An archive in a home folder, and the commands typed in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self.second, self.key = folder / "home", folder / "second", folder / "office.key"
        self.home.mkdir()
        self.archive = Archive(self.home, Clock())
        filled(self.archive)
        self._capsys = capsys

    def run(self, *command: str) -> Typed:
        self._capsys.readouterr()
        code = cli.main([*command, "--home", str(self.home)])
        told = self._capsys.readouterr()
        return Typed(code, told.out, told.err)

    def checkpoint(self) -> Typed:
        return self.run("checkpoint", "--key", str(self.key), "--to", str(self.second))


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def test_what_was_changed_is_named_in_both_languages(office: Office) -> None:
    assert office.run("verify").code == cli.DONE
    office.archive.sql("UPDATE documents SET status = 'accepted' WHERE document_id = 'd1'")
    told = office.run("verify")
    assert told.code == cli.COULD_NOT_RUN
    assert "danh mục bị sửa / the catalogue was changed: d1@1: status" in told.err
    assert "NOT WHOLE" in told.err


def test_a_catalogue_that_was_removed_is_missed_and_none_is_made(office: Office) -> None:
    for path in office.home.glob("catalogue.db*"):
        path.unlink()
    before = sorted(office.home.iterdir())
    told = office.run("verify")
    assert told.code == cli.COULD_NOT_RUN
    assert "storage.catalogue_missing" in told.err
    assert sorted(office.home.iterdir()) == before


def test_an_empty_file_in_the_catalogue_s_place_is_no_catalogue(office: Office) -> None:
    for path in office.home.glob("catalogue.db*"):
        path.unlink()
    (office.home / "catalogue.db").touch()
    assert "storage.catalogue_missing" in office.run("verify").err
    assert (office.home / "catalogue.db").stat().st_size == 0


def test_a_catalogue_of_another_version_is_left_as_it_is(office: Office) -> None:
    office.archive.sql("UPDATE catalogue_version SET version_num = '0001'")
    told = office.run("verify")
    assert (told.code, "storage.other_version" in told.err) == (cli.COULD_NOT_RUN, True)


def test_a_copy_that_cannot_be_written_is_checked_and_stays_as_it_is(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {path: path.read_bytes() for path in office.home.rglob("*") if path.is_file()}
    monkeypatch.setattr(os, "access", lambda *_: False)  # as on a read-only medium; root may write everywhere
    assert office.run("verify").code == cli.DONE
    assert {path: path.read_bytes() for path in office.home.rglob("*") if path.is_file()} == kept


def test_what_a_snapshot_has_in_its_write_ahead_log_is_checked_too(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    writer = sqlite3.connect(office.archive.database)
    writer.execute("PRAGMA wal_autocheckpoint = 0")
    writer.execute("UPDATE documents SET holding_code = 'HT-X' WHERE document_id = 'd1'")
    writer.commit()
    shutil.copytree(office.home, tmp_path / "snapshot", ignore=shutil.ignore_patterns("*-shm"))
    writer.close()
    office.home = tmp_path / "snapshot"
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "d1@1: holding_code" in office.run("verify").err


def test_verify_changes_nothing_in_the_home_folder(office: Office) -> None:
    kept = {path: path.stat().st_mtime_ns for path in office.home.rglob("*") if path.is_file()}
    office.run("verify")
    left = {path: path.stat().st_mtime_ns for path in office.home.rglob("*") if path.is_file()}
    assert {path: at for path, at in left.items() if not path.name.endswith(("-wal", "-shm"))} == kept


def test_foreign_files_and_orphans_are_named(office: Office) -> None:
    left = office.archive.objects.put(b"left")
    (office.home / "objects" / "notes.txt").write_text("x")
    told = office.run("verify")
    assert told.code == cli.DONE
    assert f"named by nothing: {left}" in told.err
    assert "foreign in the store: notes.txt" in told.err


def test_a_store_without_checkpoints_is_told_so(office: Office) -> None:
    assert "hotich checkpoint" in office.run("verify").err


def test_verify_uses_checkpoints_by_itself(office: Office) -> None:
    assert office.checkpoint().code == cli.DONE
    assert office.run("verify", "--json").json["checkpoints"] == 1
    (office.home / "settings.toml").write_text(f'checkpoint_copies = "{office.second}"\n', encoding="utf-8")
    for path in office.home.glob("catalogue.db*"):
        path.unlink()
    shutil.rmtree(office.home / "checkpoints")
    Catalogue.open(f"sqlite:///{office.archive.database}").close()
    told = office.run("verify")
    assert told.code == cli.COULD_NOT_RUN
    assert "the audit log was cut off" in told.err
    assert f"missing, {office.home / 'checkpoints'}" in told.err


def test_a_second_place_can_be_named(office: Office) -> None:
    office.checkpoint()
    shutil.rmtree(office.home / "checkpoints")
    assert office.run("verify").code == cli.COULD_NOT_RUN
    told = office.run("verify", "--checkpoints", str(office.second), "--json")
    assert told.json["checkpoints"] == 1


def test_a_head_of_no_log_is_told(office: Office) -> None:
    told = office.run("verify", "--head", "sha256:" + "1" * 64)
    assert (told.code, "none of the logs has this head" in told.err) == (cli.COULD_NOT_RUN, True)


def test_checkpoints_by_another_key_than_the_office_s_are_told(office: Office) -> None:
    office.checkpoint()
    told = office.run("verify", "--public", "A" * 43 + "=")
    assert (told.code, "signed with another key" in told.err) == (cli.COULD_NOT_RUN, True)


def test_the_key_lies_outside_the_store(office: Office) -> None:
    told = office.run("checkpoint", "--key", str(office.home / "a.key"))
    assert told.code == cli.WRONG_USE
    assert not (office.home / "a.key").exists()
    assert office.run("checkpoint").code == cli.WRONG_USE


def test_a_checkpoint_without_a_second_place_says_what_that_lacks(office: Office) -> None:
    assert "second place" in office.run("checkpoint", "--key", str(office.key)).err


def test_the_public_key_is_said_and_the_secret_one_is_closed_to_others(office: Office) -> None:
    told = office.run("checkpoint", "--key", str(office.key), "--json")
    assert len(str(told.json["public"])) == 44
    assert office.key.stat().st_mode & 0o777 == 0o600


def test_nothing_is_signed_where_nothing_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["checkpoint", "--key", str(tmp_path / "k"), "--home", str(tmp_path)])
    assert (code, "storage.catalogue_missing" in capsys.readouterr().err) == (cli.COULD_NOT_RUN, True)
    assert list(tmp_path.iterdir()) == []
