"""A key in a device, reached by PKCS#11: on a software token where Debian's libsofthsm2 is installed."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from storage.signing import NoSigningKey, PdfSigning
from storage.signing.key import of_pkcs11
from tests.unit.pipeline.records.copies.test_mark import MARK
from tests.unit.storage.signing.test_signing import marked

# Elsewhere than Debian puts it where these name it.
LIBRARY = os.environ.get("SOFTHSM2_LIBRARY", "/usr/lib/softhsm/libsofthsm2.so")
PROGRAM = os.environ.get("SOFTHSM2_UTIL", "softhsm2-util")
PIN, LABEL = "123456", "UBND phường Mẫu"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The software token's library, with one token that holds an office's key and certificate."""
    if not Path(LIBRARY).exists() or shutil.which(PROGRAM) is None:
        pytest.skip("no software token on this machine: install Debian's package softhsm2")
    folder = tmp_path_factory.mktemp("tokens")
    (folder / "conf").write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "conf"))
        init = [
            PROGRAM,
            "--module",
            LIBRARY,
            "--init-token",
            "--free",
            "--label",
            "hotich",
            "--pin",
            PIN,
            "--so-pin",
            PIN,
        ]
        subprocess.run(init, check=True, capture_output=True)
        with pkcs11.lib(LIBRARY).get_token(token_label="hotich").open(user_pin=PIN, rw=True) as session:
            _fill(session)
        yield LIBRARY


def _fill(session: pkcs11.Session) -> None:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, LABEL)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 7, now - timedelta(days=1), now + timedelta(days=9))
        .add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True)
        .sign(key, hashes.SHA256())
    )
    der = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    private = decode_rsa_private_key(der)
    own = decode_x509_certificate(certificate.public_bytes(Encoding.DER))
    for attributes in (private, own):
        attributes |= {pkcs11.Attribute.LABEL: LABEL, pkcs11.Attribute.ID: b"\1", pkcs11.Attribute.TOKEN: True}
        session.create_object(attributes)


def test_a_device_that_is_not_there_is_told_of() -> None:
    with pytest.raises(NoSigningKey, match="PKCS#11"), of_pkcs11("/nowhere.so", token="", certificate="", pin="1"):
        pass


def test_a_copy_is_signed_by_a_key_that_never_leaves_its_device(token: str) -> None:
    with of_pkcs11(token, token="hotich", certificate=LABEL, pin=PIN) as key:
        made = PdfSigning(key=key).sign(*marked(), office=MARK.office, reason="Bản số hóa")
        signed = key.sign(b"data")
        certificates = key.certificates
    own = x509.load_pem_x509_certificates(certificates)[0].public_key()
    assert isinstance(own, rsa.RSAPublicKey)
    own.verify(signed, b"data", padding.PKCS1v15(), hashes.SHA256())
    [signature] = PdfFileReader(io.BytesIO(made.pdf)).embedded_regular_signatures
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[signature.signer_cert]))
    assert (status.intact, status.valid) == (True, True)


def test_a_wrong_pin_or_token_is_told_of(token: str) -> None:
    for name, pin in (("hotich", "000000"), ("another", PIN)):
        with pytest.raises(NoSigningKey), of_pkcs11(token, token=name, certificate=LABEL, pin=pin):
            pass
