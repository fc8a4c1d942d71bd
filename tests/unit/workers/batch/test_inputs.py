"""Which files an order means, and their names: nothing is lost, nothing is met twice."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.domain.model import PageImage
from pipeline.records.archival import make_archival_pdf
from tests.making.batches import png_bytes
from workers.batch.inputs import find_inputs, in_series, printable


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def names_of(*paths: Path, **more: Any) -> list[str]:
    return [file.name for file in find_inputs(paths, **more).files]


def test_a_folder_is_walked_and_names_are_relative_to_it(tmp_path: Path) -> None:
    make(tmp_path, "b.pdf", "a/x.jpg", "a/deep/y.tif")
    assert names_of(tmp_path) == ["a/deep/y.tif", "a/x.jpg", "b.pdf"]


def test_a_file_is_known_by_its_own_name(tmp_path: Path) -> None:
    make(tmp_path, "a/x.jpg")
    assert names_of(tmp_path / "a" / "x.jpg") == ["x.jpg"]


def test_files_of_one_name_in_several_folders_stay_apart(tmp_path: Path) -> None:
    make(tmp_path, "a/x.jpg", "b/x.jpg", "c/x.jpg")
    assert names_of(tmp_path / "a", tmp_path / "b", tmp_path / "c" / "x.jpg") == [
        "a/x.jpg",
        "b/x.jpg",
        "c/x.jpg",
    ]


def test_a_file_named_twice_is_met_once(tmp_path: Path) -> None:
    make(tmp_path, "a/x.jpg")
    assert names_of(tmp_path / "a", tmp_path / "a" / "x.jpg", tmp_path / "a") == ["a/x.jpg"]


def test_page_2_comes_before_page_10(tmp_path: Path) -> None:
    make(tmp_path, "p10.jpg", "p2.jpg", "p1.jpg")
    assert names_of(tmp_path) == ["p1.jpg", "p2.jpg", "p10.jpg"]


@pytest.mark.parametrize("name", ["Đặng Thị Hồng.pdf", "a b.pdf", "x\ny.pdf", "-rf.pdf", "空.pdf", "%s{0}.pdf"])
def test_any_name_is_an_input(tmp_path: Path, name: str) -> None:
    make(tmp_path, name)
    (file,) = find_inputs([tmp_path]).files
    assert (file.name, file.path) == (name, tmp_path / name)
    assert "\n" not in file.shown


def test_a_name_in_decomposed_letters_is_reported_composed(tmp_path: Path) -> None:
    make(tmp_path, unicodedata.normalize("NFD", "Hồng.pdf"))
    (file,) = find_inputs([tmp_path]).files
    assert file.name == "Hồng.pdf"
    assert file.path.read_text() == unicodedata.normalize("NFD", "Hồng.pdf")


def test_names_that_differ_in_unicode_form_only_stay_two_inputs(tmp_path: Path) -> None:
    make(tmp_path, unicodedata.normalize("NFD", "Hồng.pdf"), unicodedata.normalize("NFC", "Hồng.pdf"))
    assert len(set(names_of(tmp_path))) == 2


def test_a_name_that_is_no_utf_8_is_an_input(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/scan\xff.pdf"))).write_text("x")
    (file,) = find_inputs([tmp_path]).files
    assert file.shown == "scan\\udcff.pdf"


def passed_over(*paths: Path, **more: Any) -> dict[str, str]:
    return {other.name: other.reason.en for other in find_inputs(paths, **more).passed_over}


def test_what_stands_beside_scans_is_passed_over_and_named(tmp_path: Path) -> None:
    make(tmp_path, "a.pdf", "truth.jsonl", "population.csv", "Thumbs.db", "LICENSE")
    assert names_of(tmp_path) == ["a.pdf"]
    assert set(passed_over(tmp_path)) == {"truth.jsonl", "population.csv", "Thumbs.db", "LICENSE"}


@pytest.mark.parametrize("name", ["license.png", "README.jpg", "readme", "scan.json", "LICENSE"])
def test_a_picture_is_an_input_whatever_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(png_bytes())
    assert names_of(tmp_path) == [name]


def test_hidden_files_and_folders_are_named_with_their_reason(tmp_path: Path) -> None:
    make(tmp_path, "a.pdf", ".scan.jpg", "deep/.cache/x.pdf")
    assert names_of(tmp_path) == ["a.pdf"]
    told = passed_over(tmp_path)
    assert set(told) == {".scan.jpg", "deep/.cache"}
    assert all("hidden" in reason for reason in told.values())


def test_a_link_to_a_folder_is_named_with_its_reason(tmp_path: Path) -> None:
    make(tmp_path, "elsewhere/x.pdf", "in/a.pdf")
    (tmp_path / "in" / "box 2").symlink_to(tmp_path / "elsewhere")
    assert names_of(tmp_path / "in") == ["a.pdf"]
    assert "link to a folder" in passed_over(tmp_path / "in")["box 2"]
    assert names_of(tmp_path / "in" / "box 2") == ["x.pdf"]


def test_an_archival_copy_of_an_earlier_run_is_no_new_paper(tmp_path: Path) -> None:
    folder = tmp_path / "kq cũ"
    folder.mkdir()
    page = PageImage(number=1, pixels=np.full((40, 30), 255, np.uint8), dpi=100)
    with (folder / "a.png.pdf").open("wb") as out:
        make_archival_pdf(out, [(page, (), 0)], identifier=f"sha256:{'a' * 64}")
    make(tmp_path, "a.png")
    assert names_of(tmp_path) == ["a.png"]
    assert "hotich made" in passed_over(tmp_path)["kq cũ/a.png.pdf"]
    assert names_of(folder / "a.png.pdf") == ["a.png.pdf"]


def test_a_file_of_an_unknown_kind_is_an_input_so_that_it_is_reported(tmp_path: Path) -> None:
    make(tmp_path, "note.docx", "noending")
    assert names_of(tmp_path) == ["noending", "note.docx"]


def test_a_side_file_named_on_purpose_is_an_input(tmp_path: Path) -> None:
    make(tmp_path, "a.csv")
    assert names_of(tmp_path / "a.csv") == ["a.csv"]


def test_results_inside_the_scans_folder_are_no_inputs(tmp_path: Path) -> None:
    make(tmp_path, "a.pdf", "out/a.pdf.pdf", "hotich-data/objects/x")
    without = [tmp_path / "out", tmp_path / "hotich-data"]
    assert names_of(tmp_path, leave_out=without) == ["a.pdf"]
    assert set(passed_over(tmp_path, leave_out=without)) == {"out", "hotich-data"}


def test_a_loop_of_links_is_not_walked(tmp_path: Path) -> None:
    make(tmp_path, "a/x.pdf")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "itself").symlink_to(tmp_path / "itself")
    found = {file.name: file for file in find_inputs([tmp_path]).files}
    assert set(found) == {"a/x.pdf", "itself"}
    assert found["itself"].trouble is not None


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    make(tmp_path, "real/x.pdf")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "y.pdf").symlink_to(tmp_path / "real" / "x.pdf")
    (file,) = find_inputs([tmp_path / "in"]).files
    assert (file.name, file.size, file.trouble) == ("y.pdf", 10, None)


def test_a_missing_path_is_an_input_with_its_trouble(tmp_path: Path) -> None:
    (file,) = find_inputs([tmp_path / "none.pdf"]).files
    assert file.trouble is not None
    assert file.trouble.code == "input.missing"


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    (file,) = find_inputs([tmp_path]).files
    assert file.trouble is not None
    assert file.trouble.code == "input.not_a_file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_an_unreadable_folder_is_reported(tmp_path: Path) -> None:
    make(tmp_path, "ok.pdf", "closed/x.pdf")
    (tmp_path / "closed").chmod(0)
    troubles = [file.trouble for file in find_inputs([tmp_path]).files if file.trouble]
    (tmp_path / "closed").chmod(0o700)
    assert [trouble.code for trouble in troubles] == ["input.unreadable"]


def test_a_folder_the_system_refuses_to_list_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "closed/x.pdf")
    real = os.scandir

    def scandir(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr("workers.batch.inputs.os.scandir", scandir)
    (file,) = find_inputs([tmp_path]).files
    assert file.trouble is not None
    assert (file.name, file.trouble.code) == ("closed", "input.unreadable")


def test_text_for_people_is_one_line() -> None:
    assert printable("a\r\n\x1b[31mb") == "a\\r\\n\\x1b[31mb"


@pytest.mark.parametrize(
    ("name", "next_name"),
    [
        ("sổ 12_1.jpg", "sổ 12_2.pdf"),
        ("a/scan0009.tif", "a/scan0010.tif"),
        ("anh (1).jpg", "anh (2).jpg"),
        ("2012-3a.png", "2012-4a.png"),
    ],
)
def test_names_that_are_counted_through_are_one_row(name: str, next_name: str) -> None:
    place, after = in_series(name), in_series(next_name)
    assert place is not None and after is not None
    assert (place[:2], place[2] + 1) == (after[:2], after[2])


@pytest.mark.parametrize("other", ["b/sổ_2.jpg", "sổ.jpg", "sổ_2b.jpg", "vở_2.jpg"])
def test_other_names_are_not(other: str) -> None:
    place = in_series(other)
    assert place is None or place[:2] != in_series("sổ_1.jpg")[:2]  # type: ignore[index]
