"""`hotich desk`: the report of a day, the trail to take away, items of known truth."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hotich.cli import main
from hotich.settings import load_settings
from hotich.wiring.service import service_keys
from pipeline.judging.review.policy import default_policy
from service.notices.email import Smtp
from storage.catalogue import StoredDocument
from storage.office.store import OfficeStore
from storage.review import Filters, Person, ReviewStore, TrailEntry
from storage.sealed_log import START
from tests.making.desk_home import DeskHome
from tests.unit.docs.reading import document

LAN = Person(login="lan", offices=("",), roles=frozenset({"reviewer"}))


@dataclass
class Told:
    code: int
    out: str
    err: str


@dataclass
class Office:
    folder: Path
    home: DeskHome
    store: ReviewStore
    document: StoredDocument
    capture: pytest.CaptureFixture[str]

    def run(self, *arguments: object) -> Told:
        code = main([*map(str, arguments), "--home", str(self.folder)])
        captured = self.capture.readouterr()
        return Told(code, captured.out, captured.err)

    def take_in(self) -> None:
        with self.store.write() as tables:
            for seq, document_id, revision in tables.items.pending(10):
                tables.items.open_for_revision(document_id, revision, suspended=())
                tables.items.mark_followed(seq)

    def seeds(self, *rows: str) -> Path:
        path = self.folder / "seeds.csv"
        path.write_text("\n".join(["document_id,field,value", *rows]) + "\n", encoding="utf-8-sig")
        return path


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Office]:
    home = DeskHome.open(tmp_path / "home")
    OfficeStore(home.catalogue.database)
    store = ReviewStore(home.catalogue.database, policy=default_policy(), draw=lambda _: 0.5)
    made = Office(home.folder, home, store, home.add(doubt=["ethnicity"]), capsys)
    made.take_in()
    yield made
    home.close()


def test_the_day_is_told_in_both_languages(office: Office) -> None:
    result = office.run("desk", "summary")
    assert result.code == 0
    assert "Đang chờ: 1 mục, chưa dự báo được / Waiting: 1, no forecast yet" in result.out
    assert "Chưa có mẫu kiểm tra" in result.out


def test_the_day_is_told_for_programs(office: Office) -> None:
    result: dict[str, Any] = json.loads(office.run("desk", "summary", "--json", "--day", "2026-11-20").out)
    assert (result["day"], result["offices"], result["decisions"]) == ("2026-11-20", [""], 0)
    assert result["forecast"]["waiting"] == 1


def test_of_another_office_nothing_is_told(office: Office) -> None:
    result = json.loads(office.run("desk", "summary", "--json", "--office", "00002").out)
    assert (result["forecast"]["waiting"], result["fields"]) == (0, 0)


def test_a_day_that_is_none_is_refused(office: Office) -> None:
    assert office.run("desk", "summary", "--day", "hôm qua").code == 2


def test_without_a_mail_server_nothing_is_sent(office: Office) -> None:
    result = office.run("desk", "summary", "--mail", "truong.phong@example.org")
    assert result.code == 2
    assert "smtp_host" in result.err


def test_the_report_is_sent_by_mail(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, str, str]] = []

    def mail(_self: Smtp, target: str, *, subject: str, text: str, message_id: str) -> None:
        sent.append((target, subject, text))

    monkeypatch.setattr(Smtp, "mail", mail)
    monkeypatch.setenv("HOTICH_SMTP_HOST", "mail.example.org")
    result = office.run("desk", "summary", "--day", "2026-11-20", "--mail", "truong.phong@example.org")
    assert result.code == 0
    assert [(target, subject) for target, subject, _ in sent] == [
        ("truong.phong@example.org", "Bàn duyệt 20/11/2026: 0 quyết định")
    ]
    assert sent[0][2] == result.out


def test_the_trail_is_taken_away_whole(office: Office, tmp_path: Path) -> None:
    out = tmp_path / "trail.jsonl"
    result = office.run("desk", "export", "--trail", "--out", out, "--json")
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert json.loads(result.out)["entries"] == len(lines) == 1
    before = START
    for line in lines:
        entry = TrailEntry(**line)
        assert (entry.prev_hash, entry.hash) == (before, entry.expected_hash())
        before = entry.hash
    assert json.loads(result.out)["head"] == before
    assert out.stat().st_mode & 0o777 == 0o600
    [script] = re.findall(r"```python\n(import hashlib, json.*?)```", document("docs/desk.md"), re.DOTALL)
    said = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == before, "a copy is checked without hotich, as the manual says"


def test_what_is_to_be_exported_has_to_be_said(office: Office, tmp_path: Path) -> None:
    assert office.run("desk", "export", "--out", tmp_path / "x").code == 2


def test_a_folder_that_is_not_there_is_said(office: Office, tmp_path: Path) -> None:
    assert office.run("desk", "export", "--trail", "--out", tmp_path / "no" / "x").code == 3


def test_a_seed_is_asked_like_any_other_item(office: Office) -> None:
    file = office.seeds(f"{office.document.document_id},date_of_birth,8/3/1957")
    result = office.run("desk", "seed", file, "--json")
    assert (result.code, json.loads(result.out)["opened"]) == (0, 1)
    with office.store.write() as tables:
        [item] = tables.queue.claim(LAN, "tab", Filters(field="date_of_birth"), 5, lease=timedelta(minutes=2))
    assert (item.kind, item.truth, item.reason) == ("seed", "1957-03-08", "field.low_confidence")


def test_seeds_given_twice_are_asked_once(office: Office) -> None:
    file = office.seeds(f"{office.document.document_id},date_of_birth,08/03/1957")
    office.run("desk", "seed", file)
    result = office.run("desk", "seed", file, "--json")
    assert json.loads(result.out) == {
        "opened": 0,
        "lines": {"opened": [], "repeated": [2], "asked": [], "unknown": [], "impossible": []},
    }


def test_lines_that_cannot_be_seeds_are_named_without_what_they_say(office: Office) -> None:
    number = office.document.document_id
    file = office.seeds(
        "0000,full_name,Bí Mật",
        f"{number},no_such_field,Bí Mật",
        f"{number},date_of_birth,31/02/1957",
        f"{number},ethnicity,Kinh",
    )
    result = office.run("desk", "seed", file, "--json")
    assert result.code == 1
    lines = json.loads(result.out)["lines"]
    assert (lines["unknown"], lines["impossible"], lines["asked"]) == ([2, 3], [4], [5])
    assert "Bí Mật" not in result.err + result.out


def test_a_table_without_its_columns_is_refused(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("document,truth\n1,2\n")
    result = office.run("desk", "seed", path)
    assert result.code == 2
    assert "document_id, field, value" in result.err


def test_an_empty_home_has_no_desk(tmp_path: Path) -> None:
    assert main(["desk", "summary", "--home", str(tmp_path / "new")]) == 2
    assert not (tmp_path / "new").exists()


def test_what_waits_for_nobody_is_said_by_doctor_and_verify_and_moved(office: Office) -> None:
    told = office.run("doctor", "--json")
    [queues] = [check for check in json.loads(told.out)["checks"] if check["name"].startswith("hàng đợi")]
    assert (told.code, queues["ok"]) == (3, False)
    assert "1 mục / items" in queues["detail"]
    assert "hotich desk move" in queues["mend"]
    verified = office.run("verify")
    assert verified.code == 0
    assert "không ai thấy được" in verified.err

    refused = office.run("desk", "move", "--to", "00001")
    assert refused.code == 2
    assert "chưa có người duyệt" in refused.err
    office.home.person("lan", "reviewer", office="00001", keys=service_keys(load_settings(office.folder)))
    (office.folder / "settings.toml").write_text('office = "00002"\n', encoding="utf-8")
    moved = office.run("desk", "move", "--to", "00001", "--json")
    assert moved.code == 0
    assert json.loads(moved.out) == {"items": 1, "documents": 1, "submissions": 0, "stranded": []}
    with office.store.read() as tables:
        assert {item.office for item in tables.queue.of_document(office.document.document_id)} == {"00001"}
    [queues] = [c for c in json.loads(office.run("doctor", "--json").out)["checks"] if c["name"].startswith("hàng đợi")]
    assert queues["ok"]
    assert "không ai thấy được" in office.run("user", "disable", "lan").err
