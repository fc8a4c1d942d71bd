from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest

from ocr_models.adaptation.alignment import Place
from ocr_models.errors import ModelMissingError
from ocr_models.workshop.training import paper
from ocr_models.workshop.training.hands import Hand, Piece, bare, usable
from ocr_models.workshop.training.lines import HEIGHT
from ocr_models.workshop.training.real import real_lines, write_archive
from ocr_models.workshop.training.real_ink import (
    ABOVE,
    BELOW,
    X_HEIGHT,
    InkLine,
    Letter,
    body_rows,
    cut_letters,
    lift_ink,
)
from ocr_models.workshop.training.real_vietnamese import Scribe, draw_missing, new_lines, piece_ink, vietnamise
from ocr_models.workshop.training.texts import TextBank

WORDS = "la maison dans son champ pour Nantes est the quand rang vingt Loc gau"
PITCH = 12


def ink_line(text: str, stroke: float = 3.0) -> InkLine:
    """A line of bars, each letter a bar of the x-height in its own columns."""
    ink = np.zeros((ABOVE + BELOW, PITCH * len(text) + 8), np.uint8)
    letters = []
    for number, letter in enumerate(text):
        x = 4 + PITCH * number
        if letter != " ":
            cv2.rectangle(ink, (x + 2, ABOVE - X_HEIGHT), (x + 8, ABOVE), 230, -1)
        letters.append(Letter(letter, x, x + PITCH, 0.9))
    return InkLine(ink, tuple(letters), stroke, 0.2)


def hand() -> Hand:
    return Hand([ink_line(WORDS), ink_line("Hanoi le dix mars")])


@pytest.fixture(scope="module")
def scribe() -> Scribe:
    return Scribe("Hand-1", hand(), TextBank(1, size=40), paper.Banks.make(1))


@pytest.mark.parametrize(
    ("real", "wanted", "may"),
    [("e", "ế", True), ("ê", "ế", True), ("é", "ế", True), ("é", "e", False), ("ê", "e", False), ("d", "đ", True),
     ("o", "ợ", True), ("è", "è", False), ("a", "o", False), ("E", "ế", False), ("ç", "c", False)],
)  # fmt: skip
def test_a_real_letter_stands_for_one_with_more_marks_and_no_other(real: str, wanted: str, may: bool) -> None:
    assert usable(real, wanted) is may


@pytest.mark.parametrize("word", ["thần", "Nam", "số", "đường", "Hải"])
def test_pieces_spell_the_base_letters_of_the_word_in_order(word: str) -> None:
    pieces = hand().spell(word, Random(3))
    assert pieces is not None
    assert "".join(bare(piece.text) for piece in pieces) == bare(word)


def test_a_word_that_the_hand_has_written_is_taken_whole() -> None:
    pieces = hand().spell("sơn", Random(3))
    assert pieces is not None
    assert [piece.text for piece in pieces] == ["son"]
    assert pieces[0].whole


def test_a_letter_that_the_hand_never_wrote_cannot_be_spelt() -> None:
    assert hand().spell("kxy", Random(1)) is None


def test_letters_with_no_confidence_are_no_pieces() -> None:
    unsure = ink_line("la son")
    letters = tuple(Letter(x.text, x.start, x.end, 0.001) for x in unsure.letters)
    assert Hand([InkLine(unsure.ink, letters, 3.0, 0.0)]).count == 0


@pytest.mark.parametrize("wanted", ["ế", "ợ", "đ", "ữ", "ặ", "Ổ"])
def test_marks_are_added_and_the_letter_keeps_its_ink(wanted: str) -> None:
    line = ink_line(bare(wanted))
    canvas = np.pad(line.ink, ((0, 0), (20, 20)))
    before = canvas.copy()
    draw_missing(canvas, bare(wanted), wanted, (24, 36), 0, 3.0, Random(2))
    assert (canvas >= before).all()
    assert (canvas > before).any()


def test_the_ink_of_a_whole_word_is_its_own_columns() -> None:
    line = ink_line("la son")
    piece = Piece(line, 3, 6)
    assert (piece_ink(piece) == line.ink[:, line.letters[3].start : line.letters[5].end]).all()


def test_lines_say_what_their_text_says_in_letters_of_the_hand(scribe: Scribe) -> None:
    for pixels, text, name, kind in new_lines([scribe], 12, seed=4):
        assert pixels.shape[0] == HEIGHT
        assert pixels.dtype == np.uint8
        assert (name, kind) == ("Hand-1", "pen")
        assert set(bare(text)) <= set(WORDS + "Hanoi le dix mars")


def test_the_same_seed_writes_the_same_archive_and_it_reads_back(scribe: Scribe, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        assert write_archive(tmp_path / name, new_lines([scribe], 6, seed=9), quality=80) == 6
    one, other = list(real_lines([tmp_path / "a.zip"])), list(real_lines([tmp_path / "b.zip"]))
    assert one == other
    assert len(one) == 6
    assert {line.hand for line in one} == {"Hand-1"}


def test_another_seed_writes_other_lines(scribe: Scribe) -> None:
    first, second = ([text for _, text, _, _ in new_lines([scribe], 5, seed=s)] for s in (1, 2))
    assert first != second


def test_letters_are_parted_where_the_ink_is_thin() -> None:
    ink = np.zeros((40, 60), np.uint8)
    ink[15:30, 5:15] = ink[15:30, 22:32] = ink[15:30, 44:54] = 255
    letters = cut_letters(ink, [Place("a", 11, 1.0), Place("n", 25, 1.0), Place(" ", 30, 1.0), Place("m", 50, 1.0)])
    assert [letter.text for letter in letters] == ["a", "n", " ", "m"]
    assert 14 <= letters[0].end == letters[1].start <= 22
    assert letters[2].start >= 31
    assert letters[2].end <= 44
    assert all(a.end <= b.start for a, b in pairwise(letters))


def test_the_height_of_low_letters_gives_baseline_and_x_height() -> None:
    line = ink_line("nous ca")
    assert body_rows(line.ink, line.letters) == (ABOVE - X_HEIGHT, ABOVE + 1)


def test_two_letters_tell_no_height() -> None:
    line = ink_line("no")
    assert body_rows(line.ink, line.letters) is None


def test_ink_is_lifted_off_uneven_paper() -> None:
    grey = np.tile(np.linspace(150, 230, 120).astype(np.uint8), (48, 1))
    grey[20:32, 30:34] = 60
    grey[20:32, 90:94] = 90
    ink = lift_ink(grey)
    assert ink[25, 31] > 150
    assert ink[25, 91] > 150
    assert ink[:, 50:80].max() == 0


def test_lines_are_aligned_with_the_weights_that_were_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError):
        vietnamise([], tmp_path / "out.zip", count=1, seed=1, weights=tmp_path)
