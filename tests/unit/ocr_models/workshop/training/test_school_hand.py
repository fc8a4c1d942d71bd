from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import features

from ocr_models.workshop.fonts import FontEntry, catalogue, sources
from ocr_models.workshop.training.glyphs import ABOVE, BELOW, X_HEIGHT
from ocr_models.workshop.training.lines import HEIGHT, LineRenderer, _in_small_letters, school_renderer
from ocr_models.workshop.training.marks import Looseness
from ocr_models.workshop.training.school_hand import Clerk, JoinedFace, write_run
from ocr_models.workshop.training.texts import Run, TextBank

pytestmark = pytest.mark.skipif(not features.check("raqm"), reason="Pillow has no raqm here")
_LETTERS = "abcdeghiklmnopqrstuvxyıABCDEGHIKLMNOPQRSTUVXYáàảãạ0123456789.,:;-/()'"


def joined_font(path: Path) -> FontEntry:
    """A font of bars, made here, whose letter before another one is drawn out to it by `calt`."""
    names = {c: f"u{ord(c):04x}" for c in _LETTERS}
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "space", *names.values(), *(f"{n}.j" for n in names.values())])
    builder.setupCharacterMap({32: "space"} | {ord(c): n for c, n in names.items()})
    drawn = {".notdef": _bars(0, 0), "space": _bars(0, 0)}
    drawn |= {n: _bars(500 if c.islower() else 1200, 150) for c, n in names.items()}
    drawn |= {f"{n}.j": _bars(500 if c.islower() else 1200, 420) for c, n in names.items()}
    builder.setupGlyf(drawn)
    builder.setupHorizontalMetrics(dict.fromkeys(drawn, (400, 0)))
    builder.setupHorizontalHeader(ascent=1300, descent=-400)
    builder.setupOS2(sTypoAscender=1300, sTypoDescender=-400)
    builder.setupNameTable({"familyName": "Bars", "styleName": "Regular"})
    builder.setupPost()
    plain = " ".join(names.values())
    builder.addOpenTypeFeatures(
        f"@all=[{plain}]; @drawn=[{' '.join(f'{n}.j' for n in names.values())}];"
        "lookup out { sub @all by @drawn; } out; feature calt { sub @all' lookup out @all; } calt;"
    )
    buffer = io.BytesIO()
    builder.save(buffer)
    path.write_bytes(buffer.getvalue())
    return FontEntry(file=path, family="Bars", face="400", kind="pen", split="train", licence="OFL-1.1", joined=True)


def _bars(height: int, foot: int) -> object:
    pen = TTGlyphPen(None)
    if height:
        for box in ((0, 0, 100, height), (0, 0, foot, 60)):
            x0, y0, x1, y1 = box
            pen.moveTo((x0, y0))
            for corner in ((x0, y1), (x1, y1), (x1, y0)):
                pen.lineTo(corner)
            pen.closePath()
    return pen.glyph()


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> JoinedFace:
    return JoinedFace.load(joined_font(tmp_path_factory.mktemp("fonts") / "bars.ttf"))


def calm(rng: Random) -> Clerk:
    """A hand that keeps to the font."""
    drawn = Clerk.draw(rng)
    return replace(drawn, tremor=0.0, loose=None, lifts=0.0, lost_dots=0.0, retouched=0.0, flood=0.0, fading=0.0,
                   slant=0.0, nib=1.8, size=1.0, stretch=1.0, tall=0.6)  # fmt: skip


def parts(mask: np.ndarray) -> int:
    return cv2.connectedComponents((mask > 60).astype(np.uint8))[0] - 1


def test_letters_of_a_word_join(face: JoinedFace) -> None:
    assert parts(write_run(face, "nam", calm(Random(1)), Random(1))) == 1


def test_words_stand_apart(face: JoinedFace) -> None:
    assert parts(write_run(face, "nam tu", calm(Random(1)), Random(1))) == 2


def test_a_clerk_who_lifts_the_pen_parts_letters(face: JoinedFace) -> None:
    lifting = replace(calm(Random(1)), lifts=1.0)
    assert parts(write_run(face, "nam", lifting, Random(1))) == 3


def test_a_mark_taken_off_its_letter_is_drawn_above_it(face: JoinedFace) -> None:
    loose = replace(calm(Random(3)), loose=Clerk.draw(Random(3)).loose or _loosest())
    with_mark = sum(parts(write_run(face, "n\u00e1m", loose, Random(seed))) > 1 for seed in range(20))
    assert with_mark > 10  # 80 % of letters are taken apart


def test_an_i_may_lose_its_dot_but_no_tone(face: JoinedFace) -> None:
    careless = replace(calm(Random(1)), lost_dots=1.0)
    assert parts(write_run(face, "nim", careless, Random(2))) == 1


@pytest.mark.parametrize("seed", range(25))
def test_every_hand_keeps_the_rows_of_a_run_and_leaves_ink(face: JoinedFace, seed: int) -> None:
    rng = Random(seed)
    mask = write_run(face, "Nam 1957, tu", Clerk.draw(rng), rng)
    assert mask.shape[0] == ABOVE + BELOW
    assert mask.dtype == np.uint8
    assert (mask > 100).sum() > 40
    assert mask[:2].max() < 200, "the top of a letter is cut off"


def test_the_same_seed_writes_the_same_run(face: JoinedFace) -> None:
    def written() -> np.ndarray:
        rng = Random(8)
        return write_run(face, "Nam tu", Clerk.draw(rng), rng)

    assert np.array_equal(written(), written())


def test_letters_are_as_high_as_the_hand_says(face: JoinedFace) -> None:
    for size in (0.9, 1.2):
        clerk = replace(calm(Random(1)), size=size, stretch=size)
        rows = np.flatnonzero((write_run(face, "num", clerk, Random(1)) > 128).any(axis=1))
        assert abs((rows[-1] - rows[0]) - size * X_HEIGHT) < 5


def test_a_letter_that_the_font_lacks_is_told(face: JoinedFace) -> None:
    assert face.draws("Nam 1957")
    assert not face.draws("Nam ½")


def test_a_renderer_of_joined_letters_gives_lines_of_the_readers_height(face: JoinedFace) -> None:
    fonts = [*catalogue(kind="print", split="train"), face.entry]
    renderer = LineRenderer(fonts, TextBank(4, size=40), 3, kinds=(0.0, 0.0, 1.0))
    for _ in range(10):
        line = renderer.render()
        assert line.pixels.shape[0] == HEIGHT
        assert line.kind == "pen"


@pytest.mark.parametrize(
    ("shouted", "written"),
    [("BÙI HỮU GIÁP", "Bùi Hữu Giáp"), ("2/QĐ-UBND", "2/QĐ-UBND"), ("KINH", "KINH"), ("Nam", "Nam")],
)
def test_names_in_capitals_get_small_letters_and_abbreviations_do_not(shouted: str, written: str) -> None:
    assert _in_small_letters(Run(shouted, "value")).text == written


def test_a_folder_without_joined_fonts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="joins its letters"):
        school_renderer(catalogue(split="train"), tmp_path, "train", TextBank(4, size=40), 3)


def test_fonts_that_join_are_only_given_when_asked_for(tmp_path: Path) -> None:
    for source in sources():
        if source.joined:
            (tmp_path / source.file_name(source.faces[0])).write_bytes(b"")
    assert not any(entry.joined for entry in catalogue(tmp_path))
    assert {entry.split for entry in catalogue(tmp_path, joined=True)} == {"train", "dev"}


def test_the_school_hand_kept_for_judging_is_no_font_of_ours() -> None:
    assert not any("playwrite-vn" in source.package for source in sources())


def _loosest() -> Looseness:
    return Looseness.pen(Random(1))
