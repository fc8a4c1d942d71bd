"""What an administrator finds after an attack, and what stands nowhere in it."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from storage.people.security_log import SecurityEvent, SecurityLog
from tests.integration.service.conftest import Desk, picture
from tests.integration.service.test_security import account, sign_in

WRONG = "mật khẩu sai hẳn rồi"


def noted(desk: Desk) -> list[dict[str, Any]]:
    path = desk.home / "security.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def events(desk: Desk) -> list[str]:
    return [entry["event"] for entry in noted(desk)]


def user_id(desk: Desk, login: str = "an.cb") -> str:
    with desk.context.store.read() as tables:
        user = tables.users.by_login(login)
    assert user is not None
    return f"user:{user.user_id}"


def test_who_signed_in_and_out_and_who_did_not(desk: Desk) -> None:
    account(desk)
    sign_in(desk, password=WRONG)
    csrf = sign_in(desk).json()["csrf"]
    desk.http.post("/auth/logout", headers={"Hotich-Csrf": csrf})
    assert events(desk) == ["sign_in.failed", "sign_in.succeeded", "sign_out"]
    assert {entry["about"] for entry in noted(desk)} == {user_id(desk)}
    assert noted(desk)[0]["address"] == "testclient"


def test_guessing_is_seen_as_that(desk: Desk) -> None:
    account(desk)
    for _ in range(7):
        sign_in(desk, password=WRONG)
    assert events(desk) == ["sign_in.failed"] * 5 + ["sign_in.slowed"] * 2


def test_nothing_that_was_typed_is_noted(desk: Desk) -> None:
    """People type their password where the login belongs."""
    account(desk)
    sign_in(desk, login="mat-khau-cua-toi", password=WRONG)
    sign_in(desk, password=WRONG)
    code = desk.submit(picture("card")).json()["code"]
    desk.http.get("/submissions/" + code, headers={"Authorization": "Bearer hk_" + "x" * 43})
    text = (desk.home / "security.jsonl").read_text(encoding="utf-8")
    for typed in ("mat-khau", WRONG, "xxxx", code, "an.cb", "Nguyễn"):
        assert typed not in text


def test_a_wrong_key_and_a_missing_right_are_noted_with_their_code(desk: Desk) -> None:
    desk.http.get("/submissions/7K3M-Q9XD-2FHW-B6TC", headers={"Authorization": "Bearer hk_wrong"})
    desk.http.get("/reads", params={"subject": "x"}, headers=desk.bearer("nosy", "status"))
    assert [(entry["event"], entry["about"], entry["detail"]) for entry in noted(desk)] == [
        ("key.refused", "", ""),
        ("access.refused", "client:nosy", "auth.scope_missing"),
    ]


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    log = SecurityLog(path=tmp_path / "security.jsonl")
    log.note(SecurityEvent.USER_ADDED, about="user:1")
    assert stat.S_IMODE((tmp_path / "security.jsonl").stat().st_mode) == 0o600


def test_what_cannot_be_noted_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    SecurityLog(path=tmp_path / "gone" / "security.jsonl").note(SecurityEvent.SIGNED_IN, about="user:1")
    assert "security.not_noted" in caplog.text


def test_a_line_is_one_line_whatever_it_is_told(tmp_path: Path) -> None:
    log = SecurityLog(path=tmp_path / "security.jsonl")
    log.note(SecurityEvent.USER_ADDED, about="user:1", by="system:a\nb", detail='{"x": "\r\n"}')
    (line,) = (tmp_path / "security.jsonl").read_text().splitlines()
    assert json.loads(line)["by"] == "system:a\nb"
