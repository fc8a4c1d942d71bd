"""Keys of an act, and what two records that share one are to each other."""

from __future__ import annotations

import random

import pytest

from pipeline.domain.geometry import rectangle
from pipeline.domain.model import CivilRecord, Continuation, DocumentType, FieldSource, FieldValue, Status
from pipeline.judging.review.outcome import Choice, FieldDecision, decided
from pipeline.records.same_act import Relation, differing, keys_of, relation, seen_before
from pipeline.settling.triage import COPIES_DIFFER, SEEN_BEFORE
from tests.contract.storage.samples import record as plain

BIRTH = {
    "full_name": "Đàm Mai Hiền",
    "date_of_birth": "2026-07-11",
    "mother_full_name": "Cao Hải Uyên",
    "father_full_name": "Đàm Văn Hợp",
    "document_number": "351/2026",
    "date_of_registration": "2026-07-30",
    "place_of_birth": "Bệnh viện Đa khoa Hà Đông",
}
DEATH = {"full_name": "Lương Thị Loan", "date_of_birth": "1967-01-29", "date_of_death": "2005-12-01"}
MARRIAGE = {
    "husband_full_name": "Trần Gia Sơn",
    "wife_full_name": "Trần Thanh Diễm",
    "date_of_registration": "2026-10-09",
}
CARD = {"personal_id": "001309914353", "full_name": "Phạm Phương Thùy Trà", "date_of_expiry": "2034-09-14"}
BOOK = {"household_number": "217503556", "head_full_name": "Lý Duy Việt Bách"}
CERTIFICATE, EXTRACT = DocumentType.BIRTH_CERTIFICATE, DocumentType.BIRTH_EXTRACT


def paper(
    kind: DocumentType, values: dict[str, str], *, status: Status = Status.ACCEPTED, form: str | None = None
) -> CivilRecord:
    fields = [
        FieldValue(name=name, value=value, verbatim=value, page=1, box=rectangle(0, 0, 9, 9), status=status)
        for name, value in values.items()
    ]
    return plain(b"a scan", "d1", *fields).evolve(document_type=kind, form=form)


def without(values: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if name not in names}


def share(one: CivilRecord, other: CivilRecord) -> bool:
    return bool(keys_of(one) & keys_of(other))


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_fields_does_not_matter(seed: int) -> None:
    turned = list(BIRTH.items())
    random.Random(seed).shuffle(turned)
    assert keys_of(paper(CERTIFICATE, dict(turned))) == keys_of(paper(CERTIFICATE, BIRTH))


@pytest.mark.parametrize("name", ["ĐÀM MAI HIỀN", "Dam Mai Hien", "đàm  mai hiên"])
def test_marks_and_case_do_not_matter(name: str) -> None:
    assert keys_of(paper(CERTIFICATE, BIRTH | {"full_name": name})) == keys_of(paper(CERTIFICATE, BIRTH))


@pytest.mark.parametrize("kind", list(DocumentType))
def test_no_key_is_made_of_names_alone(kind: DocumentType) -> None:
    everybody = [*BIRTH, *DEATH, *MARRIAGE, *CARD, *BOOK]
    names = {name: "Nguyễn Văn Nam" for name in everybody if name.endswith("full_name")}
    assert keys_of(paper(kind, names)) == frozenset()


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (CERTIFICATE, without(BIRTH, "date_of_birth")),
        (CERTIFICATE, BIRTH | {"date_of_birth": "2026"}),
        (CERTIFICATE, without(BIRTH, "document_number") | {"full_name": "Hiền"}),
        (CERTIFICATE, without(BIRTH, "mother_full_name", "father_full_name", "date_of_registration")),
        (DocumentType.DEATH_CERTIFICATE, DEATH | {"date_of_death": "2005", "date_of_birth": "1967"}),
        (DocumentType.MARRIAGE_CERTIFICATE, without(MARRIAGE, "date_of_registration")),
        (DocumentType.CITIZEN_ID_CHIP, without(CARD, "personal_id")),
        (DocumentType.CITIZEN_ID_CHIP, CARD | {"personal_id": "0013099143"}),
        (DocumentType.HOUSEHOLD_BOOK, without(BOOK, "household_number")),
        (DocumentType.UNKNOWN, BIRTH),
        (DocumentType.OTHER, BIRTH),
    ],
)
def test_a_key_needs_all_its_parts(kind: DocumentType, values: dict[str, str]) -> None:
    assert keys_of(paper(kind, values)) == frozenset()


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (CERTIFICATE, BIRTH),
        (DocumentType.DEATH_CERTIFICATE, DEATH),
        (DocumentType.MARRIAGE_CERTIFICATE, MARRIAGE),
        (DocumentType.CITIZEN_ID_CHIP, CARD),
        (DocumentType.NATIONAL_ID_9, {"old_national_id": "019500511"}),
        (DocumentType.HOUSEHOLD_BOOK, BOOK),
    ],
)
def test_a_doubtful_reading_gives_the_same_keys_as_a_sure_one(kind: DocumentType, values: dict[str, str]) -> None:
    keys = keys_of(paper(kind, values, status=Status.REVIEW))
    assert keys
    assert keys == keys_of(paper(kind, values))


def test_an_extract_and_the_register_s_entry_share_the_certificate_s_keys() -> None:
    certificate = paper(CERTIFICATE, BIRTH)
    for kind in (EXTRACT, DocumentType.BIRTH_REGISTER_ENTRY, DocumentType.BIRTH_NOTIFICATION):
        assert share(paper(kind, BIRTH), certificate)


def test_one_parent_is_enough_where_the_other_was_misread() -> None:
    misread = BIRTH | {"mother_full_name": "Cao Hai Uyen B", "date_of_registration": "2026-07-31"}
    assert share(paper(CERTIFICATE, misread), paper(CERTIFICATE, BIRTH))


@pytest.mark.parametrize(
    ("kind", "values", "name", "misread"),
    [
        (CERTIFICATE, BIRTH, "full_name", "Đàm Mai Hiên A"),
        (DocumentType.DEATH_CERTIFICATE, DEATH | {"personal_id": "001067000123"}, "full_name", "Lương Thi Loam"),
        (DocumentType.MARRIAGE_CERTIFICATE, MARRIAGE | {"document_number": "204"}, "wife_full_name", "Tran Thanh Dien"),
    ],
)
def test_a_number_is_enough_where_a_name_was_misread(
    kind: DocumentType, values: dict[str, str], name: str, misread: str
) -> None:
    assert share(paper(kind, values | {name: misread}), paper(kind, values))


def test_twins_are_two() -> None:
    twin = BIRTH | {"full_name": "Đàm Mai Hoa", "document_number": "352/2026"}
    assert not share(paper(CERTIFICATE, twin), paper(CERTIFICATE, BIRTH))


def test_people_of_one_name_are_not_one() -> None:
    namesake = BIRTH | {"mother_full_name": "Lê Thị Hoa", "father_full_name": "Đàm Văn Ba"}
    namesake |= {"date_of_registration": "2026-08-02"}
    assert not share(paper(CERTIFICATE, namesake), paper(CERTIFICATE, BIRTH))
    other_day = BIRTH | {"date_of_birth": "2025-01-02"}
    assert not share(paper(CERTIFICATE, other_day), paper(CERTIFICATE, BIRTH))


def test_the_dead_are_not_one_for_a_name_and_a_birth_date() -> None:
    other = DEATH | {"date_of_death": "1999-02-03"}
    assert not share(paper(DocumentType.DEATH_CERTIFICATE, other), paper(DocumentType.DEATH_CERTIFICATE, DEATH))


def test_a_birth_and_a_death_of_one_person_are_two_acts() -> None:
    born = BIRTH | {"date_of_death": "2026-08-01"}
    assert not share(paper(DocumentType.DEATH_CERTIFICATE, born), paper(CERTIFICATE, born))


def test_a_card_of_another_kind_is_another_card() -> None:
    assert not share(paper(DocumentType.CITIZEN_ID_CHIP, CARD), paper(DocumentType.CITIZEN_ID_2024, CARD))


def test_a_front_and_its_back_are_not_the_same_thing_twice() -> None:
    chip = DocumentType.CITIZEN_ID_CHIP
    front = paper(chip, CARD, form="2021")
    read = paper(chip, {"personal_id": CARD["personal_id"], "date_of_issue": "2021-05-01"}, form="2021")
    back = read.evolve(fields=tuple(field.evolve(source=FieldSource.MRZ) for field in read.fields))
    assert keys_of(front)
    assert keys_of(back)
    assert not share(front, back)
    assert share(front.evolve(fields=(*front.fields, *back.fields[1:])), front)


def test_a_leaf_that_goes_on_with_another_record_has_no_key() -> None:
    leaf = paper(DocumentType.HOUSEHOLD_BOOK, BOOK).evolve(continues=Continuation(document_id="d0"))
    assert keys_of(leaf) == frozenset()


@pytest.mark.parametrize(
    ("kind", "changed", "expected"),
    [
        (CERTIFICATE, {}, Relation.SCAN),
        (CERTIFICATE, {"place_of_birth": "Hà Đông"}, Relation.SCAN),
        (CERTIFICATE, {"document_number": "12/2030"}, Relation.COPY),
        (EXTRACT, {}, Relation.COPY),
    ],
)
def test_a_paper_with_the_same_numbers_and_dates_is_the_same_paper(
    kind: DocumentType, changed: dict[str, str], expected: Relation
) -> None:
    assert relation(paper(kind, BIRTH | changed), paper(CERTIFICATE, BIRTH)) is expected


def test_papers_without_a_number_in_common_are_copies() -> None:
    bare = without(BIRTH, "document_number", "date_of_registration")
    assert relation(paper(CERTIFICATE, bare), paper(CERTIFICATE, BIRTH)) is Relation.COPY


def test_another_scan_may_differ_in_nothing_and_a_copy_in_what_is_its_own() -> None:
    changed = BIRTH | {"place_of_birth": "Bệnh viện Bạch Mai"}
    held = paper(CERTIFICATE, BIRTH)
    assert differing(paper(CERTIFICATE, changed), held) == ("place_of_birth",)
    assert differing(paper(EXTRACT, changed | {"document_number": "7"}), held) == ()
    assert differing(paper(EXTRACT, BIRTH | {"father_full_name": "Đàm Văn Hơp"}), held) == ("father_full_name",)


@pytest.mark.parametrize("same", [{"full_name": "ĐÀM MAI HIỀN"}, {"date_of_birth": "2026"}])
def test_case_and_a_part_of_a_date_are_no_difference(same: dict[str, str]) -> None:
    assert differing(paper(CERTIFICATE, BIRTH | same), paper(CERTIFICATE, BIRTH)) == ()


def test_what_is_in_doubt_differs_from_nothing() -> None:
    doubtful = paper(CERTIFICATE, BIRTH | {"father_full_name": "Đàm Văn Hai"}, status=Status.REVIEW)
    assert differing(doubtful, paper(CERTIFICATE, BIRTH)) == ()


def test_members_are_not_compared_by_their_numbers() -> None:
    ours, theirs = BOOK | {"members[0].full_name": "Lý An"}, BOOK | {"members[0].full_name": "Lý Bình"}
    assert differing(paper(DocumentType.HOUSEHOLD_BOOK, ours), paper(DocumentType.HOUSEHOLD_BOOK, theirs)) == ()


def test_a_paper_seen_before_is_noted_and_asks_for_nobody() -> None:
    record = paper(CERTIFICATE, BIRTH)
    told = seen_before(record, [record, paper(EXTRACT, BIRTH)])
    assert [finding.code for finding in told.findings] == [SEEN_BEFORE, SEEN_BEFORE]
    assert (told.status, told.fields) == (Status.ACCEPTED, record.fields)
    assert not [value for value in BIRTH.values() if any(value in str(finding.message) for finding in told.findings)]


def test_a_field_that_two_papers_accepted_otherwise_goes_to_a_person_and_keeps_its_value() -> None:
    record = paper(EXTRACT, BIRTH | {"father_full_name": "Đàm Văn Hai"})
    told = seen_before(record, [paper(CERTIFICATE, BIRTH)])
    (asked,) = [field for field in told.fields if field.status is not Status.ACCEPTED]
    assert (asked.name, asked.value, asked.findings) == ("father_full_name", "Đàm Văn Hai", (COPIES_DIFFER,))
    assert told.status is Status.REVIEW
    assert [f.field for f in told.findings if f.code == COPIES_DIFFER] == ["father_full_name"]


def test_a_person_who_decides_the_field_settles_the_difference() -> None:
    record = paper(EXTRACT, BIRTH | {"father_full_name": "Đàm Văn Hai"})
    told = seen_before(record, [paper(CERTIFICATE, BIRTH)])
    decision = FieldDecision(choice=Choice.ACCEPT, value="Đàm Văn Hai", verbatim="Đàm Văn Hai")
    after = decided(told, {"father_full_name": decision})
    assert after.status is Status.ACCEPTED
    assert SEEN_BEFORE in [finding.code for finding in after.findings]
    assert COPIES_DIFFER not in [finding.code for finding in after.findings]


def test_a_paper_seen_for_the_first_time_stays_as_it_is() -> None:
    record = paper(CERTIFICATE, BIRTH)
    assert seen_before(record, []) is record
