"""The yardstick beside our readers: what it reads, how it cuts long lines, and when it refuses to start."""

import itertools
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from ocr_models.charset import VIETNAMESE_LETTERS
from ocr_models.errors import ModelDamagedError, ModelMissingError
from ocr_models.workshop.fonts.catalogue import FILES as FONTS
from ocr_models.workshop.measuring.asternet import AsternetReader, distribution_file, split_at_gaps
from ocr_models.workshop.measuring.readers import open_reader
from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import LexicalRecognizer, LineImage


def line(text: str) -> LineImage:
    face = ImageFont.truetype(str(FONTS / "tinos-400-normal.ttf"), 48)
    image = Image.new("L", (int(face.getlength(text)) + 48, 96), 250)
    ImageDraw.Draw(image).text((24, 16), text, font=face, fill=25)
    return LineImage(pixels=np.array(image), to_upright=Transform.identity())


def blank(height: int, width: int) -> LineImage:
    return LineImage(pixels=np.full((height, width), 255, np.uint8), to_upright=Transform.identity())


@pytest.fixture(scope="module")
def reader() -> AsternetReader:
    return AsternetReader()


def test_it_is_opened_by_its_name_beside_the_readers_of_the_product(reader: AsternetReader) -> None:
    assert open_reader("asternet").identity == reader.identity
    assert open_reader("tesseract").identity != reader.identity


def test_it_weighs_words_and_can_write_every_letter(reader: AsternetReader) -> None:
    assert isinstance(reader, LexicalRecognizer)
    assert reader.charset >= VIETNAMESE_LETTERS


def test_every_line_gets_one_reading_in_order_and_an_empty_line_is_empty(reader: AsternetReader) -> None:
    readings = reader.read([line("Trần Thị Ánh Nguyệt"), blank(60, 400), line("Huế"), blank(2, 2), blank(1, 3000)])
    assert [r.text for r in readings] == ["Trần Thị Ánh Nguyệt", "", "Huế", "", ""]
    assert {r.reader for r in readings} == {reader.identity.name}


def test_a_line_longer_than_the_network_takes_is_read_whole(reader: AsternetReader) -> None:
    text = "Nơi cư trú: số 12 ngõ 34 phố Khâm Thiên, phường Khâm Thiên, quận Đống Đa, thành phố Hà Nội " * 2
    (reading,) = reader.read([line(text.strip())])
    assert abs(len(reading.text.split()) - len(text.split())) <= 1
    assert reading.characters[-1].end > 0.9 * line(text.strip()).pixels.shape[1]


def test_a_changed_network_is_refused(tmp_path: Path) -> None:
    for name in ("asternet.onnx", "vocab.json"):
        shutil.copy(distribution_file("asterocr", f"assets/{name}"), tmp_path / name)
    with (tmp_path / "asternet.onnx").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\0\1")
    with pytest.raises(ModelDamagedError):
        AsternetReader(folder=tmp_path)


def test_the_package_that_carries_the_weights_is_never_imported(reader: AsternetReader) -> None:
    assert reader.read([line("Huế")])
    assert "asterocr" not in sys.modules


def test_a_distribution_that_is_not_installed_is_a_missing_model() -> None:
    with pytest.raises(ModelMissingError):
        distribution_file("no-such-distribution-at-all", "x.onnx")


def test_a_file_of_an_installed_distribution_is_found_without_importing_it() -> None:
    assert distribution_file("pytest", "pytest/__init__.py").is_file()


@given(width=st.integers(1, 4000), seed=st.integers(0, 99))
def test_the_pieces_of_a_long_line_cover_it_and_none_is_too_long(width: int, seed: int) -> None:
    strip = np.random.default_rng(seed).integers(0, 256, (32, width)).astype(np.uint8)
    pieces = split_at_gaps(strip, longest=1024, earliest=640)
    assert pieces[0][0] == 0 and pieces[-1][1] == width
    assert all(a[1] == b[0] for a, b in itertools.pairwise(pieces))
    assert all(0 < end - start <= 1020 for start, end in pieces)


def test_the_cut_falls_into_the_widest_gap() -> None:
    strip = np.zeros((32, 1500), np.uint8)
    strip[:, 700:704] = 255
    strip[:, 800:830] = 255
    (_, cut), _ = split_at_gaps(strip, longest=1024, earliest=640)
    assert 800 < cut < 830
