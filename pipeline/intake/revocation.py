"""Whether a signature's certificates were revoked, by what lies in the file and what the office has: nobody is asked.

A list or an OCSP answer counts where its own signature is right and its issuer is the certificate's (RFC 5280, RFC
6960; checked by pyhanko_certvalidator). A signature without a trusted time stamp may be dated back, so that one whose
certificate was revoked at any time is told as revoked; with one, only what was revoked before the stamp.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_MOST = 200  # lists, and answers, of one file that are looked at


@dataclass(frozen=True, slots=True)
class Known:
    """Lists of what was revoked, and answers about single certificates."""

    crls: tuple[Any, ...]
    ocsps: tuple[Any, ...]

    async def state(self, signature: Any, trusted: Sequence[Any], *, stamp: bool) -> bool | None:
        """Whether a certificate of a signature, which is valid otherwise, was revoked; None where it is not known for
        each of them."""
        if not self.crls and not self.ocsps:
            return None
        said: datetime | None = None if stamp else signature.self_reported_timestamp
        moment = said or signature.signer_cert.not_valid_before
        first = await self._status(signature, trusted, moment, stamp=stamp)
        proven = getattr(first, "timestamp_validity", None)
        if proven is not None and proven.trusted:
            at = await self._status(signature, trusted, proven.timestamp, stamp=stamp)
            return _told([at])
        last = signature.signer_cert.not_valid_after - timedelta(seconds=1)
        later = [await self._status(signature, trusted, at, stamp=stamp) for at in self._times(moment, last)]
        return _told([first, *later])

    def _times(self, moment: datetime, last: datetime) -> Iterator[datetime]:
        """When what is known was said, as far as the certificate was good then."""
        said = {crl["tbs_cert_list"]["this_update"].native for crl in self.crls}
        said |= {ocsp.response_data["produced_at"].native for ocsp in self.ocsps}
        latest = max(said)
        if latest > moment:
            yield min(latest, last)

    async def _status(self, signature: Any, trusted: Sequence[Any], moment: datetime, *, stamp: bool) -> Any:
        from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
        from pyhanko_certvalidator import ValidationContext

        context = ValidationContext(
            trust_roots=list(trusted), allow_fetching=False, moment=moment, revocation_mode="require",
            crls=list(self.crls), ocsps=list(self.ocsps), retroactive_revinfo=True,
        )  # fmt: skip
        if stamp:
            return await async_validate_pdf_timestamp(signature, validation_context=context)
        return await async_validate_pdf_signature(signature, signer_validation_context=context)


def known_of(reader: Any, lists: Sequence[bytes]) -> Known:
    """What the PDF brings along in its document security store and beside its signatures, and these lists. What cannot
    be read counts for nothing."""
    from asn1crypto import crl, ocsp, pem

    crls: list[Any] = []
    ocsps: list[Any] = []
    for data in lists:
        parts = [der for _, _, der in pem.unarmor(data, multiple=True)] if pem.detect(data) else [data]
        crls += _loaded(crl.CertificateList, parts)
    if "/DSS" in reader.root:
        store = reader.root["/DSS"]  # read through the reference
        crls += _loaded(crl.CertificateList, _streams(store, "/CRLs"))
        ocsps += _loaded(ocsp.OCSPResponse, _streams(store, "/OCSPs"))
    for signature in reader.embedded_signatures[:_MOST]:
        brought = _beside(signature)
        if brought is not None:
            crls += list(brought["crl"] or ())[:_MOST]
            ocsps += list(brought["ocsp"] or ())[:_MOST]
    return Known(tuple(crls), tuple(ocsps))


def _told(statuses: Sequence[Any]) -> bool | None:
    if any(status.revoked for status in statuses):
        return True
    return False if any(status.trusted for status in statuses) else None


def _streams(store: Any, name: str) -> list[bytes]:
    try:
        return [store[name][at].data for at in range(min(_MOST, len(store[name])))] if name in store else []
    except Exception:  # as below
        return []


def _beside(signature: Any) -> Any:
    """What Adobe's attribute of a signature holds."""
    for attribute in signature.signer_info["signed_attrs"]:
        if attribute["type"].native == "adobe_revocation_info_archival":
            return attribute["values"][0]
    return None


def _loaded(kind: Any, parts: Sequence[bytes]) -> Iterator[Any]:
    for data in parts:
        try:
            one = kind.load(data, strict=True)
            one.native  # noqa: B018  it is parsed as it is asked for
        except Exception:  # noqa: S112  a library's own errors over a hostile file are many
            continue
        yield one
