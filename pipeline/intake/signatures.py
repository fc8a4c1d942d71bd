"""Signatures that a PDF carries when it comes in: what each is worth, as far as can be told without a network.

Nothing of the file is changed: it is stored byte for byte, and so are its signatures. What is told is whether a
signature is whole, whether its issuer is one that the office trusts, and of which kind its signer is where the
certificate says so. Whether it was revoked is told by what the file itself brings along (OCSP answers and lists) and by
lists that the office has; nobody is asked. Times are those that the signature states: there is no clock here.
"""

from __future__ import annotations

import asyncio
import logging
import selectors
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pipeline.domain.message import Message
from pipeline.domain.model import Finding
from pipeline.intake.source import ReadableFile

if TYPE_CHECKING:
    from pipeline.intake.revocation import Known

_MARK, _CHUNK = b"/ByteRange", 1 << 20
_MOST = 20  # signatures of one file that are looked at
_T = TypeVar("_T")


class Worth(StrEnum):
    """What a signature is worth."""

    VALID = "signature.valid"
    REVOCATION_UNKNOWN = "signature.revocation_unknown"
    REVOKED = "signature.revoked"
    UNKNOWN_ISSUER = "signature.unknown_issuer"
    CHANGED_AFTER = "signature.changed_after"
    BROKEN = "signature.broken"
    UNREADABLE = "signature.unreadable"


_WORTHS: Final[Mapping[Worth, Message]] = {
    Worth.VALID: Message(
        "Chữ ký số hợp lệ, chứng thư không bị thu hồi", "A valid digital signature, its certificate not revoked"
    ),
    Worth.REVOCATION_UNKNOWN: Message(
        "Chữ ký số hợp lệ, chưa biết chứng thư có bị thu hồi không",
        "A valid digital signature, of which it is not known whether its certificate was revoked",
    ),
    Worth.REVOKED: Message(
        "Chứng thư của chữ ký số đã bị thu hồi", "A digital signature whose certificate was revoked"
    ),
    Worth.UNKNOWN_ISSUER: Message(
        "Chữ ký số nguyên vẹn, chưa biết nơi cấp chứng thư", "A digital signature that is whole, of an unknown issuer"
    ),
    Worth.CHANGED_AFTER: Message("Tệp bị thay đổi sau khi ký số", "The file was changed after it was digitally signed"),
    Worth.BROKEN: Message("Chữ ký số không đúng với tệp", "A digital signature that is not of this file"),
    Worth.UNREADABLE: Message("Chữ ký số không đọc được", "A digital signature that cannot be read"),
}
# Vietnamese authorities write whose a certificate is into the subject's UID: the tax or budget code of an
# organization, the identity number of a person.
_KINDS: Final[Mapping[str, Message]] = {
    "MST": Message("của tổ chức", "of an organization"),
    "MNS": Message("của tổ chức", "of an organization"),
    "CMND": Message("của cá nhân", "of a person"),
    "CCCD": Message("của cá nhân", "of a person"),
    "HC": Message("của cá nhân", "of a person"),
}
_REVOCATION: Final[Mapping[bool | None, Worth]] = {
    False: Worth.VALID, None: Worth.REVOCATION_UNKNOWN, True: Worth.REVOKED,
}  # fmt: skip
_NOT_SAID = Message("chứng thư không nói của ai", "its certificate does not say of whom")
_TRIAL = Message("chứng thư thử nghiệm, không có giá trị", "a test certificate, not valid")
_STAMP = Message("của cơ quan cấp dấu thời gian", "of a time-stamp authority")


def signature_findings(
    path: ReadableFile, roots: Sequence[str] = (), lists: Sequence[bytes] = ()
) -> tuple[Finding, ...]:
    """One finding for each signature of a PDF, equal ones once; none for a file that carries none. `roots`: the root
    certificates that the office trusts, as PEM; `lists`: what authorities revoked, as DER or PEM, used where they are
    whole and of the issuer. Never raises for what stands in the file."""
    if not _is_marked(path):
        return ()
    try:
        found = list(_judged(path, roots, lists))
    except MemoryError:
        raise
    except Exception:  # a library's own errors over a hostile file are many
        found = [(Worth.UNREADABLE, _NOT_SAID)]
    return tuple(dict.fromkeys(_finding(worth, kind) for worth, kind in found))


def _finding(worth: Worth, kind: Message) -> Finding:
    said = _WORTHS[worth]
    return Finding(code=worth.value, message=Message(f"{said.vi} ({kind.vi})", f"{said.en} ({kind.en})"))


def _is_marked(path: ReadableFile) -> bool:
    """Whether a signature's dictionary can be in the file: it is never compressed, since its place is signed."""
    before = b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if _MARK in before + chunk:
                return True
            before = chunk[-len(_MARK) :]
    return False


def _judged(path: ReadableFile, roots: Sequence[str], lists: Sequence[bytes]) -> Iterator[tuple[Worth, Message]]:
    # Loaded only where there is a signature: it takes a second. It logs names of signers: nobody hears them.
    for library in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(library).disabled = True
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)
    from asn1crypto import pem, x509
    from pyhanko.pdf_utils.reader import PdfFileReader

    from pipeline.intake.revocation import known_of

    trusted = [x509.Certificate.load(der) for text in roots for _, _, der in pem.unarmor(text.encode(), multiple=True)]
    with path.open("rb") as stream:
        reader = PdfFileReader(stream, strict=False)
        known = known_of(reader, lists) if trusted else None
        for signature in reader.embedded_signatures[:_MOST]:
            stamp = str(signature.sig_object.get("/Type", "")) == "/DocTimeStamp"
            kind = _STAMP if stamp else _kind_of(signature.signer_cert)
            try:
                worth = _worth_of(signature, trusted, stamp=stamp)
                if worth is Worth.VALID and known is not None:
                    worth = _revocation(known, signature, trusted, stamp=stamp)
                yield worth, kind
            except MemoryError:
                raise
            except Exception:  # as above, and the next one may be sound
                yield Worth.UNREADABLE, kind


def _revocation(known: Known, signature: Any, trusted: Sequence[Any], *, stamp: bool) -> Worth:
    """Of a signature that is valid otherwise."""
    try:
        return _REVOCATION[_run(known.state(signature, trusted, stamp=stamp))]
    except MemoryError:
        raise
    except Exception:  # as above: then nobody knows
        return Worth.REVOCATION_UNKNOWN


def _worth_of(signature: Any, trusted: Sequence[Any], *, stamp: bool) -> Worth:
    from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
    from pyhanko_certvalidator import ValidationContext

    said: datetime | None = None if stamp else signature.self_reported_timestamp
    moment = said or signature.signer_cert.not_valid_before
    context = ValidationContext(
        trust_roots=list(trusted), allow_fetching=False, moment=moment, revocation_mode="soft-fail"
    )
    status: Any
    if stamp:
        status = _run(async_validate_pdf_timestamp(signature, validation_context=context))
    else:
        status = _run(async_validate_pdf_signature(signature, signer_validation_context=context))
    if not (status.intact and status.valid):
        return Worth.BROKEN
    covered = status.coverage.name if status.coverage is not None else ""
    changes = getattr(status, "modification_level", None)
    added = changes is not None and changes.name in ("LTA_UPDATES", "FORM_FILLING", "ANNOTATIONS")
    if covered != "ENTIRE_FILE" and not (covered == "ENTIRE_REVISION" and (added or stamp)):
        return Worth.CHANGED_AFTER
    if not stamp and status.docmdp_ok is False:
        return Worth.CHANGED_AFTER
    return Worth.VALID if status.trusted else Worth.UNKNOWN_ISSUER


def _kind_of(certificate: Any) -> Message:
    """Of which kind the signer is: what the certificate says, and nothing that can only be guessed."""
    parts = {one["type"].native: str(one["value"].native) for part in certificate.subject.chosen for one in part}
    if parts.get("common_name", "").startswith("TEST / THỬ NGHIỆM"):
        return _TRIAL
    return _KINDS.get(parts.get("user_id", "").partition(":")[0].strip().upper(), _NOT_SAID)


def _run(work: Coroutine[Any, Any, _T]) -> _T:
    """Runs what asks nobody else to its end: in a loop without sockets, which a confined process cannot have."""
    loop = _Loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


class _Nothing:
    """A selector that never hears of anything."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:  # nothing is ready and nothing will ever be
            raise RuntimeError("a signature's check waits for something outside this process")
        return []


class _Loop(asyncio.BaseEventLoop):
    def __init__(self) -> None:
        super().__init__()
        self._selector = _Nothing()

    def _process_events(self, event_list: object) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody else wakes it."""
