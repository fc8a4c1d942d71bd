"""`hotich person` and `hotich retention` from the command line, on a paper that names a child and its parents."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hotich.cli import main
from pipeline.domain.geometry import rectangle
from pipeline.domain.model import CivilRecord, DocumentType, FieldValue, PageReport, SourceFile, Status, Validation
from pipeline.records.contract import record_bytes
from storage.catalogue import WorkKey
from storage.commit import Digitized, commit_documents
from storage.office.store import OfficeStore
from storage.submissions import Decision, NewSubmission, State, SubmittedFile
from storage.submissions.tray import Slot
from tests.making.desk_home import CERTIFICATE, PROVENANCE, DeskHome, truths

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
    told = run(capsys, archive, "retention")
    assert (told["due"], told["withdrawn"], set(told["left_behind"].values())) == ([], [], {0})
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
MOTHER = ("--id", "001190000009")
CARD, BESIDE = (100, 100, 500, 350), (600, 100, 1000, 350)
"""On the photo that was handed in: the mother's card, and another one of which nothing was compared."""


def photo_of_two_cards() -> bytes:
    pixels = np.full((450, 1100, 3), 255, np.uint8)
    for x1, y1, x2, y2 in (CARD, BESIDE):
        cv2.rectangle(pixels, (x1, y1), (x2, y2), (40, 40, 40), 2)
        cv2.putText(pixels, "0123456789", (x1 + 20, y1 + 120), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (0, 0, 0), 4)
    return cv2.imencode(".png", pixels)[1].tobytes()


def handed_in(archive: DeskHome, state: State, *, read_name: str = "Trần Thị Thử") -> Path:
    """A submission of the child's mother, with a photo of her card and of another one, and a paper on which nothing
    of her was found; where they lie."""
    declared = {
        "full_name": "Đàm Mai Hiền", "date_of_birth": born(), "applicant_full_name": "Trần Thị Thử",
        "applicant_personal_id": "001190000009",
    }  # fmt: skip
    number = declared["applicant_personal_id"] if read_name == declared["applicant_full_name"] else "001190000777"
    read = {"full_name": "Đàm Mai Hiền", "applicant_full_name": read_name, "applicant_personal_id": number}
    at = {"full_name": (2, 100), "applicant_full_name": (1, 100), "applicant_personal_id": (1, 180)}
    fields = [
        {
            "name": name, "role": f"r{n}", "declared": declared[name], "read": read[name], "file": n, "page": 1,
            "agreement": "same" if read[name] == declared[name] else "different",
            "box": [[110, y], [490, y], [490, y + 70], [110, y + 70]],
        }
        for name, (n, y) in at.items()
    ]  # fmt: skip
    kinds = [("citizen_id_chip", 1, "r1"), ("citizen_id_chip", 1, None), ("birth_certificate", 2, "r2")]
    documents = [{"document_type": kind, "file": n, "role": role} for kind, n, role in kinds]
    verdict = {"reasons": [], "fields": fields, "documents": documents}
    data = photo_of_two_cards()
    digest = hashlib.sha256(data).hexdigest()
    files = [SubmittedFile(name=f"{n}.png", sha256=digest, size=len(data), media_type="image/png") for n in (1, 2)]
    new = NewSubmission(
        submission_id="e" * 32, code=CODE, client_id="c", office="", request_key=None, fingerprint="f" * 64,
        procedure="2.000635", declared=declared, files=files, email="thu@example.vn",
    )  # fmt: skip
    with OfficeStore(archive.catalogue.database).write() as tables:
        tables.submissions.add(new)
        tables.submissions.decide(new.submission_id, Decision(state=state, outcome="review", verdict=verdict))
    slot = Slot(folder=archive.folder / "tray" / new.submission_id)
    for ordinal in (1, 2):
        with slot.write(ordinal, most_bytes=1 << 20) as file:
            file.write(data)
    return slot.folder


def test_of_a_photo_in_the_tray_a_copy_shows_the_persons_own_values_alone(
    archive: DeskHome, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    handed_in(archive, State.IN_REVIEW)
    told = run(capsys, archive, "person", "show", *CHILD, born())
    [submission] = told["submissions"]
    assert (submission["code"], submission["as"], submission["waiting_files"]) == (CODE, [""], [1, 2])
    assert CODE in {read["subject"] for read in told["reads"]}
    out = tmp_path / "copy.zip"
    told = run(capsys, archive, "person", "export", *MOTHER, "--out", str(out))
    with zipfile.ZipFile(out) as packed:
        pictures = [name for name in packed.namelist() if not name.endswith(".json")]
        picture = cv2.imdecode(np.frombuffer(packed.read(f"submissions/{CODE}-1-1.jpg"), np.uint8), 0)
        text = packed.read(f"submissions/{CODE}.json").decode()
    assert pictures == [f"submissions/{CODE}-1-1.jpg"]
    assert "Trần Thị Thử" in text and "Đàm Mai Hiền" not in text
    assert picture is not None and picture.shape == (450, 1100)
    assert picture[100:250, 110:490].min() < 60, "her own values can be read"
    assert picture[:, 520:].min() > 190, "the card beside hers is covered"
    left_out = {one["what"] for one in told["left_out"]}
    assert {"full_name", "email, phone", "file 2"} <= left_out


def test_a_card_handed_in_as_ones_own_that_is_anothers_is_left_out_with_what_was_read_of_it(
    archive: DeskHome, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    handed_in(archive, State.IN_REVIEW, read_name="Lê Thị Khác")
    told = run(capsys, archive, "person", "export", *MOTHER, "--out", str(tmp_path / "copy.zip"))
    with zipfile.ZipFile(tmp_path / "copy.zip") as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist() if name.endswith(".json")).decode()
        assert [name for name in packed.namelist() if not name.endswith(".json")] == []
    assert "Trần Thị Thử" in everything, "what was declared of her is hers"
    assert "Lê Thị Khác" not in everything and "001190000777" not in everything
    assert {"file 1", "file 2", "applicant_full_name: read"} <= {one["what"] for one in told["left_out"]}


def test_a_copy_without_scans_has_no_picture_of_the_tray_either(
    archive: DeskHome, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    handed_in(archive, State.IN_REVIEW)
    told = run(capsys, archive, "person", "export", *MOTHER, "--no-scans", "--out", str(tmp_path / "copy.zip"))
    with zipfile.ZipFile(tmp_path / "copy.zip") as packed:
        assert all(name.endswith(".json") for name in packed.namelist())
    assert {"file 1", "file 2"} <= {one["what"] for one in told["left_out"]}


def test_a_card_photographed_beside_anothers_is_not_given_as_it_came(
    archive: DeskHome, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    two_cards_of_one_photo(archive)
    run(capsys, archive, "person", "export", *MOTHER, "--out", str(tmp_path / "copy.zip"))
    with zipfile.ZipFile(tmp_path / "copy.zip") as packed:
        [name] = [name for name in packed.namelist() if name.startswith("scans/")]
        picture = cv2.imdecode(np.frombuffer(packed.read(name), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert picture[100:250, 110:490].min() < 60
    assert picture[:, 520:].min() > 190, "the other's card is covered"


def two_cards_of_one_photo(archive: DeskHome) -> None:
    data = photo_of_two_cards()
    digest, documents = hashlib.sha256(data).hexdigest(), []
    for n, (x1, y1, x2, _) in enumerate((CARD, BESIDE)):
        box = rectangle(x1 + 10, y1 + 70, x2 - 10, y1 + 130)
        field = FieldValue(
            name="personal_id", value=f"00119000000{9 - n}", verbatim="", page=1, box=box, confidence=0.99,
            status=Status.ACCEPTED,
        )  # fmt: skip
        record = CivilRecord(
            document_id=f"{n + 1:032x}", holding_code=f"HT-{n + 1:016d}",
            source=SourceFile(file="anh.png", sha256=digest, media_type="image/png", size=len(data), pages=1),
            document_type=DocumentType.CITIZEN_ID_CHIP, form="2021", type_confidence=0.99, status=Status.ACCEPTED,
            fields=(field,), validation=Validation(), findings=(), provenance=PROVENANCE,
            pages=(PageReport(number=1, dpi=None, rotation=0, skew_deg=0.0, quality={}),),
        )  # fmt: skip
        documents.append(Digitized(record=record, record_json=record_bytes(record), archival=None))
    claim = archive.catalogue.claim(WorkKey.of(digest, PROVENANCE), name="anh.png", size=len(data)).claim
    assert claim is not None
    commit_documents(archive.objects, archive.catalogue, claim, original=data, documents=documents, actor="test")


def test_a_submission_is_blocked_corrected_and_erased_by_its_code(
    archive: DeskHome, capsys: pytest.CaptureFixture[str]
) -> None:
    tray = handed_in(archive, State.REFUSED)
    assert run(capsys, archive, "person", "block", CODE, "--reason", "tranh chấp") == {"blocked": [CODE]}
    assert run(capsys, archive, "person", "show", *MOTHER)["submissions"][0]["state"] == "blocked"
    assert run(capsys, archive, "person", "unblock", CODE.lower()) == {"unblocked": [CODE]}
    words = ["person", "correct", CODE, "full_name", "--reason", "sai dấu", "--home", str(archive.folder)]
    assert main(words) == 2, "it is answered"
    planned = run(capsys, archive, "person", "erase", *MOTHER)
    assert (planned["submissions"][0]["kept_because"], planned["erased"], tray.exists()) == (None, [], True)
    assert run(capsys, archive, "person", "erase", *MOTHER, "--decision", "QĐ 9/2026")["erased"] == [CODE]
    assert not tray.exists()
    assert run(capsys, archive, "person", "show", *MOTHER)["submissions"] == []
    assert main(["verify", "--home", str(archive.folder), "-q"]) == 0
