"""How values are shown to a clerk, and what is made of what a clerk types."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType
from pipeline.forms.definition import FormDefinition
from pipeline.forms.loading import load_forms
from pipeline.judging.review.display import display_value, doubtful
from pipeline.judging.review.places import grammar_of, known_fields, printed_label
from pipeline.judging.review.typed_value import read_typed
from pipeline.judging.review.wording import label_of, paper_label
from pipeline.settling.triage import reason_message
from pipeline.values import GRAMMARS

NAMES = st.sampled_from(["Nguyễn Văn An", "Trần Thị Bích Thủy", "Lò A Sử", "Hoà", "H'Hen Niê", "Đỗ Thuý Quỳnh"])


@pytest.mark.parametrize(
    ("grammar", "value", "text"),
    [
        ("date", "1957-03-08", "08/03/1957"),
        ("date", "1957-03", "03/1957"),
        ("date", "1957", "1957"),
        ("date", "indefinite", "Không thời hạn"),
        ("date_words", "1957-03-08", "08/03/1957"),
        ("sex", "female", "Nữ"),
        ("name", "Nguyễn Văn An", "Nguyễn Văn An"),
        ("document_number", "1957-03-08", "1957-03-08"),
    ],
)
def test_values_are_shown_as_people_write_them(grammar: str, value: str, text: str) -> None:
    assert display_value(grammar, value) == text


@given(st.dates(min_value=date(1860, 1, 1), max_value=date(2099, 12, 31)), st.sampled_from([4, 7, 10]))
def test_a_date_that_is_shown_and_typed_again_has_the_same_value(day: date, digits: int) -> None:
    value = day.isoformat()[:digits]
    assert read_typed("date", display_value("date", value)).value == value


@pytest.mark.parametrize("typed", ["Không thời hạn", "không thời hạn", "khong thoi han"])
def test_an_end_that_never_comes_is_typed_as_it_is_shown(typed: str) -> None:
    found = read_typed("date", typed)
    assert (found.value, found.shown, found.wrong_form) == ("indefinite", "Không thời hạn", False)


@given(NAMES)
def test_a_name_typed_again_stays_as_it_is_with_its_tone_marks_where_they_were_typed(name: str) -> None:
    found = read_typed("name", name)
    assert (found.value, found.verbatim, found.wrong_form) == (name, name, False)


@pytest.mark.parametrize("value", ["male", "female"])
def test_a_sex_typed_as_it_is_shown_has_its_value(value: str) -> None:
    assert read_typed("sex", display_value("sex", value)).value == value


@given(st.sampled_from(sorted(GRAMMARS)), st.text(max_size=40))
def test_whatever_is_typed_is_answered_in_nfc(grammar: str, typed: str) -> None:
    found = read_typed(grammar, typed)
    for text in (found.verbatim, found.value or "", found.shown):
        assert unicodedata.is_normalized("NFC", text)


def test_typed_text_is_brought_into_nfc_and_single_spaces() -> None:
    decomposed = unicodedata.normalize("NFD", "  Nguyễn   Văn  An ")
    assert read_typed("name", decomposed).verbatim == "Nguyễn Văn An"


@pytest.mark.parametrize(
    ("grammar", "typed", "code"),
    [
        ("date", "31/02/1990", "date.impossible"),
        ("date", "08/03/1057", "date.century_garbled"),
        ("date", "8/3/57", "date.two_digit_year"),
        ("date", "15/3", "date.year_missing"),
        ("name", "Nguyễn Văn An1", "name.odd_characters"),
        ("personal_id", "01234567890", "id.length"),
        ("personal_id", "O01190123456", "id.repaired"),
        ("ethnicity", "Sao Hỏa", "value.not_listed"),
        ("name", "nt", "value.ditto"),
        ("name", "", "review.nothing_typed"),
    ],
)
def test_what_a_field_cannot_say_is_refused_with_a_reason_in_words(grammar: str, typed: str, code: str) -> None:
    found = read_typed(grammar, typed)
    assert found.wrong_form
    assert code in found.findings
    assert reason_message(code) != Message.same(code)


def test_nothing_typed_is_guessed_at() -> None:
    assert read_typed("date", "08/03/1057").value is None
    assert read_typed("date", "o8/03/1957").value is None


def test_a_date_in_words_may_be_typed_in_figures_too() -> None:
    assert read_typed("date_words", "08/03/1957").value == "1957-03-08"
    assert read_typed("date_words", "mồng tám tháng ba năm một nghìn chín trăm năm mươi bảy").value == "1957-03-08"


def test_a_stroke_says_that_nothing_is_written_there() -> None:
    found = read_typed("text", "/")
    assert (found.value, found.shown, found.wrong_form) == (None, "", False)


def test_characters_that_readings_disagree_about_are_doubtful() -> None:
    assert doubtful("08/03/1957", ["06/03/1957", "08/03/1951"]) == [
        False, True, False, False, False, False, False, False, False, True,
    ]  # fmt: skip


def test_where_a_character_may_be_missing_its_neighbours_are_doubtful() -> None:
    assert doubtful("An", ["Ann"]) == [False, True]


def test_nothing_is_doubtful_where_no_reading_differs() -> None:
    assert doubtful("An", []) == []
    assert doubtful("An", ["An"]) == []


def test_a_reading_of_something_else_makes_no_character_doubtful() -> None:
    assert doubtful("Vũ Tuấn Tường", ["Lở 42 ñv 6"]) == []


@given(st.text(min_size=1, max_size=30), st.lists(st.text(max_size=30), max_size=4))
def test_doubts_are_one_for_each_character_or_none(text: str, others: list[str]) -> None:
    assert len(doubtful(text, others)) in (0, len(text))


@pytest.mark.parametrize("definition", load_forms(), ids=lambda form: f"{form.type}-{form.form}")
def test_every_field_of_every_form_has_a_name_in_both_languages(definition: FormDefinition) -> None:
    for field in known_fields(definition.type, definition.form):
        vi, en = label_of(field.replace("[]", "[2]"))
        assert vi and en and vi != en, field


@pytest.mark.parametrize("kind", list(DocumentType))
def test_every_kind_of_paper_has_a_name_in_both_languages(kind: DocumentType) -> None:
    vi, en = paper_label(kind)
    assert vi and en and vi != en


def test_a_members_field_has_the_grammar_and_the_label_of_its_place() -> None:
    assert grammar_of("household_book", "2014", "members[3].date_of_birth") == "date"
    assert label_of("members[3].date_of_birth")[0] == "Ngày sinh (thành viên 4)"
    assert label_of("mother_full_name")[1] == "Full name of the mother"


def test_a_field_that_the_form_lacks_has_the_grammar_that_other_forms_give_it() -> None:
    assert grammar_of("birth_certificate", None, "date_of_death") == "date"
    assert grammar_of("unknown", None, "full_name") == "name"
    assert grammar_of("unknown", None, "something_new") == "text"


def test_the_label_printed_on_the_form_comes_without_its_colon() -> None:
    assert printed_label("birth_certificate_old", "south", "place_of_birth") == "Sanh tại đâu"
    assert printed_label("citizen_id_barcode", "2016", "sex") == "Giới tính"
    assert printed_label("birth_certificate", None, "full_name") is None


def test_a_cards_fields_hold_what_only_its_codes_say() -> None:
    assert {"qr", "mrz", "old_national_id"} <= set(known_fields("citizen_id_chip"))
    assert known_fields("unknown") == ()
