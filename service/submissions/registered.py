"""What the population register says of the people in a submission's papers, beside what was read and declared.

The reading has looked the person up by what it read. Where that named nobody, the person is looked up by what was
declared for the paper, if that is a name with a number or a birth date and fits one person with certainty. The sender
learns nothing from the register: `for_sender`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, Validation
from pipeline.judging.verdict import Paper, Procedure, Submitted
from pipeline.judging.verdict.agreement import declared_value
from pipeline.judging.verdict.papers import assign
from pipeline.settling.register import Candidate, Claims, RegisterAnswer, register_name, subjects
from service.wire.contract import ReasonModel, VerdictModel
from storage.submissions import rulings

HIDDEN = rulings.HIDDEN
_OF_REGISTER, _OF_PEOPLE = "register.", "review."
_WORST_FIRST = ("retake", "contradicts", "review", "usable")
_LOOKED_AT = "document.review"
_A_CLERK_LOOKS = Message("Giấy tờ cần cán bộ kiểm tra", "A clerk checks the paper")
_NAMED = ("match", "conflict", "unsure")
_SURE = 0.99
_TELL_APART = ("personal_id", "old_national_id", "date_of_birth")


class PopulationRegister(Protocol):
    """The population register. No call raises when it is out of reach."""

    def look_up(self, claims: Claims) -> RegisterAnswer:
        """The person whom the claims describe."""
        ...

    def person(self, register_id: str) -> Mapping[str, str]:
        """The registered values of a person, by register field; empty when the register is out of reach."""
        ...

    def candidates(self, claims: Claims, *, most: int = 3) -> list[Candidate]:
        """The people whom the claims may describe, the likeliest first; empty when the register is out of reach."""
        ...


def registered_values(
    register: PopulationRegister | None, wanted: Procedure, submitted: Sequence[Submitted], declared: Mapping[str, str]
) -> list[Submitted]:
    """The documents with the registered values of the people each is about."""
    if register is None:
        return list(submitted)
    normal = {
        name: value
        for paper in wanted.papers
        for name, field in paper.compare.items()
        if declared.get(name) and (value := declared_value(field, declared[name])) is not None
    }
    roles = assign(wanted.papers, submitted, normal)
    return [
        replace(document, registered=_registered(register, document, roles.get(n), normal))
        for n, document in enumerate(submitted)
    ]


def _registered(
    register: PopulationRegister, document: Submitted, paper: Paper | None, declared: Mapping[str, str]
) -> dict[str, str]:
    """What is registered for each field of the paper that is compared, by its name in the record."""
    record = document.record
    values: dict[str, str] = {}
    if paper is None:
        return values
    for prefix in subjects(record.document_type, [field.name for field in record.fields if field.value]):
        wanted = {where: name for where in paper.compare.values() if (name := register_name(where, prefix=prefix))}
        register_id = _named(register, record, prefix, paper, declared) if wanted else None
        person = {} if register_id is None else register.person(register_id)
        values |= {where: person[name] for where, name in wanted.items() if name in person}
    return values


def _named(
    register: PopulationRegister, record: CivilRecord, prefix: str, paper: Paper, declared: Mapping[str, str]
) -> str | None:
    """The register's id of the person under the prefix; None when the claims do not name one person with certainty."""
    known = record.validation.subjects.get(prefix.rstrip("._"), Validation()) if prefix else record.validation
    if known.outcome in _NAMED and known.register_id:
        return known.register_id
    claims = {
        name: declared[declared_name]
        for declared_name, field in paper.compare.items()
        if declared_name in declared and (name := register_name(field, prefix=prefix)) is not None
    }
    if "full_name" not in claims or not set(_TELL_APART) & set(claims):
        return None
    answer = register.look_up(Claims.of(**claims))
    certain = answer.outcome == "match" and (answer.match_probability or 0.0) >= _SURE
    return answer.register_id if certain else None


def for_sender(verdict: VerdictModel) -> VerdictModel:
    """The verdict without a word of the register: neither a registered value nor whether it agrees, differs, or knows
    nobody. What the register has against it becomes one reason for a person to look, whatever it was and of whom.
    """
    reasons = [_looked_at(reason) if reason.code.startswith(_OF_REGISTER) else reason for reason in verdict.reasons]
    reasons = sorted(_once(reasons), key=_order)
    own = {reason.outcome for reason in reasons if not reason.code.startswith(_OF_PEOPLE)}
    outcome = verdict.outcome
    if outcome == "contradicts" and outcome not in own:
        outcome = "review"
    fields = [field.model_copy(update={"registered": None}) for field in verdict.fields]
    return verdict.model_copy(update={"outcome": outcome, "reasons": reasons, "fields": fields})


def _order(reason: ReasonModel) -> tuple[bool, int]:
    """What people decided first, then the worst."""
    return not reason.code.startswith(_OF_PEOPLE), _WORST_FIRST.index(reason.outcome)


def _looked_at(reason: ReasonModel) -> ReasonModel:
    return ReasonModel(code=_LOOKED_AT, message=_A_CLERK_LOOKS, outcome="review", role=reason.role)


def _once(reasons: Sequence[ReasonModel]) -> list[ReasonModel]:
    """One request for a clerk's look for each paper is enough."""
    asked: set[str | None] = set()
    kept = []
    for reason in reasons:
        if reason.code == _LOOKED_AT:
            if reason.role in asked:
                continue
            asked.add(reason.role)
        kept.append(reason)
    return kept
