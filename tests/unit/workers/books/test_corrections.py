from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from workers.books.corrections import FoundCorrections, NoCorrections, read_corrections

Pack = Callable[[dict[str, bytes]], Path]


@pytest.fixture(params=["folder", "zip"])
def pack(request: pytest.FixtureRequest, tmp_path: Path) -> Pack:
    """Puts files where they can be read from: a folder, or a zip."""

    def put(files: dict[str, bytes]) -> Path:
        if request.param == "zip":
            path = tmp_path / "lines.zip"
            with zipfile.ZipFile(path, "w") as packed:
                for name, data in files.items():
                    packed.writestr(name, data)
            return path
        folder = tmp_path / "lines"
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        return folder

    return put


def read(path: Path) -> FoundCorrections:
    return read_corrections(path, lambda data: data.startswith(b"image"))


def test_lines_come_in_the_tables_order_in_nfc_with_a_title_or_without(pack: Pack) -> None:
    table = "file\ttext\nb.png\tNguye\u0302\u0303n  A\n\nin/a.png\tb\n"
    found = read(pack({"lines.tsv": table.encode("utf-8-sig"), "b.png": b"image 1", "in/a.png": b"image 2"}))
    assert [(one.image, one.text) for one in found.corrections] == [(b"image 1", "Nguyễn A"), (b"image 2", "b")]
    assert found.refused == ()


def test_a_line_that_cannot_be_used_is_told_and_the_others_are_read(pack: Pack) -> None:
    table = "gone.png\ta\nnone.png\tb\nempty.png\t \nlong.png\t" + "x" * 500 + "\ngood.png\tc\nalone"
    names = ("none.png", "empty.png", "long.png", "good.png")
    files = {"lines.tsv": table.encode()} | dict.fromkeys(names, b"image") | {"none.png": b"rubbish"}
    found = read(pack(files))
    assert [one.text for one in found.corrections] == ["c"]
    assert [(line.file, line.code) for line in found.refused] == [
        ("gone.png", "line.no_file"),
        ("none.png", "line.no_image"),
        ("empty.png", "line.no_text"),
        ("long.png", "line.too_long"),
        ("alone", "line.no_text"),
    ]


@pytest.mark.parametrize("name", ["../secret.png", "/etc/hostname", "a\x00b", "."])
def test_nothing_outside_is_opened(pack: Pack, name: str) -> None:
    path = pack({"lines.tsv": f"{name}\ta\n".encode()})
    (path.parent / "secret.png").write_bytes(b"image of a secret")
    assert [line.code for line in read(path).refused] == ["line.no_file"]


@pytest.mark.parametrize("table", [None, b"\xff\xfe\x00", b"a" * 200_000])
def test_without_a_table_that_can_be_read_there_are_no_lines(pack: Pack, table: bytes | None) -> None:
    with pytest.raises(NoCorrections, match=r"lines\.tsv"):
        read(pack({"x.png": b"image"} | ({} if table is None else {"lines.tsv": table})))


@pytest.mark.parametrize("content", [None, b"PK no zip at all"])
def test_a_path_that_is_neither_folder_nor_zip_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "lines.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NoCorrections):
        read(path)


def test_an_image_that_is_larger_than_any_line_is_not_read_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "lines.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("lines.tsv", "bomb.png\ta\n")
        packed.writestr("bomb.png", b"image" + bytes(40 << 20))
    assert [line.code for line in read(path).refused] == ["line.too_large"]
