from datetime import date
from typing import Any

import pytest

from pipeline.codes import Code, compose_td1, parse_td1
from pipeline.domain.geometry import rectangle
from pipeline.domain.model import DocumentType, FieldSource, FieldValue
from pipeline.validation import RULES, RecordCheck, Severity, check_record, severity
from pipeline.values import date_in_words

BOX = rectangle(0, 0, 10, 10)
PAYLOAD = "001190123456|012345678|Nguyễn Thị Mẫu|15011990|Nữ|Số 1 Phố Mẫu, Phúc Xá, Ba Đình, Hà Nội|10052021"
QR = Code(kind="qr", symbology="QRCode", text=PAYLOAD, box=BOX)
MRZ = parse_td1(compose_td1("001190123456", date(1990, 1, 15), "female", date(2030, 1, 15), "Nguyễn Thị Mẫu"))

BIRTH = {
    "document_number": "15/2021",
    "full_name": "Nguyễn Văn An",
    "date_of_birth": "2021-02-05",
    "date_of_birth_words": "Ngày năm tháng hai năm hai nghìn không trăm hai mươi mốt",
    "sex": "male",
    "ethnicity": "Kinh",
    "personal_id": "001221012345",
    "father_full_name": "Nguyễn Văn Ba",
    "father_birth_year": "1990",
    "father_ethnicity": "Kinh",
    "mother_full_name": "Trần Thị Tư",
    "mother_birth_year": "1992",
    "mother_ethnicity": "Tày",
    "place_of_registration": "UBND phường Phúc Xá, quận Ba Đình, thành phố Hà Nội",
    "date_of_registration": "2021-02-20",
}
CARD = {
    "full_name": "Nguyễn Thị Mẫu",
    "personal_id": "001190123456",
    "date_of_birth": "1990-01-15",
    "sex": "female",
    "place_of_residence": "Số 1 Phố Mẫu, phường Phúc Xá, quận Ba Đình, TP Hà Nội",
    "date_of_issue": "2021-05-10",
    "date_of_expiry": "2030-01-15",
}


def values(data: dict[str, str]) -> list[FieldValue]:
    return [FieldValue(name=name, value=value, verbatim=value, page=1, box=BOX) for name, value in data.items()]


def check_birth(kind: DocumentType = DocumentType.BIRTH_CERTIFICATE, **changes: str) -> RecordCheck:
    return check_record(kind, "2016", values(BIRTH | changes), today=date(2026, 11, 21))


def check_card(**changes: str) -> RecordCheck:
    return check_record(DocumentType.CITIZEN_ID_CHIP, "2021", values(CARD | changes), codes=(QR,), mrz=MRZ)


def raised(check: RecordCheck) -> set[tuple[str, str | None]]:
    return {(finding.code, finding.field) for finding in check.findings}


def test_a_sound_birth_certificate_raises_nothing() -> None:
    assert raised(check_birth()) == set()


def test_a_sound_chip_card_raises_nothing_and_its_sources_confirm_it() -> None:
    check = check_card()
    assert raised(check) == set()
    for field in ("personal_id", "full_name", "date_of_birth", "sex", "place_of_residence", "date_of_expiry"):
        assert check.confirmed(field)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"sex": "female"}, "id.sex_mismatch", "personal_id"),
        ({"personal_id": "001220012345"}, "id.birth_year_mismatch", "personal_id"),
        ({"personal_id": "001220012345"}, "id.birth_year_mismatch", "date_of_birth"),
        ({"personal_id": "00122101234"}, "id.malformed", "personal_id"),
        ({"personal_id": "003221012345"}, "id.province_unknown", "personal_id"),
        ({"date_of_registration": "2021-02-04"}, "date.birth_after_event", "date_of_registration"),
        ({"date_of_registration": "2030-02-04"}, "date.in_future", "date_of_registration"),
        ({"document_number": "15/2020"}, "number.year_mismatch", "document_number"),
        ({"book_number": "01/2022"}, "book.year_after_registration", "book_number"),
        ({"date_of_registration": "2014-02-20"}, "form.wrong_time", "date_of_registration"),
        ({"mother_birth_year": "2012"}, "parent.mother_age", "mother_birth_year"),
        ({"mother_birth_year": "1950"}, "parent.mother_age", "mother_birth_year"),
        ({"father_birth_year": "1920"}, "parent.father_age", "father_birth_year"),
        ({"full_name": "Nguyễn Thị An"}, "name.sex_unusual", "full_name"),
        ({"full_name": "Lê Văn An"}, "name.surname_differs", "full_name"),
        ({"full_name": "Lê Văn An"}, "parent.whose", "father_full_name"),
        ({"full_name": "Lê Văn An"}, "parent.whose", "mother_birth_year"),
        ({"ethnicity": "Zyx"}, "ethnicity.not_listed", "ethnicity"),
        ({"ethnicity": "Dao"}, "ethnicity.differs_from_parents", "ethnicity"),
        ({"place_of_birth": "không đọc được"}, "place.unit_unknown", "place_of_birth"),
        (
            {
                "place_of_registration": "phường Cổ Nhuế 1, quận Bắc Từ Liêm, Hà Nội",
                "date_of_registration": "2013-03-01",
            },
            "place.unit_not_then",
            "place_of_registration",
        ),
        ({"date_of_birth": "2021-02-06"}, "sources.conflict", "date_of_birth"),
    ],
)  # fmt: skip
def test_a_broken_rule_of_birth_certificates_is_found(changes: dict[str, Any], code: str, field: str) -> None:
    assert (code, field) in raised(check_birth(**changes))


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"personal_id": "001190123457"}, "sources.conflict", "personal_id"),
        ({"full_name": "Nguyễn Thị Mầu"}, "sources.conflict", "full_name"),
        ({"date_of_birth": "1990-01-16"}, "sources.conflict", "date_of_birth"),
        ({"date_of_expiry": "2031-01-15"}, "date.expiry_age", "date_of_expiry"),
        ({"date_of_expiry": "2020-01-15"}, "date.expiry_before_issue", "date_of_expiry"),
        ({"date_of_expiry": "indefinite"}, "date.expiry_age", "date_of_expiry"),
        ({"date_of_issue": "indefinite"}, "date.no_end", "date_of_issue"),
        ({"date_of_issue": "2018-05-10"}, "form.wrong_time", "date_of_issue"),
        ({"old_national_id": "01234567"}, "id.old_malformed", "old_national_id"),
        ({"place_of_residence": "Số 9, Khác, Huế"}, "sources.conflict", "place_of_residence"),
    ],
)
def test_a_broken_rule_of_cards_is_found(changes: dict[str, str], code: str, field: str) -> None:
    assert (code, field) in raised(check_card(**changes))


@pytest.mark.parametrize("father", ["Trần Văn Bình", "", "Lễ Văn Bình"])
def test_parents_are_in_doubt_only_where_the_fathers_surname_is_surely_another(father: str) -> None:
    found = raised(check_birth(full_name="Lê Văn An", father_full_name=father))
    assert (("parent.whose", "mother_full_name") in found) is (father == "Trần Văn Bình")


@pytest.mark.parametrize("number", ["012345678", "B1234567"])
def test_a_birth_notification_may_name_whichever_paper_the_mother_had(number: str) -> None:
    found = raised(check_birth(DocumentType.BIRTH_NOTIFICATION, mother_personal_id=number))
    assert ("id.malformed", "mother_personal_id") not in found


def test_household_members_are_checked_one_by_one() -> None:
    book = {
        "head_full_name": "Trần Văn Khác",
        "members[0].full_name": "Nguyễn Văn Ba",
        "members[0].personal_id": "001090012345",
        "members[1].relationship_to_head": "Vợ",
        "members[1].sex": "male",
        "members[1].personal_id": "001090012345",
    }
    found = raised(check_record(DocumentType.HOUSEHOLD_BOOK, None, values(book)))
    assert ("household.head_differs", "head_full_name") in found
    assert ("household.duplicate_id", "members[1].personal_id") in found
    assert ("household.sex_mismatch", "members[1].relationship_to_head") in found


def test_a_coarser_date_neither_confirms_nor_contradicts() -> None:
    check = check_birth(date_of_birth="2021")
    assert not check.agreements and ("sources.conflict", "date_of_birth") not in raised(check)


def test_a_value_taken_from_the_code_does_not_confirm_itself() -> None:
    fields = [field.evolve(source=FieldSource.QR) for field in values(CARD)]
    check = check_record(DocumentType.CITIZEN_ID_CHIP, None, fields, codes=(QR,))
    assert check.agreements == ()


def test_words_that_are_garbled_but_near_still_confirm_the_figures() -> None:
    words = date_in_words(date(2021, 2, 5)).replace("hai", "hal").replace("mươi", "mưoi")
    assert check_birth(date_of_birth_words=words).confirmed("date_of_birth")


def test_figures_and_words_confirm_each_other() -> None:
    check = check_birth()
    assert check.confirmed("date_of_birth") and check.confirmed("date_of_birth_words")


def test_a_name_that_two_places_of_the_paper_give_is_confirmed_in_both() -> None:
    fields = values(BIRTH)
    declarant = FieldValue(
        name="declarant_full_name", value="Nguyễn Văn Ba", verbatim="", page=1, box=rectangle(0, 40, 10, 50)
    )
    check = check_record(DocumentType.BIRTH_CERTIFICATE, "2016", [*fields, declarant])
    assert check.confirmed("declarant_full_name") and check.confirmed("father_full_name")
    assert not check.confirmed("mother_full_name")


def test_one_piece_of_ink_in_two_fields_does_not_confirm_itself() -> None:
    assert not check_birth(declarant_full_name="Nguyễn Văn Ba").confirmed("father_full_name")


def test_an_address_that_stands_twice_confirms_nothing() -> None:
    again = FieldValue(name="mother_residence", value="Xã Cổ Loa", verbatim="", page=1, box=rectangle(0, 40, 10, 50))
    check = check_record(
        DocumentType.BIRTH_CERTIFICATE, "2016", [*values(BIRTH | {"father_residence": "Xã Cổ Loa"}), again]
    )
    assert not check.confirmed("father_residence")


def test_a_zone_whose_checks_fail_is_reported_and_not_compared() -> None:
    bad = parse_td1(("IDVNM1901234569001190123456<<0", "9101158F3201156VNM<<<<<<<<<<<8", "NGUYEN<<THI<MAU"))
    check = check_record(DocumentType.CITIZEN_ID_CHIP, None, values(CARD), mrz=bad)
    assert ("mrz.invalid", "mrz") in raised(check) and check.agreements == ()


def test_an_extract_has_a_number_of_its_own_year() -> None:
    assert raised(check_birth(DocumentType.BIRTH_EXTRACT, document_number="9/2024")) == set()


def test_mothers_are_checked_by_age_too_when_old_forms_give_no_year() -> None:
    old = {"date_of_birth": "1985-03-01", "date_of_registration": "1985-03-10", "mother_age": "9"}
    found = raised(check_record(DocumentType.BIRTH_CERTIFICATE_OLD, "1976", values(old)))
    assert found == {("parent.mother_age", "mother_age")}


def test_unreadable_values_never_make_the_check_fail() -> None:
    names = {*BIRTH, *CARD, "members[0].date_of_birth", "members[x].sex"}
    for value in ("", "?", "2021-13-45", "0000", "|" * 30):
        check_record(DocumentType.UNKNOWN, None, values(dict.fromkeys(names, value)), codes=(QR,), mrz=MRZ)


def test_every_rule_has_a_severity_and_speaks_both_languages() -> None:
    assert all(rule.message.vi != rule.message.en for rule in RULES.values())
    assert severity("sources.conflict") is Severity.ERROR
    assert severity("a.code.of.another.table") is Severity.WARNING


def test_every_rule_stands_in_the_table_of_the_docs() -> None:
    from pipeline.validation import rules

    for code, rule in RULES.items():
        assert any(line.split()[:2] == [code, rule.severity.value] for line in (rules.__doc__ or "").splitlines()), code
