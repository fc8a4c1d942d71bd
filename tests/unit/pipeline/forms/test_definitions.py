"""Definitions: complete for the record contract, strict when read."""

from __future__ import annotations

import pytest

from pipeline.domain.model import DocumentType
from pipeline.forms import loading
from pipeline.forms.by_labels.wording import What, made, vocabulary
from pipeline.forms.definition import GRAMMARS
from pipeline.forms.keys import fold
from pipeline.forms.loading import FormDefinitionError, add_forms, form, load_forms, parse_form

MINIMAL = """
type = "birth_certificate"
form = "x"
name = {vi = "a", en = "b"}
paper = {size = "A4"}
[[page]]
side = "front"
[[page.section]]
rows = [[{label = "Họ và tên:", field = "full_name", grammar = "name"}]]
"""

CONTRACT = {
    "birth_certificate": "document_number full_name date_of_birth date_of_birth_words sex ethnicity nationality"
    " place_of_birth place_of_origin personal_id father_full_name father_birth_year father_ethnicity"
    " father_nationality father_residence mother_full_name mother_birth_year mother_residence"
    " declarant_full_name declarant_document"
    " place_of_registration date_of_registration registrar_full_name",
    "birth_certificate_old": "document_number book_number full_name sex father_age mother_age father_occupation"
    " declarant_relationship declarant_full_name place_of_registration registrar_full_name",
    "birth_register_entry": "document_number book_number full_name father_full_name mother_full_name",
    "citizen_id_chip": "full_name personal_id date_of_birth sex nationality place_of_origin place_of_residence"
    " identifying_marks date_of_issue date_of_expiry",
    "citizen_id_2024": "full_name personal_id date_of_birth place_of_residence place_of_birth date_of_issue"
    " date_of_expiry",
    "national_id_9": "full_name old_national_id ethnicity religion identifying_marks date_of_issue",
    "household_book": "household_number head_full_name residence file_number register_number sheet_number"
    " date_of_issue issuing_officer members[].full_name members[].relationship_to_head members[].date_of_birth"
    " members[].sex members[].ethnicity members[].religion members[].place_of_origin members[].old_national_id"
    " members[].occupation members[].moved_in_date members[].date_of_registration members[].removed",
    "temporary_residence_book": "household_number head_full_name residence temporary_from temporary_until date_of_issue"
    " members[].full_name members[].temporary_from members[].temporary_until members[].date_of_registration"
    " members[].removed",
    "birth_notification": "document_number book_number full_name sex date_of_birth time_of_birth birth_weight_g"
    " number_of_children condition_of_child place_of_birth mother_full_name mother_birth_year mother_ethnicity"
    " mother_personal_id mother_residence mother_document_issue_date mother_document_issue_place father_full_name"
    " insurance_number birth_attendant date_of_issue",
}


def test_every_document_type_has_a_form() -> None:
    have = {f.type for f in load_forms()}
    assert have == set(DocumentType) - {DocumentType.UNKNOWN, DocumentType.OTHER}


@pytest.mark.parametrize("document_type", sorted(CONTRACT))
def test_the_forms_of_a_type_give_every_field_of_the_record_contract(document_type: str) -> None:
    given = {name for f in load_forms() if f.type == document_type for name in f.fields()}
    assert set(CONTRACT[document_type].split()) <= given


def test_a_page_is_never_without_words_to_know_it_by() -> None:
    for definition in load_forms():
        for page in definition.pages:
            assert page.recognise.titles or page.recognise.phrases, (definition.type, definition.form, page.side)


def test_every_labelled_value_names_a_known_grammar() -> None:
    grammars = {i.grammar for f in load_forms() for p in f.pages for s in p.sections for i in s.items()}
    assert grammars <= GRAMMARS


def test_a_definition_is_found_by_type_and_generation() -> None:
    assert form("household_book", "2014").page("members").many


def test_an_unknown_generation_is_an_error_that_names_it() -> None:
    with pytest.raises(FormDefinitionError, match="1850"):
        form("birth_certificate", "1850")


def test_a_smallest_definition_is_read() -> None:
    assert parse_form(MINIMAL).fields() == ("full_name",)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('label = "Họ và tên:"', 'lable = "Họ và tên:"', "lable"),
        ('grammar = "name"', 'grammar = "nam"', "unknown grammar 'nam'"),
        ('side = "front"', 'side = "top"', "side 'top'"),
        ('type = "birth_certificate"', 'type = "passport"', "not a document type"),
        ("rows = [[", 'kind = "persons"\nrows = [[', "two columns"),
        ("rows = [[", 'kind = "repeat"\nrows = [[', "prefix"),
        ('{label = "Họ và tên:", field', '{text = "x", label = "Họ và tên:", field', "either a text"),
        ("[[page]]", "[[page", "not valid TOML"),
    ],
)
def test_a_mistake_in_a_definition_is_named_with_its_place(old: str, new: str, says: str) -> None:
    with pytest.raises(FormDefinitionError, match=r"form\.toml") as caught:
        parse_form(MINIMAL.replace(old, new))
    assert says in str(caught.value)


def test_an_added_form_is_of_the_type_other_and_of_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_added", [])
    own = MINIMAL.replace("birth_certificate", "other")
    try:
        add_forms([("own.toml", own)])
        assert form("other", "x").type is DocumentType.OTHER
        for texts in ([("a.toml", MINIMAL)], [("a.toml", own), ("b.toml", own)]):
            with pytest.raises(FormDefinitionError):
                add_forms(texts)
    finally:
        monkeypatch.undo()
        load_forms.cache_clear()


def test_the_labels_of_an_added_form_are_known_although_others_were_asked_for_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loading, "_added", [])
    assert fold("Nghề tay trái:") not in vocabulary(DocumentType.OTHER).labels
    own = MINIMAL.replace("birth_certificate", "other").replace("Họ và tên:", "Nghề tay trái:")
    try:
        add_forms([("own.toml", own)])
        assert fold("Nghề tay trái:") in vocabulary(DocumentType.OTHER).labels
    finally:
        monkeypatch.undo()
        load_forms.cache_clear()


def test_the_lexicon_names_its_mistakes() -> None:
    with pytest.raises(FormDefinitionError, match=r"wording\.toml, sex: .*'lables'"):
        made(What, {"name": "sex", "fields": ["sex"], "lables": ["Phái"]})
