"""An invented authority that certifies offices and says which certificates it took back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID


class OfficePki:
    """`at`: the day on which everything is made; it is good for years from the day before."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Cơ quan chứng thực thử")
        builder = self._builder(self._name, self._key, at + timedelta(days=3650))
        self.root = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(
            self._key, hashes.SHA256()
        )  # fmt: skip

    def office_key(self, path: Path, *, ends: datetime | None = None, name: str = "UBND xã Thử") -> x509.Certificate:
        """A PKCS#12 file without a password; its certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.KeyUsage(
            digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = self._builder(_name(name), key, ends or self.at + timedelta(days=3650))
        asked = x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://ocsp.invalid/")
        )
        builder = builder.add_extension(x509.AuthorityInformationAccess([asked]), critical=False)
        made = builder.add_extension(usage, critical=True).sign(self._key, hashes.SHA256())
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"office", key, made, [self.root], NoEncryption()))
        return made

    def roots(self, path: Path) -> Path:
        path.write_bytes(self.root.public_bytes(Encoding.PEM))
        return path

    def revocations(self, path: Path, revoked: Sequence[x509.Certificate] = (), *, at: datetime | None = None) -> Path:
        """A list of what the authority took back an hour before `at`, on which it was made; good for a week."""
        at = at or self.at
        since = at - timedelta(hours=1)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._name)
            .last_update(at - timedelta(minutes=30))
            .next_update(at + timedelta(days=7))
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .add_extension(x509.CRLNumber(1), critical=False)
        )
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.serial_number).revocation_date(since)
            builder = builder.add_revoked_certificate(entry.build())
        path.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.DER))
        return path

    def answer(self, about: x509.Certificate, *, revoked: bool) -> bytes:
        """What the authority says when it is asked about one certificate (OCSP)."""
        status = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=about, issuer=self.root, algorithm=hashes.SHA1(), cert_status=status, this_update=self.at,
            next_update=self.at + timedelta(days=7), revocation_reason=None,
            revocation_time=self.at - timedelta(hours=1) if revoked else None,
        )  # fmt: skip
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.root).certificates([self.root])
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _builder(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, ends: datetime) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder(subject_name=name, issuer_name=self._name, public_key=key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(min(self.at, ends) - timedelta(days=1))
            .not_valid_after(ends)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )


def _name(what: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, what)])
