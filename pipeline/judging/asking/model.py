"""What is asked about a paper, what is known of the person, what the answer says. No value of a person is in any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType
from pipeline.judging.verdict import Paper, Procedure


class Outcome(StrEnum):
    """Whether the paper may still be asked for."""

    BY_DATA = "replaced_by_data"
    BY_HOLDING = "replaced_by_holding"
    INCOMPLETE = "incomplete"  # only these fields may be asked for
    LAWFUL = "lawful_to_ask"


class Base(StrEnum):
    """A database whose data may stand in for a paper."""

    POPULATION = "population"
    CIVIL_STATUS = "civil_status"


class BaseState(StrEnum):
    """How a database answered."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    UNAVAILABLE = "unavailable"
    NOT_CONNECTED = "not_connected"


class Kind(StrEnum):
    """What a rule says of a paper."""

    DATA = "data"
    HOLDING = "holding"
    ASK = "ask"


class Why(StrEnum):
    """Why nothing stands in for a paper, the first that is true."""

    UNAVAILABLE = "register_unavailable"
    NOT_FOUND = "not_found"
    NOT_CONNECTED = "not_connected"
    NO_RULE = "no_rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule was read. `evidence`: "V" the law's own text, "S" a secondary source, "M" memory."""

    text: str
    evidence: str

    @property
    def verified(self) -> bool:
        return self.evidence == "V"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; see the head of `rules.toml`. `types` and `procedures` None: every one."""

    id: str
    version: int
    kind: Kind
    types: frozenset[DocumentType] | None
    procedures: frozenset[str] | None
    not_procedures: frozenset[str]
    since: date | None
    until: date | None
    article: str
    says: Message
    sources: tuple[Source, ...]
    base: Base | None = None
    fields: tuple[str, ...] = ()
    held_as: frozenset[str] = frozenset()
    when: frozenset[Why] = frozenset()

    @property
    def verified(self) -> bool:
        """Whether every source was read in the law's own text."""
        return all(source.verified for source in self.sources)

    def holds(self, procedure: str, paper: Paper, on: date) -> bool:
        """Whether the rule speaks of this paper in this procedure on this day: of every type that the paper may be, or
        of some of them."""
        if (self.since is not None and on < self.since) or (self.until is not None and on > self.until):
            return False
        if procedure in self.not_procedures or (self.procedures is not None and procedure not in self.procedures):
            return False
        return self.types is None or not self.types.isdisjoint(paper.types)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """The rules in their order. `digest`: the first 12 hex digits of the SHA-256 of their text."""

    rules: tuple[Rule, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseAnswer:
    """What a database said of the person: which fields it holds, and which contradict what the person's card says."""

    state: BaseState
    fields: frozenset[str] = frozenset()
    differing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPaper:
    """A stored paper about the person. `role`: what the person is in it; `usable`: valid, verified, with its copy."""

    holding_code: str
    document_type: DocumentType
    role: str
    usable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question: a paper of a procedure about one person. A database that `bases` does not name is not connected."""

    procedure: Procedure
    paper: Paper
    bases: Mapping[Base, BaseAnswer] = field(default_factory=dict)
    held: tuple[HeldPaper, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What may be asked for, and by which rule. `fields`: those that stand in for the paper, or of `INCOMPLETE` those
    that may be asked for. `holding_code` of `BY_HOLDING`; `why` of `LAWFUL`. `look_first`: databases that this program
    is not connected to and that have to be looked up before the paper is asked for."""

    outcome: Outcome
    rule: Rule
    article: str
    fields: tuple[str, ...] = ()
    holding_code: str | None = None
    why: Why | None = None
    look_first: tuple[Base, ...] = ()
