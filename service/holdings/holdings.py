"""Stored documents in place of paper: which there are, what they are worth today, and their use."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta, timezone

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType, Status
from pipeline.judging.verdict import Outcome, procedure, validity
from pipeline.records.contract import read_record
from service.holdings.index import person_digest
from service.people.callers import Caller
from service.wire.contract import HoldingModel, HoldingReason, ProvenanceModel, UseModel, VerifiedModel
from service.wire.errors import Conflict, NotAllowed, NotThere, Unprocessable
from service.wire.keys import Keys
from storage.holdings import Holding, NewUse
from storage.objects import ObjectKey, ObjectStore
from storage.office.store import OfficeStore
from storage.people import Scope
from storage.times import time_text

_VIETNAM = timezone(timedelta(hours=7))
COPY_FOR = timedelta(hours=1)
_BIRTHS = ("birth_certificate", "birth_certificate_old", "birth_extract", "birth_register_entry")
_CARDS = ("citizen_id_2024", "citizen_id_chip", "citizen_id_barcode", "national_id_12", "national_id_9")
# An extract or the register's own entry says what the certificate says (Luật Hộ tịch 2014 Điều 3, 63); any valid card
# says who somebody is (Luật Căn cước 2023 Điều 46).
_STANDS_IN = {kind: group for group in (_BIRTHS, _CARDS) for kind in group}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What an officer asks for. `key`: the Idempotency-Key, if one was given."""

    procedure: str
    purpose: str
    officer: str
    key: str | None = None


class HoldingDesk:
    """Looks up and hands out. Every answer that holds something about a person is noted in the read log first."""

    def __init__(self, *, store: OfficeStore, objects: ObjectStore, keys: Keys) -> None:
        self._store = store
        self._objects = objects
        self._keys = keys

    def find(self, personal_id: str, document_type: str, *, purpose: str, caller: Caller) -> list[HoldingModel]:
        """What can stand in for a paper of this type about this person, the best first. Raises Unprocessable."""
        caller.need(Scope.HOLDINGS)
        person = person_digest(self._keys, personal_id)
        if person is None:
            raise Unprocessable(
                Message("Số định danh có 12 hoặc 9 chữ số", "A personal id has 12 or 9 digits"), code="id.malformed"
            )
        if document_type not in {kind.value for kind in DocumentType}:
            raise Unprocessable(
                Message("Không có loại giấy tờ này", "There is no such document type"), code="type.unknown"
            )
        types = _STANDS_IN.get(document_type, (document_type,))
        with self._store.write() as tables:
            found = tables.holdings.of_person(person, types=types, offices=_offices(caller))
            read = [("holding.searched", f"person:{person[:16]}")]
            read += [("holding.found", one.holding_code) for one in found]
            tables.reads.append_all(read, actor=caller.name, office=caller.office, purpose=purpose)
        models = [self._model(one) for one in found]
        return sorted(
            models, key=lambda one: (not one.current, not one.verified.accepted, one.document_type != document_type)
        )

    def use(self, holding_code: str, use: Use, caller: Caller) -> UseModel:
        """Records that the stored copy stands in for the paper. Raises NotThere, Conflict for one that is not good
        (not current, not verified, without a copy), Unprocessable for an unknown procedure."""
        caller.need(Scope.USE)
        try:
            procedure(use.procedure)
        except WrongUse as error:
            raise Unprocessable(error.message, code=error.code) from error
        request_key = None if use.key is None else hashlib.sha256(use.key.encode()).hexdigest()
        if request_key is not None:
            with self._store.read() as tables:
                before = tables.holdings.use_by_request(caller.client_id, request_key)
            if before is not None:
                if (before.holding_code, before.procedure) != (holding_code, use.procedure):
                    raise Conflict(
                        Message(
                            "Idempotency-Key này đã dùng cho việc khác",
                            "This Idempotency-Key was used for something else",
                        ),
                        code="idempotency.mismatch",
                    )
                return self._use_model(before.use_id, before.holding_code, caller)
        holding = self._holding(holding_code, caller)
        model = self._model(holding)
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
        new = NewUse(
            use_id=self._keys.new_id(),
            holding_code=holding.holding_code,
            document_id=holding.document_id,
            revision=holding.revision,
            client_id=caller.client_id,
            request_key=request_key,
            officer=use.officer,
            office=caller.office,
            procedure=use.procedure,
            purpose=use.purpose,
            digest=holding.archival.name,
        )
        with self._store.write() as tables:
            tables.holdings.add_use(new)
            tables.reads.append(
                actor=f"{caller.name}/{use.officer}",
                office=caller.office,
                action="holding.used",
                subject=holding.holding_code,
                purpose=f"{use.procedure}: {use.purpose}",
            )
        return self._use_model(new.use_id, new.holding_code, caller)

    def copy(self, use_id: str, caller: Caller) -> tuple[bytes, str]:
        """The archival copy that a use was recorded for, and its SHA-256. Raises NotThere, NotAllowed once the time
        for fetching it is over."""
        caller.need(Scope.USE)
        with self._store.write() as tables:
            use = tables.holdings.use(use_id)
            if use is None or use.client_id != caller.client_id:
                raise NotThere(Message("Không có lượt dùng này", "There is no such use"), code="use.unknown")
            if use.used_at < time_text(self._store.clock() - COPY_FOR):
                raise NotAllowed(Message("Đã hết thời hạn tải", "The time for fetching it is over"), code="use.expired")
            tables.reads.append(
                actor=f"{caller.name}/{use.officer}",
                office=caller.office,
                action="holding.copied",
                subject=use.holding_code,
                purpose=f"{use.procedure}: {use.purpose}",
            )
        key = ObjectKey.parse(use.digest)
        return self._objects.get(key), key.sha256

    def confirm(self, holding_code: str, digest: str) -> str:
        """Whether a copy with this SHA-256 is ours: "current", "superseded" or "unknown"; the same for a code that
        does not exist as for a digest that does not fit."""
        try:
            name = ObjectKey(digest.lower()).name
        except WrongUse:
            return "unknown"
        with self._store.read() as tables:
            ours = tables.holdings.copy_is_ours(holding_code.strip().upper(), name)
        return "unknown" if ours is None else ("current" if ours else "superseded")

    def _holding(self, holding_code: str, caller: Caller) -> Holding:
        with self._store.read() as tables:
            found = tables.holdings.by_code(holding_code, offices=_offices(caller))
        if found is None:
            raise NotThere(
                Message("Không có giấy tờ với mã này", "There is no document with this code"), code="holding.unknown"
            )
        return found

    def _use_model(self, use_id: str, holding_code: str, caller: Caller) -> UseModel:
        with self._store.read() as tables:
            use = tables.holdings.use(use_id)
        holding = self._holding(holding_code, caller)
        record = read_record(self._objects.get(holding.record))
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

    def _model(self, holding: Holding) -> HoldingModel:
        record = read_record(self._objects.get(holding.record))
        today = self._store.clock().astimezone(_VIETNAM).date()
        reasons = list(validity(record, today))
        return HoldingModel(
            holding_code=holding.holding_code,
            document_type=holding.document_type,
            role=holding.role,
            current=all(one.outcome is Outcome.USABLE for one in reasons),
            reasons=[HoldingReason(code=one.code, message=one.message) for one in reasons],
            verified=_verified(record),
            stored_at=holding.committed_at,
            has_copy=holding.archival is not None,
        )


def _verified(record: CivilRecord) -> VerifiedModel:
    return VerifiedModel(
        accepted=record.status is Status.ACCEPTED,
        register_outcome=record.validation.outcome,
        fields_accepted=sorted(_named(record, accepted=True)),
        fields_in_doubt=sorted(_named(record, accepted=False)),
    )


def _named(record: CivilRecord, *, accepted: bool) -> Iterator[str]:
    for field in record.fields:
        if field.value and (field.status is Status.ACCEPTED) is accepted:
            yield field.name


def _offices(caller: Caller) -> Collection[str] | None:
    """Whose documents a caller may rely on: its own office's and the common archive's, or everybody's."""
    return None if Scope.ALL_OFFICES in caller.scopes else (caller.office, "")
