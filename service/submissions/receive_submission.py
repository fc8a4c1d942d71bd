"""Receiving a submission: it is checked, its files are written, it is recorded and queued, in this order: a recorded
submission always has its files."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.intake.sniff import HEAD, archive_kind, media_type_of
from pipeline.judging.verdict import procedure
from service.context import ServiceContext
from service.people.callers import Caller
from service.submissions.proof import proof_of
from service.wire.errors import Conflict, Unprocessable
from service.wire.keys import Keys
from service.wire.limits import ServiceLimits
from storage.errors import StoreBusy
from storage.submissions import NewSubmission, Submission, SubmittedFile
from storage.submissions.tray import Slot

_CHUNK = 1 << 18
_MOST_VALUES = 100
_LONGEST_VALUE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file as it came: the name its sender gave it (never a path here), and its bytes."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionRequest:
    """What a sender hands in. `key`: the Idempotency-Key, if one was given."""

    procedure: str
    declared: Mapping[str, str]
    files: Sequence[Upload]
    key: str | None = None
    email: str | None = None
    phone: str | None = None


def receive_submission(context: ServiceContext, request: SubmissionRequest, caller: Caller) -> Submission:
    """The submission as recorded, durable and queued; the earlier one when this request was received before.

    Raises Unprocessable, Conflict (the key was used for another request), TooLarge, Infected, StoreBusy (too many
    wait), ScannerUnavailable and the stores' errors: then nothing of it stays. May be called from several threads.
    """
    _check(context, request)
    submission_id = context.keys.new_id()
    slot = context.parts.tray.slot(submission_id)
    try:
        files = _write_files(context, slot, request.files)
        new = _new_submission(context.keys, submission_id, request, files, caller)
        with context.store.write() as tables:
            earlier = None
            if new.request_key is not None:
                earlier = tables.submissions.by_request(caller.client_id, new.request_key)
            if earlier is None and not tables.submissions.add(new):
                assert new.request_key is not None
                earlier = tables.submissions.by_request(caller.client_id, new.request_key)
    except BaseException:
        slot.discard()
        raise
    if earlier is not None:
        slot.discard()
        return _same_request(earlier, new)
    context.queue.put(submission_id)
    with context.store.read() as tables:
        recorded = tables.submissions.by_id(submission_id)
    assert recorded is not None
    return recorded


def _check(context: ServiceContext, request: SubmissionRequest) -> None:
    try:
        procedure(request.procedure)
    except WrongUse as error:
        raise Unprocessable(error.message, code=error.code) from error
    most = context.limits.max_files
    if not request.files:
        raise Unprocessable(Message("Chưa có tệp nào", "No file was sent"), code="upload.none")
    if len(request.files) > most:
        raise Unprocessable(Message(f"Nhiều nhất {most} tệp", f"At most {most} files"), code="upload.too_many")
    if context.queue.waiting >= context.limits.max_open:
        raise StoreBusy(
            Message("Hàng đợi đã đầy, xin thử lại sau", "The queue is full, please try again later"),
            code="queue.full",
        )


def _write_files(context: ServiceContext, slot: Slot, uploads: Sequence[Upload]) -> list[SubmittedFile]:
    files: list[SubmittedFile] = []
    room = context.limits.max_total_bytes
    for ordinal, upload in enumerate(uploads, start=1):
        head = upload.stream.read(HEAD)
        media_type = _media_type(head, ordinal)
        with slot.write(ordinal, most_bytes=min(room, context.limits.max_file_bytes)) as file:
            file.write(head)
            while chunk := upload.stream.read(_CHUNK):
                file.write(chunk)
        if context.parts.scanner is not None:
            context.parts.scanner.check(slot.file(ordinal), ordinal)
        room -= file.size
        files.append(
            SubmittedFile(name=shown_name(upload.name), sha256=file.sha256, size=file.size, media_type=media_type)
        )
    slot.settle()
    return files


def _new_submission(
    keys: Keys, submission_id: str, request: SubmissionRequest, files: Sequence[SubmittedFile], caller: Caller
) -> NewSubmission:
    code = keys.lookup_code()
    return NewSubmission(
        submission_id=submission_id,
        code=code,
        client_id=caller.client_id,
        office=caller.office,
        request_key=None if request.key is None else hashlib.sha256(request.key.encode()).hexdigest(),
        fingerprint=_fingerprint(request, files),
        procedure=request.procedure,
        declared=request.declared,
        files=files,
        proof=proof_of(keys, code, request.declared),
        email=request.email,
        phone=request.phone,
    )


def declared_values(text: str, limits: ServiceLimits) -> dict[str, str]:
    """The declared form data from its JSON text: an object of short texts. Raises Unprocessable, never with a value."""
    if len(text) > limits.max_declared_bytes:
        raise _bad_declared("quá dài", "too long")
    try:
        declared = json.loads(text)
    except (ValueError, RecursionError):
        raise _bad_declared("không phải JSON", "not JSON") from None
    if not isinstance(declared, dict) or len(declared) > _MOST_VALUES:
        raise _bad_declared("phải là một đối tượng phẳng", "must be one flat object")
    values: dict[str, str] = {}
    for name, value in declared.items():
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
            value = str(value)
        if value is None:
            continue
        if not isinstance(value, str) or len(value) > _LONGEST_VALUE or not _is_name(name):
            raise _bad_declared("tên hoặc giá trị không hợp lệ", "a name or a value is not valid")
        if not _is_text(value):
            raise _bad_declared("có ký tự không hợp lệ", "it holds characters that are not text")
        if value.strip():
            values[name] = unicodedata.normalize("NFC", value.strip())
    return values


def shown_name(name: str) -> str:
    """A sender's file name as one short line of text, its folders left out."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in unicodedata.normalize("NFC", bare) if c.isprintable())
    return kept[-120:] or "?"


def _media_type(head: bytes, ordinal: int) -> str:
    media_type = media_type_of(head)
    if media_type is not None:
        return media_type
    if not head:
        raise Unprocessable(Message(f"Tệp {ordinal} rỗng", f"File {ordinal} is empty"), code="upload.empty")
    if archive_kind(head):
        raise Unprocessable(
            Message(
                f"Tệp {ordinal} là tệp nén; hãy giải nén rồi gửi",
                f"File {ordinal} is an archive; unpack it and send what is in it",
            ),
            code="upload.type",
        )
    raise Unprocessable(
        Message(
            f"Tệp {ordinal} không phải ảnh hoặc PDF đọc được; hãy gửi JPEG, PNG, HEIC, WebP, TIFF hoặc PDF",
            f"File {ordinal} is no picture or PDF that can be read; send JPEG, PNG, HEIC, WebP, TIFF or PDF",
        ),
        code="upload.type",
    )


def _fingerprint(request: SubmissionRequest, files: Sequence[SubmittedFile]) -> str:
    content: list[object] = [request.procedure, dict(sorted(request.declared.items())), [file.sha256 for file in files]]
    content += [request.email, request.phone]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _same_request(earlier: Submission | None, new: NewSubmission) -> Submission:
    if earlier is None or earlier.fingerprint != new.fingerprint:
        raise Conflict(
            Message(
                "Idempotency-Key này đã dùng cho một yêu cầu khác", "This Idempotency-Key was used for another request"
            ),
            code="idempotency.mismatch",
        )
    return earlier


def _is_name(name: str) -> bool:
    return (
        0 < len(name) <= 64
        and name.isascii()
        and name.replace("_", "").replace("[", "").replace("]", "").replace(".", "").isalnum()
    )


def _is_text(value: str) -> bool:
    return all(c.isprintable() or c in "\n\t" for c in value)


def _bad_declared(vi: str, en: str) -> Unprocessable:
    return Unprocessable(Message(f"Dữ liệu khai {vi}", f"The declared data is {en}"), code="declared.invalid")
