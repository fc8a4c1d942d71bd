"""Other places of a paper that speak of a field."""

from __future__ import annotations

from pipeline.domain.model import CivilRecord, DocumentType, FieldSource
from pipeline.judging.review.elsewhere import elsewhere
from tests.making.submitted import a_field, a_record

QR = "001190123456|012345678|Nguyễn Thị Mẫu|15011990|Nữ|Số 1 phố Huế|10052021"


def record(kind: DocumentType, form: str, *, qr: str = "", **values: str) -> CivilRecord:
    fields = [a_field(name, value) for name, value in values.items()]
    if qr:
        fields.append(a_field("qr", qr, source=FieldSource.QR))
    return a_record(kind, form, fields=tuple(fields))


def said(one: CivilRecord, field: str) -> list[tuple[str, str]]:
    return [(found.text, found.source) for found in elsewhere(one, field)]


def test_a_code_says_what_is_printed_beside_it() -> None:
    card = record(DocumentType.CITIZEN_ID_CHIP, "2021", qr=QR, full_name="Nguyễn Thị Mâu", sex="female")
    assert ("Nguyễn Thị Mẫu", "QR") in said(card, "full_name")
    assert ("Nữ", "QR") in said(card, "sex")


def test_a_date_in_figures_stands_beside_the_same_in_words_as_written() -> None:
    words = "Ngày mười lăm tháng một năm một nghìn chín trăm chín mươi"
    paper = record(DocumentType.BIRTH_CERTIFICATE, "2016", date_of_birth="1990-01-15", date_of_birth_words=words)
    assert (words, "") in said(paper, "date_of_birth")
    assert ("15/01/1990", "") in said(paper, "date_of_birth_words")


def test_a_personal_number_tells_sex_and_year_of_birth() -> None:
    paper = record(
        DocumentType.BIRTH_CERTIFICATE, "2016", personal_id="001190123456", date_of_birth="1990-01-15", sex="male"
    )
    assert ("Nữ, 1990", "") in said(paper, "date_of_birth")
    assert said(paper, "personal_id") == [("15/01/1990", ""), ("Nam", "")]


def test_the_number_of_one_person_says_nothing_of_another() -> None:
    paper = record(DocumentType.BIRTH_CERTIFICATE, "2016", personal_id="001190123456", mother_birth_year="1960")
    assert all("1990" not in text for text, _ in said(paper, "mother_birth_year"))


def test_the_head_of_a_household_stands_on_the_cover_and_among_its_members() -> None:
    book = record(DocumentType.HOUSEHOLD_BOOK, "2014", head_full_name="Lê A", **{"members[0].full_name": "Lê Á"})
    assert said(book, "head_full_name") == [("Lê Á", "")]
    assert said(book, "members[0].full_name") == [("Lê A", "")]


def test_whoever_declares_is_compared_with_a_parent_only_when_they_say_so() -> None:
    values = {"father_full_name": "Lê A", "declarant_full_name": "Lê Á"}
    father = record(DocumentType.BIRTH_CERTIFICATE, "2016", **values, declarant_relationship="cha")
    aunt = record(DocumentType.BIRTH_CERTIFICATE, "2016", **values, declarant_relationship="cô")
    assert ("Lê Á", "") in said(father, "father_full_name")
    assert said(aunt, "declarant_full_name") == []


def test_of_the_document_itself_nothing_is_said() -> None:
    assert elsewhere(record(DocumentType.CITIZEN_ID_CHIP, "2021", qr=QR), "") == []
