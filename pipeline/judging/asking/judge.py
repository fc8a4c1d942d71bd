"""The judgement: pure, from the rules, the day, and what is known of the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.judging.asking.model import (
    Answer,
    Asked,
    Base,
    BaseAnswer,
    BaseState,
    HeldPaper,
    Kind,
    Outcome,
    Rule,
    RuleBook,
    Why,
)
from pipeline.judging.verdict import Paper, Procedure

DECEASED = "deceased"
_NOT_CONNECTED = BaseAnswer(state=BaseState.NOT_CONNECTED)
_WHY = (
    (BaseState.UNAVAILABLE, Why.UNAVAILABLE),
    (BaseState.NOT_FOUND, Why.NOT_FOUND),
    (BaseState.NOT_CONNECTED, Why.NOT_CONNECTED),
)


def may_ask(asked: Asked, book: RuleBook, on: date) -> Answer:
    """Whether the paper may be asked for on this day.

    In this order: data that are all there; a stored paper that is good; data of which some are missing or contradict
    the person's card, then only these may be asked for; else the paper. Each answer names the one rule it rests on.
    """
    rules = [rule for rule in book.rules if rule.holds(asked.procedure.code, asked.paper, on)]
    by_data = [rule for rule in rules if rule.kind is Kind.DATA]
    found = [rule for rule in by_data if _answer_of(asked, rule).state is BaseState.FOUND]
    for rule in found:
        if not _lacking(asked, rule):
            return Answer(outcome=Outcome.BY_DATA, rule=rule, article=rule.article, fields=rule.fields)
    for rule in rules:
        held = _held(asked, rule) if rule.kind is Kind.HOLDING else None
        if held is not None:
            return Answer(outcome=Outcome.BY_HOLDING, rule=rule, article=rule.article, holding_code=held.holding_code)
    if found:
        rule = found[0]
        return Answer(
            outcome=Outcome.INCOMPLETE,
            rule=rule,
            article=rule.article,
            fields=_lacking(asked, rule),
            look_first=_not_connected(asked, by_data),
        )
    return _lawful(asked, rules, by_data)


def bases_in_question(wanted: Procedure, paper: Paper, book: RuleBook, on: date) -> frozenset[Base]:
    """The databases that bear on this paper on this day: nobody is looked up in others."""
    rules = (rule for rule in book.rules if rule.holds(wanted.code, paper, on))
    return frozenset(rule.base for rule in rules if rule.base is not None)


def _lawful(asked: Asked, rules: Sequence[Rule], by_data: Sequence[Rule]) -> Answer:
    states = {_answer_of(asked, rule).state for rule in by_data}
    why = next((why for state, why in _WHY if state in states), Why.NO_RULE)
    rule = next(rule for rule in rules if rule.kind is Kind.ASK and why in rule.when)
    return Answer(
        outcome=Outcome.LAWFUL,
        rule=rule,
        article=rule.article or asked.procedure.source,
        why=why,
        look_first=_not_connected(asked, by_data),
    )


def _answer_of(asked: Asked, rule: Rule) -> BaseAnswer:
    return _NOT_CONNECTED if rule.base is None else asked.bases.get(rule.base, _NOT_CONNECTED)


def _lacking(asked: Asked, rule: Rule) -> tuple[str, ...]:
    """The rule's fields that the database lacks, or holds otherwise than the person's card; of the paper of somebody
    who has to be alive, that they have died."""
    answer = _answer_of(asked, rule)
    if asked.paper.current and DECEASED in answer.fields:
        return (DECEASED,)
    return tuple(name for name in rule.fields if name not in answer.fields or name in answer.differing)


def _held(asked: Asked, rule: Rule) -> HeldPaper | None:
    """The first stored paper that is good for this one, in the order given."""
    return next(
        (
            held
            for held in asked.held
            if held.usable
            and held.role in rule.held_as
            and held.document_type in asked.paper.types
            and (rule.types is None or held.document_type in rule.types)
        ),
        None,
    )


def _not_connected(asked: Asked, by_data: Sequence[Rule]) -> tuple[Base, ...]:
    bases = [rule.base for rule in by_data if _answer_of(asked, rule).state is BaseState.NOT_CONNECTED]
    return tuple(dict.fromkeys(base for base in bases if base is not None))
