"""`hotich encryption`, `hold` and what `doctor` and `verify` say of keys, as they are typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotich import cli
from hotich.commands.doctor import _encryption
from hotich.doctor_check import Check
from hotich.settings import load_settings
from hotich.wiring.encryption import file_seal
from storage.objects import LocalStore, ObjectKey
from storage.objects.encrypted import EncryptedStore
from storage.objects.paper_class import PaperClass
from storage.submissions.tray import Slot
from tests.contract.storage.test_tampering import FIRST
from tests.unit.hotich.test_verify import Office

SCAN = ObjectKey.of(FIRST)


class Vault(Office):
    """An office that encrypts everything, with its key outside home."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__(folder, capsys)
        self.keys = [folder / "papers.key", folder / "papers-2.key"]
        self.made = [str(self.run("encryption", "key", "--out", str(path), "--json").json["key"]) for path in self.keys]
        self.set(self.keys[0])
        assert self.run("encryption", "apply").code == cli.DONE

    def set(self, *keys: Path, encrypt: str = "all") -> None:
        named = ",".join(map(str, keys))
        (self.home / "settings.toml").write_text(f'encrypt = "{encrypt}"\nencryption_keys = "{named}"\n')

    def count(self) -> int:
        """Objects, and parts of the log."""
        return len(list((self.home / "objects" / "encrypted" / "envelopes").rglob("*.json")))

    def objects(self) -> Iterator[ObjectKey]:
        return EncryptedStore(LocalStore(self.home / "objects")).keys()

    def doctor(self) -> Check:
        return _encryption(load_settings(self.home, environment={}))


@pytest.fixture
def vault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Vault:
    return Vault(tmp_path, capsys)


def test_what_was_stored_before_is_encrypted_and_the_archive_is_whole(vault: Vault) -> None:
    assert not (vault.home / "objects" / SCAN.name).exists()
    told = vault.run("encryption", "list", "--json").json
    assert told["stores"] == {str(vault.home / "objects"): {vault.made[0]: vault.count()}}
    assert vault.run("verify").code == cli.DONE
    assert vault.doctor().ok


def test_the_key_changes_and_the_old_one_is_needed_no_more(vault: Vault) -> None:
    vault.set(vault.keys[1], vault.keys[0])
    assert vault.run("encryption", "rotate").code == cli.DONE
    vault.set(vault.keys[1])
    assert (vault.run("encryption", "list").code, vault.run("verify").code) == (cli.DONE, cli.DONE)
    vault.set(vault.keys[0])
    assert (vault.run("encryption", "list").code, vault.run("encryption", "rotate").code) == (cli.COULD_NOT_RUN,) * 2


def test_a_key_that_is_not_here_is_named_by_everybody_who_needs_it(vault: Vault) -> None:
    vault.keys[0].rename(vault.keys[0].with_suffix(".away"))
    told = vault.run("verify", "--json")
    count = len(list(vault.objects())) + 1  # and the log
    assert (told.code, told.json["keys_missing"]) == (cli.COULD_NOT_RUN, {vault.made[0]: count})
    assert f"thiếu khóa mã hóa {vault.made[0]}: {count} đối tượng" in told.err
    assert told.json["corrupt"] == []
    check = vault.doctor()
    assert (check.ok, str(vault.keys[0]) in check.detail, vault.made[0] in check.detail) == (False, True, True)
    told = vault.run("explain", "d1")
    assert (told.code, "storage.key_missing" in told.err, "papers.key" in told.err) == (cli.COULD_NOT_RUN, True, True)


def test_settings_without_any_key_are_told_to_lack_one(vault: Vault) -> None:
    vault.set(encrypt="identity")
    check = vault.doctor()
    assert (check.ok, vault.made[0] in check.detail) == (False, True)


def test_a_key_that_others_may_read_is_told(vault: Vault) -> None:
    vault.keys[0].chmod(0o644)
    check = vault.doctor()
    assert (check.ok, check.mend) == (False, f"chmod go-rwx {vault.keys[0]}")


def test_a_key_is_not_made_under_home_and_not_over_another(vault: Vault) -> None:
    for path in (vault.home / "papers.key", vault.keys[0]):
        assert vault.run("encryption", "key", "--out", str(path)).code == cli.WRONG_USE
    assert not (vault.home / "papers.key").exists()


def test_without_a_choice_nothing_is_applied(vault: Vault) -> None:
    vault.set(vault.keys[0], encrypt="")
    assert vault.run("encryption", "apply").code == cli.WRONG_USE


def test_a_lost_catalogue_is_not_made_anew_without_the_key(vault: Vault) -> None:
    assert vault.run("rebuild", "--tell").code == cli.DONE
    for path in vault.home.glob("catalogue.db*"):
        path.unlink()
    vault.set(vault.keys[1])
    told = vault.run("rebuild")
    assert (told.code, "storage.key_missing" in told.err, vault.made[0] in told.err) == (cli.COULD_NOT_RUN, True, True)
    vault.set(vault.keys[0])
    assert vault.run("rebuild").code == cli.DONE
    assert vault.run("verify").code == cli.DONE


def test_a_paper_is_put_on_hold_and_taken_off_by_its_holding_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(tmp_path, capsys)
    told = office.run("hold", "set", "HT-d1", "--reason", "thanh tra 7/TTr", "--json")
    assert (told.code, told.json["held"]) == (cli.DONE, ["d1"])
    assert "by the catalogue alone" in told.err
    assert office.run("hold", "list", "--json").json[0]["reason"] == "thanh tra 7/TTr"  # type: ignore[index]
    office.run("trash", "put", "d1", "--reason", "x")
    listed = office.run("trash", "list")
    assert "giữ lại / kept: đang giữ theo yêu cầu pháp lý" in listed.out
    assert office.run("hold", "lift", "d1", "--reason", "xong", "--json").json["lifted"] == ["d1"]
    assert office.run("hold", "set", "none", "--reason", "x").code == cli.WRONG_USE
    assert office.run("verify").code == cli.DONE


def test_pictures_of_fields_in_the_open_are_warned_of_and_removed(vault: Vault) -> None:
    crop = vault.home / "review" / "crops" / "d1" / "full_name.jpg"
    crop.parent.mkdir(parents=True)
    crop.write_bytes(b"\xff\xd8")
    check = vault.doctor()
    assert (check.ok, check.warned, check.mend) == (True, True, "hotich encryption apply")
    told = vault.run("encryption", "apply")
    assert (told.code, "1 ảnh trích" in told.err, crop.exists()) == (cli.DONE, True, False)
    assert not vault.doctor().warned


def test_what_waits_for_people_in_the_tray_changes_its_key_too(vault: Vault) -> None:
    slot = Slot(folder=vault.home / "tray" / ("e" * 32), seal=file_seal(load_settings(vault.home, environment={})))
    with slot.write(1, most_bytes=9) as file:
        file.write(b"card")
    slot.stays(1, frozenset({PaperClass.IDENTITY}))
    assert not slot.file(1).exists()
    vault.set(vault.keys[1], vault.keys[0])
    assert vault.run("encryption", "rotate").code == cli.DONE
    vault.set(vault.keys[1])
    with Slot(folder=slot.folder, seal=file_seal(load_settings(vault.home, environment={}))).open(1) as opened:
        assert opened.read() == b"card"
    vault.set(vault.keys[0])
    assert vault.run("encryption", "rotate").code == cli.COULD_NOT_RUN
