"""Whether a paper may still be asked for: 320 scripted cases, the days on which rules begin, what each answer cites."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.domain.model import DocumentType
from pipeline.judging.asking import Answer, Asked, Base, BaseAnswer, BaseState, HeldPaper, Outcome, load_rules, may_ask
from pipeline.judging.verdict import load_procedures, procedure
from tests.making.asking_cases import cases

TODAY = date(2026, 11, 21)
ALL = frozenset(
    ("personal_id", "full_name", "date_of_birth", "sex", "ethnicity", "residence", "father_name", "mother_name")
) | {"household_number"}
FULL = BaseAnswer(state=BaseState.FOUND, fields=ALL)
NOT_FOUND, DOWN = BaseAnswer(state=BaseState.NOT_FOUND), BaseAnswer(state=BaseState.UNAVAILABLE)
_KINDS = ("birth_certificate", "marriage_certificate", "death_certificate", "citizen_id_chip", "household_book")
GOOD = tuple(
    HeldPaper(holding_code=f"HT-{kind}", document_type=DocumentType(kind), role="subject", usable=True)
    for kind in _KINDS
)
NOT_GOOD = tuple(replace(held, usable=False) for held in GOOD)
AS_MOTHER = tuple(replace(held, role="mother") for held in GOOD)


def without(*names: str) -> BaseAnswer:
    return replace(FULL, fields=ALL - set(names))


PERSONS: dict[str, tuple[BaseAnswer | None, tuple[HeldPaper, ...]]] = {
    "A": (FULL, ()),
    "B": (without("father_name"), ()),
    "C": (without("sex"), ()),
    "D": (without("household_number"), ()),
    "E": (without("father_name", "mother_name"), ()),
    "F": (replace(FULL, fields=ALL | {"deceased"}), ()),
    "G": (replace(FULL, differing=frozenset({"date_of_birth"})), ()),
    "H": (NOT_FOUND, ()),
    "I": (DOWN, ()),
    "J": (None, ()),
    "K": (FULL, GOOD),
    "L": (NOT_FOUND, GOOD),
    "M": (DOWN, GOOD),
    "N": (DOWN, NOT_GOOD),
    "O": (DOWN, AS_MOTHER),
    "P": (without("father_name"), GOOD),
}
_WHY = {"register_unavailable": "u", "not_found": "f", "not_connected": "c", "no_rule": "n"}


def ask(code: str, role: str, person: str, on: date = TODAY) -> Answer:
    wanted = procedure(code)
    population, held = PERSONS[person]
    return may_ask(
        Asked(
            procedure=wanted,
            paper=next(paper for paper in wanted.papers if paper.role == role),
            bases={} if population is None else {Base.POPULATION: population},
            held=held,
        ),
        load_rules(),
        on,
    )


def cell(answer: Answer) -> str:
    if answer.outcome is Outcome.INCOMPLETE:
        return "I:" + ",".join(answer.fields)
    if answer.outcome is Outcome.LAWFUL:
        return "L" + _WHY[answer.why or ""]
    return "D" if answer.outcome is Outcome.BY_DATA else "H"


@pytest.mark.parametrize(("code", "role", "person", "expected"), list(cases()), ids=str)
def test_a_scripted_case_is_answered_as_the_law_is_read(code: str, role: str, person: str, expected: str) -> None:
    assert cell(ask(code, role, person)) == expected


def test_at_least_300_cases_over_every_paper_of_every_procedure() -> None:
    written = list(cases())
    assert len(written) >= 300
    asked = {(code, paper.role) for code, wanted in load_procedures().items() for paper in wanted.papers}
    assert {(code, role) for code, role, _, _ in written} == asked


@pytest.mark.parametrize(
    ("role", "person", "on", "expected"),
    [
        ("applicant_card", "A", date(2026, 1, 13), "Ln"),
        ("applicant_card", "A", date(2026, 1, 14), "D"),
        ("kinship", "A", date(2025, 12, 9), "Ln"),
        ("kinship", "A", date(2026, 6, 30), "Lc"),
        ("kinship", "A", date(2026, 7, 1), "D"),
        ("kinship", "M", date(2026, 6, 30), "Lc"),
        ("kinship", "M", date(2026, 7, 1), "H"),
    ],
)
def test_a_rule_holds_from_its_first_day(role: str, person: str, on: date, expected: str) -> None:
    assert cell(ask("1.004222", role, person, on)) == expected


@pytest.mark.parametrize(
    ("code", "role", "person", "rule"),
    [
        ("1.004222", "applicant_card", "I", "look-up-failed"),
        ("1.004222", "applicant_card", "H", "look-up-failed"),
        ("1.004222", "kinship", "I", "system-failed"),
        ("1.004222", "kinship", "H", "data-not-there"),
        ("1.001193", "parents_marriage", "A", "database-not-connected"),
        ("1.001193", "birth_notification", "A", "procedure-asks"),
    ],
)
def test_lawful_to_ask_names_the_rule_it_rests_on(code: str, role: str, person: str, rule: str) -> None:
    assert ask(code, role, person).rule.id == rule


def test_where_no_rule_speaks_the_procedure_s_own_source_is_cited() -> None:
    assert ask("1.001193", "birth_notification", "A").article == procedure("1.001193").source


def test_a_database_that_is_not_connected_is_named_to_be_looked_up_first() -> None:
    assert ask("1.004859", "act", "A").look_first == (Base.CIVIL_STATUS,)


def test_a_connected_civil_status_database_replaces_the_act() -> None:
    wanted = procedure("1.004859")
    fields = frozenset({"full_name", "date_of_birth", "document_number", "date_of_registration"})
    answer = may_ask(
        Asked(
            procedure=wanted,
            paper=wanted.papers[0],
            bases={Base.CIVIL_STATUS: BaseAnswer(state=BaseState.FOUND, fields=fields)},
        ),
        load_rules(),
        TODAY,
    )
    assert cell(answer) == "D"


def test_a_stored_paper_is_named_by_its_code() -> None:
    assert ask("1.004222", "kinship", "M").holding_code == "HT-birth_certificate"
