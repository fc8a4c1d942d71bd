"""The question whether a paper may still be asked for, and its answer, on the wire."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from pipeline.domain.message import Message
from service.wire.contract import Contract

_PERSON = "The 12 digits of the personal number, or the text of the QR code on the person's citizen card"


class AskRequest(Contract):
    """Which paper of which procedure, about whom, and who asks."""

    procedure: str = Field(min_length=1, max_length=40, examples=["1.004222"])
    paper: str = Field(min_length=1, max_length=60, examples=["applicant_card"], description="Its role there")
    person: str = Field(min_length=12, max_length=600, examples=["001190123456"], description=_PERSON)
    officer: str = Field(min_length=1, max_length=120, examples=["cb.0123"], description="The officer's account")
    note: str = Field(default="", max_length=200, description="A dossier's number; goes into the log. No names")


class RuleSource(Contract):
    """Where a rule was read. `verified`: in the text of the law itself."""

    text: str
    verified: bool


class RuleModel(Contract):
    """The rule an answer rests on. `table`: digest of the table of rules; `verified`: all its sources are."""

    id: str = Field(examples=["identity-by-number"])
    version: int
    table: str
    says: Message
    valid_from: date | None
    valid_until: date | None
    sources: list[RuleSource]
    verified: bool


class FieldModel(Contract):
    name: str = Field(examples=["father_name"])
    label: Message


class ProofModel(Contract):
    """The stored paper that stands in; its copy is had by `POST /holdings/{code}/use`."""

    holding_code: str
    document_type: str
    digest: str = Field(description="Of the archival copy")
    stored_at: str


class LogLine(Contract):
    """The sealed entry of the log of reads that this answer has left. `reference` is its subject there."""

    reference: str = Field(examples=["HG-ABCDEFGHIJKLMNOP"])
    seq: int
    at: str
    hash: str


RegisterState = Literal["found", "not_found", "unavailable", "not_connected", "not_asked"]


class AskModel(Contract):
    """Whether the paper may be asked for. Holds no value of the person.

    `fields`: those whose data stand in for the paper; of `incomplete` the only ones that may be asked for. `why`: of
    `lawful_to_ask`. `look_first`: databases not connected here that have to be looked up first.
    """

    outcome: Literal["replaced_by_data", "replaced_by_holding", "incomplete", "lawful_to_ask"]
    message: Message
    article: str
    rule: RuleModel
    fields: list[FieldModel]
    holding: ProofModel | None
    why: Literal["register_unavailable", "not_found", "not_connected", "no_rule"] | None
    look_first: list[Literal["population", "civil_status"]]
    register_state: RegisterState = Field(
        description="How the population register answered; it is not asked where it does not bear on the paper"
    )
    register_message: Message
    log: LogLine
