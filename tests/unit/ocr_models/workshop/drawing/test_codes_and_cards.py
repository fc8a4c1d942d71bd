"""QR, MRZ and barcode of invented cards decode to the card's own facts."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_models.workshop.drawing import codes, facts
from ocr_models.workshop.drawing.document import Drawing, Side, draw_document
from pipeline.codes import parse_citizen_qr, parse_td1
from pipeline.forms.loading import form

CARDS = [("citizen_id_chip", "2021"), ("citizen_id_2024", "2024"), ("citizen_id_barcode", "2016")]


def card(kind: str, generation: str, seed: int = 3) -> tuple[facts.Content, list[Side]]:
    issued = date(2025, 2, 3) if generation == "2024" else date(2021, 5, 6)
    content = facts.identity_card(Random(seed), issued, validity="ages")
    drawing = Drawing(form=form(kind, generation), content=content, seed="1", kind="print", dpi=300, split="dev")
    return content, draw_document(drawing)


@pytest.mark.parametrize(("kind", "generation"), CARDS[:2])
def test_the_drawn_qr_decodes_to_the_truth(kind: str, generation: str) -> None:
    content, sides = card(kind, generation)
    found = [code.text for side in sides for code in zxingcpp.read_barcodes(side.pixels)]
    truth = [p.entry.value for side in sides for p in side.placed if p.name == "qr"]
    assert found == truth
    read = parse_citizen_qr(found[0])
    assert read is not None and content.fields["full_name"] in found[0].split("|")


def test_the_drawn_barcode_decodes_to_the_number() -> None:
    content, sides = card(*CARDS[2])
    found = [code.text for side in sides for code in zxingcpp.read_barcodes(side.pixels)]
    assert found == [content.fields["personal_id"]]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_the_mrz_keeps_its_check_digits_and_names_the_holder(seed: int) -> None:
    content = facts.identity_card(Random(seed), date(2022, 3, 4), validity="ages")
    lines = codes.td1(content.fields)
    assert [len(line) for line in lines] == [30, 30, 30]
    read = parse_td1(lines)
    assert read is not None
    assert lines[0][15:27] == content.fields["personal_id"]


def test_check_digits_agree_with_the_published_example() -> None:
    assert codes.check_digit("190123456") == "9"
    assert codes.check_digit("900115") == "8"


def test_qr_keeps_its_empty_fields() -> None:
    content = facts.identity_card(Random(1), date(2025, 2, 3), validity="ages")
    content.fields["old_national_id"] = None
    assert codes.citizen_qr(content.fields, fields=11).count("|") == 10
    assert codes.citizen_qr(content.fields).split("|")[1] == ""
