"""A pack is taken as its office signed it, or not at all; packs of several offices come together without doubles."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ocr_models.adaptation.lines import is_image
from pipeline.domain.errors import HotichError, WrongUse
from tests.making.ink import ink_line, line_image
from workers.books.corrections import read_corrections
from workers.ink.keys import OfficeKey, listed_keys
from workers.ink.merge import PACKS, merge
from workers.ink.pack import InkLine, packed, read_pack

HERE, THERE, STRANGER = OfficeKey(b"h" * 32), OfficeKey(b"t" * 32), OfficeKey(b"s" * 32)
OFFICES = {HERE.public: "Phường A", THERE.public: "Xã B"}
LINES = [ink_line(text) for text in ("Tran An", "0011", "Hoa")]


def written(path: Path, lines: list[InkLine] = LINES, key: OfficeKey = HERE) -> Path:
    path.write_bytes(packed(lines, key))
    return path


def changed(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The pack with its files changed, zipped anew."""
    with zipfile.ZipFile(path) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    change(files)
    with zipfile.ZipFile(path, "w") as pack:
        for name, data in files.items():
            pack.writestr(name, data)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(HotichError) as caught:
        read_pack(path, OFFICES)
    return caught.value.code


def test_a_pack_comes_back_as_it_was_written_and_says_whose_it_is(tmp_path: Path) -> None:
    pack = read_pack(written(tmp_path / "a.zip"), OFFICES)
    assert (pack.office, list(pack.lines)) == ("Phường A", LINES)


def test_the_same_lines_and_key_give_the_same_bytes() -> None:
    assert packed(LINES, HERE) == packed(LINES, HERE) != packed(LINES, THERE)


def test_a_pack_of_an_office_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path / "a.zip", key=STRANGER)) == "ink.unknown_office"


def replaced_image(files: dict[str, bytes]) -> None:
    files["00001.png"] = line_image("Le Binh")


def replaced_text(files: dict[str, bytes]) -> None:
    files["lines.tsv"] = files["lines.tsv"].replace(b"Tran An", b"Tran Em")


def added_file(files: dict[str, bytes]) -> None:
    files["00009.png"] = line_image("9")


def removed_file(files: dict[str, bytes]) -> None:
    del files["00002.png"]


def another_key(files: dict[str, bytes]) -> None:
    told = json.loads(files["pack.json"]) | {"key": THERE.public}
    files["pack.json"] = json.dumps(told).encode()


def broken_signature(files: dict[str, bytes]) -> None:
    files["pack.sig"] = b"no signature"


@pytest.mark.parametrize(
    "change", [replaced_image, replaced_text, added_file, removed_file, another_key, broken_signature]
)
def test_a_pack_that_was_altered_is_refused(tmp_path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    assert refusal(changed(written(tmp_path / "a.zip"), change)) == "ink.altered"


def no_manifest(files: dict[str, bytes]) -> None:
    del files["pack.json"]


def manifest_of_rubbish(files: dict[str, bytes]) -> None:
    files["pack.json"] = b"[]"


@pytest.mark.parametrize("change", [no_manifest, manifest_of_rubbish])
def test_a_zip_without_a_manifest_is_no_pack(tmp_path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    assert refusal(changed(written(tmp_path / "a.zip"), change)) == "ink.not_a_pack"


@pytest.mark.parametrize("content", [b"", b"PK no zip", None])
def test_what_is_no_zip_is_no_pack(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.zip"
    if content is not None:
        path.write_bytes(content)
    assert refusal(path) == "ink.not_a_pack"


@pytest.mark.parametrize("lines", [[InkLine(ink=b"no image", text="a")], [InkLine(ink=line_image("a"), text="  ")]])
def test_a_signed_pack_whose_lines_teach_nothing_is_no_pack(tmp_path: Path, lines: list[InkLine]) -> None:
    assert refusal(written(tmp_path / "a.zip", lines)) == "ink.not_a_pack"


def test_an_image_larger_than_any_line_is_not_read_into_memory(tmp_path: Path) -> None:
    bomb = InkLine(ink=line_image("a") + bytes(8 << 20), text="a")
    assert refusal(written(tmp_path / "a.zip", [bomb])) == "ink.not_a_pack"


def test_packs_come_together_without_doubles_and_contradictions(tmp_path: Path) -> None:
    first = written(tmp_path / "a.zip", [*LINES, InkLine(ink=line_image("Lan"), text="Lan")])
    second = written(tmp_path / "b.zip", [LINES[0], InkLine(ink=line_image("Lan"), text="Lam"), ink_line("Sen")], THERE)
    merged = merge([first, second], OFFICES, tmp_path / "base")
    assert (merged.doubles, merged.contradicting) == (1, 1)
    read = read_corrections(tmp_path / "base", is_image)
    assert sorted(line.text for line in read.corrections) == ["0011", "Hoa", "Sen", "Tran An"]
    assert read.refused == ()
    assert [pack["office"] for pack in json.loads((tmp_path / "base" / PACKS).read_text())] == ["Phường A", "Xã B"]


def test_one_refused_pack_leaves_nothing_behind(tmp_path: Path) -> None:
    first, second = written(tmp_path / "a.zip"), written(tmp_path / "b.zip", key=STRANGER)
    with pytest.raises(HotichError, match="danh sách"):
        merge([first, second], OFFICES, tmp_path / "base")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "b.zip"]


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    with pytest.raises(WrongUse):
        merge([written(tmp_path / "a.zip")], OFFICES, tmp_path)


def test_the_list_of_offices_names_each_key_and_a_wrong_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ink-keys.txt"
    path.write_text(f"# ours\n\nPhường A {HERE.public}  # since June\nXã B {THERE.public}\n", encoding="utf-8")
    assert listed_keys(path) == OFFICES
    path.write_text(f"Phường A {HERE.public}\nXã B abc\n", encoding="utf-8")
    with pytest.raises(WrongUse, match="2"):
        listed_keys(path)


def test_the_key_is_made_once_and_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    first = OfficeKey.at(tmp_path / "ink.key")
    assert OfficeKey.at(tmp_path / "ink.key").public == first.public
    assert (tmp_path / "ink.key").stat().st_mode & 0o077 == 0
