"""From compared fields to an answer: match weights, the probability of one person, conflicts.

The claims speak of at most one person of the register. So the probabilities of all candidates and of
"nobody" add up to one: two people who fit equally well get half each, and neither is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2, prod
from typing import Any

from pipeline.domain.model import RegisterOutcome
from pipeline.settling import register
from pipeline.settling.register import Agreement, Claim, Claims, RegisterAnswer
from pipeline.settling.traced import DENIED, MAY_SAY
from pipeline.values import ethnic_code
from storage.register import weights
from storage.register.comparison import (
    Level,
    compare_dates,
    compare_ethnicities,
    compare_names,
    compare_numbers,
    compare_places,
    compare_words,
    spelling,
)
from storage.register.rows import PartialDate

#: Share of the people on an office's papers that its register holds.
COVERAGE = 0.95
#: From this probability on a person is named.
NAMED = 0.9
#: From this probability on somebody may be the person, though not named.
POSSIBLE = 0.1
#: In a reading that would not be accepted and is less sure than this, a misread letter or mark explains a difference.
DOUBTFUL = 0.9
#: Where a registered person may be missed with a greater probability than this, that nobody fits says nothing.
MISSED = 0.1
#: A reading more likely wrong than right contradicts nobody.
WRONG = 0.5
#: Least probability that a reading is wrong.
LEAST = 1e-6
#: How many people a paper may be about: those of the country, whatever part of them this register holds.
COUNTRY = 1.2e8
#: Bits beyond singling one of them out from which it is no chance that everything fits: one in a thousand.
NO_CHANCE = 10.0
#: Candidates that are told, and the least probability of one.
TOLD, LIKELY = 3, 0.001

_NAMES = frozenset({"full_name", "father_name", "mother_name"})
_NUMBERS = frozenset({"personal_id", "old_national_id"})
_PLACES = frozenset({"place_of_origin", "residence"})
_FAMILY = frozenset({"father_name", "mother_name", "household_number"}) | _PLACES
_FAMILY_SIZE = 4.0
# Addresses are written in many ways and people move between households: they weigh, but contradict nothing.
_NO_CONFLICT = _PLACES | {"household_number"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One register row compared with the claims."""

    row: Mapping[str, Any]
    levels: Mapping[str, Level]
    evidence: Mapping[str, float]

    @property
    def weight(self) -> float:
        """Log2 of the Bayes factor of all fields together."""
        return sum(self.evidence.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequencies:
    """How many people the register holds, how many bear each name (by its ASCII key), and the chance that
    two people have the same place of origin."""

    people: int
    names: Mapping[str, int]
    origin_shared: float = 0.0

    def share(self, name_key: str) -> float:
        return max(self.names.get(name_key, 1), 1) / max(self.people, 1)


def compare(claims: Claims, row: Mapping[str, Any], frequencies: Frequencies) -> Candidate:
    """Compares every claimed field that the register knows of this person."""
    levels: dict[str, Level] = {}
    evidence: dict[str, float] = {}
    for name, claim in claims.fields.items():
        registered = row.get(name)
        if registered and claim.value:
            level = _level(name, claim.value, registered)
            if level is not None:
                levels[name] = level
                weight = _weight(name, level, registered, frequencies)
                evidence[name] = _read_as(claim, weight) if level is Level.DIFFERENT else weight
    return Candidate(row=row, levels=levels, evidence=_limit_family(evidence, frequencies))


def _read_as(claim: Claim, weight: float) -> float:
    """The weight of a field that differs: it speaks against no more than the reading is likely to be right."""
    if claim.confidence is None or weight >= 0:
        return weight
    return max(weight, log2(max(1.0 - claim.confidence, LEAST)))


def _limit_family(evidence: dict[str, float], frequencies: Frequencies) -> dict[str, float]:
    """Scales down fields that identify only the family.

    Brothers and sisters share all of them, so however many agree, they narrow the register to one family and no
    further.
    """
    total = sum(max(evidence.get(name, 0.0), 0.0) for name in _FAMILY)
    limit = log2(max(frequencies.people / _FAMILY_SIZE, 2.0))
    if total <= limit:
        return evidence
    return {
        name: weight * limit / total if name in _FAMILY and weight > 0 else weight for name, weight in evidence.items()
    }


def _level(name: str, claimed: str, registered: str) -> Level | None:
    if name in _NAMES:
        return compare_names(claimed, registered)
    if name in _NUMBERS:
        return compare_numbers(claimed, registered)
    if name in _PLACES:
        return compare_places(claimed, registered)
    if name == "date_of_birth":
        ours, theirs = PartialDate.parse(claimed), PartialDate.parse(registered)
        return None if ours is None or theirs is None else compare_dates(ours, theirs)
    if name == "ethnicity":
        return compare_ethnicities(claimed, registered)
    return compare_words(claimed, registered)


def _weight(name: str, level: Level, registered: str, frequencies: Frequencies) -> float:
    if name in _NAMES:
        # How names are spread among parents is taken from their children's generation.
        return weights.name_weight(level, frequencies.share(spelling(registered).key))
    if name == "date_of_birth":
        return weights.date_weight(level, registered)
    if name == "ethnicity":
        return weights.ethnicity_weight(level, ethnic_code(registered))
    if name == "place_of_origin":
        return weights.origin_weight(level, frequencies.origin_shared)
    return weights.table_weight(name, level)


def answer(claims: Claims, candidates: Sequence[Candidate], frequencies: Frequencies) -> RegisterAnswer:
    """What the register says, given every candidate that could fit.

    match: one person is named (probability >= NAMED) and nothing contradicts. conflict: one person is named and
    some fields truly differ that were surely read, or whose ink surely does not say what is registered; or a surely
    read personal id is registered to somebody else. unsure: fields differ, and neither is sure; or nobody is named,
    and the reading or the likeliest person leave it open. ambiguous: several fit about as well. not_found: nobody
    fits a sure reading.
    """
    if not candidates:
        outcome = RegisterOutcome.UNSURE if _read_with_doubt(claims) else RegisterOutcome.NOT_FOUND
        return RegisterAnswer(outcome=outcome, match_probability=0.0)
    ranked = sorted(candidates, key=lambda candidate: (-candidate.weight, candidate.row["register_id"]))
    shares = _probabilities(ranked, frequencies)
    best, probability = ranked[0], shares[0]
    told = tuple(
        (str(candidate.row["register_id"]), round(share, 4))
        for candidate, share in zip(ranked[:TOLD], shares, strict=False)
        if share >= LIKELY
    )
    if probability >= NAMED:
        return _named(claims, best, probability, told)
    holder = next((one for one in ranked if one.levels.get("personal_id") is Level.SAME), None)
    if holder is not None and claims.fields["personal_id"].sure:
        return _named(claims, holder, shares[ranked.index(holder)], told)
    if len(shares) > 1 and probability + shares[1] >= NAMED:
        outcome = RegisterOutcome.AMBIGUOUS
    elif holder is not None or probability >= POSSIBLE or _read_with_doubt(claims):
        outcome = RegisterOutcome.UNSURE
    else:
        outcome = RegisterOutcome.NOT_FOUND
    return RegisterAnswer(
        outcome=outcome,
        match_probability=round(probability, 4),
        evidence=_rounded(best),
        agreement=_agreements(claims, best),
        candidates=() if outcome is RegisterOutcome.NOT_FOUND else told,
    )


def _read_with_doubt(claims: Claims) -> bool:
    """Whether a registered person may be missed for how they were read: people are found by a number, and by name and
    birth date together, so all of these must have been misread."""
    missed = 1.0
    for names in (("personal_id",), ("old_national_id",), ("full_name", "date_of_birth")):
        found_by = [claims.fields[name] for name in names if name in claims.fields]
        if found_by:
            missed *= 1.0 - prod(1.0 if claim.sure else claim.confidence or 0.0 for claim in found_by)
    return missed > MISSED


def likely(
    claims: Claims, candidates: Sequence[Candidate], frequencies: Frequencies, *, most: int, least: float
) -> list[register.Candidate]:
    """The candidates whom the claims concern with a probability of `least` or more, the likeliest first."""
    ranked = sorted(candidates, key=lambda candidate: (-candidate.weight, candidate.row["register_id"]))
    shares = _probabilities(ranked, frequencies)
    return [
        register.Candidate(
            register_id=str(candidate.row["register_id"]),
            probability=round(share, 4),
            fields=tuple(
                register.Compared(
                    field=name,
                    claimed=claims.fields[name].value,
                    registered=str(candidate.row[name]),
                    level=level,
                    weight=round(candidate.evidence[name], 2),
                )
                for name, level in candidate.levels.items()
            ),
            deceased=bool(candidate.row["deceased"]),
        )
        for candidate, share in zip(ranked[:most], shares, strict=False)
        if share >= least
    ]


def _probabilities(ranked: Sequence[Candidate], frequencies: Frequencies) -> list[float]:
    """Posterior of each candidate. Prior: every registered person alike, and 1 - COVERAGE for nobody."""
    factors = [COVERAGE / max(frequencies.people, 1) * 2.0 ** min(candidate.weight, 900.0) for candidate in ranked]
    total = sum(factors) + (1 - COVERAGE)
    return [factor / total for factor in factors]


def _named(claims: Claims, best: Candidate, probability: float, told: tuple[tuple[str, float], ...]) -> RegisterAnswer:
    agreement = _agreements(claims, best)
    conflicts = tuple(
        name for name, level in agreement.items() if level is Agreement.DIFFERENT and name not in _NO_CONFLICT
    )
    outcome = RegisterOutcome.MATCH
    if conflicts:
        outcome = RegisterOutcome.CONFLICT
    elif Agreement.UNSURE in agreement.values():
        outcome = RegisterOutcome.UNSURE
    return RegisterAnswer(
        outcome=outcome,
        register_id=str(best.row["register_id"]),
        match_probability=round(probability, 4),
        conflicts=conflicts,
        evidence=_rounded(best),
        agreement=agreement,
        candidates=told if outcome is RegisterOutcome.UNSURE else (),
        confirmed=_confirmed(claims, best),
        deceased=bool(best.row["deceased"]),
    )


def _confirmed(claims: Claims, candidate: Candidate) -> frozenset[str]:
    """The fields spelt as this person's, if all that agrees would fit nobody else by chance.

    A value misread into another that is registered needs a second person who shares all the rest: with the bits that
    single one out of the country's people, and some more, there is none. A place written otherwise and a year without
    its day count among the rest, and are not confirmed. Who is of the other sex was read in another's place.
    """
    if candidate.levels.get("sex") is Level.DIFFERENT:
        return frozenset()
    alike = frozenset(
        name
        for name, level in candidate.levels.items()
        if level is Level.SAME
        and spelling(claims.fields[name].value).folded == spelling(str(candidate.row[name])).folded
    )
    agreeing = alike | {name for name, level in candidate.levels.items() if _agrees_otherwise(name, level)}
    bits = sum(weight for name, weight in candidate.evidence.items() if name in agreeing or weight < 0)
    return alike if bits >= log2(COUNTRY) + NO_CHANCE else frozenset()


def _agrees_otherwise(name: str, level: Level) -> bool:
    """Whether a field says the same as the register in another way: a place's units in words, the year of a date."""
    return (name in _PLACES and level is Level.SAME) or (name == "date_of_birth" and level is Level.PART)


def _agreements(claims: Claims, candidate: Candidate) -> dict[str, Agreement]:
    return {
        name: _agreement(name, claims.fields[name], level, str(candidate.row[name]))
        for name, level in candidate.levels.items()
    }


def _agreement(name: str, claim: Claim, level: Level, registered: str) -> Agreement:
    """Whether a difference is on the paper or may come from the reading.

    Where the reader itself considered the registered value, a difference proves nothing. Nor does a letter, a mark, a
    word joined or lost in a reading that is doubtful, or any difference in one more likely wrong than right. A name
    that nobody measured differs by a letter without contradicting; a wrong digit is not excused so: a person must see
    it. What the reading leaves open the ink may decide: that it may say what is registered, or that it does not.
    """
    if level is Level.SAME or (name == "date_of_birth" and level is Level.PART):
        return Agreement.SAME
    if _considered(claim, registered):
        return Agreement.NEAR
    if name in _NO_CONFLICT:
        return Agreement.DIFFERENT if level is Level.DIFFERENT else Agreement.NEAR
    small = level in (Level.LETTERS, Level.MARKS) or (level is Level.PART and not claim.sure)
    if claim.sure:
        excused = small and name in _NAMES and claim.confidence is None
        return Agreement.NEAR if excused else Agreement.DIFFERENT
    against = claim.ink.against(registered) if claim.ink is not None else None
    likely = (claim.confidence or 0.0) >= WRONG
    denied = against < DENIED if against is not None else likely and not small and _denied_in_part(claim, registered)
    if denied and level is not Level.PART:
        return Agreement.DIFFERENT
    if against is not None and against > MAY_SAY:
        return Agreement.NEAR
    excused = (claim.confidence or 0.0) < DOUBTFUL if small else not likely
    return Agreement.NEAR if excused and (small or claim.confidence is not None) else Agreement.UNSURE


def _denied_in_part(claim: Claim, registered: str) -> bool:
    return claim.ink is not None and claim.ink.denies_in_part(registered)


def _considered(claim: Claim, registered: str) -> bool:
    """Whether the registered value is one of the reader's own alternatives."""
    return spelling(registered).folded in {spelling(other).folded for other in claim.alternatives}


def _rounded(candidate: Candidate) -> dict[str, float]:
    return {name: round(value, 2) for name, value in candidate.evidence.items()}
