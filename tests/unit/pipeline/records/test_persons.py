"""Who is who on a paper, and what of it one of its people may see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.domain.errors import WrongUse
from pipeline.domain.model import CivilRecord, DocumentType, FieldValue
from pipeline.records.persons import (
    PAPER,
    Sureness,
    asked_person,
    declared_person,
    own_readings,
    person_of,
    persons_like,
    persons_submitted,
    redacted,
)
from tests.contract.storage.samples import field, record

BIRTH = DocumentType.BIRTH_CERTIFICATE


def paper(**values: str) -> CivilRecord:
    fields: list[FieldValue] = [replace(field(name), value=value, verbatim=value) for name, value in values.items()]
    return record(b"x", "d", *fields)


FAMILY = {
    "full_name": "Đàm Mai Hiền", "date_of_birth": "2026-07-11", "mother_full_name": "Cao Hải Uyên",
    "mother_birth_year": "1990", "mother_personal_id": "001190000001", "document_number": "12/2026",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "whose"),
    [
        ("full_name", ""), ("mother_full_name", "mother"), ("members[2].full_name", "members[2]"),
        ("head_full_name", "members[0]"), ("document_number", PAPER), ("declarant_document", "declarant"),
    ],
)  # fmt: skip
def test_a_field_is_somebodys_or_the_papers(name: str, whose: str) -> None:
    assert person_of(name, BIRTH) == whose


def test_a_household_s_address_is_the_books() -> None:
    assert person_of("residence", DocumentType.HOUSEHOLD_BOOK) == PAPER
    assert person_of("residence", BIRTH) == ""


def test_a_number_says_who_somebody_is() -> None:
    assert persons_like(paper(**FAMILY), asked_person(personal_id="001190 000001")) == {"mother": Sureness.SURE}


def test_a_number_within_what_names_a_card_says_so_too() -> None:
    said = paper(declarant_full_name="Lê Ất", declarant_document="CCCD 001190000001 cấp 2021")
    assert persons_like(said, asked_person(personal_id="001190000001")) == {"declarant": Sureness.SURE}


def test_another_number_is_another_person_of_the_same_name() -> None:
    asked = asked_person(personal_id="001190000002", name="Cao Hải Uyên", born="1990")
    assert persons_like(paper(**FAMILY), asked) == {}


@pytest.mark.parametrize(
    ("name", "born", "sureness"),
    [
        ("Cao Hải Uyên", "12/3/1990", Sureness.SURE), ("CAO HẢI UYÊN", "1990", Sureness.SURE),
        ("Cao Hai Uyen", "1990", Sureness.MAYBE), ("Cao Hải Uyên", "1991", None),
    ],
)  # fmt: skip
def test_a_name_needs_a_birth_that_fits(name: str, born: str, sureness: Sureness | None) -> None:
    found = persons_like(paper(**FAMILY), asked_person(name=name, born=born))
    assert found == ({} if sureness is None else {"mother": sureness})


def test_of_a_name_without_a_birth_date_nobody_is_sure() -> None:
    said = paper(father_full_name="Đàm Văn Bình")
    assert persons_like(said, asked_person(name="Đàm Văn Bình", born="1988")) == {"father": Sureness.MAYBE}


@pytest.mark.parametrize("given", [{}, {"name": "Lê Ất"}, {"personal_id": "12"}, {"name": "Lê Ất", "born": "mới"}])
def test_who_asks_says_enough(given: dict[str, str]) -> None:
    with pytest.raises(WrongUse):
        asked_person(**given)


def test_of_others_nothing_is_left_in_a_redacted_record() -> None:
    shown, left_out = redacted(paper(**FAMILY), [""])
    assert set(shown["fields"]) == {"full_name", "date_of_birth", "document_number"}
    assert left_out == ("mother_full_name", "mother_birth_year", "mother_personal_id")
    assert "validation" not in shown
    assert "Uyên" not in str(shown)


def test_who_a_submission_speaks_of_is_told_from_what_was_declared_and_what_was_read() -> None:
    asked = asked_person(name="Đàm Mai Hiền", born="15/3/1990")
    declared = {"applicant_full_name": "ĐÀM MAI HIỀN", "applicant_date_of_birth": "15/03/1990", "full_name": "Lê An"}
    assert persons_submitted(declared, [], asked) == {"applicant": Sureness.SURE}
    read = [{"name": "wife_full_name", "declared": None, "read": "Đàm Mai Hiền"}]
    assert persons_submitted({}, read, asked) == {"wife": Sureness.MAYBE}
    masked = [{"name": "wife_full_name", "declared": "•••", "read": "•••"}]
    assert persons_submitted({}, masked, asked) == {}
    number = asked_person(personal_id="001190123456")
    assert persons_submitted({"declarant_personal_id": "001 190 123 456"}, [], number) == {"declarant": Sureness.SURE}
    assert declared_person("date_of_registration") == PAPER


def _read(name: str, read: str, agreement: str = "same", role: str = "card") -> dict[str, str | None]:
    return {"name": name, "role": role, "declared": read, "read": read, "agreement": agreement}


def test_what_was_read_of_a_card_handed_in_as_theirs_is_the_persons_where_it_names_them() -> None:
    asked, theirs = asked_person(personal_id="001190000001"), [_read("applicant_personal_id", "001190000001")]
    sex, number = _read("applicant_sex", "female"), _read("document_number", "12", role="birth")
    assert own_readings([*theirs, sex, number], {"applicant"}, asked) == (0, 1)
    assert own_readings([*theirs, {**number, "role": "card"}], {"applicant"}, asked) == (0, 1), "the paper's own"
    anothers = [_read("applicant_personal_id", "001190000002", "different"), sex, {**number, "role": "card"}]
    assert own_readings(anothers, {"applicant"}, asked) == ()
    assert own_readings([sex, _read("mother_sex", "female")], {"applicant"}, asked) == (0,), "as it was declared"
