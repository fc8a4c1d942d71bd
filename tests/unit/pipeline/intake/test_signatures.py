"""Signatures that a PDF brings along: each told for what it is, by what is in the file alone."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from asn1crypto import crl, ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.validation.dss import DocumentSecurityStore

from pipeline.intake.signatures import signature_findings
from storage.signing import PdfSigning
from storage.signing.key import SigningKey, of_pkcs12
from storage.signing.trial import trial_key
from tests.making.office_pki import OfficePki
from tests.unit.pipeline.records.copies.test_mark import MARK, copy_of

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("signed")


def key_of(folder: Path, uid: str) -> tuple[SigningKey, str]:
    """A signer whose subject has this UID, and the root it goes back to."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Invented root")])
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Người ký Mẫu"),
                      x509.NameAttribute(x509.NameOID.USER_ID, uid)])  # fmt: skip

    def certificate(subject: x509.Name, of: ec.EllipticCurvePrivateKey, *, ca: bool) -> x509.Certificate:
        usage = x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False)
        builder = x509.CertificateBuilder(root_name, subject, of.public_key(), x509.random_serial_number(),
                                          NOW - timedelta(days=1), NOW + timedelta(days=9))  # fmt: skip
        builder = builder.add_extension(x509.BasicConstraints(ca, None), critical=True)
        return builder.add_extension(usage, critical=True).sign(root_key, hashes.SHA256())

    root = certificate(root_name, root_key, ca=True)
    path = folder / f"{uid.partition(':')[0]}.p12"
    own = certificate(name, key, ca=False)
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"", key, own, [root], NoEncryption()))
    return of_pkcs12(path, ""), root.public_bytes(Encoding.PEM).decode()


@cache
def signed_by(folder: Path, uid: str) -> tuple[bytes, str]:
    key, root = key_of(folder, uid)
    signed = PdfSigning(key=key).sign(copy_of(0), (0.0, 0.0, 10.0, 10.0), office=MARK.office, reason="ký")
    return signed.pdf, root


def told(folder: Path, data: bytes, *roots: str) -> list[tuple[str, str]]:
    path = folder / "a.pdf"
    path.write_bytes(data)
    return [(one.code, one.message.en.rpartition("(")[2].rstrip(")")) for one in signature_findings(path, roots)]


@pytest.mark.parametrize(
    ("uid", "kind"),
    [("MST:0100109106", "of an organization"), ("CCCD:001190123456", "of a person"),
     ("x", "its certificate does not say of whom")],
)  # fmt: skip
def test_a_signature_of_a_trusted_issuer_is_valid_and_its_kind_is_what_the_certificate_says(
    folder: Path, uid: str, kind: str
) -> None:
    data, root = signed_by(folder, uid)
    assert told(folder, data, root) == [("signature.revocation_unknown", kind)]


def test_without_its_root_the_issuer_is_unknown(folder: Path) -> None:
    data, _ = signed_by(folder, "x")
    _, other = signed_by(folder, "MST:0100109106")
    assert [code for code, _ in told(folder, data)] == ["signature.unknown_issuer"]
    assert [code for code, _ in told(folder, data, other)] == ["signature.unknown_issuer"]


def one_byte_other(data: bytes) -> bytes:
    return data.replace(b"/Rotate 0", b"/Rotate 9", 1)


def with_another_language(data: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    writer.root["/Lang"] = generic.TextStringObject("en")
    writer.update_root()  # type: ignore[no-untyped-call]
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def with_something_behind(data: bytes) -> bytes:
    return data + b"\n% added\n"


def with_no_signature_in_it(data: bytes) -> bytes:
    at = data.index(b"/Contents <") + 11
    return data[:at] + b"0" * 64 + data[at + 64 :]


@pytest.mark.parametrize(
    ("change", "code"),
    [(one_byte_other, "signature.broken"), (with_another_language, "signature.changed_after"),
     (with_something_behind, "signature.changed_after"), (with_no_signature_in_it, "signature.unreadable")],
)  # fmt: skip
def test_what_happened_to_a_signed_file_is_told(folder: Path, change: Callable[[bytes], bytes], code: str) -> None:
    data, root = signed_by(folder, "x")
    assert [found for found, _ in told(folder, change(data), root)] == [code]


def test_a_test_certificate_is_called_one(folder: Path) -> None:
    key = trial_key(folder / "trial", at=NOW)
    data = PdfSigning(key=key).sign(copy_of(0), (0.0, 0.0, 10.0, 10.0), office="x", reason="ký").pdf
    assert told(folder, data) == [("signature.unknown_issuer", "a test certificate, not valid")]


def test_a_file_without_signatures_says_nothing_of_them(folder: Path) -> None:
    assert told(folder, copy_of(0)) == []


def test_what_only_looks_signed_is_no_error(folder: Path) -> None:
    assert told(folder, b"%PDF-1.7\n/ByteRange [0 1 2 3]") == [
        ("signature.unreadable", "its certificate does not say of whom")
    ]


def test_nothing_is_asked_of_a_network_and_nobody_is_named_in_a_log(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "socketpair", refused)
    data, root = signed_by(folder, "x")
    assert [code for code, _ in told(folder, data, root)] == ["signature.revocation_unknown"]
    told(folder, data)
    assert caplog.text == ""


@pytest.fixture(scope="module")
def pki() -> OfficePki:
    return OfficePki(NOW)


def signed_in(folder: Path, pki: OfficePki) -> tuple[bytes, str, x509.Certificate]:
    """A file signed by an office, the root, and the office's certificate."""
    certificate = pki.office_key(folder / "office.p12")
    signed = PdfSigning(key=of_pkcs12(folder / "office.p12", "")).sign(
        copy_of(0), (0.0, 0.0, 10.0, 10.0), office=MARK.office, reason="ký"
    )
    return signed.pdf, pki.roots(folder / "root.pem").read_text(), certificate


@pytest.mark.parametrize(
    ("listed", "code"),
    [(None, "signature.revocation_unknown"), (False, "signature.valid"), (True, "signature.revoked")],
    ids=["no list", "not on the list", "on the list"],
)
def test_an_authoritys_list_says_whether_a_certificate_was_revoked(
    folder: Path, pki: OfficePki, listed: bool | None, code: str
) -> None:
    data, root, certificate = signed_in(folder, pki)
    path = folder / "signed.pdf"
    path.write_bytes(data)
    lists = [] if listed is None else [pki.revocations(folder / "a.crl", [certificate] * listed).read_bytes()]
    assert [one.code for one in signature_findings(path, [root], lists)] == [code]


def test_a_signature_that_says_it_was_made_before_the_certificate_was_revoked_is_not_believed(
    folder: Path, pki: OfficePki
) -> None:
    data, root, certificate = signed_in(folder, pki)
    path = folder / "signed.pdf"
    path.write_bytes(data)
    later = pki.revocations(folder / "a.crl", [certificate], at=NOW + timedelta(days=2)).read_bytes()
    assert [one.code for one in signature_findings(path, [root], [later])] == ["signature.revoked"]


def test_lists_that_are_damaged_or_of_somebody_else_say_nothing(folder: Path, pki: OfficePki) -> None:
    data, root, certificate = signed_in(folder, pki)
    path = folder / "signed.pdf"
    path.write_bytes(data)
    right = pki.revocations(folder / "a.crl", [certificate]).read_bytes()
    forged = OfficePki(NOW).revocations(folder / "b.crl", [certificate]).read_bytes()
    for lists in ([b"no list"], [right[:-40] + bytes(40)], [forged]):
        assert [one.code for one in signature_findings(path, [root], lists)] == ["signature.revocation_unknown"]


@pytest.mark.parametrize("revoked", [False, True], ids=["good", "revoked"])
@pytest.mark.parametrize("how", ["list", "answer"])
def test_revocation_data_that_the_file_brings_along_counts(
    folder: Path, pki: OfficePki, how: str, revoked: bool
) -> None:
    data, root, certificate = signed_in(folder, pki)
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    if how == "list":
        listed = pki.revocations(folder / "a.crl", [certificate] * revoked).read_bytes()
        DocumentSecurityStore.supply_dss_in_writer(writer, None, crls=[crl.CertificateList.load(listed)])
    else:
        said = ocsp.OCSPResponse.load(pki.answer(certificate, revoked=revoked))
        DocumentSecurityStore.supply_dss_in_writer(writer, None, ocsps=[said])
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    path = folder / "with-store.pdf"
    path.write_bytes(out.getvalue())
    found = [one.code for one in signature_findings(path, [root])]
    assert found == ["signature.revoked" if revoked else "signature.valid"]
