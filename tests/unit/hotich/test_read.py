"""`hotich read`: a row for every line image, trouble on standard error."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hotich import cli
from hotich.commands import read
from ocr_models.reading import build_reading
from pipeline.domain.recognition import Character, LineImage, ModelIdentity, Reading


class Shade:
    """Reads the grey level of the first pixel, with a tab in it."""

    identity = ModelIdentity(name="shade", sha256="00")
    charset = frozenset("0123456789")
    most = 0

    def read(self, lines: Sequence[LineImage]) -> list[Reading]:
        self.most = max(self.most, len(lines))
        return [
            build_reading(
                [Character(text=c, probability=0.9, start=0, end=1) for c in f"{line.pixels[0, 0]}\tx"], reader="shade"
            )
            for line in lines
        ]


@pytest.fixture
def shade(monkeypatch: pytest.MonkeyPatch) -> Shade:
    reader = Shade()
    monkeypatch.setattr(read, "open_reader", lambda *_, **__: reader)
    return reader


def lines(place: Path, count: int, *, bad: Sequence[str] = ()) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    for n in range(1, count + 1):
        Image.fromarray(np.full((20, 60), n, np.uint8)).save(place / f"{n}.png")
    for name in bad:
        (place / name).write_bytes(b"no image")
    return place


def test_the_table_goes_to_standard_output_in_natural_order(
    tmp_path: Path, shade: Shade, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["read", str(lines(tmp_path, 12))]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows == [f"{n}.png\t{n} x\t" for n in range(1, 13)]


def test_a_bad_image_is_a_row_on_standard_error_with_its_code_and_the_run_goes_on(
    tmp_path: Path, shade: Shade, capsys: pytest.CaptureFixture[str]
) -> None:
    place = lines(tmp_path, 2, bad=["1b.png"])
    assert cli.main(["read", str(place)]) == 0
    shown = capsys.readouterr()
    assert [row.split("\t")[0] for row in shown.out.splitlines()] == ["1.png", "2.png"]
    assert "1b.png\tinput.unsupported\t" in shown.err
    assert cli.main(["read", "--strict", str(place)]) == 1


def test_the_table_goes_to_a_file_that_comes_whole(
    tmp_path: Path, shade: Shade, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.tsv"
    assert cli.main(["read", str(lines(tmp_path / "in", 1)), "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == "1.png\t1 x\t\n"
    assert capsys.readouterr().out == ""
    assert [path.name for path in tmp_path.glob("out*")] == ["out.tsv"]


def test_json_tells_every_file_and_the_totals(tmp_path: Path, shade: Shade, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", "--json", str(lines(tmp_path, 1, bad=["0.png"]))]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [(f["file"], f["status"]) for f in report["files"]] == [("0.png", "set_aside"), ("1.png", "done")]
    assert report["files"][1]["text"] == "1 x" and report["files"][1]["confidence"] is None
    assert report["totals"] == {"files": 2, "done": 1, "set_aside": 1}


def test_few_images_are_held_at_once(tmp_path: Path, shade: Shade) -> None:
    assert cli.main(["read", str(lines(tmp_path, 70))]) == 0
    assert shade.most == 32


def test_no_image_at_all_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", str(tmp_path)]) == 2
    assert "no line images" in capsys.readouterr().err


def test_a_table_that_cannot_be_written_is_told_before_anything_is_read(
    tmp_path: Path, shade: Shade, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "nowhere" / "out.tsv"
    assert cli.main(["read", str(lines(tmp_path / "in", 1)), "--out", str(out)]) == 2
    assert "cannot be written" in capsys.readouterr().err and shade.most == 0


def test_our_own_reader_reads_a_line_and_says_how_sure_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from PIL import ImageDraw, ImageFont

    from ocr_models.workshop.fonts import catalogue

    font = ImageFont.truetype(str(next(e for e in catalogue(kind="print", split="test")).file), 44)
    picture = Image.new("L", (900, 90), 250)
    ImageDraw.Draw(picture).text((20, 15), "Họ và tên: Nguyễn Thị Hồng Đào", font=font, fill=20)
    picture.save(tmp_path / "line.png")
    assert cli.main(["read", str(tmp_path / "line.png")]) == 0
    name, text, sure = capsys.readouterr().out.rstrip("\n").split("\t")
    assert (name, text) == ("line.png", "Họ và tên: Nguyễn Thị Hồng Đào")
    assert 0.3 < float(sure) <= 1
