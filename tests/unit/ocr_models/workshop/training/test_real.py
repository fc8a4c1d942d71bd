from __future__ import annotations

import zipfile
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_models.workshop.training import held_out, paper
from ocr_models.workshop.training.lines import HEIGHT
from ocr_models.workshop.training.real import (
    ADAPTATION_HAND,
    ADAPTATION_HANDS,
    RealSource,
    hand_of,
    mapped_text,
    pack,
    real_lines,
    shares_its_writer,
    split_of,
    worn,
    write_archive,
)


def strip(seed: int, rows: int = 64, width: int = 300) -> np.ndarray:
    rng = np.random.default_rng(seed)
    grey = np.full((rows, width), 235, np.uint8)
    for x in range(10, width - 20, 22):
        grey[15 : rows - 15, x : x + int(rng.integers(3, 9))] = 40
    return grey


def archive(path: Path, hands: list[str]) -> Path:
    write_archive(path, ((strip(n), f"acte {n}", hand, "pen") for n, hand in enumerate(hands)), quality=90)
    return path


def test_superscript_signs_are_dropped_and_apostrophes_made_plain() -> None:
    assert mapped_text("M^r  D’Arc — fils") == "Mr D'Arc – fils"


@pytest.mark.parametrize("text", ["", "~~~", "le XXX", "ſigne", "漢"])
def test_unusable_transcriptions_are_left_out(text: str) -> None:
    assert mapped_text(text) is None


@given(st.text(min_size=1, max_size=30))
def test_a_hand_stands_in_one_split_for_ever(hand: str) -> None:
    assert split_of(hand) == split_of(hand)
    assert split_of(hand) in {"train", "dev", "test"}


def test_the_hand_kept_for_adaptation_is_never_trained_on() -> None:
    assert split_of(ADAPTATION_HAND) == "test"


def test_registers_published_as_one_set_are_parted_by_volume() -> None:
    row = {"hand": "lectaurep-random-set-1", "page": "DAFANCH_V2_L-012.jpg"}
    assert hand_of(row) == "DAFANCH_V2"


def test_an_archive_gives_back_what_was_written(tmp_path: Path) -> None:
    found = list(real_lines([archive(tmp_path / "a.zip", ["one", "two"])]))
    told = [(line.text, line.hand, line.kind) for line in found]
    assert told == [("acte 0", "one", "pen"), ("acte 1", "two", "pen")]
    assert np.abs(found[0].pixels().astype(int) - strip(0)).mean() < 6


def test_packing_keeps_test_hands_out(tmp_path: Path) -> None:
    source = archive(tmp_path / "a.zip", [ADAPTATION_HAND, *(f"hand {n}" for n in range(40))])
    kept = pack([source], tmp_path / "b.zip")
    lines = list(real_lines([tmp_path / "b.zip"]))
    assert kept == len(lines) > 20
    assert "test" not in {split_of(line.hand) for line in lines}
    assert {line.pixels().shape[0] for line in lines} == {HEIGHT}


def test_a_worn_line_still_shows_ink_on_paper() -> None:
    banks, rng = paper.Banks.make(1), Random(1)
    for seed in range(12):
        out = worn(strip(seed), banks, rng)
        assert out.shape[0] == HEIGHT
        assert np.percentile(out, 80) - np.percentile(out, 2) > 60


def test_a_source_without_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="no real lines"):
        RealSource([], 1)


def test_cyrillic_letters_typed_for_german_ones_are_read_as_german() -> None:
    assert mapped_text("B\u04d3nder f\u00fcr \u04d2rzte sch\u04e7n") == "Bänder für Ärzte schön"


def test_a_letter_in_pieces_is_put_together() -> None:
    assert mapped_text("fu\u0308r") == "für"


@pytest.mark.parametrize("text", ["věc", "že", "Øst", "køb"])
def test_lines_with_letters_that_the_reader_lacks_are_left_out(text: str) -> None:
    assert mapped_text(text) is None


def test_both_hands_of_adaptation_stay_out_of_training() -> None:
    assert {split_of(hand) for hand in ADAPTATION_HANDS} == {"test"}


def test_pages_of_many_clerks_are_hands_of_their_own_and_known_as_such() -> None:
    hand = hand_of({"hand": "timeus-1858", "page": "PH 1858-100"})
    assert hand == "timeus-1858/PH 1858-100"
    assert shares_its_writer(hand)
    assert shares_its_writer("EHRI-ET-JMP018_02")
    assert not shares_its_writer("bljd_DSN169")


@pytest.mark.parametrize(
    ("hand", "page"),
    [
        ("timeus-1878", "IMG_20190620_121408"),
        ("EHRI-ET-JMP018_02", "EHRI-ET-JMP018_02"),
        ("lectaurep-random-set-1", "DAFANCH_V2_L-012"),
        ("bljd_DSN355_004", "p"),
    ],
)
def test_a_packed_line_keeps_its_hand(hand: str, page: str) -> None:
    named = hand_of({"hand": hand, "page": page})
    assert hand_of({"hand": named, "page": named}) == named


def test_published_typescript_without_a_kind_is_typed(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", ["EHRI-X_01"])
    with zipfile.ZipFile(path) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    files["labels.tsv"] = files["labels.tsv"].replace(b"DefaultLine", b"default")
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    assert [line.kind for line in real_lines([path])] == ["typed"]


def test_held_out_strangers_are_told_from_writers_who_may_be_known(tmp_path: Path) -> None:
    archives = [archive(tmp_path / "a.zip", ["stranger", "timeus-1858/p", "peraire"])]
    found = held_out.real(archives, split_of("stranger"), count=9)
    found += held_out.real(archives, split_of("timeus-1858/p"), count=9)
    assert {held.name: len(held.lines) for held in found} == {"real-pen": 1, "known-pen": 1}
    strangers = held_out.real(archives, split_of("timeus-1858/p"), count=9, known=False)
    assert "known-pen" not in {held.name for held in strangers}
