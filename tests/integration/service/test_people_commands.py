"""Administration on the command line, by whoever has the machine: every act is told with who and whom, no secret."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hotich import cli
from hotich.settings import load_settings
from hotich.wiring.people import administering

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(
    tmp_path: Path, empty_catalogue: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """`run(words…, typed=…)`: the exit code, and the JSON answer where there is one, else what was said."""
    shutil.copy(empty_catalogue, tmp_path / "catalogue.db")
    monkeypatch.setenv("HOTICH_ACTOR", "root")

    def command(*words: str, typed: str = "") -> tuple[int, Any]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed + "\n"))
        code = cli.main([*words, "--home", str(tmp_path), "--json"])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out.strip().startswith(("{", "[")) else said.out + said.err

    return command


def test_people_are_added_changed_and_shut_out(run: Run, tmp_path: Path) -> None:
    assert run("office", "add", "00001", "--name", "UBND phường Một")[0] == 0
    code, given = run("user", "add", "lan", "--office", "00001", "--role", "reviewer", "--generate")
    assert (code, len(given["password"]), given["totp"]) == (0, 19, None)
    assert run("user", "change", "lan", "--name", "Phạm Thị Lan", "--role", "auditor")[0] == 0
    assert run("user", "lost-phone", "lan")[1]["password"] != given["password"]
    assert run("user", "password", "lan")[0] == 0
    assert run("user", "disable", "LAN")[0] == 0
    [lan] = run("user", "list")[1]
    assert (lan["name"], lan["roles"], lan["active"], lan["second_factor"]) == (
        "Phạm Thị Lan", ["auditor"], False, False,
    )  # fmt: skip
    text = (tmp_path / "security.jsonl").read_text(encoding="utf-8")
    events = [json.loads(line) for line in text.splitlines()]
    assert [one["event"] for one in events] == [
        "office.added", "user.added", "user.changed", "second_factor.reset", "password.given", "user.disabled",
    ]  # fmt: skip
    assert {one["by"] for one in events} == {"system:root"}
    assert given["password"] not in text


def test_an_office_typed_wrong_and_a_password_from_the_lists_are_refused(run: Run) -> None:
    run("office", "add", "00001", "--name", "UBND phường Một")
    code, said = run("user", "add", "lan", "--office", "0001", "--role", "reviewer", "--generate")
    assert (code, "hotich office list" in said) == (2, True)
    for bad in ("123456789012", "matkhau123456"):
        code, said = run("user", "add", "lan", "--office", "00001", "--role", "reviewer", typed=bad)
        assert (code, "[password.common]" in said) == (3, True), said
    assert run("user", "list")[1] == []


def test_a_password_that_is_typed_gets_the_address_of_its_codes(run: Run) -> None:
    code, given = run("user", "add", "lan", "--office", "1", "--role", "reviewer", typed="trâu bay qua cầu sắt")
    assert (code, given["password"]) == (0, None)
    assert given["totp"].startswith("otpauth://totp/hotich:lan?")


def test_sessions_are_listed_and_ended(run: Run, tmp_path: Path) -> None:
    run("user", "add", "lan", "--office", "1", "--role", "submitter", typed="trâu bay qua cầu sắt")
    with administering(load_settings(tmp_path)) as here:
        for _ in range(3):
            here.people.accounts.sign_in("lan", "trâu bay qua cầu sắt", None, address="192.0.2.1")
    shown = run("session", "list", "--login", "lan")[1]
    assert [one["address"] for one in shown] == ["192.0.2.1"] * 3
    assert run("session", "end", shown[0]["session_id"]) == (0, {"ended": 1})
    assert run("session", "end", shown[0]["session_id"])[0] == 2
    assert run("session", "end", "--login", "lan") == (0, {"ended": 2})
    assert run("session", "end", "--all") == (0, {"ended": 0})


def test_a_client_is_changed_and_an_office_closed_when_nobody_is_left(run: Run) -> None:
    run("office", "add", "00001", "--name", "UBND phường Một")
    run("client", "add", "motcua", "--office", "00001", "--scope", "submit")
    assert run("client", "change", "motcua", "--scope", "status", "--rate", "60")[0] == 0
    [client] = run("client", "list")[1]
    assert (client["scopes"], client["rate_per_minute"]) == (["status"], 60)
    assert run("office", "close", "00001")[0] == 2
    run("client", "disable", "motcua")
    assert run("office", "close", "00001")[0] == 0
    [office] = run("office", "list")[1]
    assert (office["active"], office["name"]) == (False, "UBND phường Một")


def test_settings_are_told_with_their_origin_and_without_secrets(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings.toml").write_text('office = "00001"\n', encoding="utf-8")
    monkeypatch.setenv("HOTICH_SMTP_PASSWORD", "ba-mat")
    told = {row["name"]: row for row in run("settings")[1]}
    assert (told["office"]["value"], told["office"]["from"]) == ("00001", "settings.toml")
    assert (told["smtp_password"]["value"], told["smtp_password"]["from"]) == ("***", "environment")
    assert (told["session_hours"]["value"], told["session_hours"]["from"]) == ("8", "default")
