"""The key that an office signs with: of a PKCS#12 file, or in a device that is reached by PKCS#11."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.sign import Signer, SimpleSigner
from pyhanko.sign.general import SigningError

from pipeline.domain.errors import ResourceError, WrongUse
from pipeline.domain.message import Message

TRIAL = "TEST / THỬ NGHIỆM"
"""Stands in the names of the test PKI that this program makes itself."""


class NoSigningKey(WrongUse):
    """The key cannot be had: the file is none, the password wrong, the device not there."""

    code = "sign.key"


class SigningFailed(ResourceError):
    """The signature, or what it needs of authorities, could not be made."""

    code = "sign.failed"
    retryable = True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`trial`: of the test PKI that this program makes itself: it proves nothing, and everything it signs says so."""

    signer: Signer
    trial: bool = False

    @property
    def certificates(self) -> bytes:
        """The signer's certificate, then those that it goes back to as far as they are known, as PEM."""
        own, others = self._certificate(), list(self.signer.cert_registry)
        ders = [own.dump(), *sorted(other.dump() for other in others if other.dump() != own.dump())]
        return b"".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in ders)

    @property
    def name(self) -> str:
        """Whose certificate it is: its common name."""
        names = x509.load_der_x509_certificate(self._certificate().dump()).subject
        return next((str(one.value) for one in names.get_attributes_for_oid(x509.NameOID.COMMON_NAME)), "")

    @property
    def validity(self) -> tuple[datetime, datetime]:
        """From when to when the certificate is valid."""
        certificate = self._certificate()
        return certificate.not_valid_before, certificate.not_valid_after

    @property
    def is_of_trial(self) -> bool:
        """Whether the certificate is of a test PKI, whatever the settings call it."""
        return self.trial or TRIAL in self._certificate().issuer.human_friendly

    def sign(self, data: bytes) -> bytes:
        """A signature over SHA-256 of the data: ECDSA, or RSA with PKCS#1 v1.5, by the certificate's key. Raises
        SigningFailed."""
        try:
            return asyncio.run(self.signer.async_sign_raw(data, "sha256"))
        except (SigningError, ValueError, OSError) as error:
            raise SigningFailed(Message("Không ký được", f"It could not be signed ({type(error).__name__})")) from error

    def _certificate(self) -> Any:
        return self.signer.signing_cert


def of_pkcs12(path: Path, password: str) -> SigningKey:
    """The key of a PKCS#12 file. Raises NoSigningKey."""
    try:
        data = path.read_bytes()
        signer = SimpleSigner.load_pkcs12_data(data, other_certs=[], passphrase=password.encode() or None)
    except (OSError, ValueError) as error:
        raise NoSigningKey(
            Message(
                "không mở được tệp khóa PKCS#12 (sign_pkcs12): sai đường dẫn hoặc mật khẩu (sign_password)",
                "the PKCS#12 file (sign_pkcs12) cannot be opened: wrong path or password (sign_password)",
            ).about(str(path))
        ) from error
    return SigningKey(signer)


@contextmanager
def of_pkcs11(module: str, *, token: str, certificate: str, pin: str) -> Iterator[SigningKey]:
    """The key behind a certificate with this label on a token, through the maker's library `module`. The session ends
    with the block. Raises NoSigningKey."""
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    try:
        criteria = TokenCriteria(label=token) if token else None
        session = open_pkcs11_session(module, token_criteria=criteria, user_pin=pin or None)
    except Exception as error:  # the library's own errors are many, and of C
        raise NoSigningKey(
            Message(
                f"không mở được thiết bị ký PKCS#11 ({type(error).__name__})",
                f"the PKCS#11 device cannot be opened ({type(error).__name__})",
            ).about(module)
        ) from error
    try:
        signer = PKCS11Signer(session, cert_label=certificate or None, use_raw_mechanism=False)
        yield SigningKey(signer)
    finally:
        session.close()


def certificates_at(path: Path) -> list[Any]:
    """The certificates of a PEM or DER file, as pyHanko has them. Raises NoSigningKey."""
    try:
        return list(load_certs_from_pemder_data(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise NoSigningKey(
            Message("không phải tệp chứng thư", "no certificates in PEM or DER form").about(str(path))
        ) from error
