"""The review desk's models on the wire, for its pages and for programs of the office."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from pipeline.domain.message import Message
from service.wire.contract import Contract, Place

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Tab = Annotated[str, Field(pattern=r"^[0-9a-f]{16,64}$", description="One browser tab, named by itself")]
ChoiceName = Literal["accept", "correct", "illegible", "absent", "wrong_type", "wrong_split", "retake"]
_Filter = Annotated[str, StringConstraints(max_length=200)]


class ClaimRequest(Contract):
    """A claim of items to decide. A filter that is null matches all; `fresh` first gives back what the tab held."""

    tab: Tab
    count: int = Field(default=8, ge=1, le=10)
    fresh: bool = False
    dead: list[Tab] = Field(default=[], max_length=20, description="One's own tabs that closed without giving back")
    document_type: _Filter | None = None
    field_class: _Filter | None = None
    field: _Filter | None = None
    book: _Filter | None = None
    reason: _Filter | None = None
    stage: int | None = Field(default=None, ge=1, le=3)
    document_id: _Filter | None = None
    item: Id | None = Field(default=None, description="This one, if it is free")


class ClaimedModel(Contract):
    """An item that belongs to this tab until the lease ends. `html`: the item for the work page."""

    item_id: Id
    lease: Id
    until: str = Field(examples=["2026-11-21T08:32:00.000000Z"])
    html: str


class ClaimsModel(Contract):
    """The most urgent first; empty where nothing is left for this person."""

    items: list[ClaimedModel]


class HeldRequest(Contract):
    """Items of a tab."""

    tab: Tab
    items: list[Id] = Field(max_length=50)


class HeldModel(Contract):
    """The items that still belong to this tab."""

    items: list[Id]


class DecisionRequest(Contract):
    """One decision. `decision_id` is made by the sender: sent again with the same id, it is the same decision.

    `text` as typed; `insist`: what stands on the paper does not have the form of the field and is kept as it is
    written. `seconds` the item was looked at; `keys` that were pressed.
    """

    decision_id: Id
    item_id: Id
    lease: Id
    tab: Tab
    choice: ChoiceName
    text: str | None = Field(default=None, max_length=2000)
    comment: str = Field(default="", max_length=1000)
    insist: bool = False
    page: int | None = Field(default=None, ge=1, le=10_000)
    box: Place | None = None
    seconds: float = Field(default=0.0, ge=0.0, le=86_400.0)
    keys: int = Field(default=0, ge=0, le=100_000)


class DecidedModel(Contract):
    """`second`, `arbitration`: another person decides too. `said`: what was recorded, as people write it; a value is
    the same in both languages."""

    decision_id: Id
    item_id: Id
    state: Literal["done", "second", "arbitration"]
    repeated: bool = Field(description="Whether this very decision had come before")
    said: Message


class UndoRequest(Contract):
    tab: Tab


class AlternativeModel(Contract):
    text: str
    value: str
    confidence: float | None


class SameFactModel(Contract):
    """Another place that states the same fact. `source`: QR, MRZ, or empty for ink."""

    label: Message
    text: str
    source: str


class RegisterRowModel(Contract):
    label: Message
    registered: str
    level: Literal["same", "marks", "letters", "part", "different"]
    weight: float = Field(description="Bits for this person")
    asked: bool


class RegisterViewModel(Contract):
    """A person in the population register whom the paper may be about."""

    masked_id: str
    probability: float
    deceased: bool
    fields: list[RegisterRowModel]


class OpinionModel(Contract):
    """What one of the two people who disagree decided; without the name, and for the arbitrator only."""

    text: str
    choice: ChoiceName


class ItemViewModel(Contract):
    """What the person who decides sees of an item: never why it is asked.

    `shown` is the reading as people write it, `doubtful` says of each of its characters whether it is in doubt; `box`
    and `page_size` in pixels of the scan; `turn` degrees clockwise make the page upright.
    """

    item_id: Id
    document_id: str
    holding_code: str
    document_type: str
    document_label: Message
    form: str
    field: str
    label: Message
    printed: str | None = Field(description="The form's own label")
    grammar: str
    page: int
    pages: list[int]
    box: Place | None
    verbatim: str
    value: str | None
    shown: str
    doubtful: list[bool]
    alternatives: list[AlternativeModel]
    reasons: list[Message]
    same_fact: list[SameFactModel]
    register_: list[RegisterViewModel] = Field(alias="register")
    opinions: list[OpinionModel]
    stage: int
    page_size: list[int]
    turn: int
    line_url: str | None
    page_url: str
