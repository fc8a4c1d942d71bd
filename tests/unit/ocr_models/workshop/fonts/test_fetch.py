from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.ttLib import TTFont

from ocr_models.workshop.fonts import catalogue
from ocr_models.workshop.fonts.fetch import FontBuildError, _unpack


def package(folder: Path, *subsets: str) -> Path:
    """A web font package as published, one file a subset, each with a layout table."""
    (folder / "school" / "files").mkdir(parents=True)
    font = TTFont(catalogue(kind="pen")[0].file)
    addOpenTypeFeaturesFromString(font, "feature calt { sub a' b by c; } calt;")
    font.flavor = "woff"
    for subset in subsets:
        font.save(folder / "school" / "files" / f"school-{subset}-400-normal.woff")
    return folder / "school"


def test_a_font_that_joins_keeps_its_layout_tables(tmp_path: Path) -> None:
    _unpack(package(tmp_path, "latin"), "400-normal", tmp_path / "out.ttf")
    assert "GSUB" in TTFont(tmp_path / "out.ttf")


@pytest.mark.parametrize("subsets", [(), ("latin", "vietnamese")])
def test_a_font_that_joins_is_refused_unless_one_file_holds_all_of_it(tmp_path: Path, subsets: tuple[str, ...]) -> None:
    with pytest.raises(FontBuildError, match="exactly one file"):
        _unpack(package(tmp_path, *subsets), "400-normal", tmp_path / "out.ttf")
