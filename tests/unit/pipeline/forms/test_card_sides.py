"""Which sides are one card: by number, else by one step from every front to its back."""

from __future__ import annotations

from pipeline.domain.model import DocumentType
from pipeline.forms.card_sides import CardSide, partners
from pipeline.forms.classify import Candidate, Classification

BARCODE = DocumentType.CITIZEN_ID_BARCODE


def kind(side: str | None) -> Classification:
    known = side is not None
    candidates = (Candidate(document_type=BARCODE, form="2016", side=side or "back", evidence=5.0 if known else 0.3),)
    return Classification(
        document_type=BARCODE if known else DocumentType.UNKNOWN,
        form="2016" if known else None,
        side=side,
        confidence=0.9,
        candidates=candidates,
    )


def side(which: str | None, column: float, row: float, *, number: str | None = None, page: int = 1) -> CardSide:
    """A side whose middle is so many card lengths to the right and below the sheet's corner."""
    return CardSide(kind=kind(which), number=number, page=page, middle=(1000 * column, 1000 * row), length=1000.0)


def test_sides_of_one_number_are_one_card_wherever_they_lie() -> None:
    sides = [
        side("front", 0, 0, number="001190123456"),
        side("front", 0, 1, number="001085247323"),
        side("back", 0, 0, number="001085247323", page=2),
        side("back", 0, 1, number="001190123458", page=2),
    ]
    assert partners(sides) == {0: 3, 3: 0, 1: 2, 2: 1}


def test_backs_beside_their_fronts_are_theirs() -> None:
    sides = [side("front", 0, 0), side("back", 1.1, 0), side("front", 0, 0.7), side("back", 1.1, 0.75)]
    assert partners(sides) == {0: 1, 1: 0, 2: 3, 3: 2}


def test_backs_below_their_fronts_are_theirs() -> None:
    sides = [side("front", 0, 0), side("front", 1.1, 0), side("back", 0, 0.8), side("back", 1.1, 0.8)]
    assert partners(sides) == {0: 2, 2: 0, 1: 3, 3: 1}


def test_a_side_that_nobody_could_name_is_the_other_side_of_the_card_on_its_sheet() -> None:
    assert partners([side("front", 0, 0), side(None, 0, 0.8)]) == {0: 1, 1: 0}
    assert partners([side(None, 0, 0), side("back", 0, 0.8)]) == {0: 1, 1: 0}
    assert partners([side(None, 0, 0), side(None, 0, 0.8)]) == {}


def test_sides_that_no_one_step_pairs_are_not_paired_by_place() -> None:
    crossed = [side("front", 0, 0), side("back", 1.1, 0), side("back", 0, 0.8), side("front", 1.1, 0.8)]
    assert partners(crossed) == {}
    assert partners([side("front", 0, 0), side("front", 1.1, 0), side("back", 0, 0.8)]) == {}


def test_sides_of_different_numbers_are_never_one_card() -> None:
    sides = [side("front", 0, 0, number="001190123456"), side("back", 0, 0.8, number="030062001724")]
    assert partners(sides) == {}


def test_sides_on_different_sheets_are_not_paired_by_place() -> None:
    assert partners([side("front", 0, 0), side("back", 0, 0.8, page=2)]) == {}
    assert partners([side("front", 0, 0), None]) == {}
