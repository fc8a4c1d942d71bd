"""Line images out of files, folders and zip files; what is hostile is set aside and the rest goes on."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.intake import archive, line_images
from pipeline.intake.limits import IntakeLimits
from pipeline.intake.line_images import LineImages


def coded(width: int = 60, height: int = 20, kind: str = "PNG", colour: bool = False) -> bytes:
    pixels = np.full((height, width, 3) if colour else (height, width), 200, np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind)
    return out.getvalue()


def folder(place: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    return place


def packed(path: Path, files: Mapping[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in files.items():
            out.writestr(name, data)
    return path


def seen(*paths: Path, limits: IntakeLimits = line_images.LIMITS) -> dict[str, str]:
    """What became of every image: "ok" or the code of its trouble; names in order."""
    return {f.name: "ok" if f.trouble is None else f.trouble.code for f in LineImages(paths, limits)}


def test_a_folder_gives_its_images_in_natural_order_through_all_subfolders(tmp_path: Path) -> None:
    names = ["10.png", "2.png", "b/1.jpg", "1.webp", ".hidden.png", "truth.tsv"]
    folder(
        tmp_path, {name: coded(kind={"jpg": "JPEG", "webp": "WEBP"}.get(name[-3:].strip("."), "PNG")) for name in names}
    )
    images = LineImages([tmp_path])
    assert [file.name for file in images] == ["1.webp", "2.png", "10.png", "b/1.jpg"]
    assert len(images) == 4 and images.passed_over == 2


def test_a_zip_gives_the_images_of_all_its_folders_under_its_own_name(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"x/10.png": coded(), "x/9.png": coded(), "x/": b"", "notes.txt": b"no"})
    assert seen(path) == {"a.zip/x/9.png": "ok", "a.zip/x/10.png": "ok"}
    assert len(LineImages([path])) == 2


def test_colour_and_grey_come_as_grey_pixels(tmp_path: Path) -> None:
    folder(tmp_path, {"1.png": coded(colour=True), "2.png": coded()})
    for file in LineImages([tmp_path]):
        assert file.pixels is not None and file.pixels.shape == (20, 60) and file.pixels[0, 0] == 200


def test_a_bad_image_is_set_aside_and_the_next_is_read(tmp_path: Path) -> None:
    folder(tmp_path, {"1.png": coded()[:40], "2.png": b"", "3.png": b"GIF89a", "4.png": coded()})
    assert seen(tmp_path) == {
        "1.png": "input.truncated",
        "2.png": "input.empty",
        "3.png": "input.unsupported",
        "4.png": "ok",
    }


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    assert seen(tmp_path / "no.png") == {"no.png": "input.missing"}


def test_an_image_that_cannot_be_a_line_is_set_aside_before_a_reader_enlarges_it(tmp_path: Path) -> None:
    folder(tmp_path, {"thread.png": coded(9000, 6)})
    assert seen(tmp_path) == {"thread.png": "input.not_a_line"}


def test_a_pixel_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )
    assert seen(packed(tmp_path / "a.zip", {"bomb.png": bomb, "ok.png": coded()})) == {
        "a.zip/bomb.png": "input.too_many_pixels",
        "a.zip/ok.png": "ok",
    }


def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"bomb.png": b"\0" * 3_000_000, "ok.png": coded()})
    small = IntakeLimits(max_bytes=1_000_000)
    assert seen(path, limits=small) == {"a.zip/bomb.png": "input.too_large", "a.zip/ok.png": "ok"}


def test_a_member_that_lies_about_its_size_is_damaged(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"lie.png": b"\0" * 3_000_000})
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    path.write_bytes(data)
    assert seen(path)["a.zip/lie.png"] in ("input.corrupt", "input.unsupported", "input.truncated")


def test_a_damaged_zip_is_one_image_set_aside(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"ok.png": coded()})
    path.write_bytes(path.read_bytes()[:-30])
    assert seen(path) == {"a.zip": "input.corrupt"}
    assert len(LineImages([path])) == 1


def test_a_directory_over_the_bounds_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "a.zip", {f"{n}.png": b"x" for n in range(4)})
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    assert seen(path) == {"a.zip": "input.too_many_pages"}
    monkeypatch.setattr(archive, "MAX_DIRECTORY", 10)
    assert seen(path) == {"a.zip": "input.too_large"}


def test_a_member_with_a_password_is_set_aside(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"1.png": coded()})
    data = bytearray(path.read_bytes())
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert seen(path) == {"a.zip/1.png": "input.encrypted"}


def test_names_of_a_zip_lead_nowhere_and_are_one_line_of_text(tmp_path: Path) -> None:
    path = packed(tmp_path / "in" / "a.zip", {"../../out\t\n.png": coded(), "/etc/b.png": coded()})
    assert set(seen(path)) == {"a.zip/out\\t\\n.png", "a.zip/etc/b.png"}
    assert not list(tmp_path.glob("out*"))


def test_every_page_of_a_tiff_is_a_line(tmp_path: Path) -> None:
    pages = [Image.fromarray(np.full((20, 60), shade, np.uint8)) for shade in (10, 20)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    assert seen(tmp_path / "a.tif") == {"a.tif": "ok", "a.tif#2": "ok"}
