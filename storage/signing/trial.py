"""A PKI for trying things out: made here, trusted by nobody, and named as what it is wherever it is seen."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

from storage.files import write_file
from storage.signing.key import TRIAL, SigningKey, of_pkcs12

_YEARS = timedelta(days=3650)


def trial_key(folder: Path, *, at: datetime) -> SigningKey:
    """The trial key that lies in the folder, readable by its owner alone; made there at first use, from `at` on. Raises
    NoSigningKey and the file's errors."""
    path = folder / "trial.p12"
    if not path.exists():
        write_file(path, _made(at), mode=0o600)
    return SigningKey(of_pkcs12(path, "").signer, trial=True)


def _made(at: datetime) -> bytes:
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _name("hotich root"), _name("hotich")
    root = (
        _certificate(root_name, root_name, root_key, at)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    own = (
        _certificate(name, root_name, key, at)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(b"trial", key, own, [root], NoEncryption())


def _name(what: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{TRIAL} {what}")])


def _certificate(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, at: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + _YEARS)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
