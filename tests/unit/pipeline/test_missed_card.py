"""A card whose edges nothing told, beside cards that were cut out of the same sheet."""

from __future__ import annotations

from dataclasses import replace

from pipeline.domain.geometry import Transform
from pipeline.domain.model import TextLine
from pipeline.forms.classify import classify
from pipeline.forms.loading import form
from pipeline.missed_card import with_missed_card
from pipeline.read_image import ReadImage
from tests.making.paper import Paper, line
from tests.making.readings import read_image

DEEP = 4000.0  # a card's place below the one before


def front(number: int) -> tuple[TextLine, ...]:
    """The writing of the sheet's card `number`, as the sheet shows it."""
    lines = Paper(seed=number + 1).write(form("national_id_12", "2012").page("front")).lines
    down = Transform.shift(0, number * DEEP)
    return tuple(one.evolve(box=down.quad(one.box)) for one in lines)


def cut_out(number: int, part: int) -> ReadImage:
    """The card as an image of its own."""
    up = Transform.shift(0, -number * DEEP)
    lines = tuple(one.evolve(box=up.quad(one.box), part=part) for one in front(number))
    image = read_image()
    upright = image.image.evolve(part=part, to_scan=Transform.shift(0, number * DEEP), kind="card")
    return replace(image, image=upright, lines=lines, cuts=())


def sheet(*lines: TextLine) -> ReadImage:
    image = read_image()
    return replace(image, image=image.image.evolve(to_scan=Transform.shift(0, 0)), lines=lines, cuts=())


def test_the_writing_of_a_card_beside_the_others_is_a_card_in_its_place() -> None:
    whole = sheet(*front(0), *front(1), *front(2))
    cards = with_missed_card([cut_out(0, 1), cut_out(2, 2)], whole)
    assert [card.image.part for card in cards] == [1, 3, 2]
    assert [one.box for one in cards[1].lines] == [one.box for one in front(1)]
    assert {one.part for one in cards[1].lines} == {3}
    assert classify(cards[1].lines).document_type == "national_id_12"


def test_a_note_beside_the_cards_is_no_card() -> None:
    note = (line("Sao y bản chính", 100, DEEP), line("Hà Nội, ngày 05 tháng 02 năm 2021", 100, DEEP + 80))
    cards = [cut_out(0, 1)]
    assert with_missed_card(cards, sheet(*front(0), *note)) == tuple(cards)


def test_where_every_card_was_cut_out_nothing_is_added() -> None:
    cards = [cut_out(0, 1), cut_out(1, 2)]
    assert with_missed_card(cards, sheet(*front(0), *front(1))) == tuple(cards)
