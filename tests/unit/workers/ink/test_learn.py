"""Merged ink of two offices teaches a base reader, and a worse one is not written."""

from __future__ import annotations

from pathlib import Path
from random import Random

import cv2
import pytest

from ocr_models.adaptation.lines import CorrectedLine, is_image
from ocr_models.adaptation.tuning import Recipe
from ocr_models.reader import OwnReader
from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import LineImage
from tests.making.ink import line_image
from workers.books.corrections import read_corrections
from workers.ink.keys import OfficeKey
from workers.ink.merge import learn, merge, recipe_for
from workers.ink.pack import InkLine, packed

KEYS = {"Phường A": OfficeKey(b"a" * 32), "Xã B": OfficeKey(b"b" * 32)}
OFFICES = {key.public: name for name, key in KEYS.items()}
HAND = cv2.FONT_HERSHEY_SCRIPT_COMPLEX
WORDS = ("tran", "van", "an", "le", "thi", "ba", "hoa", "dong", "thon", "xa", "bac", "nam", "son", "ha", "binh", "lan")


def a_hand(count: int, seed: int) -> list[InkLine]:
    rng = Random(seed)
    texts = [" ".join(rng.choices(WORDS, k=3)) for _ in range(count)]
    return [InkLine(ink=line_image(text, font=HAND), text=text) for text in texts]


def read(reader: OwnReader, lines: list[InkLine]) -> int:
    """How many lines are read right."""
    images = []
    for line in lines:
        pixels = CorrectedLine(line.ink, line.text).pixels()
        assert pixels is not None
        images.append(LineImage(pixels=pixels, to_upright=Transform.identity()))
    return sum(got.text == line.text for got, line in zip(reader.read(images), lines, strict=True))


@pytest.mark.slow
def test_packs_of_two_offices_teach_a_base_reader_that_reads_their_hand_better(tmp_path: Path) -> None:
    paths = []
    for number, key in enumerate(KEYS.values()):
        paths.append(tmp_path / f"{number}.zip")
        paths[-1].write_bytes(packed(a_hand(24, number), key))
    merge(paths, OFFICES, tmp_path / "base")
    corrections = read_corrections(tmp_path / "base", is_image).corrections
    lines = [CorrectedLine(one.image, one.text) for one in corrections]
    made = learn(lines, tmp_path / "reader", recipe=Recipe(rounds=10))
    assert made.verdict == "better"
    unseen = a_hand(20, 9)
    assert read(OwnReader(folder=tmp_path / "reader"), unseen) > read(OwnReader(), unseen)


@pytest.mark.slow
def test_a_reader_that_is_no_better_is_not_written(tmp_path: Path) -> None:
    lines = [CorrectedLine(line_image(str(number)), str(number)) for number in range(1000, 1030)]
    assert learn(lines, tmp_path / "reader", recipe=Recipe(rounds=1)).verdict != "better"
    assert not (tmp_path / "reader").exists()


def test_few_lines_are_seen_often_and_many_seldom() -> None:
    assert [recipe_for(count).rounds for count in (30, 600, 900, 1800, 9000)] == [24, 15, 10, 6, 6]
