"""What an official is told has words for whatever a rule may name."""

from __future__ import annotations

from pipeline.judging.asking import Base, BaseState, Kind, Outcome
from pipeline.judging.asking.rules import FIELDS
from service.asking import wording


def test_every_field_that_a_rule_may_name_has_words() -> None:
    assert set(wording.FIELDS) == FIELDS


def test_every_outcome_state_database_and_kind_has_words() -> None:
    assert [set(wording.OUTCOMES), set(wording.REGISTER), set(wording.BASES), set(wording.KINDS)] == [
        set(Outcome),
        set(BaseState),
        set(Base),
        set(Kind),
    ]
