"""Every page of real files is told of: by the table, by the review list, by `--json`, by the store."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.e2e.conftest import Ended, hotich

A5 = (1240, 874)
WORDS = ("LETTER TO THE RESIDENTS", "You are invited to a meeting", "on Sunday at the house of culture", "at eight")
STRIP_OFFSETS, STRIP_BYTES = 273, 279  # TIFF tags


@dataclass(frozen=True, slots=True)
class Fed:
    """Two small files and what came of them: `film.tif` has writing, a blank page and a torn one; `blank.tif` has
    writing and a blank page."""

    scans: Path
    home: Path
    ended: Ended
    review: list[dict[str, str]]


def written() -> Image.Image:
    page = Image.new("L", A5, 255)
    draw = ImageDraw.Draw(page)
    for at, words in enumerate(WORDS):
        draw.text((120, 120 + 120 * at), words, fill=0, font_size=48)
    return page


def blank() -> Image.Image:
    return Image.new("L", A5, 253)


def write_tiff(path: Path, *pages: Image.Image) -> None:
    pages[0].save(path, save_all=True, append_images=list(pages[1:]), dpi=(150, 150), compression="tiff_adobe_deflate")


def tear_last_page(path: Path) -> None:
    """Overwrites the pixels of the file's last page."""
    with Image.open(path) as image:
        image.seek(image.n_frames - 1)  # type: ignore[attr-defined]
        offsets, sizes = (image.tag_v2[tag] for tag in (STRIP_OFFSETS, STRIP_BYTES))  # type: ignore[attr-defined]
    data = bytearray(path.read_bytes())
    for offset, size in zip(offsets, sizes, strict=True):
        data[offset : offset + size] = b"\xff" * size
    path.write_bytes(bytes(data))


@pytest.fixture(scope="module")
def fed(tmp_path_factory: pytest.TempPathFactory) -> Fed:
    place = tmp_path_factory.mktemp("fed")
    scans, out, home = place / "scans", place / "out", place / "home"
    scans.mkdir()
    write_tiff(scans / "blank.tif", written(), blank())
    write_tiff(scans / "film.tif", written(), blank(), written())
    tear_last_page(scans / "film.tif")
    ended = hotich("digitize", scans, "--out", out, "--home", home, "--json", "--strict")
    with (out / "review.csv").open(encoding="utf-8-sig", newline="") as table:
        return Fed(scans, home, ended, list(csv.DictReader(table)))


def test_each_page_is_in_a_record_decided_or_open(fed: Fed) -> None:
    files = {file["file"]: file for file in fed.ended.json["files"]}
    assert files["blank.tif"]["ledger"] == {"1": files["blank.tif"]["records"], "2": "blank"}
    assert files["film.tif"]["ledger"] == {"1": files["film.tif"]["records"], "2": "blank", "3": "unreadable"}


def test_the_review_list_names_unknown_papers_and_pages_that_could_not_be_read(fed: Fed) -> None:
    listed = [(row["file"], row["field"], row["page"]) for row in fed.review]
    assert listed == [("blank.tif", "", "1"), ("film.tif", "", "1"), ("film.tif", "", "3")]
    assert "page.unreadable" in fed.review[2]["reason"]


def test_the_table_says_which_pages_are_in_no_record(fed: Fed) -> None:
    (line,) = [line for line in fed.ended.err.splitlines() if "film.tif: trang/page" in line]
    assert line.endswith("2: trắng / blank; 3: KHÔNG ĐỌC ĐƯỢC / UNREADABLE")


def test_strict_ends_with_1_for_what_did_not_become_a_record(fed: Fed) -> None:
    assert fed.ended.code == 1


def test_the_store_proves_that_no_page_is_missing(fed: Fed) -> None:
    report = hotich("verify", "--home", fed.home, "--json").json
    assert (report["ok"], report["files"], report["lost_pages"]) == (True, 2, [])


def test_an_office_may_have_blank_pages_seen_by_a_person(fed: Fed, tmp_path: Path) -> None:
    asked = {"HOTICH_BLANK_PAGES": "ask"}
    ended = hotich("digitize", fed.scans / "blank.tif", "--home", tmp_path / "home", "--json", env=asked)
    (file,) = ended.json["files"]
    assert (file["ledger"]["2"], file["open_pages"]) == ("open", [2])
