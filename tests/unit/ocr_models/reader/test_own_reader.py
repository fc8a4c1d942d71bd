from __future__ import annotations

import hashlib
import json
import math
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from ocr_models.adaptation.adapt import Model
from ocr_models.adaptation.weights import write_parameters
from ocr_models.errors import CharsetError, ModelDamagedError, ModelMissingError
from ocr_models.reader import NAME, OwnReader, own_identities
from ocr_models.workshop.fonts import catalogue
from pipeline.constraints.patterns import Pattern, any_of, many
from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import LexicalRecognizer, LineImage, ScoringRecognizer
from tests.making import stand_in


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> OwnReader:
    return OwnReader(folder=stand_in.write_model(tmp_path_factory.mktemp("model")))


def test_letters_are_read_from_left_to_right(reader: OwnReader) -> None:
    (reading,) = reader.read([stand_in.draw("AĐA")])
    assert reading.text == "AĐA"
    assert reading.reader == NAME


def test_a_letter_stands_where_its_ink_is(reader: OwnReader) -> None:
    (reading,) = reader.read([stand_in.draw("AĐ", height=96, bar=60)])
    places = [(c.start, c.end) for c in reading.characters]
    assert [x for place in places for x in place] == pytest.approx([60, 120, 180, 240], abs=14)


def test_lines_keep_their_order_whatever_their_lengths(reader: OwnReader) -> None:
    texts = ["A", "ĐAĐAĐA", "AA", "ĐĐĐĐ", "Đ"]
    assert [r.text for r in reader.read([stand_in.draw(text) for text in texts])] == texts


def test_an_empty_line_reads_as_empty_text(reader: OwnReader) -> None:
    blank = LineImage(pixels=np.full((40, 300), 250, np.uint8), to_upright=Transform.shift(0, 0))
    sliver = LineImage(pixels=np.zeros((2, 1), np.uint8), to_upright=Transform.shift(0, 0))
    readings = reader.read([blank, stand_in.draw("A"), sliver])
    assert [r.text for r in readings] == ["", "A", ""]
    assert readings[0].confidence.raw == 0.0


def test_light_writing_on_a_dark_ground_reads_the_same(reader: OwnReader) -> None:
    (reading,) = reader.read([stand_in.draw("AĐAĐ", light=20, dark=235)])
    assert reading.text == "AĐAĐ"


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text("AĐ", min_size=1, max_size=9), min_size=1, max_size=7))
def test_a_line_reads_the_same_alone_and_among_others(reader: OwnReader, texts: list[str]) -> None:
    lines = [stand_in.draw(text) for text in texts]
    together = reader.read(lines)
    assert together == [reader.read([line])[0] for line in lines]


def test_what_the_ink_says_scores_above_what_it_does_not_say(reader: OwnReader) -> None:
    right, wrong, foreign = reader.score(stand_in.draw("AĐA"), ["AĐA", "AAA", "漢"])
    assert right > wrong + 1
    assert foreign == -np.inf


def test_an_empty_line_says_nothing_for_certain(reader: OwnReader) -> None:
    blank = LineImage(pixels=np.full((40, 300), 250, np.uint8), to_upright=Transform.shift(0, 0))
    assert reader.score(blank, ["", "A"]) == [0.0, -np.inf]


def test_a_reader_can_be_sent_to_another_process(reader: OwnReader) -> None:
    again = pickle.loads(pickle.dumps(reader))
    assert again.identity == reader.identity
    assert again.read([stand_in.draw("AĐ")])[0].text == "AĐ"


def test_missing_weights_are_reported_as_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError):
        OwnReader(folder=tmp_path)
    (stand_in.write_model(tmp_path) / f"{NAME}.onnx").unlink()
    with pytest.raises(ModelMissingError):
        OwnReader(folder=tmp_path)


def test_weights_cut_short_are_refused(tmp_path: Path) -> None:
    weights = stand_in.write_model(tmp_path) / f"{NAME}.onnx"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ModelDamagedError):
        OwnReader(folder=tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"sha256": "00"}'])
def test_a_broken_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (stand_in.write_model(tmp_path) / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelDamagedError):
        OwnReader(folder=tmp_path)


def test_weights_made_for_another_line_height_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelDamagedError):
        OwnReader(folder=stand_in.write_model(tmp_path, height=32))


def test_a_model_that_cannot_write_a_vietnamese_letter_is_refused(tmp_path: Path) -> None:
    changed = stand_in.alphabet().replace("ữ", "¤")
    with pytest.raises(CharsetError, match="ữ"):
        OwnReader(folder=stand_in.write_model(tmp_path, characters=changed))


def test_the_weights_in_the_repository_read_a_printed_line() -> None:
    own = OwnReader()
    entry = next(e for e in catalogue(kind="print", split="test"))
    font = ImageFont.truetype(str(entry.file), 44)
    said = "Họ và tên: Nguyễn Thị Hồng Đào"
    picture = Image.new("L", (900, 90), 250)
    ImageDraw.Draw(picture).text((20, 15), said, font=font, fill=20)
    line = LineImage(pixels=np.asarray(picture, np.uint8), to_upright=Transform.shift(0, 0))
    assert own.read([line])[0].text == said
    likely, unlikely = own.score(line, [said, said.replace("Hồng Đào", "Hoàng Đạo")])
    assert likely > unlikely


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with fp32 and int8 weights of the stand-in."""
    return stand_in.with_int8(stand_in.write_model(tmp_path_factory.mktemp("both")))


def test_int8_weights_beside_the_others_read_when_asked_for_or_when_the_manifest_says_so(both: Path) -> None:
    exact, small = (OwnReader(folder=both, precision=precision) for precision in ("fp32", "int8"))
    assert exact.identity != small.identity and OwnReader(folder=both).identity == exact.identity
    assert small.read([stand_in.draw("AĐA")])[0].text == "AĐA"
    manifest = json.loads((both / "manifest.json").read_text(encoding="utf-8"))
    (both / "manifest.json").write_text(json.dumps(manifest | {"precision": "int8"}), encoding="utf-8")
    assert OwnReader(folder=both).identity == small.identity
    assert pickle.loads(pickle.dumps(exact)).identity == exact.identity


@pytest.mark.parametrize("damage", [lambda data: data[:-100], lambda data: data[:-1] + b"\1", lambda _: b""])
def test_int8_weights_cut_short_or_changed_are_refused(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    folder = stand_in.with_int8(stand_in.write_model(tmp_path))
    weights = folder / f"{NAME}.int8.onnx"
    weights.write_bytes(damage(weights.read_bytes()))
    with pytest.raises(ModelDamagedError):
        OwnReader(folder=folder, precision="int8")
    assert OwnReader(folder=folder, precision="fp32").read([stand_in.draw("A")])[0].text == "A"


def test_int8_weights_that_are_not_there_are_missing(tmp_path: Path) -> None:
    folder = stand_in.write_model(tmp_path)
    with pytest.raises(ModelMissingError):
        OwnReader(folder=folder, precision="int8")
    (stand_in.with_int8(folder) / f"{NAME}.int8.onnx").unlink()
    with pytest.raises(ModelMissingError):
        OwnReader(folder=folder, precision="int8")


def test_an_int8_model_that_cannot_write_a_vietnamese_letter_is_refused(tmp_path: Path) -> None:
    changed = stand_in.alphabet().replace("Ỵ", "¤")
    with pytest.raises(CharsetError, match="Ỵ"):
        OwnReader(folder=stand_in.with_int8(stand_in.write_model(tmp_path, characters=changed)), precision="int8")


def test_an_unheard_of_precision_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelDamagedError):
        OwnReader(folder=stand_in.write_model(tmp_path, precision="int4"))


def test_weights_in_the_place_of_others_are_refused(tmp_path: Path) -> None:
    folder = stand_in.with_int8(stand_in.write_model(tmp_path))
    shutil.copy(folder / f"{NAME}.onnx", folder / f"{NAME}.int8.onnx")
    with pytest.raises(ModelDamagedError):
        OwnReader(folder=folder, precision="int8")


def test_what_a_wording_allows_comes_beside_the_plain_reading(reader: OwnReader) -> None:
    line = stand_in.draw("AĐA")
    (plain,) = reader.read([line])
    (weighed,) = reader.read_as([line], Pattern(many(any_of("ađ"))))
    assert replace(weighed, alternatives=()) == plain
    assert weighed.alternatives[0][0] == "AĐA"
    assert weighed.alternatives[0][1] == pytest.approx(math.exp(reader.score(line, ["AĐA"])[0]), rel=0.05)
    assert 1 <= len(weighed.alternatives) <= 5
    (other,) = reader.read_as([line], Pattern("aaa"))  # which the ink cannot be
    assert (other.text, other.alternatives) == ("AĐA", ())


def test_an_empty_line_has_no_alternatives(reader: OwnReader) -> None:
    blank = LineImage(pixels=np.full((40, 300), 250, np.uint8), to_upright=Transform.shift(0, 0))
    assert reader.read_as([blank], Pattern("a"))[0].alternatives == ()


def test_our_reader_weighs_words_and_scores() -> None:
    assert isinstance(OwnReader(), LexicalRecognizer) and isinstance(OwnReader(), ScoringRecognizer)


def test_a_line_asked_about_again_is_not_computed_again_but_another_as_large_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = OwnReader(folder=stand_in.write_model(tmp_path))  # of its own: the others' lines are remembered too
    line = stand_in.draw("AĐAAĐ")
    other = replace(line, pixels=line.pixels[:, ::-1].copy())
    (plain,) = reader.read([line])

    def refuse(_: object) -> NoReturn:
        raise AssertionError("computed again")

    monkeypatch.setattr(reader, "_computed", refuse)
    same = replace(line, pixels=line.pixels.copy())
    assert reader.read([same]) == [plain]
    assert reader.trace(same).best > reader.score(same, ["AAA"])[0]
    with pytest.raises(AssertionError, match="computed again"):
        reader.read([other])


def test_lines_asked_about_long_ago_are_forgotten(tmp_path: Path) -> None:
    reader = OwnReader(folder=stand_in.write_model(tmp_path))
    for letters in range(1, 30):
        reader.read([stand_in.draw("A" * letters)])
    assert len(reader._remembered) < 29


def of_book(folder: Path, **scaled: float) -> Path:
    """The repository's network with parts of it multiplied, as a book's model."""
    base = Model.load()
    parameters = {name: value * scaled.get(name.split(".")[0], 1.0) for name, value in base.parameters.items()}
    weights = write_parameters(base.weights, parameters)
    folder.mkdir()
    (folder / f"{NAME}.onnx").write_bytes(weights)
    facts = {"name": f"{NAME}+book", "sha256": hashlib.sha256(weights).hexdigest(), "height": 48, "stride": 6}
    told = facts | {"characters": base.manifest.characters}
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


def printed(text: str) -> LineImage:
    pixels = np.full((44, 40 + 18 * len(text)), 240, np.uint8)
    cv2.putText(pixels, text, (12, 32), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 20, 2, cv2.LINE_AA)
    return LineImage(pixels=pixels, to_upright=Transform.identity())


def test_a_line_that_the_base_is_sure_of_is_the_bases_whatever_a_books_model_says(tmp_path: Path) -> None:
    silent = OwnReader(book=of_book(tmp_path / "book", head=-50.0))
    assert [reading.text for reading in silent.read([printed("Thon 12")])] == ["Thon 12"]


def test_a_line_that_the_base_doubts_is_read_by_the_surer_books_model(tmp_path: Path) -> None:
    doubting = of_book(tmp_path / "base", head=0.3)
    lines = [printed("Thon 12"), printed("Xom Dinh")]
    alone = OwnReader(folder=doubting).read(lines)
    with_book = OwnReader(folder=doubting, book=of_book(tmp_path / "book")).read(lines)
    assert [reading.text for reading in with_book] == ["Thon 12", "Xom Dinh"]
    assert all(second.confidence.raw > first.confidence.raw for first, second in zip(alone, with_book, strict=True))


def test_a_line_asked_about_alone_is_the_same_networks_as_among_others(tmp_path: Path) -> None:
    reader = OwnReader(folder=of_book(tmp_path / "base", head=0.3), book=of_book(tmp_path / "book"))
    sure, _ = reader.score(printed("Thon 12"), ["Thon 12", "Xom Dinh"])
    assert sure == pytest.approx(OwnReader().score(printed("Thon 12"), ["Thon 12"])[0], abs=1e-3)


def test_a_reader_with_a_books_model_goes_to_another_process_whole(tmp_path: Path) -> None:
    reader = OwnReader(book=of_book(tmp_path / "book", head=0.9))
    again = pickle.loads(pickle.dumps(reader))
    assert again.identity == reader.identity
    assert again.identity.name == f"{NAME}+book"


def test_both_networks_of_a_book_are_named_and_only_the_one_that_reads(tmp_path: Path) -> None:
    book = of_book(tmp_path / "book", head=0.9)
    assert own_identities(book=book) == (OwnReader(book=book).identity, OwnReader().identity)
    other = stand_in.write_model(tmp_path / "other", name=f"{NAME}+book")
    assert own_identities(book=other) == (OwnReader(book=other).identity,)


def test_a_books_model_with_other_letters_than_the_bases_reads_alone(tmp_path: Path) -> None:
    other = stand_in.write_model(tmp_path / "book", name=f"{NAME}+book")
    reader = OwnReader(book=other)
    assert reader.identity.name == f"{NAME}+book"
    assert [reading.text for reading in reader.read([stand_in.draw("AĐA")])] == ["AĐA"]
