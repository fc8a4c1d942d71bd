"""What was half sent, or left by a service that was killed, is counted by who looks and goes where nobody works."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from hotich.cli import main
from storage.office.store import OfficeStore
from storage.submissions import NewSubmission, SubmittedFile
from storage.submissions.tray import Slot, open_tray
from storage.submissions.uploads import Uploads
from storage.times import utc_now
from tests.making.desk_home import DeskHome

ID = "0123456789abcdef" * 2
FOUND = {"unfinished": 1, "overdue": 2, "unowned": 2, "working": 1}


@pytest.fixture
def left(home: Path) -> Path:
    """A home whose service was killed: one upload that may go on, one over its term, one without a description, one
    submission that was never recorded and one that waits to be read, an original that was read again, a working
    folder."""
    archive = DeskHome.open(home)
    tray = home / "tray"
    now = Uploads(tray / "uploads", clock=utc_now)
    now.begin("1" * 32, client_id="c", name="Tran Thi Thu.jpg", length=9)
    long_ago = Uploads(tray / "uploads", clock=lambda: utc_now() - timedelta(days=2))
    long_ago.begin("2" * 32, client_id="c", name="x.jpg", length=9)
    (tray / "uploads" / ("3" * 32)).mkdir()
    (tray / "uploads" / ("3" * 32) / "data").write_bytes(b"photo")
    for submission_id in (ID, "f" * 32):
        with Slot(folder=tray / submission_id).write(1, most_bytes=9) as file:
            file.write(b"photo")
    (tray / "again").mkdir()
    (tray / "again" / ("a" * 32)).write_bytes(b"photo")
    for path in (tray / ID, tray / ("f" * 32), tray / "again" / ("a" * 32)):
        os.utime(path, (0, 0))
    sent = SubmittedFile(name="1.jpg", sha256="1" * 64, size=5, media_type="image/jpeg")
    new = NewSubmission(
        submission_id=ID, code="7K3M-Q9XD-2FHW-B6TC", client_id="c", office="", request_key=None, fingerprint="f" * 64,
        procedure="2.000635", declared={}, files=[sent],
    )  # fmt: skip
    with OfficeStore(archive.catalogue.database).write() as tables:
        tables.submissions.add(new)
    archive.close()
    working = home / "spool" / ("e" * 32)
    working.mkdir(parents=True)
    working.with_suffix(".lock").touch()
    return home


def run(capsys: pytest.CaptureFixture[str], home: Path, *words: str) -> tuple[dict[str, int], str]:
    assert main([*words, "--home", str(home), "--json"]) == 0
    told = capsys.readouterr()
    left = json.loads(told.out)["left_behind"]
    assert (left.pop("size") >= 3 * len(b"photo")) == (left["unowned"] > 0)
    return left, told.err


def test_it_is_counted_and_removed_but_for_what_somebody_waits_for(
    left: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counted, said = run(capsys, left, "verify")
    assert counted == FOUND
    assert "2 tải dở quá hạn" in said and "hotich retention --withdraw" in said
    assert "Thu" not in said
    assert run(capsys, left, "retention")[0] == FOUND, "listed only"
    assert run(capsys, left, "retention", "--withdraw")[0] == {**FOUND, "unfinished": 1}
    assert run(capsys, left, "verify")[0] == {"unfinished": 1, "overdue": 0, "unowned": 0, "working": 0}
    tray = left / "tray"
    assert sorted(path.name for path in (*tray.iterdir(), *(tray / "uploads").iterdir())) == sorted(
        [ID, "again", "lock", "uploads", "1" * 32]
    )
    assert list((tray / "again").iterdir()) == list((left / "spool").iterdir()) == []


def test_the_tray_of_a_service_that_runs_is_left_to_it(left: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tray = open_tray(left / "tray")
    try:
        removed, _ = run(capsys, left, "retention", "--withdraw")
    finally:
        tray.close()
    assert removed == {"unfinished": 0, "overdue": 0, "unowned": 0, "working": 1}
    assert run(capsys, left, "verify")[0] == {**FOUND, "working": 0}


def test_doctor_warns_of_it(left: Path) -> None:
    from hotich.commands.doctor import _left_behind
    from hotich.settings import load_settings

    [check] = _left_behind(load_settings(left))
    assert (check.ok, check.warned) == (True, True)
    assert "2 tệp không của hồ sơ nào / files of no submission" in check.detail
