"""A paper that is scanned twice, from the command line to the record: told, linked, kept twice, asked of nobody."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.e2e.conftest import CERTIFICATE, SAMPLES, DigitizedCertificate, Ended, hotich

OTHER = SAMPLES / "giay-khai-sinh-2006-den-trang.tif"


@dataclass(frozen=True, slots=True)
class Twice:
    """The certificate as it is held, then a folder with another scan of it and another child's certificate."""

    first: Ended
    second: Ended
    home: Path
    out: Path

    def record(self, name: str) -> Any:
        return json.loads((self.out / f"{name}.json").read_text())

    def review(self) -> list[dict[str, str]]:
        with (self.out / "review.csv").open(encoding="utf-8-sig", newline="") as table:
            return list(csv.DictReader(table))


def scan_again(path: Path, to: Path) -> None:
    """The same sheet laid on the glass a little askew, by a scanner that compresses more."""
    with Image.open(path) as image:
        askew = image.convert("RGB").rotate(0.8, resample=Image.Resampling.BICUBIC, fillcolor=(250, 250, 250))
        askew.save(to, quality=80, dpi=image.info["dpi"])


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory, certificate: DigitizedCertificate) -> Twice:
    place = tmp_path_factory.mktemp("twice")
    scans, out, home = place / "scans", place / "out", place / "home"
    scans.mkdir()
    scan_again(CERTIFICATE, scans / "again.jpg")
    (scans / "other.tif").write_bytes(OTHER.read_bytes())
    shutil.copytree(certificate.home, home)
    second = hotich("digitize", scans, "--out", out, "--home", home, "--json")
    return Twice(certificate.ended, second, home, out)


def codes(record: Any) -> list[str]:
    return [finding["code"] for finding in record["findings"]]


def test_the_second_scan_is_counted_and_another_child_s_paper_is_not(twice: Twice) -> None:
    assert [file["seen_before"] for file in twice.first.json["files"]] == [0]
    counted = {file["file"]: file["seen_before"] for file in twice.second.json["files"]}
    assert counted == {"again.jpg": 1, "other.tif": 0}
    assert "1 giấy tờ có vẻ đã có trong kho" in twice.second.err
    assert "1 papers look like ones already held" in twice.second.err


def test_its_record_says_so_without_a_value_and_the_scan_is_kept(twice: Twice) -> None:
    record = twice.record("again.jpg")
    (finding,) = [finding for finding in record["findings"] if finding["code"] == "document.seen_before"]
    assert "another scan" in finding["message"]
    assert not [f for f in record["fields"].values() if f["value"] and f["value"] in finding["message"]]
    assert "document.copies_differ" not in codes(record)
    assert "document.seen_before" not in codes(twice.record("other.tif"))
    assert hotich("verify", "--home", twice.home, "--json").json["documents"] == 3


def test_the_review_list_names_the_paper_that_is_held(twice: Twice) -> None:
    (row,) = [row for row in twice.review() if row["status"] == "seen_before"]
    assert row["file"] == "again.jpg"
    assert row["reason"].count(CERTIFICATE.name) == 2
    assert "HT-" in row["reason"]
