"""Stored documents in place of paper: which there are, whether they are good today, and their use.

Every answer that holds something about a person is noted in the read log first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from datetime import timedelta, timezone
from enum import StrEnum

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType, Status
from pipeline.judging.verdict import Outcome, procedure, validity
from pipeline.records.contract import read_record
from service.context import ServiceContext
from service.holdings.index import person_digest
from service.people.callers import Caller
from service.wire.contract import HoldingModel, HoldingReason, ProvenanceModel, UseModel, UseRequest, VerifiedModel
from service.wire.errors import Conflict, NotAllowed, NotThere, Unprocessable
from storage.catalogue import StoredDocument
from storage.holdings import Holding, NewUse
from storage.objects import ObjectKey
from storage.office.store import OfficeStore
from storage.people import Scope
from storage.times import time_text
from workers.finding import Seeker

_VIETNAM = timezone(timedelta(hours=7))
COPY_FOR = timedelta(hours=1)
_BIRTHS = ("birth_certificate", "birth_certificate_old", "birth_extract", "birth_register_entry")
_CARDS = ("citizen_id_2024", "citizen_id_chip", "citizen_id_barcode", "national_id_12", "national_id_9")
# An extract or the register's own entry says what the certificate says (Luật Hộ tịch 2014 Điều 3, 63); any valid card
# says who somebody is (Luật Căn cước 2023 Điều 46).
_STANDS_IN = {kind: group for group in (_BIRTHS, _CARDS) for kind in group}


class Confirmation(StrEnum):
    """Whether a copy is ours: the newest one, an older one, or none that is known here."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"

    @property
    def message(self) -> Message:
        return _CONFIRMATIONS[self]


_CONFIRMATIONS = {
    Confirmation.CURRENT: Message("Bản sao này là thật", "This copy is authentic"),
    Confirmation.SUPERSEDED: Message(
        "Bản sao này là thật nhưng đã có phiên bản mới hơn", "This copy is authentic, and there is a newer one"
    ),
    Confirmation.UNKNOWN: Message("Không xác nhận được bản sao này", "This copy cannot be confirmed"),
}


def find_holdings(
    context: ServiceContext, personal_id: str, document_type: str, *, purpose: str, caller: Caller
) -> list[HoldingModel]:
    """What can stand in for a paper of this type about this person, the best first. Search and finds are noted in the
    read log first. Raises Unprocessable."""
    caller.need(Scope.HOLDINGS)
    person = person_digest(context.keys, personal_id)
    if person is None:
        raise Unprocessable(
            Message("Số định danh có 12 hoặc 9 chữ số", "A personal id has 12 or 9 digits"), code="id.malformed"
        )
    if document_type not in {kind.value for kind in DocumentType}:
        raise Unprocessable(Message("Không có loại giấy tờ này", "There is no such document type"), code="type.unknown")
    types = _STANDS_IN.get(document_type, (document_type,))
    with context.store.write() as tables:
        holdings = tables.holdings.of_person(person, types=types, offices=relied_on(caller))
        reads = [("holding.searched", f"person:{person[:16]}")]
        reads += [("holding.found", holding.holding_code) for holding in holdings]
        tables.reads.append_all(reads, actor=caller.name, office=caller.office, purpose=purpose)
    models = [holding_model(context, holding) for holding in holdings]
    return sorted(
        models,
        key=lambda model: (not model.current, not model.verified.accepted, model.document_type != document_type),
    )


def use_holding(
    context: ServiceContext, holding_code: str, request: UseRequest, caller: Caller, *, key: str | None = None
) -> UseModel:
    """Records that the stored copy stands in for the paper; once for each Idempotency-Key (`key`) of a caller. Raises
    NotThere, Conflict for one that is not good (not current, not verified, without a copy) and for a key that was used
    for something else, Unprocessable for an unknown procedure. Of a file with several papers the copy is one of its own
    (`workers.copies`), so that nobody else's is handed out."""
    caller.need(Scope.USE)
    try:
        procedure(request.procedure)
    except WrongUse as error:
        raise Unprocessable(error.message, code=error.code) from error
    request_key = None if key is None else hashlib.sha256(key.encode()).hexdigest()
    if request_key is not None:
        with context.store.read() as tables:
            before = tables.holdings.use_by_request(caller.client_id, request_key)
        if before is not None:
            if (before.holding_code, before.procedure) != (holding_code, request.procedure):
                raise Conflict(
                    Message(
                        "Idempotency-Key này đã dùng cho việc khác",
                        "This Idempotency-Key was used for something else",
                    ),
                    code="idempotency.mismatch",
                )
            return _use_model(context, before.use_id, before.holding_code, caller)
    holding = _look_up_holding(context, holding_code, caller)
    archival = _usable_copy(context, holding)
    stored = context.parts.catalogue.document(holding.document_id, holding.revision)
    if stored is not None and context.parts.catalogue.came_with_others(stored):
        archival = _copy_of_its_own(context, stored, request, caller)
    new = NewUse(
        use_id=context.keys.new_id(),
        holding_code=holding.holding_code,
        document_id=holding.document_id,
        revision=holding.revision,
        client_id=caller.client_id,
        request_key=request_key,
        officer=request.officer,
        office=caller.office,
        procedure=request.procedure,
        purpose=request.purpose,
        digest=archival.name,
    )
    with context.store.write() as tables:
        tables.holdings.add_use(new)
        tables.reads.append(
            actor=f"{caller.name}/{request.officer}",
            office=caller.office,
            action="holding.used",
            subject=holding.holding_code,
            purpose=f"{request.procedure}: {request.purpose}",
        )
    return _use_model(context, new.use_id, new.holding_code, caller)


def fetch_copy(context: ServiceContext, use_id: str, caller: Caller) -> tuple[bytes, str]:
    """The archival copy that a use was recorded for, and its SHA-256. Raises NotThere, NotAllowed once the time for
    fetching it is over."""
    caller.need(Scope.USE)
    with context.store.write() as tables:
        use = tables.holdings.use(use_id)
        if use is None or use.client_id != caller.client_id:
            raise NotThere(Message("Không có lượt dùng này", "There is no such use"), code="use.unknown")
        if use.used_at < time_text(context.clock() - COPY_FOR):
            raise NotAllowed(Message("Đã hết thời hạn tải", "The time for fetching it is over"), code="use.expired")
        tables.reads.append(
            actor=f"{caller.name}/{use.officer}",
            office=caller.office,
            action="holding.copied",
            subject=use.holding_code,
            purpose=f"{use.procedure}: {use.purpose}",
        )
    key = ObjectKey.parse(use.digest)
    return context.parts.objects.get(key), key.sha256


def confirm_copy(store: OfficeStore, holding_code: str, digest: str) -> Confirmation:
    """Whether a copy with this SHA-256 is ours. A code that does not exist and a digest that does not fit have the same
    answer."""
    try:
        name = ObjectKey(digest.lower()).name
    except WrongUse:
        return Confirmation.UNKNOWN
    with store.read() as tables:
        is_current = tables.holdings.copy_is_ours(holding_code.strip().upper(), name)
    if is_current is None:
        return Confirmation.UNKNOWN
    return Confirmation.CURRENT if is_current else Confirmation.SUPERSEDED


def _look_up_holding(context: ServiceContext, holding_code: str, caller: Caller) -> Holding:
    with context.store.read() as tables:
        holding = tables.holdings.by_code(holding_code, offices=relied_on(caller))
    if holding is None:
        raise NotThere(
            Message("Không có giấy tờ với mã này", "There is no document with this code"), code="holding.unknown"
        )
    return holding


def _usable_copy(context: ServiceContext, holding: Holding) -> ObjectKey:
    """The archival copy of a document that may stand in for its paper today. Raises Conflict."""
    model = holding_model(context, holding)
    if not model.current:
        raise Conflict(
            Message("Giấy tờ này không còn giá trị thay thế", "This document is not current"),
            code="holding.not_current",
        )
    if not model.verified.accepted:
        raise Conflict(
            Message("Giấy tờ này chưa được kiểm tra xong", "This document is not verified yet"),
            code="holding.not_verified",
        )
    if holding.archival is None:
        raise Conflict(Message("Không có bản sao lưu trữ", "There is no archival copy"), code="holding.no_copy")
    return holding.archival


def _copy_of_its_own(
    context: ServiceContext, document: StoredDocument, request: UseRequest, caller: Caller
) -> ObjectKey:
    """A signed copy of the document's pages alone, where the archival copy of its file shows other people's papers too.
    Raises Conflict where this installation makes none."""
    if context.parts.copies is None:
        raise Conflict(
            Message(
                "Tệp của giấy tờ này có cả giấy tờ của người khác, và nơi này không cấp được bản sao riêng",
                "The file of this document holds other people's papers too, and no copy of its own can be made here",
            ),
            code="holding.shared_file",
        )
    seeker = Seeker(actor=f"{caller.name}/{request.officer}", office=caller.office, purpose=request.purpose)
    issued = context.parts.copies.issue(document, seeker, converter=request.officer)
    return issued.copy.object


def _use_model(context: ServiceContext, use_id: str, holding_code: str, caller: Caller) -> UseModel:
    with context.store.read() as tables:
        use = tables.holdings.use(use_id)
    holding = _look_up_holding(context, holding_code, caller)
    record = read_record(context.parts.objects.get(holding.record))
    return UseModel(
        use_id=use.use_id,
        holding_code=use.holding_code,
        used_at=use.used_at,
        digest=f"sha256:{ObjectKey.parse(use.digest).sha256}",
        media_type="application/pdf",
        copy_url=f"/holdings/uses/{use.use_id}/copy",
        provenance=ProvenanceModel(
            original_sha256=record.source.sha256,
            record_sha256=holding.record.sha256,
            software=record.provenance.software,
            models={model.name: model.sha256 for model in record.provenance.models},
            settings_sha256=record.provenance.settings_sha256,
            stored_at=holding.committed_at,
        ),
    )


def holding_model(context: ServiceContext, holding: Holding) -> HoldingModel:
    record = read_record(context.parts.objects.get(holding.record))
    today = context.clock().astimezone(_VIETNAM).date()
    reasons = list(validity(record, today))
    return HoldingModel(
        holding_code=holding.holding_code,
        document_type=holding.document_type,
        role=holding.role,
        current=all(reason.outcome is Outcome.USABLE for reason in reasons),
        reasons=[HoldingReason(code=reason.code, message=reason.message) for reason in reasons],
        verified=_verified(record),
        stored_at=holding.committed_at,
        has_copy=holding.archival is not None,
    )


def _verified(record: CivilRecord) -> VerifiedModel:
    return VerifiedModel(
        accepted=record.status is Status.ACCEPTED,
        register_outcome=record.validation.outcome,
        fields_accepted=sorted(_field_names(record, accepted=True)),
        fields_in_doubt=sorted(_field_names(record, accepted=False)),
    )


def _field_names(record: CivilRecord, *, accepted: bool) -> Iterator[str]:
    for field in record.fields:
        if field.value and (field.status is Status.ACCEPTED) is accepted:
            yield field.name


def relied_on(caller: Caller) -> Collection[str] | None:
    """Whose documents a caller may rely on: its own office's and the common archive's, or everybody's."""
    return None if Scope.ALL_OFFICES in caller.scopes else (caller.office, "")
