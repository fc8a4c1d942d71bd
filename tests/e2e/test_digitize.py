"""`hotich digitize` on real specimens and hostile files, from the command line to what lies on the disk."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from pipeline.records.contract import record_schema
from tests.e2e.conftest import SAMPLES, Ended, hotich, start
from tests.making.hostile import write_hostile_files

CARD = SAMPLES / "can-cuoc-cong-dan-chip.jpg"
NAME = "Hồ sơ (1)/thẻ\nmới.jpg"


@dataclass(frozen=True, slots=True)
class Office:
    """A folder of scans, good and bad, and what the first run made of it."""

    scans: Path
    out: Path
    home: Path
    hostile: dict[str, str]
    before: dict[str, str]
    first: Ended

    def digitize(self, *more: object) -> Ended:
        return hotich("digitize", self.scans, "--out", self.out, "--home", self.home, "--json", *more)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    place = tmp_path_factory.mktemp("office")
    scans, out, home = place / "bản quét", place / "kết quả", place / "kho"
    scans.mkdir()
    hostile = write_hostile_files(scans)
    (scans / NAME).parent.mkdir()
    shutil.copy(CARD, scans / NAME)
    shutil.copy(CARD, scans / "bản sao.jpg")
    (scans / "population.csv").write_text("personal_id,full_name\n")
    before = digests(scans)
    loaded = hotich("register", "load", SAMPLES / "population.csv", "--home", home)
    assert loaded.code == 0, loaded.err
    first = hotich("digitize", scans, "--out", out, "--home", home, "--json", "--workers", 2)
    return Office(scans, out, home, hostile, before, first)


def files_of(ended: Ended) -> dict[str, dict[str, Any]]:
    files = ended.json["files"]
    assert len({file["file"] for file in files}) == len(files)
    return {file["file"]: file for file in files}


def test_every_input_appears_exactly_once(office: Office) -> None:
    assert set(files_of(office.first)) == {*office.hostile, NAME, "bản sao.jpg"}


def test_each_bad_file_is_set_aside_with_its_code_and_one_line_that_names_it(office: Office) -> None:
    files = files_of(office.first)
    assert {name: files[name]["code"] for name in office.hostile} == office.hostile
    for name in office.hostile:
        message = files[name]["message"]
        assert files[name]["status"] == "set_aside"
        assert "\n" not in message
        assert message.count(" / ") >= 1


def test_the_batch_goes_on_and_ends_well(office: Office) -> None:
    assert office.first.code == 0
    assert files_of(office.first)["bản sao.jpg"]["status"] == "done"


def test_no_file_of_the_user_is_touched(office: Office) -> None:
    assert digests(office.scans) == office.before


def test_the_record_fits_the_published_schema_and_tells_its_source(office: Office) -> None:
    record = json.loads((office.out / f"{NAME}.json").read_text())
    jsonschema.validate(record, record_schema())
    assert record["source"]["file"] == NAME
    assert record["source"]["sha256"] == office.before[NAME]
    assert record["document_type"] == "citizen_id_chip"
    assert record["fields"]["personal_id"]["value"]


def test_the_register_was_asked(office: Office) -> None:
    assert files_of(office.first)[NAME]["register"] in ("match", "conflict", "not_found")


def test_a_copy_of_a_file_gets_its_own_record_without_being_read(office: Office) -> None:
    files = files_of(office.first)
    assert (files["bản sao.jpg"]["code"], files[NAME]["code"]) == (None, "input.duplicate")
    assert json.loads((office.out / "bản sao.jpg.json").read_text())["source"]["file"] == "bản sao.jpg"
    assert files[NAME]["records"] == files["bản sao.jpg"]["records"]


def test_the_pdf_keeps_the_scan_and_can_be_searched(office: Office) -> None:
    pdf = (office.out / f"{NAME}.pdf").read_bytes()
    assert CARD.read_bytes() in pdf
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    assert "Việt Nam" in text or "VIỆT NAM" in text


def test_the_review_list_names_every_doubtful_field_and_every_file_set_aside(office: Office) -> None:
    with (office.out / "review.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    record = json.loads((office.out / f"{NAME}.json").read_text())
    doubtful = {name for name, field in record["fields"].items() if field["status"] != "accepted"}
    assert {row["field"] for row in rows if row["file"] == NAME} == doubtful
    assert set(office.hostile) <= {row["file"] for row in rows}
    crops = [row["crop"] for row in rows if row["file"] == NAME]
    assert all((office.out / crop).is_file() for crop in crops)


def test_what_is_printed_beside_the_result_holds_no_value(office: Office) -> None:
    record = json.loads((office.out / f"{NAME}.json").read_text())
    values = [field["value"] for field in record["fields"].values() if field["value"]]
    assert not [value for value in values if len(value) > 4 and value in office.first.err]


def test_totals_add_up(office: Office) -> None:
    totals = office.first.json["totals"]
    assert totals["files"] == totals["done"] + totals["unchanged"] + totals["set_aside"]
    assert totals["set_aside"] == len(office.hostile)


def test_a_second_run_does_nothing_and_changes_nothing(office: Office) -> None:
    kept = digests(office.out)
    again = office.digitize()
    fates = {file["status"] for file in again.json["files"]}
    assert (again.code, fates) == (0, {"unchanged", "set_aside"})
    assert files_of(again)[NAME]["records"] == files_of(office.first)[NAME]["records"]
    assert digests(office.out) == kept


def test_strict_ends_with_1_when_something_was_set_aside(office: Office) -> None:
    assert office.digitize("--strict").code == 1


def test_the_store_is_whole_afterwards_and_a_changed_byte_is_found(office: Office, tmp_path: Path) -> None:
    assert hotich("verify", "--home", office.home).code == 0
    copy = tmp_path / "home"
    shutil.copytree(office.home, copy)
    victim = next(path for path in (copy / "objects" / "sha256").rglob("*") if path.is_file())
    victim.chmod(0o600)
    victim.write_bytes(victim.read_bytes()[:-1] + b"?")
    ended = hotich("verify", "--home", copy, "--json")
    assert ended.code == 3
    assert ended.json["ok"] is False


def test_a_killed_run_is_completed_by_the_same_command(tmp_path: Path) -> None:
    scans, out, home = tmp_path / "scans", tmp_path / "out", tmp_path / "home"
    scans.mkdir()
    for number in range(3):  # quickly read, but each another content
        page = Image.new("L", (1240, 874), 255)
        ImageDraw.Draw(page).text((120, 120), f"LETTER NUMBER {number} TO THE RESIDENTS", fill=0, font_size=48)
        page.save(scans / f"{number}.png", dpi=(150, 150))
    arguments = ("digitize", scans, "--out", out, "--home", home, "--json", "--workers", "1")
    running = start(*arguments)
    until = time.monotonic() + 240
    while not list(out.glob("*.json")) and time.monotonic() < until and running.poll() is None:
        time.sleep(0.02)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    finished = {path.name.removesuffix(".json"): path.read_bytes() for path in out.glob("*.json")}
    assert 1 <= len(finished) < 3

    files = files_of(hotich(*arguments))
    assert {files[name]["status"] for name in finished} == {"unchanged"}
    assert {file["status"] for name, file in files.items() if name not in finished} == {"done"}
    assert all((out / f"{name}.json").read_bytes() == data for name, data in finished.items())
    report = hotich("verify", "--home", home, "--json").json
    assert (report["ok"], report["documents"]) == (True, 3)
    assert list((home / "spool").iterdir()) == []


def test_results_are_never_put_among_the_scans(tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    shutil.copy(CARD, scans / "a.jpg")
    ended = hotich("digitize", scans, "--out", scans, "--home", tmp_path / "home")
    assert ended.code == 2
    assert [path.name for path in scans.iterdir()] == ["a.jpg"]


def test_an_output_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ended = hotich("digitize", CARD, "--out", tmp_path / "file", "--home", tmp_path / "home")
    assert ended.code == 3
    assert re.search(r"\[output\.refused\]\s*$", ended.err)
    assert "Traceback" not in ended.err


def test_a_missing_tesseract_language_is_told_for_the_file_and_how_to_mend_it(tmp_path: Path) -> None:
    env = {"HOTICH_TESSDATA": str(tmp_path)}
    ended = hotich("digitize", CARD, "--home", tmp_path / "home", "--json", "--strict", env=env)
    (file,) = ended.json["files"]
    assert (ended.code, file["status"]) == (3, "set_aside")
    assert file["code"] == "resource.tesseract_language_missing"
    assert "apt-get install tesseract-ocr-vie" in file["message"]


def test_a_page_over_its_time_is_set_aside(tmp_path: Path) -> None:
    env = {"HOTICH_PAGE_CPU_SECONDS": "0.2"}
    ended = hotich("digitize", CARD, "--home", tmp_path / "home", "--json", env=env)
    (file,) = ended.json["files"]
    assert (file["status"], file["code"]) == ("set_aside", "limit.time")


def test_a_path_that_is_not_there_is_wrong_use_and_nothing_is_read(tmp_path: Path) -> None:
    ended = hotich("digitize", CARD, tmp_path / "none.pdf", "--home", tmp_path / "home")
    assert ended.code == 2
    assert "none.pdf" in ended.err


def test_an_empty_folder_is_wrong_use(tmp_path: Path) -> None:
    assert hotich("digitize", tmp_path, "--home", tmp_path / "home").code == 2


def test_a_book_photographed_leaf_by_leaf_keeps_one_count_of_its_people(tmp_path: Path) -> None:
    scans, out = tmp_path / "scans", tmp_path / "out"
    scans.mkdir()
    with pypdfium2.PdfDocument(SAMPLES / "so-ho-khau-2014.pdf") as book:
        for number, page in enumerate(book, start=1):
            page.render(scale=200 / 72).to_pil().save(scans / f"so_{number}.png")
    assert hotich("digitize", scans, "--out", out, "--home", tmp_path / "home").code == 0
    records = [json.loads((out / f"so_{number}.png.json").read_text()) for number in (1, 2, 3, 4)]
    assert [record["continues"] and record["continues"]["document_id"] for record in records] == [
        None,
        *(record["document_id"] for record in records[:-1]),
    ]
    members = [sorted({name.partition(".")[0] for name in r["fields"] if name.startswith("members[")}) for r in records]
    listed = [name for leaf in members for name in leaf]
    assert listed == [f"members[{n}]" for n in range(6)]
