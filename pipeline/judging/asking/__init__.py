"""May a paper still be asked for: rules as data, and the judgement over what databases and the archive hold."""

from pipeline.judging.asking.judge import bases_in_question, may_ask
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
    Source,
    Why,
)
from pipeline.judging.asking.rules import load_rules, parse_rules

__all__ = [
    "Answer",
    "Asked",
    "Base",
    "BaseAnswer",
    "BaseState",
    "HeldPaper",
    "Kind",
    "Outcome",
    "Rule",
    "RuleBook",
    "Source",
    "Why",
    "bases_in_question",
    "load_rules",
    "may_ask",
    "parse_rules",
]
