"""The two readers on drawn lines, and how they refuse to start."""

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_models.charset import VIETNAMESE_LETTERS
from ocr_models.errors import CharsetError, ModelDamagedError, ModelMissingError
from ocr_models.reader import OwnReader
from ocr_models.readers import load_readers, open_reader, reader_identities
from ocr_models.tesseract import TesseractReader, find_tessdata
from ocr_models.workshop.fonts.catalogue import FILES as FONTS
from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import LineImage, Recognizer

READERS: list[Callable[[], Recognizer]] = [OwnReader, TesseractReader]


def line(text: str, *, font: str = "tinos-400-normal", size: int = 48) -> LineImage:
    face = ImageFont.truetype(str(FONTS / f"{font}.ttf"), size)
    image = Image.new("L", (int(face.getlength(text)) + 48, 2 * size), 250)
    ImageDraw.Draw(image).text((24, size // 3), text, font=face, fill=25)
    return LineImage(pixels=np.array(image), to_upright=Transform.identity())


def blank(height: int, width: int) -> LineImage:
    return LineImage(pixels=np.full((height, width), 255, np.uint8), to_upright=Transform.identity())


@pytest.fixture(scope="module", params=READERS, ids=lambda make: make.__name__)
def reader(request: pytest.FixtureRequest) -> Recognizer:
    made: Recognizer = request.param()
    return made


def test_a_clean_line_is_read_as_it_stands(reader: Recognizer) -> None:
    (reading,) = reader.read([line("Họ và tên: Trần Thị Ánh Nguyệt")])
    assert reading.text == "Họ và tên: Trần Thị Ánh Nguyệt"
    assert reading.reader == reader.identity.name
    assert reading.confidence.raw > 0.8


def test_every_line_gets_one_reading_in_order_and_an_empty_line_is_empty(reader: Recognizer) -> None:
    readings = reader.read([line("Hà Nội"), blank(60, 400), line("Huế"), blank(2, 2), blank(1, 3000)])
    assert [r.text for r in readings] == ["Hà Nội", "", "Huế", "", ""]


def test_characters_stand_under_their_letters(reader: Recognizer) -> None:
    (reading,) = reader.read([line("An   Bình", size=60)])
    face = ImageFont.truetype(str(FONTS / "tinos-400-normal.ttf"), 60)
    first = next(c for c in reading.characters if c.text == "B")
    assert abs(first.start - (24 + face.getlength("An   "))) < 25
    starts = [c.start for c in reading.characters]
    assert starts == sorted(starts)


def test_noise_is_never_an_error(reader: Recognizer) -> None:
    rng = np.random.default_rng(3)
    noise = [
        LineImage(pixels=rng.integers(0, 256, shape).astype(np.uint8), to_upright=Transform.identity())
        for shape in ((48, 300), (200, 40), (9, 700))
    ]
    assert len(reader.read(noise)) == 3


def test_the_same_pixels_give_the_same_reading(reader: Recognizer) -> None:
    one = line("Phường Khâm Thiên, quận Đống Đa")
    assert reader.read([one]) == reader.read([blank(50, 50), one])[1:]


def test_a_reader_survives_the_way_to_a_worker_process(reader: Recognizer) -> None:
    copy = pickle.loads(pickle.dumps(reader))
    assert copy.identity == reader.identity
    assert copy.read([line("Hà Nội")])[0].text == "Hà Nội"


def test_the_charset_says_what_can_be_written(reader: Recognizer) -> None:
    missing = VIETNAMESE_LETTERS - reader.charset
    assert missing == ({"Ỵ", "ỵ"} if isinstance(reader, TesseractReader) else set())


def test_ours_reads_and_tesseract_alone_is_asked() -> None:
    readers = load_readers()
    assert isinstance(readers.primary, OwnReader)
    assert [type(second) for second in readers.seconds] == [TesseractReader]


def test_provenance_names_every_reader_that_is_loaded_and_no_other() -> None:
    named = {identity.sha256 for identity in reader_identities()}
    assert named == {reader.identity.sha256 for reader in load_readers().all()}


@pytest.mark.parametrize("name", ["asternet", "somebody"])
def test_a_reader_that_the_product_does_not_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no such reader"):
        open_reader(name)


def test_a_long_line_is_read_whole(reader: Recognizer) -> None:
    text = "Nơi cư trú: số 12 ngõ 34 phố Khâm Thiên, phường Khâm Thiên, quận Đống Đa, thành phố Hà Nội " * 2
    (reading,) = reader.read([line(text.strip())])
    words = reading.text.split()
    assert abs(len(words) - len(text.split())) <= 1
    assert reading.characters[-1].end > 0.9 * line(text.strip()).pixels.shape[1]


def test_a_whitelist_limits_what_is_written() -> None:
    allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"
    reader = TesseractReader("eng", whitelist=allowed)
    (reading,) = reader.read([line("IDVNM0870012345<<8", font="cousine-400-normal")])
    assert set(reading.text) <= set(allowed) | {" "}
    assert reader.charset <= set(allowed)


def test_a_missing_language_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError) as caught:
        TesseractReader(tessdata=tmp_path)
    assert caught.value.code == "resource.tesseract_language_missing"
    assert "apt-get install tesseract-ocr-vie" in str(caught.value)


@pytest.mark.parametrize("kept", [0, 3, 100, 300_000])
def test_a_truncated_language_file_is_refused_before_the_engine_sees_it(tmp_path: Path, kept: int) -> None:
    whole = (find_tessdata("vie") / "vie.traineddata").read_bytes()
    (tmp_path / "vie.traineddata").write_bytes(whole[:kept])
    with pytest.raises(ModelDamagedError):
        TesseractReader(tessdata=tmp_path)


def test_a_language_that_cannot_write_vietnamese_is_refused(tmp_path: Path) -> None:
    shutil.copy(find_tessdata("eng") / "eng.traineddata", tmp_path / "vie.traineddata")
    with pytest.raises(CharsetError):
        TesseractReader(tessdata=tmp_path)
