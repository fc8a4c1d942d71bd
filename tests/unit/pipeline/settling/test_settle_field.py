"""A field's value is what the ink says: more readers where the first doubts, other sources only choose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.geometry import Transform, rectangle
from pipeline.domain.model import FieldSource
from pipeline.forms.fields import Support
from pipeline.forms.sheet import Piece
from pipeline.read_page import Readers
from pipeline.settling.settle_field import Settled, from_code, prefer, settle
from tests.making.readings import BOX, Voice, WordVoice, extracted, read_image, settled


def test_a_sure_reading_is_not_read_again() -> None:
    second = Voice("Nguyễn Văn Ân")
    found = settled("Nguyễn Văn An", p=0.9999, seconds=[second])
    assert (found.field.value, second.shown) == ("Nguyễn Văn An", [])


def test_a_reading_short_of_certain_has_one_witness_who_changes_nothing() -> None:
    third = Voice("Nguyễn Văn Ân", name="third")
    agreed = settled("Nguyễn Văn An", p=0.97, seconds=[Voice("NGUYỄN VĂN AN"), third])
    assert (agreed.evidence.seconds_agree, agreed.evidence.seconds_differ) == (1, 0)
    differed = settled("Nguyễn Văn An", p=0.97, seconds=[Voice("Nguyễn Văn Ân", p=1.0), third])
    assert (differed.evidence.seconds_agree, differed.evidence.seconds_differ) == (0, 1)
    assert (differed.field.value, differed.field.alternatives, third.shown) == ("Nguyễn Văn An", (), [])


def test_a_value_of_a_short_list_needs_no_witness() -> None:
    second = Voice("Nữ")
    settled("Nam", "sex", name="sex", p=0.97, seconds=[second])
    assert second.shown == []


def test_what_the_two_ways_of_reading_dispute_is_shown_to_no_witness() -> None:
    second = Voice("Nguyễn Văn An")
    disputed = replace(extracted("Nguyễn Văn An"), support=Support(witness=-1))
    settle(
        disputed, [read_image("Nguyễn Văn An", p=0.97)], Readers(primary=Voice(""), seconds=(second,)), label_score=1.0
    )
    assert second.shown == []


def test_an_address_whose_end_was_not_read_is_doubtful() -> None:
    cut = settled("Số 5, phường Yên Phụ, quận Tây Hồ, thành", "address", name="residence", p=0.99)
    assert ("place.open_end" in cut.field.findings, cut.evidence.usual) == (True, False)
    whole = settled("Số 5, phường Yên Phụ, quận Tây Hồ, Hà Nội", "address", name="residence", p=0.99)
    assert "place.open_end" not in whole.field.findings


@pytest.mark.parametrize(("text", "doubt"), [("39 Thợ mộc", True), ("Thợ mộc", False), ("Nốt ruồi 2cm", False)])
def test_words_behind_a_number_are_doubtful(text: str, doubt: bool) -> None:
    found = settled(text, "text", name="mother_occupation", p=0.99)
    assert ("value.number_before" in found.field.findings, found.evidence.usual) == (doubt, not doubt)


def test_two_letters_are_no_word() -> None:
    found = settled("ái", "text", name="father_occupation", p=0.99)
    assert ("value.cut_short" in found.field.findings, found.evidence.usual) == (True, False)


def test_an_address_that_lost_its_first_word_is_doubtful() -> None:
    cut = settled("Mỹ, Sơn Tây, Hà Nội", "address", name="residence", p=0.99)
    assert ("place.open_start" in cut.field.findings, cut.evidence.usual) == (True, False)
    whole = settled("Thanh Mỹ, Sơn Tây, Hà Nội", "address", name="residence", p=0.99)
    assert "place.open_start" not in whole.field.findings


@pytest.mark.parametrize(
    ("read", "doubt"), [("Kỹ", True), ("Giáo", True), ("Thợ", True), ("Kỹ sư", False), ("Tốt", False)]
)
def test_a_trade_of_which_only_the_first_syllable_was_read_is_doubtful(read: str, doubt: bool) -> None:
    found = settled(read, "text", name="father_occupation", p=0.99)
    assert ("value.cut_short" in found.field.findings, found.evidence.usual) == (doubt, not doubt)


def test_a_place_of_which_only_one_syllable_was_read_is_doubtful() -> None:
    found = settled("Hà", "address", name="place_of_origin", p=0.99)
    assert ("value.cut_short" in found.field.findings, found.evidence.usual) == (True, False)


@pytest.mark.parametrize(
    ("read", "doubt"), [("ngày 1985", True), ("1985", False), ("6/1966", True), ("ngày 8 tháng 8 năm 1985", False)]
)
def test_a_date_of_whose_words_only_the_year_is_left_is_doubtful(read: str, doubt: bool) -> None:
    found = settled(read, "date", name="date_of_birth", p=0.99)
    assert ("date.day_missing" in found.field.findings, found.evidence.usual) == (doubt, not doubt)


@pytest.mark.parametrize(
    ("asked", "around", "doubt"), [("date", 3, True), ("date", 0, False), ("year", 3, False)]
)  # fmt: skip
def test_a_year_beside_writing_that_nobody_explains_may_be_the_end_of_a_date(
    asked: str, around: int, doubt: bool
) -> None:
    field = extracted("1952", asked, name="date_of_birth")
    field = replace(field, support=replace(field.support, unexplained=around))
    found = settle(field, [read_image("1952", p=0.99)], Readers(primary=Voice("")), label_score=1.0)
    assert ("date.day_missing" in found.field.findings, found.evidence.usual) == (doubt, not doubt)


def test_where_only_the_year_is_asked_a_month_beside_it_is_no_doubt() -> None:
    found = settled("12/1995", "year", name="mother_birth_year", p=0.99)
    assert "date.day_missing" not in found.field.findings


@pytest.mark.parametrize(("alone", "differ"), [("4523", True), ("452", False)])
def test_a_number_whose_cut_says_another_one_than_its_line_is_kept_and_told(alone: str, differ: bool) -> None:
    field = extracted("452", "document_number", name="household_number")
    found = settle(field, [read_image("452", p=0.99)], Readers(primary=Voice(alone)), label_score=1.0)
    assert found.field.value == "452"
    assert ("value.digits_differ" in found.field.findings) is differ


@pytest.mark.parametrize(("alone", "differ"), [("18", True), ("118", False)])
def test_a_number_that_has_fewer_digits_when_it_is_read_again_is_told(alone: str, differ: bool) -> None:
    field = extracted("115", "document_number", name="document_number")
    readers = Readers(primary=Voice(alone, p=0.99), seconds=(Voice(alone, name="third"),))
    found = settle(field, [read_image("115", p=0.5)], readers, label_score=1.0)
    assert found.field.value == alone
    assert ("value.digits_differ" in found.field.findings) is differ


def test_writing_that_goes_on_beyond_a_rule_is_told() -> None:
    image = read_image("02/07/20", p=0.99)
    image = replace(image, lines=(image.lines[0].evolve(crosses=True),))
    found = settle(extracted("02/07/20", "date"), [image], Readers(primary=Voice("")), label_score=1.0)
    assert "field.crosses_rule" in found.field.findings


def test_a_name_that_has_lost_its_surname_is_doubtful() -> None:
    found = settled("Văn Nguyên", p=0.99)
    assert (found.field.value, found.field.findings, found.evidence.usual) == (
        "Văn Nguyên",
        ("name.no_surname",),
        False,
    )
    assert "name.no_surname" not in settled("H'Hen Niê", p=0.99).field.findings


def test_a_doubtful_reading_asks_the_second_reader_and_their_agreement_counts() -> None:
    found = settled("Nguyễn Văn An", p=0.5, seconds=[Voice("NGUYỄN VĂN AN")])
    assert (found.evidence.seconds_agree, found.evidence.seconds_differ) == (1, 0)


def test_no_third_reader_is_asked_once_two_agree() -> None:
    third = Voice("Lê Thị Bình", name="third")
    settled("Nguyễn Văn An", p=0.5, seconds=[Voice("Nguyễn Văn An"), third])
    assert third.shown == []


def test_two_readers_outvote_the_first() -> None:
    found = settled("Nguyễn Văn Am", p=0.5, seconds=[Voice("Nguyễn Văn An"), Voice("Nguyễn Văn An", name="third")])
    assert found.field.value == "Nguyễn Văn An"
    assert (found.evidence.seconds_agree, found.evidence.seconds_differ) == (1, 1)
    assert found.field.alternatives[0][0] == "Nguyễn Văn Am"


def test_a_well_formed_value_beats_an_impossible_one() -> None:
    found = settled("31/02/2021", "date", name="date_of_birth", p=0.9, seconds=[Voice("21/02/2021", p=0.6)])
    assert (found.field.value, found.evidence.valid) == ("2021-02-21", True)


def test_an_impossible_date_keeps_its_wording_and_has_no_value() -> None:
    found = settled("31/02/2021", "date", name="date_of_birth")
    assert (found.field.value, found.field.verbatim, found.evidence.valid) == (None, "31/02/2021", False)
    assert "date.impossible" in found.field.findings


def test_an_empty_place_is_a_field_without_a_value() -> None:
    second = Voice("Nguyễn Văn An")
    found = settled("", seconds=[second])
    assert (found.field.value, found.field.verbatim, found.evidence.empty) == (None, "", True)
    assert second.shown == []


def test_nothing_read_is_neither_sure_nor_impossible() -> None:
    evidence = settled("").evidence
    assert (evidence.reader_min, evidence.reader_mean) == (0.5, 0.5)


def test_a_reader_that_sees_nothing_where_ink_was_read_is_counted_as_differing() -> None:
    found = settled("Nguyễn Văn An", p=0.5, seconds=[Voice("")])
    assert (found.field.value, found.evidence.seconds_differ) == ("Nguyễn Văn An", 1)


def test_the_second_reader_sees_all_between_the_neighbours_of_the_value() -> None:
    second = Voice("An")
    image = read_image("Tên: An Tuổi: 7", p=0.5)
    readers = Readers(primary=Voice(name="first"), seconds=(second,))
    settle(extracted("An", pieces=(Piece(line=0, start=5, end=7),)), [image], readers, label_score=1.0)
    (cut,) = second.shown
    assert (int(cut.pixels[0, 0]), cut.pixels.shape[1]) == (50, 20)
    assert cut.to_upright((0, 0)) == pytest.approx((50, 0))


def test_a_value_at_the_ends_of_its_line_is_cut_to_the_edges_of_the_line_image() -> None:
    second = Voice("An")
    settled("An", p=0.5, seconds=[second])
    assert second.shown[0].pixels.shape[1] == 20


def test_ink_the_first_reader_made_nothing_of_is_shown_to_the_second() -> None:
    second = Voice("Lê Thị Bình")
    readers = Readers(primary=Voice(name="first"), seconds=(second,))
    unread = extracted("", pieces=(Piece(line=0, start=0, end=0),), notes=("unread",))
    found = settle(unread, [read_image("")], readers, label_score=1.0)
    assert len(second.shown) == 1
    assert "field.unread" in found.field.findings


def test_the_words_of_the_grammar_are_weighed_where_the_reader_can() -> None:
    second = WordVoice("Nguyxn Vxn An", likely="Nguyễn Văn An", p=0.6)
    found = settled("Nguyen Vqn Axx", p=0.4, seconds=[second])
    assert second.lexicons and found.field.value == "Nguyễn Văn An"


def test_a_lexicon_makes_nothing_surer() -> None:
    found = settled("Nguyen Vqn Axx", p=0.4, seconds=[WordVoice("Nguyxn Vxn An", likely="Nguyễn Văn An", p=0.6)])
    assert found.evidence.reader_min == pytest.approx(0.6)


def reader_again(first: str, again: str, likely: str, *seconds: Voice, p: float = 0.5) -> Settled:
    own = WordVoice(again, name="first", likely=likely, p=p)
    readers = Readers(primary=own, seconds=seconds)
    return settle(extracted(first), [read_image(first, p=p)], readers, label_score=1.0)


def test_the_first_reader_looks_again_at_a_doubtful_value_with_its_words_in_mind() -> None:
    found = reader_again("Nguyen Vxn An", "Nguyen Vxn An", "Nguyễn Văn An")
    assert found.field.value == "Nguyễn Văn An"
    assert found.evidence.read_again and found.evidence.reader_min == pytest.approx(0.5)


def test_a_reader_that_looks_again_does_not_bear_itself_out() -> None:
    second = Voice("Lê Thị Bình", p=0.3)
    found = reader_again("Nguyễn Văn An", "Nguyễn Văn An", "Nguyễn Văn An", second)
    assert len(second.shown) == 1
    assert (found.evidence.seconds_agree, found.evidence.read_again) == (0, False)


def test_what_the_first_reader_saw_before_it_looked_again_stays_an_alternative() -> None:
    found = reader_again("Nguyễn Văn Ân", "Nguyễn Văn An", "Nguyễn Văn An")
    assert (found.field.value, found.field.alternatives[0][0]) == ("Nguyễn Văn An", "Nguyễn Văn Ân")


def test_a_sure_value_is_not_looked_at_again() -> None:
    found = reader_again("Nguyễn Văn Ân", "Nguyễn Văn An", "Nguyễn Văn An", p=0.97)
    assert found.field.value == "Nguyễn Văn Ân"


def test_a_ditto_mark_gives_the_value_above_and_keeps_the_mark_as_its_wording() -> None:
    second = Voice("Lê")
    readers = Readers(primary=Voice(name="first"), seconds=(second,))
    ditto = extracted('"', repeated="Hà Nội", notes=("ditto",), grammar="text")
    found = settle(ditto, [read_image('"', p=0.3)], readers, label_score=1.0)
    assert (found.field.value, found.field.verbatim) == ("Hà Nội", '"')
    assert "value.ditto" in found.field.findings and second.shown == []


def test_the_box_leads_back_to_the_scan() -> None:
    image = read_image("An", to_scan=Transform.scale(2, 2))
    found = settle(extracted("An"), [image], Readers(primary=Voice(name="first")), label_score=1.0)
    assert found.field.box == rectangle(10, 10, 190, 90)


def test_a_code_that_agrees_changes_nothing() -> None:
    found = settled("Nguyễn Văn An")
    assert prefer(found, "NGUYỄN  VĂN AN", decisive=True) is found


def test_a_reading_that_another_source_bears_out_is_taken() -> None:
    found = settled("Nguyễn Văn Am", p=0.5, seconds=[Voice("Nguyễn Văn An", p=0.4)])
    chosen = prefer(found, "Nguyễn Văn An")
    assert (found.field.value, chosen.field.value) == ("Nguyễn Văn Am", "Nguyễn Văn An")
    assert chosen.field.alternatives[0][0] == "Nguyễn Văn Am"


def test_a_decisive_source_mends_a_doubtful_misreading() -> None:
    assert prefer(settled("Nguyen Vin An", p=0.5), "Nguyễn Văn An", decisive=True).field.value == "Nguyễn Văn An"


def test_a_clear_reading_is_never_replaced() -> None:
    kept = prefer(settled("Nguyễn Văn Am", p=0.97), "Nguyễn Văn An", decisive=True).field
    assert (kept.value, kept.alternatives[0][0]) == ("Nguyễn Văn Am", "Nguyễn Văn An")


def test_a_value_unlike_the_ink_does_not_replace_a_doubtful_reading() -> None:
    assert prefer(settled("Lê Thị Bình", p=0.4), "Nguyễn Văn An", decisive=True).field.value == "Lê Thị Bình"


def test_a_source_that_is_not_decisive_mends_nothing_the_ink_does_not_bear() -> None:
    assert prefer(settled("Nguyen Vin An", p=0.5), "Nguyễn Văn An").field.value == "Nguyen Vin An"


def test_a_field_of_a_code_is_marked_as_the_codes() -> None:
    found = from_code("old_national_id", "012345678", FieldSource.QR, 2, BOX)
    assert (found.field.source, found.field.page, found.field.value) == (FieldSource.QR, 2, "012345678")
    assert found.evidence.source is FieldSource.QR


@given(st.lists(st.sampled_from(["Nguyễn Văn An", "Nguyễn Văn Am", "Lê Thị Bình", ""]), max_size=3), st.floats(0.01, 1))
def test_the_value_is_always_one_that_some_reader_gave(others: list[str], p: float) -> None:
    voices = [Voice(text, name=f"r{n}", p=p) for n, text in enumerate(others)]
    found = settled("Nguyễn Văn Ân", p=p, seconds=voices)
    assert found.field.value in {"Nguyễn Văn Ân", *others}
    assert found.votes[0].normal.value == found.field.value


def test_writing_that_nobody_could_parse_is_no_empty_place_though_another_reader_saw_nothing() -> None:
    found = settled("một ngàn chín trăm mươi mươi", "date_words", p=0.5, seconds=[Voice("")])
    assert found.field.value is None
    assert not found.evidence.empty
    assert not found.evidence.valid


def test_a_date_without_its_year_is_writing_without_a_value() -> None:
    found = settled("Ngày 15 tháng 03", "date", name="date_of_birth")
    assert found.field.value is None
    assert not found.evidence.valid
