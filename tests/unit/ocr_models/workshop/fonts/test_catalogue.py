from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from ocr_models.workshop.fonts import FontEntry, Kind, Split, catalogue, check_coverage, draws_vietnamese

KEPT = catalogue()


@pytest.mark.parametrize("entry", KEPT, ids=lambda entry: entry.file.stem)
def test_every_font_of_the_repository_draws_every_vietnamese_letter_distinctly(entry: FontEntry) -> None:
    assert check_coverage(entry.file).complete


@pytest.mark.parametrize("kind", ["print", "typed", "pen"])
@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_every_kind_has_fonts_in_every_split(kind: Kind, split: Split) -> None:
    assert catalogue(kind=kind, split=split)


def test_no_family_stands_in_two_splits() -> None:
    splits: dict[str, set[str]] = {}
    for entry in KEPT:
        splits.setdefault(entry.family, set()).add(entry.split)
    assert all(len(found) == 1 for found in splits.values())


def test_fonts_of_the_repository_may_be_shipped_and_stay_small() -> None:
    assert {entry.licence for entry in KEPT} <= {"OFL-1.1", "Apache-2.0"}
    assert sum(entry.file.stat().st_size for entry in KEPT) < 9_000_000


def _without(entry: FontEntry, change: Callable[[TTFont], None], tmp_path: Path) -> Path:
    font = TTFont(entry.file)
    change(font)
    path = tmp_path / "changed.ttf"
    font.save(path)
    return path


def test_a_letter_missing_from_the_character_map_is_found(tmp_path: Path) -> None:
    def drop(font: TTFont) -> None:
        for table in font["cmap"].tables:
            table.cmap.pop(ord("ễ"), None)

    assert check_coverage(_without(KEPT[0], drop, tmp_path)).missing == ("ễ",)


def test_a_letter_drawn_without_its_mark_is_found(tmp_path: Path) -> None:
    def lose_the_mark(font: TTFont) -> None:
        for table in font["cmap"].tables:
            table.cmap[ord("ặ")] = table.cmap[ord("a")]

    assert ("ặ", "a") in check_coverage(_without(KEPT[0], lose_the_mark, tmp_path)).alike


def test_a_letter_with_an_empty_outline_is_found(tmp_path: Path) -> None:
    def blank(font: TTFont) -> None:
        for table in font["cmap"].tables:
            table.cmap[ord("Ỹ")] = "space"

    assert check_coverage(_without(KEPT[0], blank, tmp_path)).empty == ("Ỹ",)


def test_a_file_that_is_no_font_does_not_draw_vietnamese(tmp_path: Path) -> None:
    path = tmp_path / "broken.ttf"
    path.write_bytes(b"\0" * 100)
    assert not draws_vietnamese(path)
