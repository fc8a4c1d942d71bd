"""Time stamps of an authority (RFC 3161): that something was there at an hour, on somebody else's word.

The authority sees a digest and nothing else. What it signed is checked before it is kept, and can be checked by anybody
with its root certificate, `openssl ts -verify` included.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import urllib3
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from pipeline.domain.errors import ResourceError, WrongUse
from pipeline.domain.message import Message

_TIMEOUT_S = 20.0
_MOST = 1 << 20


class NoStamp(ResourceError):
    """The authority gave no stamp, or one that is not right."""

    code = "checkpoint.no_stamp"
    retryable = True


@dataclass(frozen=True, slots=True)
class Roots:
    """The certificates that an authority's own one must go back to."""

    certificates: tuple[x509.Certificate, ...]

    @staticmethod
    def at(path: Path) -> Roots:
        """Of a PEM file. Raises WrongUse."""
        try:
            return Roots(tuple(x509.load_pem_x509_certificates(path.read_bytes())))
        except (OSError, ValueError) as error:
            raise WrongUse(
                Message(f"{path}: không phải tệp chứng thư PEM", f"{path}: no certificates in PEM form")
            ) from error


def stamped_at(stamp: bytes, data: bytes, roots: Roots) -> datetime:
    """When an authority of these roots saw the data. Raises ValueError for anything that does not prove it."""
    try:
        response = decode_timestamp_response(stamp)
        builder = VerifierBuilder(roots=list(roots.certificates))
        builder.build().verify(response, hashlib.new(_algorithm(response), data).digest())
        return response.tst_info.gen_time
    except VerificationError as error:
        raise ValueError(str(error)) from error


def is_stamp(stamp: bytes) -> bool:
    """Whether these bytes have the form of a stamp; of what and whose is not looked at."""
    try:
        return decode_timestamp_response(stamp).as_bytes() == stamp
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStampAuthority:
    """Where stamps are asked for. `url`: of the service, HTTP or HTTPS: an answer proves itself."""

    url: str
    roots: Roots

    def stamp(self, data: bytes) -> bytes:
        """The authority's answer over the data's SHA-256, checked. Raises NoStamp."""
        request = TimestampRequestBuilder(data=data, hash_algorithm=HashAlgorithm.SHA256).build()
        answer = self._ask(request.as_bytes())
        try:
            response = decode_timestamp_response(answer)
            builder = VerifierBuilder.from_request(request)
            for root in self.roots.certificates:
                builder = builder.add_root_certificate(root)
            builder.build().verify(response, hashlib.sha256(data).digest())
        except (ValueError, VerificationError) as error:
            raise _none(str(error)) from error
        return answer

    def answer(self, request: bytes, digest: bytes) -> bytes:
        """The authority's answer to a request that somebody else made over this digest, checked. Raises NoStamp."""
        answer = self._ask(request)
        try:
            builder = VerifierBuilder(roots=list(self.roots.certificates))
            builder.build().verify(decode_timestamp_response(answer), digest)
        except (ValueError, VerificationError) as error:
            raise _none(str(error)) from error
        return answer

    def _ask(self, request: bytes) -> bytes:
        try:
            answer = urllib3.request(
                "POST",
                self.url,
                body=request,
                headers={"Content-Type": "application/timestamp-query"},
                timeout=_TIMEOUT_S,
                redirect=False,
                retries=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise _none(type(error).__name__) from error
        if answer.status != 200 or len(answer.data) > _MOST:
            raise _none(f"HTTP {answer.status}")
        return bytes(answer.data)


def _algorithm(response: object) -> str:
    oid = response.tst_info.message_imprint.hash_algorithm.dotted_string  # type: ignore[attr-defined]
    names = {"2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512"}
    if oid not in names:
        raise ValueError(f"digest algorithm {oid}")
    return names[oid]


def _none(why: str) -> NoStamp:
    return NoStamp(
        Message(
            "Cơ quan cấp dấu thời gian không trả lời hợp lệ; điểm mốc chưa có dấu, lần sau sẽ có",
            f"The time-stamp authority gave no valid answer ({why}); the checkpoint has no stamp, the next one will",
        )
    )
