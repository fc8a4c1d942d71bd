"""The table of procedures, and what it may not say."""

from __future__ import annotations

import pytest

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.forms.loading import load_forms
from pipeline.judging.verdict import load_procedures, procedure
from pipeline.judging.verdict.procedures import Paper, ProcedureError, parse_procedures
from pipeline.judging.verdict.wording import REASONS, reason

PAPERS = [
    pytest.param(one, paper, id=f"{one.code}-{paper.role}")
    for one in load_procedures().values()
    for paper in one.papers
]
ONE = """
[[procedure]]
code = "1"
name = {{vi = "a", en = "b"}}
[[procedure.paper]]
role = "card"
name = {{vi = "a", en = "b"}}
types = ["{type}"]
{more}
"""


def _fields_of(paper: Paper) -> set[str]:
    return {name for form in load_forms() if form.type in paper.types for name in form.fields()}


@pytest.mark.parametrize(("one", "paper"), PAPERS)
def test_every_compared_field_stands_on_one_of_the_papers_forms(one: object, paper: Paper) -> None:
    assert set(paper.compare.values()) <= _fields_of(paper)


@pytest.mark.parametrize(("one", "paper"), PAPERS)
def test_identity_cards_are_shown_and_never_kept(one: object, paper: Paper) -> None:
    assert not (paper.keep and any(kind.value.startswith("citizen_id") for kind in paper.types))


def test_the_same_declared_name_never_means_two_kinds_of_value() -> None:
    from pipeline.judging.verdict.agreement import grammar_of

    for one in load_procedures().values():
        grammars: dict[str, set[str]] = {}
        for paper in one.papers:
            for name, field in paper.compare.items():
                grammars.setdefault(name, set()).add(grammar_of(field))
        assert {name for name, found in grammars.items() if len(found) > 1} == set()


def test_an_unknown_code_is_wrong_use_with_a_stable_code() -> None:
    with pytest.raises(WrongUse) as error:
        procedure("9.999999")
    assert error.value.code == "procedure.unknown"


@pytest.mark.parametrize(
    ("kind", "more"),
    [("passport", ""), ("citizen_id_chip", 'sides = ["left"]'), ("citizen_id_chip", "colour = 1")],
)
def test_a_mistake_in_the_table_is_named(kind: str, more: str) -> None:
    with pytest.raises(ProcedureError, match="procedure 1"):
        parse_procedures(ONE.format(type=kind, more=more))


def test_two_procedures_of_one_code_are_refused() -> None:
    with pytest.raises(ProcedureError, match="twice"):
        parse_procedures(ONE.format(type="citizen_id_chip", more="") * 2)


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_reason_speaks_vietnamese_then_english(code: str) -> None:
    message = reason(code).message
    assert not message.vi.isascii()
    assert message.en.isascii()


def test_a_note_is_added_to_both_languages() -> None:
    message = reason("document.missing", note=Message("Thẻ", "Card")).message
    assert message.vi.endswith(": Thẻ")
    assert message.en.endswith(": Card")
