"""Writing beside the cards of a sheet."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import rectangle
from pipeline.imaging.leftover import missed_cards, writing_beside_cards
from pipeline.imaging.regions import Region


def _sheet(*places: int) -> NDArray[np.uint8]:
    """A white A4 sheet at 100 dpi with cards full of letters at these heights."""
    sheet = np.full((1169, 827), 250, np.uint8)
    for top in places:
        cv2.rectangle(sheet, (100, top), (437, top + 212), 225, -1)
        for row in range(6):
            text = "SPECIMEN MAU THE 0123456789"
            cv2.putText(sheet, text, (110, top + 30 + 32 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 20, 2)
    return sheet


def _card(top: int) -> Region:
    return Region(quad=rectangle(100, top, 437, top + 212), size=(337, 212), kind="card", dpi=100.0)


def test_a_card_that_was_not_found_is_noticed_by_its_writing() -> None:
    assert writing_beside_cards(_sheet(100, 500), [_card(100)])


def test_a_sheet_whose_cards_were_all_found_has_nothing_beside_them() -> None:
    assert not writing_beside_cards(_sheet(100, 500), [_card(100), _card(500)])


def test_a_page_that_was_not_cut_into_cards_is_not_asked() -> None:
    whole = Region(quad=rectangle(0, 0, 827, 1169), size=(827, 1169), kind="page", dpi=100.0, whole=True)
    assert not writing_beside_cards(_sheet(100), [whole])


def test_a_card_with_edges_too_faint_to_measure_is_cut_out_by_its_writing() -> None:
    missed = missed_cards(_sheet(100, 500), [_card(100)])
    assert len(missed) == 1
    xs, ys = zip(*missed[0].quad, strict=True)
    assert min(xs) < 115 and max(xs) > 400 and min(ys) < 512 and max(ys) > 690
    assert max(missed[0].size) < 1.1 * 337


def test_a_note_beside_the_cards_is_no_card() -> None:
    sheet = _sheet(100)
    for row in range(8):
        cv2.putText(sheet, "ghi chu mau 2024 " * 3, (60, 800 + 30 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 20, 2)
    assert writing_beside_cards(sheet, [_card(100)])
    assert missed_cards(sheet, [_card(100)]) == []


def test_a_sparse_card_whose_outline_broke_is_cut_out_by_its_writing() -> None:
    sheet = _sheet(100)
    rng = np.random.default_rng(7)
    sheet[rng.integers(0, 1169, 400), rng.integers(0, 827, 400)] = 0  # a copier's dirt
    writing = (
        (185, 530, "SPECIMEN MAU 012345"),
        (105, 590, "MAU"),
        (185, 622, "SPECIMEN MAU 012345"),
        (105, 660, "2030"),
    )
    for left, top, text in writing:
        for line in range(3):
            place = (left, top + 20 * line)
            cv2.putText(sheet, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.55, 20, 2)
    assert len(missed_cards(sheet, [_card(100)])) == 1
