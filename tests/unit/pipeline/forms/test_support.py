"""What speaks for a value being its field's: seen on a leaf of invented lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.domain.model import TextLine
from pipeline.forms.anchors import find_labels
from pipeline.forms.fields import ExtractedField, Place, Support
from pipeline.forms.sheet import Piece, Sheet
from pipeline.forms.support import with_support
from tests.making.paper import line

LABELS = ("Họ và tên:", "Ngày sinh:", "Nghề nghiệp:")


def supports(lines: list[TextLine], *pieces: tuple[str, int, int, int]) -> list[Support]:
    """Of fields labelled so, whose values are these characters of these lines."""
    sheet = Sheet(lines)
    place = Place(sheet=sheet, leaf=0, page=1, part=1)
    fields: list[ExtractedField] = []
    for label, number, start, end in pieces:
        piece = Piece(line=number, start=start, end=end)
        fields.append(place.field("full_name", "name", [piece], label=label, where=sheet.box([piece])))
    [block] = with_support(sheet, find_labels(sheet, LABELS), [fields])
    return [field.support for field in block]


@pytest.fixture
def lines() -> list[TextLine]:
    return [line("Họ và tên: Lê Thị Mẫu", 100, 100), line("Ngày sinh: 5/2/1990", 100, 200)]


def test_a_value_right_behind_its_label_has_its_weight_and_nothing_around_it(lines: list[TextLine]) -> None:
    name, date = supports(lines, ("Họ và tên:", 0, 11, 21), ("Ngày sinh:", 1, 11, 19))
    assert name.label > 1
    assert name.gap <= 1
    assert (name.printed, name.shared, name.unexplained, name.block) == (0, 0, 0, 1)
    assert date == replace(date, shared=0, unexplained=0)


def test_printed_wording_taken_for_a_value_is_known_as_such(lines: list[TextLine]) -> None:
    [wrong] = supports([*lines, line("Nghề nghiệp: không", 100, 300)], ("Họ và tên:", 2, 0, 12))
    assert wrong.printed == 1


def test_a_value_that_only_resembles_a_short_wording_is_none() -> None:
    sheet, piece = Sheet([line("Dân tộc: Kinh", 100, 100)]), Piece(line=0, start=9, end=13)
    place = Place(sheet=sheet, leaf=0, page=1, part=1)
    group = place.field("ethnicity", "ethnicity", [piece], label="Dân tộc:", where=sheet.box([piece]))
    [[found]] = with_support(sheet, find_labels(sheet, ("Dân tộc:", "Sinh")), [[group]])
    assert (found.support.printed, found.support.explained) == (0, 1)


def test_writing_that_two_fields_claim_is_shared(lines: list[TextLine]) -> None:
    first, second = supports(lines, ("Họ và tên:", 0, 11, 21), ("Ngày sinh:", 0, 17, 21))
    assert (first.shared, second.shared) == (3 / 8, 1)


def test_writing_nearby_that_nobody_explains_is_counted(lines: list[TextLine]) -> None:
    beside = [*lines, line("quận Ba Đình", 700, 100)]
    far = [*lines, line("quận Ba Đình", 100, 1500)]
    value = ("Họ và tên:", 0, 11, 21)
    assert supports(beside, value)[0].unexplained >= len("quậnBaĐình")
    assert supports(far, value)[0].unexplained == supports(lines, value)[0].unexplained


def test_a_value_whose_label_was_not_read_has_no_label() -> None:
    [alone] = supports([line("Lê Thị Mẫu", 100, 100)], ("Họ và tên:", 0, 0, 10))
    assert alone.label == 0
