"""By whom a paper is checked, what it claims about them, and what stands in the record."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from pipeline.domain.geometry import rectangle
from pipeline.domain.model import DocumentType, FieldValue, RegisterOutcome, Status
from pipeline.settling.register import (
    Agreement,
    Checked,
    Claims,
    RegisterAnswer,
    check_subjects,
    claims_about,
    contradictable,
    register_name,
    subject_prefix,
    subjects,
)
from tests.making.traces import traced

BOOK, STAY = DocumentType.HOUSEHOLD_BOOK, DocumentType.TEMPORARY_RESIDENCE_BOOK
MATCH = RegisterAnswer(outcome=RegisterOutcome.MATCH, register_id="m", match_probability=0.99)


def fields(**values: str) -> list[FieldValue]:
    return [
        FieldValue(name=name.replace("members_", "members[").replace("__", "]."), value=value, verbatim=value, page=1,
                   box=rectangle(0, 0, 9, 9), confidence=0.9, status=Status.REVIEW)
        for name, value in values.items()
    ]  # fmt: skip


@dataclass
class Register:
    """Answers for each full name what it was told, and remembers what it was asked."""

    answers: dict[str, RegisterAnswer]
    asked: list[Claims] = field(default_factory=list)

    def look_up(self, claims: Claims) -> RegisterAnswer:
        self.asked.append(claims)
        name = claims.fields.get("full_name")
        return self.answers.get(name.value if name else "", RegisterAnswer())


def test_a_birth_notification_is_checked_by_its_mother_and_not_by_the_child() -> None:
    paper = fields(
        full_name="Lê Văn Bé", date_of_birth="2018-05-02", sex="male", mother_full_name="Phạm Thị Mẫu",
        mother_birth_year="1990", mother_personal_id="012345678", mother_residence="Xã An Lạc",
    )  # fmt: skip
    register = Register({"Phạm Thị Mẫu": MATCH})
    checked = check_subjects(DocumentType.BIRTH_NOTIFICATION, paper, register)
    (asked,) = register.asked
    assert {name: claim.value for name, claim in asked.fields.items()} == {
        "full_name": "Phạm Thị Mẫu", "date_of_birth": "1990", "old_national_id": "012345678", "residence": "Xã An Lạc",
        "sex": "female",
    }  # fmt: skip
    validation = checked.validation()
    assert (validation.outcome, list(validation.subjects)) == ("match", ["mother"])


def test_a_marriage_is_checked_by_both() -> None:
    paper = fields(
        husband_full_name="Lê Văn An", husband_document="CCCD số 001190123456, cấp ngày 05/06/2021",
        wife_full_name="Lý Thị Hoa", wife_date_of_birth="1993-02-01",
    )  # fmt: skip
    conflict = RegisterAnswer(
        outcome=RegisterOutcome.CONFLICT, register_id="w", conflicts=("date_of_birth",), evidence={"full_name": 9.0}
    )
    register = Register({"Lê Văn An": MATCH, "Lý Thị Hoa": conflict})
    checked = check_subjects(DocumentType.MARRIAGE_CERTIFICATE, paper, register)
    assert register.asked[0].fields["personal_id"].value == "001190123456"
    validation = checked.validation()
    assert (validation.outcome, validation.register_id) == ("conflict", "w")
    assert validation.conflicts == ("wife_date_of_birth",)
    assert validation.evidence == {"wife_full_name": 9.0}
    assert {name: one.outcome for name, one in validation.subjects.items()} == {"husband": "match", "wife": "conflict"}
    assert [(f.code, f.field) for f in checked.findings()] == [("register.conflict", "wife_date_of_birth")]


def test_of_a_household_everybody_is_checked_with_what_the_book_says_of_all() -> None:
    paper = fields(
        household_number="123456789", residence="Xã An Lạc", head_full_name="Lê Văn An", members_0__sex="male",
        members_1__full_name="Lý Thị Hoa", members_1__date_of_birth="1993",
    )  # fmt: skip
    register = Register({"Lê Văn An": MATCH, "Lý Thị Hoa": RegisterAnswer(outcome=RegisterOutcome.UNSURE)})
    validation = check_subjects(BOOK, paper, register).validation()
    head, wife = ({name: claim.value for name, claim in claims.fields.items()} for claims in register.asked)
    of_all = {"household_number": "123456789", "residence": "Xã An Lạc"}
    assert head == of_all | {"full_name": "Lê Văn An", "sex": "male"}
    assert wife == of_all | {"full_name": "Lý Thị Hoa", "date_of_birth": "1993"}
    assert {name: one.outcome for name, one in validation.subjects.items()} == {
        "members[0]": "match", "members[1]": "unsure",
    }  # fmt: skip
    assert validation.outcome == "unsure"


def test_the_number_of_a_stays_book_is_no_household() -> None:
    paper = fields(household_number="12/TT", members_0__full_name="Lê Văn An")
    assert set(claims_about(STAY, paper, "members[0].").fields) == {"full_name"}


def test_who_was_struck_out_of_a_book_may_have_died() -> None:
    paper = fields(members_0__full_name="Lê Văn An", members_1__full_name="Lê Văn Ba", members_1__removed="đã chết")
    dead = RegisterAnswer(outcome=RegisterOutcome.MATCH, register_id="d", deceased=True)
    checked = check_subjects(BOOK, paper, Register({"Lê Văn An": MATCH, "Lê Văn Ba": dead}))
    assert checked.findings() == ()


def test_that_the_person_of_a_death_paper_has_died_asks_for_nobody() -> None:
    dead = RegisterAnswer(outcome=RegisterOutcome.MATCH, register_id="d", deceased=True)
    register = Register({"Lê Văn An": dead})
    paper = fields(full_name="Lê Văn An")
    assert check_subjects(DocumentType.DEATH_CERTIFICATE, paper, register).findings() == ()
    assert [f.code for f in check_subjects(DocumentType.BIRTH_EXTRACT, paper, register).findings()] == [
        "register.deceased"
    ]


def test_several_who_fit_alike_are_a_finding_for_a_person() -> None:
    several = RegisterAnswer(outcome=RegisterOutcome.AMBIGUOUS, candidates=(("a", 0.5), ("b", 0.5)))
    checked = check_subjects(
        DocumentType.BIRTH_EXTRACT, fields(full_name="Lê Văn An"), Register({"Lê Văn An": several})
    )
    assert [(f.code, f.field) for f in checked.findings()] == [("register.ambiguous", "full_name")]
    assert checked.validation().candidates == (("a", 0.5), ("b", 0.5))


def test_the_register_confirms_what_fits_nobody_else_and_contradicts_what_differs() -> None:
    paper = fields(mother_full_name="Phạm Thị Mẫu", mother_birth_year="1990", mother_ethnicity="Tày")
    agreement = {"full_name": Agreement.SAME, "date_of_birth": Agreement.UNSURE, "ethnicity": Agreement.SAME}
    named = RegisterAnswer(
        outcome=RegisterOutcome.UNSURE, register_id="m", agreement=agreement, confirmed=frozenset({"full_name"})
    )
    checked = check_subjects(DocumentType.BIRTH_NOTIFICATION, paper, Register({"Phạm Thị Mẫu": named}))
    assert checked.agrees("mother_full_name") is True
    assert checked.agrees("mother_birth_year") is False
    assert checked.agrees("mother_ethnicity") is None
    nobody = RegisterAnswer(outcome=RegisterOutcome.AMBIGUOUS, agreement=agreement)
    checked = check_subjects(DocumentType.BIRTH_NOTIFICATION, paper, Register({"Phạm Thị Mẫu": nobody}))
    assert checked.agrees("mother_full_name") is None


def test_a_register_that_taught_the_reader_confirms_nothing_and_still_contradicts() -> None:
    paper = fields(mother_full_name="Phạm Thị Mẫu", mother_birth_year="1990")
    named = RegisterAnswer(
        outcome=RegisterOutcome.CONFLICT,
        register_id="m",
        conflicts=("date_of_birth",),
        agreement={"full_name": Agreement.SAME, "date_of_birth": Agreement.DIFFERENT},
        confirmed=frozenset({"full_name"}),
    )
    checked = check_subjects(
        DocumentType.BIRTH_NOTIFICATION, paper, Register({"Phạm Thị Mẫu": named}), independent=False
    )
    assert checked.agrees("mother_full_name") is None
    assert checked.agrees("mother_birth_year") is False
    assert checked.validation().confirmed == ()
    assert [finding.code for finding in checked.findings()] == ["register.conflict"]


@pytest.mark.parametrize("independent", [True, False])
def test_the_ink_is_not_asked_where_the_register_taught_who_reads_it(independent: bool) -> None:
    register = Register({})
    inks = {"full_name": traced("Lê Văn Bé")}
    paper = fields(full_name="Lê Văn Bé")
    check_subjects(DocumentType.BIRTH_CERTIFICATE, paper, register, independent=independent, inks=inks)
    (asked,) = register.asked
    assert (asked.fields["full_name"].ink is not None) is independent


def test_who_stands_in_a_spouses_place_is_asked_for_with_that_spouses_sex() -> None:
    """Two columns that changed places are two whole people, each registered: only the sex tells."""
    paper = fields(husband_full_name="Trần Thị Vợ", wife_full_name="Lê Văn Chồng")
    answer = RegisterAnswer(
        outcome=RegisterOutcome.UNSURE,
        register_id="w",
        agreement={"full_name": Agreement.SAME, "sex": Agreement.UNSURE},
    )
    checked = check_subjects(DocumentType.MARRIAGE_CERTIFICATE, paper, Register({"Trần Thị Vợ": answer}))
    assert checked.claims["husband_"].fields["sex"].value == "male"
    assert checked.claims["wife_"].fields["sex"].value == "female"
    assert checked.agrees("husband_full_name") is False
    assert [finding.field for finding in checked.findings()] == ["husband_full_name"]


def test_without_a_register_nothing_is_checked() -> None:
    checked = check_subjects(DocumentType.BIRTH_EXTRACT, fields(full_name="Lê Văn An"), None)
    assert checked == Checked()
    assert checked.validation().outcome == "not_checked"


@pytest.mark.parametrize(
    ("kind", "prefix"),
    [
        (BOOK, "members[0]."),
        (DocumentType.BIRTH_CERTIFICATE, ""),
        (DocumentType.BIRTH_NOTIFICATION, "mother_"),
        (DocumentType.MARRIAGE_CERTIFICATE, "husband_"),
    ],
)
def test_a_paper_is_about_somebody_in_the_first_place(kind: DocumentType, prefix: str) -> None:
    assert subject_prefix(kind) == prefix


def test_an_unknown_paper_is_about_nobody() -> None:
    assert subjects(DocumentType.UNKNOWN, ["full_name"]) == ()


def test_the_register_knows_parents_and_years_by_its_own_names() -> None:
    assert register_name("father_full_name") == "father_name"
    assert register_name("mother_birth_year", prefix="mother_") == "date_of_birth"
    assert register_name("registrar_full_name") is None


def test_what_cannot_be_an_ethnic_group_says_nothing_of_the_person() -> None:
    read = [
        f.evolve(findings=("value.not_listed",)) if f.name == "ethnicity" else f
        for f in fields(full_name="Lê Văn Mẫu", ethnicity="Ethnic group", sex="male")
    ]
    assert set(Claims.from_fields(read).fields) == {"full_name", "sex"}


def test_the_later_leaves_of_a_book_say_nothing_of_its_head() -> None:
    assert subjects(BOOK, ["members[3].full_name", "members[4].full_name"]) == ("members[3].", "members[4].")
    assert subjects(BOOK, ["members[3].full_name", "head_full_name"]) == ("members[0].", "members[3].")
    assert subjects(BOOK, ["household_number"]) == ("members[0].",)


def test_what_the_register_confirmed_stands_in_the_record_by_its_names_of_fields() -> None:
    paper = fields(mother_full_name="Phạm Thị Mẫu", mother_identity_document="CCCD 012345678901")
    answer = RegisterAnswer(
        outcome=RegisterOutcome.MATCH, register_id="m", confirmed=frozenset({"full_name", "personal_id", "sex"})
    )
    checked = check_subjects(DocumentType.BIRTH_NOTIFICATION, paper, Register({"Phạm Thị Mẫu": answer}))
    assert checked.validation().confirmed == ("mother_full_name",)


def test_a_number_within_a_text_confirms_the_number_and_not_the_text() -> None:
    paper = fields(full_name="Lê Văn An", identity_document="(loại, số) CCCD 012345678901 do")
    answer = RegisterAnswer(outcome=RegisterOutcome.MATCH, register_id="a", confirmed=frozenset({"personal_id"}))
    checked = check_subjects(DocumentType.BIRTH_EXTRACT, paper, Register({"Lê Văn An": answer}))
    assert checked.agrees("identity_document") is None


@pytest.mark.parametrize(
    ("findings", "association", "asked"),
    [(("field.low_confidence",), 0.9, True), (("value.digits_differ",), 0.9, True), (("date.repaired",), 0.9, True),
     (("field.association",), 0.96, False), (("field.association",), 0.98, True),
     (("field.low_confidence", "date.day_missing"), 0.99, False)],
)  # fmt: skip
def test_ink_speaks_only_where_hardly_anything_but_the_reading_is_in_doubt(
    findings: tuple[str, ...], association: float, asked: bool
) -> None:
    born = fields(date_of_birth="1969-12-06")[0].evolve(findings=findings, association=association)
    inks = {"date_of_birth": traced("6/12/1969")}
    claim = claims_about(DocumentType.BIRTH_CERTIFICATE, [born], "", inks).fields["date_of_birth"]
    assert (claim.ink is not None) is asked


def test_names_dates_and_numbers_of_whom_the_register_is_asked_can_contradict_it() -> None:
    names = ["full_name", "date_of_birth", "place_of_birth", "mother_full_name", "registrar_full_name", "date_of_issue"]
    found = contradictable(DocumentType.BIRTH_CERTIFICATE, names)
    assert found == {"full_name", "date_of_birth", "mother_full_name"}
