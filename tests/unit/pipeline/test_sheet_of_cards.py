"""Cards on one sheet whose outlines were not seen: told apart by their writing, and only where they are several."""

from __future__ import annotations

from dataclasses import replace

from pipeline.domain.model import TextLine
from pipeline.forms.classify import classify
from pipeline.forms.loading import form
from pipeline.read_image import ReadImage
from pipeline.sheet_of_cards import told_apart
from tests.making.paper import Paper
from tests.making.readings import read_image


def side(document_type: str, form_id: str, name: str, *, lower: float = 0.0, seed: int = 1) -> tuple[TextLine, ...]:
    """The writing of a card's side, so far down the sheet."""
    lines = Paper(seed=seed).write(form(document_type, form_id).page(name)).lines
    moved = [line.evolve(box=tuple((x, y + lower) for x, y in line.box)) for line in lines]
    return tuple(moved)


def sheet(*sides: tuple[TextLine, ...]) -> ReadImage:
    return replace(read_image(), lines=tuple(line for own in sides for line in own), cuts=())


def shown(image: ReadImage) -> list[tuple[str, str | None]]:
    return [(kind.document_type.value, kind.side) for _, kind in told_apart(image, classify(image.lines))]


FRONT = side("citizen_id_chip", "2021", "front")
BACK = side("citizen_id_chip", "2021", "back", lower=4000)


def test_front_and_back_on_one_sheet_are_two_sides() -> None:
    parts = told_apart(image := sheet(FRONT, BACK), classify(image.lines))
    assert [kind.side for _, kind in parts] == ["front", "back"]
    assert [set(part.lines) for part, _ in parts] == [set(FRONT), set(BACK)]


def test_cards_of_several_people_on_one_sheet_are_as_many() -> None:
    fronts = [side("national_id_12", "2012", "front", lower=n * 4000.0, seed=n + 1) for n in range(3)]
    assert shown(sheet(*fronts)) == [("national_id_12", "front")] * 3


def test_one_side_is_not_cut_in_two() -> None:
    assert shown(sheet(FRONT)) == [("citizen_id_chip", "front")]


def test_a_certificate_is_no_sheet_of_cards() -> None:
    lines = side("birth_certificate", "2016", "front")
    assert shown(sheet(lines)) == [("birth_certificate", "front")]
