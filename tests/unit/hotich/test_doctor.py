"""What `hotich doctor` says that is no fault, and that somebody should know all the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hotich.doctor_check import Check
from hotich.doctor_signing import revocation_check, signing_check
from hotich.doctor_volumes import volumes_check
from hotich.settings import load_settings
from storage.signing import trial_key
from storage.volumes import Volume, VolumeState
from tests.making.office_pki import OfficePki

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def checked(home: Path, settings: str = "") -> Check:
    (home / "settings.toml").write_text(settings)
    return signing_check(load_settings(home, environment={}), now=NOW)


def test_a_test_signature_is_warned_of_with_what_to_do(tmp_path: Path) -> None:
    check = checked(tmp_path)
    assert check.ok and check.warned
    assert check.detail.startswith("CHỈ LÀ CHỮ KÝ THỬ NGHIỆM")
    assert "sign_pkcs12" in check.mend


def test_the_test_key_under_another_name_is_a_test_signature_all_the_same(tmp_path: Path) -> None:
    trial_key(tmp_path, at=NOW)
    assert checked(tmp_path, f'sign_pkcs12 = "{tmp_path}/trial.p12"').warned


@pytest.mark.parametrize(
    ("days", "ok", "warned"), [(400, True, False), (10, True, True), (-1, False, False)], ids=["valid", "soon", "ended"]
)
def test_a_certificate_of_the_office_is_told_with_its_term(tmp_path: Path, days: int, ok: bool, warned: bool) -> None:
    OfficePki(NOW).office_key(tmp_path / "office.p12", ends=NOW + timedelta(days=days))
    check = checked(tmp_path, f'sign_pkcs12 = "{tmp_path}/office.p12"')
    assert (check.ok, check.warned, "UBND xã Thử" in check.detail) == (ok, warned, True)


def test_a_key_that_cannot_be_opened_is_a_fault(tmp_path: Path) -> None:
    check = checked(tmp_path, f'sign_pkcs12 = "{tmp_path}/none.p12"')
    assert (check.ok, check.detail) == (False, "[sign.key]")


def test_lists_of_revoked_certificates_that_are_over_or_missing_are_warned_of(tmp_path: Path) -> None:
    def told(now: datetime) -> list[tuple[bool, str]]:
        settings = load_settings(tmp_path, environment={})
        return [(one.warned, one.detail) for one in revocation_check(settings, now=now)]

    assert told(NOW) == []
    lists = tmp_path / "lists"
    lists.mkdir()
    (tmp_path / "settings.toml").write_text(f'incoming_revocation = "{lists}"')
    assert [warned for warned, _ in told(NOW)] == [True]
    OfficePki(NOW).revocations(lists / "ca.crl")
    assert told(NOW) == [(False, "1 tệp / files")]
    assert told(NOW + timedelta(days=8)) == [(True, "ca.crl: hết hạn / over 07/12/2026")]
    (lists / "b.crl").write_bytes(b"x")
    assert [warned for warned, _ in told(NOW)] == [True]


def test_a_home_on_a_disk_in_the_open_is_warned_of_and_one_that_nobody_can_look_below_is_told_as_such(
    tmp_path: Path,
) -> None:
    settings = load_settings(tmp_path, environment={"HOTICH_DATABASE_URL": "postgresql://x/y"})
    plain, luks, unknown = (
        Volume(state=VolumeState(state), what=what)
        for state, what in (("open", "ext4"), ("encrypted", "LUKS2"), ("unknown", "overlay"))
    )
    check = volumes_check(settings, home=plain, temporary=luks, swapped=False)
    assert (check.ok, check.warned) == (True, True)
    assert "LUKS2" in check.detail and "PostgreSQL" in check.detail and "LUKS" in check.mend
    check = volumes_check(settings, home=luks, temporary=luks, swapped=False)
    assert (check.ok, check.warned, check.mend) == (True, False, "")
    check = volumes_check(settings, home=unknown, temporary=unknown, swapped=False)
    assert not check.warned and "không rõ" in check.detail
    assert volumes_check(settings, home=luks, temporary=luks, swapped=True).warned
