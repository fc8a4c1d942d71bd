"""`hotich person` and `hotich retention` from the command line, on a paper that names a child and its parents."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hotich.cli import main
from storage.office.store import OfficeStore
from storage.submissions import Decision, NewSubmission, State, SubmittedFile
from storage.submissions.tray import Slot
from tests.making.desk_home import CERTIFICATE, DeskHome, truths

CHILD = ("--name", "Đàm Mai Hiền", "--born")


@pytest.fixture
def archive(home: Path) -> Iterator[DeskHome]:
    made = DeskHome.open(home)
    made.add(CERTIFICATE)
    yield made
    made.close()


def born() -> str:
    return str(truths()[CERTIFICATE].fields["date_of_birth"][0])


def run(capsys: pytest.CaptureFixture[str], home: DeskHome, *words: str) -> Any:
    assert main([*words, "--home", str(home.folder), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_what_is_held_of_a_person_is_told_with_who_read_it(
    archive: DeskHome, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["find", "--name", "Đàm Mai Hiền", "--purpose", "xem thử", "--home", str(archive.folder), "-q"])
    capsys.readouterr()
    told = run(capsys, archive, "person", "show", *CHILD, born())
    [paper] = told["papers"]
    assert (paper["as"], paper["sure"], paper["alone"], paper["state"]) == ([""], True, False, "current")
    assert [read["purpose"] for read in told["reads"]] == ["xem thử", "quyền xem / right of access"]
    assert run(capsys, archive, "person", "show", *CHILD, "1990")["papers"] == []


def test_a_copy_holds_the_persons_values_and_nobody_elses(
    archive: DeskHome, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "copy.zip"
    told = run(capsys, archive, "person", "export", *CHILD, born(), "--out", str(out))
    assert any(one["what"] == "field mother_full_name" for one in told["left_out"])
    mother = truths()[CERTIFICATE].fields["mother_full_name"]
    with zipfile.ZipFile(out) as packed:
        names = packed.namelist()
        index = json.loads(packed.read("index.json"))
        texts = b"".join(packed.read(name) for name in names if name.endswith(".json")).decode()
        [scan] = [packed.read(name) for name in names if name.startswith("scans/")]
    assert "Đàm Mai Hiền" in texts and str(mother[0]) not in texts
    assert index["left_out"] == told["left_out"]
    picture = cv2.imdecode(np.frombuffer(scan, np.uint8), cv2.IMREAD_GRAYSCALE)
    stored = next(iter(archive.catalogue.all_documents()))
    original = cv2.imdecode(np.frombuffer(archive.objects.get(stored.original), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None and original is not None
    scale = picture.shape[0] / original.shape[0]
    (x1, y1), _, (x2, y2), _ = mother[3]
    covered = picture[round(y1 * scale) : round(y2 * scale), round(x1 * scale) : round(x2 * scale)]
    assert covered.min() > 190, "the mother's name is covered"
    assert main(["person", "export", *CHILD, born(), "--out", str(out), "--home", str(archive.folder)]) == 2


def test_an_erasure_is_told_first_and_done_with_a_decision(
    archive: DeskHome, capsys: pytest.CaptureFixture[str]
) -> None:
    [stored] = archive.catalogue.all_documents()
    planned = run(capsys, archive, "person", "erase", *CHILD, born())
    assert (planned["erased"], planned["papers"][0]["kept_because"]) == ([], None)
    assert archive.objects.exists(stored.original)
    done = run(capsys, archive, "person", "erase", *CHILD, born(), "--decision", "QĐ 9/2026")
    assert done["erased"] == [stored.holding_code]
    assert not archive.objects.exists(stored.original)
    assert run(capsys, archive, "person", "show", *CHILD, born())["papers"] == []
    assert main(["verify", "--home", str(archive.folder), "-q"]) == 0


def test_a_blocked_paper_is_not_found_and_told_to_whoever_answers(
    archive: DeskHome, capsys: pytest.CaptureFixture[str]
) -> None:
    [stored] = archive.catalogue.all_documents()
    assert run(capsys, archive, "person", "block", stored.holding_code, "--reason", "tranh chấp") == {
        "blocked": [stored.document_id]
    }
    assert run(capsys, archive, "find", "--name", "Đàm Mai Hiền")["count"] == 0
    assert run(capsys, archive, "person", "show", *CHILD, born())["papers"][0]["state"] == "blocked"
    assert run(capsys, archive, "person", "unblock", stored.holding_code) == {"unblocked": [stored.document_id]}
    assert run(capsys, archive, "find", "--name", "Đàm Mai Hiền")["count"] == 1


def test_requests_have_their_term_and_are_answered_once(archive: DeskHome, capsys: pytest.CaptureFixture[str]) -> None:
    [request] = run(capsys, archive, "person", "take", "access", *CHILD, born(), "--received", "2026-11-27")
    assert (request["due_on"], request["answer"]) == ("2026-12-01", None)
    assert [one["request_id"] for one in run(capsys, archive, "person", "requests")] == [request["request_id"]]
    run(capsys, archive, "person", "answer", request["request_id"], "--answer", "đã trao bản sao")
    assert run(capsys, archive, "person", "requests") == []
    again = ["person", "answer", request["request_id"], "--answer", "x", "--home", str(archive.folder)]
    assert main(again) == 2


def test_a_value_is_asked_again_at_the_desk(archive: DeskHome, capsys: pytest.CaptureFixture[str]) -> None:
    [stored] = archive.catalogue.all_documents()
    main(["desk", "summary", "--home", str(archive.folder), "-q"])
    capsys.readouterr()
    asked = run(capsys, archive, "person", "correct", stored.holding_code, "mother_full_name", "--reason", "sai dấu")
    assert asked == {"asked": [f"{stored.document_id} mother_full_name"]}
    words = ["person", "correct", stored.holding_code, "none", "--reason", "x", "--home", str(archive.folder)]
    assert main(words) == 2
    assert "no such field" in capsys.readouterr().err


def test_what_is_over_its_term_is_listed_and_only_then_withdrawn(
    archive: DeskHome, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, archive, "retention") == {"due": [], "withdrawn": []}
    [stored] = archive.catalogue.all_documents()
    (archive.folder / "settings.toml").write_text(f'retention = "{stored.document_type}=0d"\n')
    listed = run(capsys, archive, "retention")
    assert [one["document_id"] for one in listed["due"]] == [stored.document_id]
    assert archive.catalogue.document(stored.document_id) is not None
    assert run(capsys, archive, "retention", "--withdraw")["withdrawn"] == [stored.document_id]
    assert archive.catalogue.document(stored.document_id) is None
    (archive.folder / "settings.toml").write_text('retention = "birth_register_entry=5y"\n')
    assert main(["retention", "--home", str(archive.folder)]) == 2, "registers are kept for ever"


CODE = "7K3M-Q9XD-2FHW-B6TC"


def handed_in(archive: DeskHome, state: State) -> Path:
    """A submission of the child's mother with her own card, and where the card lies."""
    declared = {
        "full_name": "Đàm Mai Hiền", "date_of_birth": born(), "applicant_full_name": "Trần Thị Thử",
        "applicant_personal_id": "001190000009",
    }  # fmt: skip
    names = [("full_name", 2), ("applicant_full_name", 1), ("applicant_personal_id", 1)]
    fields = [
        {"name": name, "role": "r", "declared": declared[name], "read": declared[name], "agreement": "same", "file": n}
        for name, n in names
    ]
    kinds = ("citizen_id_chip", "birth_certificate")
    documents = [{"document_type": kind, "file": n, "role": "r"} for n, kind in enumerate(kinds, 1)]
    verdict = {"reasons": [], "fields": fields, "documents": documents}
    files = [SubmittedFile(name=f"{n}.jpg", sha256=f"{n}" * 64, size=4, media_type="image/jpeg") for n in (1, 2)]
    new = NewSubmission(
        submission_id="e" * 32, code=CODE, client_id="c", office="", request_key=None, fingerprint="f" * 64,
        procedure="2.000635", declared=declared, files=files, email="thu@example.vn",
    )  # fmt: skip
    with OfficeStore(archive.catalogue.database).write() as tables:
        tables.submissions.add(new)
        tables.submissions.decide(new.submission_id, Decision(state=state, outcome="review", verdict=verdict))
    slot = Slot(folder=archive.folder / "tray" / new.submission_id)
    for ordinal in (1, 2):
        with slot.write(ordinal, most_bytes=99) as file:
            file.write(b"card")
    return slot.folder


def test_what_was_handed_in_about_a_person_is_told_and_given_to_them_alone(
    archive: DeskHome, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    handed_in(archive, State.IN_REVIEW)
    told = run(capsys, archive, "person", "show", *CHILD, born())
    [submission] = told["submissions"]
    assert (submission["code"], submission["as"], submission["waiting_files"]) == (CODE, [""], [1, 2])
    assert CODE in {read["subject"] for read in told["reads"]}
    mother, out = ("--id", "001190000009"), tmp_path / "copy.zip"
    told = run(capsys, archive, "person", "export", *mother, "--out", str(out))
    with zipfile.ZipFile(out) as packed:
        assert f"submissions/{CODE}-1.jpg" in packed.namelist(), "her card is hers"
        text = packed.read(f"submissions/{CODE}.json").decode()
    assert "Trần Thị Thử" in text and "Đàm Mai Hiền" not in text
    left_out = {one["what"] for one in told["left_out"]}
    assert {"full_name", "email, phone", "file 2"} <= left_out


def test_a_submission_is_blocked_corrected_and_erased_by_its_code(
    archive: DeskHome, capsys: pytest.CaptureFixture[str]
) -> None:
    tray, mother = handed_in(archive, State.REFUSED), ("--id", "001190000009")
    assert run(capsys, archive, "person", "block", CODE, "--reason", "tranh chấp") == {"blocked": [CODE]}
    assert run(capsys, archive, "person", "show", *mother)["submissions"][0]["state"] == "blocked"
    assert run(capsys, archive, "person", "unblock", CODE.lower()) == {"unblocked": [CODE]}
    words = ["person", "correct", CODE, "full_name", "--reason", "sai dấu", "--home", str(archive.folder)]
    assert main(words) == 2, "it is answered"
    planned = run(capsys, archive, "person", "erase", *mother)
    assert (planned["submissions"][0]["kept_because"], planned["erased"], tray.exists()) == (None, [], True)
    assert run(capsys, archive, "person", "erase", *mother, "--decision", "QĐ 9/2026")["erased"] == [CODE]
    assert not tray.exists()
    assert run(capsys, archive, "person", "show", *mother)["submissions"] == []
    assert main(["verify", "--home", str(archive.folder), "-q"]) == 0
