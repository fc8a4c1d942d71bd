"""The models on the wire: the OpenAPI document is made of them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from pipeline.domain.message import Message

Point = Annotated[list[float], Field(min_length=2, max_length=2)]
Place = Annotated[
    list[Point], Field(min_length=4, max_length=4, description="Corners in pixels of the picture as sent")
]
Code = Annotated[
    str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$", examples=["7K3M-Q9XD-2FHW-B6TC"])
]

LookupCode = Annotated[str, Path(max_length=40, description="The lookup code", examples=["7K3M-Q9XD-2FHW-B6TC"])]


class Contract(BaseModel):
    """Base: nothing is accepted that the contract does not name."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class InvalidPart(Contract):
    """One part of a request that is not as it should be. Never holds the value."""

    where: str
    code: str
    message: Message


class Problem(Contract):
    """RFC 9457 problem details. `code` is stable; act on it, not on the texts."""

    type: str = Field(examples=["urn:hotich:problem:procedure.unknown"])
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(ge=400, le=599)
    code: str = Field(examples=["procedure.unknown"])
    detail: str
    message: Message
    errors: list[InvalidPart] = Field(default_factory=list)


Outcome = Literal["usable", "review", "contradicts", "retake"]
Status = Literal["received", "in_review", "accepted", "refused"]


class ReasonModel(Contract):
    """One thing that is wrong or worth knowing; `outcome` is what it alone leads to."""

    code: str = Field(examples=["capture.blurred"])
    message: Message
    outcome: Outcome
    file: int | None = Field(default=None, ge=1, description="Which file of the submission, from 1")
    page: int | None = Field(default=None, ge=1)
    place: Place | None = None
    field: str | None = None
    role: str | None = None


class FieldModel(Contract):
    """One compared field: what was declared, read, and registered, in normal forms."""

    name: str
    role: str
    declared: str | None
    read: str | None
    registered: str | None
    agreement: Literal["same", "near", "different", "not_read", "not_declared"]
    confidence: float | None = Field(default=None, ge=0, le=1, description="null: not measured")
    file: int | None = Field(default=None, ge=1)
    page: int | None = Field(default=None, ge=1)
    box: Place | None = None


class DocumentModel(Contract):
    """One document that was found in the files. `held_as`: it is kept already, under this holding code."""

    document_type: str = Field(examples=["citizen_id_chip"])
    role: str | None
    file: int | None = Field(default=None, ge=1)
    sides: list[str]
    keep: bool = Field(description="false: only shown, deleted after the answer")
    holding_code: str | None = Field(default=None, description="null: not kept")
    held_as: str | None = None


class WantedModel(Contract):
    """A paper the procedure asks for."""

    role: str
    name: Message
    document_types: list[str]
    sides: list[str]
    required: bool
    received: bool


class VerdictModel(Contract):
    """The answer. Reasons stand worst first."""

    outcome: Outcome
    document_type: str
    reasons: list[ReasonModel]
    fields: list[FieldModel] = Field(description="Empty for whoever has not proved to be entitled to them")
    documents: list[DocumentModel]
    wanted: list[WantedModel]


class QueueModel(Contract):
    """Where an unread submission stands: `position` 1 is next, 0 is being read. `page`: the last page that was read."""

    position: int = Field(ge=0)
    page: int | None = Field(default=None, ge=1)


class NoticeModel(Contract):
    """A notice about the submission, and how sending it goes. `failed`: given up."""

    channel: Literal["webhook", "email", "sms"]
    event: str
    state: Literal["waiting", "sent", "failed"]
    attempts: int
    error: str | None
    sent_at: str | None


class Links(Contract):
    status: str
    events: str


class SubmissionModel(Contract):
    """A submission as its client, or whoever holds its code, may see it."""

    code: Code
    status: Status
    procedure: str
    received_at: str = Field(examples=["2026-11-21T08:30:00.000000Z"])
    decided_at: str | None
    queue: QueueModel | None = Field(description="null: answered, or in another server's hands")
    verdict: VerdictModel | None
    notices: list[NoticeModel] = Field(description="For the client that handed it in")
    links: Links


class ClerkReason(Contract):
    """Why a clerk decided so. Whoever has the lookup code can read it: nothing personal."""

    vi: str = Field(min_length=3, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$", examples=["Giấy bị tẩy xóa"])
    en: str | None = Field(default=None, min_length=3, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")
    field: str | None = Field(default=None, max_length=64, pattern=r"^[a-z_]+$", description="The declared name")


class RulingRequest(Contract):
    """What a person of the office decides. A refusal needs at least one reason."""

    decision: Literal["accept", "refuse"]
    reasons: list[ClerkReason] = Field(default_factory=list, max_length=20)


class WaitingModel(Contract):
    """A submission that waits for a person, without personal data."""

    code: Code
    procedure: str
    outcome: Outcome
    received_at: str
    reasons: list[str] = Field(description="Codes of what the machine could not settle")


class WaitingListModel(Contract):
    submissions: list[WaitingModel]


class PaperModel(Contract):
    role: str
    name: Message
    document_types: list[str]
    sides: list[str]
    required: bool
    keep: bool
    compare: list[str] = Field(description="Names of declared values that are compared with this paper")


class ProcedureModel(Contract):
    """A procedure: which papers it asks for and which declared values it compares."""

    code: str = Field(examples=["1.001193"])
    name: Message
    papers: list[PaperModel]


class ProceduresModel(Contract):
    procedures: list[ProcedureModel]


class HealthModel(Contract):
    """`waiting`: submissions not yet read by this server."""

    status: Literal["ok", "starting", "failing"]
    version: str
    waiting: int
    notices_failing: int


class HoldingReason(Contract):
    """Why a stored document cannot, or may not, stand in for its paper today."""

    code: str = Field(examples=["document.expired"])
    message: Message


class VerifiedModel(Contract):
    """What of a stored document is verified. `accepted`: every field passed; names of fields only, never values."""

    accepted: bool
    register_outcome: str = Field(examples=["match"])
    fields_accepted: list[str]
    fields_in_doubt: list[str]


class HoldingModel(Contract):
    """A stored document that may stand in for a paper. `role`: what the person is in it."""

    holding_code: str = Field(examples=["HT-ABCDEFGHIJKLMNOP"])
    document_type: str
    role: str | None = Field(examples=["subject"])
    current: bool
    reasons: list[HoldingReason]
    verified: VerifiedModel
    stored_at: str
    has_copy: bool


class HoldingsModel(Contract):
    """Best first: current, verified, of the very type asked for."""

    holdings: list[HoldingModel]


class UseRequest(Contract):
    """Who uses a stored document instead of paper, and what for."""

    procedure: str = Field(min_length=1, max_length=40, examples=["1.004222"])
    purpose: str = Field(min_length=3, max_length=300, examples=["Đăng ký thường trú"])
    officer: str = Field(min_length=1, max_length=120, examples=["cb.0123"], description="The officer's account")


class ProvenanceModel(Contract):
    """Where the copy comes from: digests of the original and the record, and what read it."""

    original_sha256: str
    record_sha256: str
    software: str
    models: dict[str, str]
    settings_sha256: str
    stored_at: str


class UseModel(Contract):
    """A recorded use. `copy_url` gives the archival copy for an hour; a dossier keeps `holding_code` and `digest`."""

    use_id: str
    holding_code: str
    used_at: str
    digest: str = Field(examples=["sha256:0f…"])
    media_type: str
    copy_url: str
    provenance: ProvenanceModel


class ConfirmModel(Contract):
    """`current`: the newest copy; `superseded`: ours, and a newer one exists; `unknown`: not ours."""

    result: Literal["current", "superseded", "unknown"]
    message: Message
