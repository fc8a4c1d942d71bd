"""Which sides are one card: never two that carry different personal numbers."""

from __future__ import annotations

import numpy as np

from pipeline.domain.geometry import Transform, rectangle
from pipeline.domain.model import DocumentType, TextLine, UprightImage
from pipeline.domain.recognition import Character, Confidence, Reading
from pipeline.forms.classify import Classification
from pipeline.read_document import _groups, _Seen
from pipeline.read_image import ReadImage


def _side(side: str, number: str, *, piece: bool = False) -> _Seen:
    image = UprightImage(
        page=1, part=1, colour=np.zeros((0, 10, 3), np.uint8), dpi=300.0, to_scan=Transform.identity(),
        kind="page" if piece else "card", rotation=0, skew_deg=0.0, blank=False,
    )  # fmt: skip
    letters = tuple(Character(text=c, probability=1.0, start=i, end=i + 1.0) for i, c in enumerate(number))
    reading = Reading(text=number, characters=letters, confidence=Confidence(raw=1.0, scale="test"), reader="test")
    line = TextLine(
        page=1, part=1, box=rectangle(0, 0, 12, 1), line_to_upright=Transform.identity(), readings=(reading,)
    )
    kind = Classification(document_type=DocumentType.CITIZEN_ID_2024, form="2024", side=side, confidence=1.0)
    return _Seen(ReadImage(image=image, lines=(line,), cuts=()), kind, piece=piece)


def _pages(*sides: _Seen) -> list[tuple[int, ...]]:
    return [group.pages for group in _groups(list(sides), None)]


def test_front_and_back_of_one_number_are_one_card() -> None:
    assert _pages(_side("front", "001215000530"), _side("back", "001215000530")) == [(0, 1)]


def test_a_misread_digit_does_not_part_a_card() -> None:
    assert _pages(_side("front", "001215000530"), _side("back", "001215000580")) == [(0, 1)]


def test_a_back_whose_front_was_missed_does_not_join_the_next_persons_front() -> None:
    sides = (_side("back", "001215842530"), _side("front", "001172785805"), _side("back", "001172785805"))
    assert _pages(*sides) == [(0,), (1, 2)]


def test_cards_told_apart_by_their_writing_are_paired_by_number_with_those_that_were_cut_out() -> None:
    sides = (
        _side("back", "001215842530"),
        _side("front", "001172785805", piece=True),
        _side("back", "001172785805"),
        _side("front", "001215842530", piece=True),
    )
    assert sorted(_pages(*sides)) == [(0, 3), (1, 2)]
