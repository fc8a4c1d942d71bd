"""Signatures on copies: whole, of the level that is said, still PDF/A, and broken by any change."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    load_pem_private_key,
    pkcs12,
)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    SignatureCoverageLevel,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext

from pipeline.records.copies import with_mark
from storage.signing import Level, NoSigningKey, PdfSigning, Revocation, SigningKey, trial_key
from storage.signing.key import certificates_at, of_pkcs12
from storage.time_stamps import NoStamp, Roots, TimeStampAuthority
from tests.making.pdf_a import broken_clauses
from tests.making.time_stamping import Authority, make_authority, running_authority
from tests.unit.pipeline.records.copies.test_mark import MARK, copy_of

NOW = datetime.now(UTC)


@cache
def marked() -> tuple[bytes, tuple[float, float, float, float]]:
    made = with_mark(copy_of(0, pages=2), MARK)
    return made.pdf, made.band


def signed(signing: PdfSigning) -> bytes:
    return signing.sign(*marked(), office=MARK.office, reason="Bản số hóa").pdf


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("signing")


@pytest.fixture(scope="module")
def trial(place: Path) -> SigningKey:
    return trial_key(place / "trial", at=NOW)


@pytest.fixture(scope="module")
def authority(place: Path) -> Iterator[Authority]:
    folder = place / "authority"
    folder.mkdir()
    make_authority(folder)
    with running_authority(folder) as running:
        yield running


def stamping(authority: Authority) -> TimeStampAuthority:
    return TimeStampAuthority(url=authority.url, roots=Roots.at(authority.roots))


def an_office_key(folder: Path, password: str) -> tuple[Path, Path, Path]:
    """An invented authority's RSA key for an office: PKCS#12, the root's certificate, and lists of nothing revoked of
    this root and of the time-stamp authority's."""
    root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    root_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Invented root")])
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "UBND phường Mẫu")])

    def certificate(subject: x509.Name, of: rsa.RSAPrivateKey, *, ca: bool) -> x509.Certificate:
        usage = x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False)
        builder = x509.CertificateBuilder(root_name, subject, of.public_key(), x509.random_serial_number(),
                                          NOW - timedelta(days=1), NOW + timedelta(days=9))  # fmt: skip
        builder = builder.add_extension(x509.BasicConstraints(ca, None), critical=True)
        return builder.add_extension(usage, critical=True).sign(root_key, hashes.SHA256())

    root, own = certificate(root_name, root_key, ca=True), certificate(name, key, ca=False)
    (folder / "office.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(b"", key, own, [root], BestAvailableEncryption(password.encode()))
    )
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "office.crl").write_bytes(_nothing_revoked(root_name, root_key))
    return folder / "office.p12", folder / "root.pem", folder / "office.crl"


def _nothing_revoked(issuer: x509.Name, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    builder = x509.CertificateRevocationListBuilder(issuer, NOW - timedelta(hours=1), NOW + timedelta(days=5))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def status_of(pdf: bytes, key: SigningKey) -> object:
    reader = PdfFileReader(io.BytesIO(pdf))
    roots = [one for one in key.signer.cert_registry if one.ca]
    return validate_pdf_signature(
        reader.embedded_regular_signatures[0], ValidationContext(trust_roots=roots, allow_fetching=False)
    )


def test_a_copy_signed_for_trial_is_whole_and_names_itself_a_test(trial: SigningKey) -> None:
    status = status_of(signed(PdfSigning(key=trial)), trial)
    assert status.bottom_line  # type: ignore[attr-defined]
    assert status.coverage.name == "ENTIRE_FILE"  # type: ignore[attr-defined]
    assert "TEST / THỬ NGHIỆM" in trial.name


def test_the_trial_key_is_made_once_and_is_its_owners_alone(place: Path, trial: SigningKey) -> None:
    assert trial_key(place / "trial", at=NOW).certificates == trial.certificates
    assert (place / "trial" / "trial.p12").stat().st_mode & 0o077 == 0


def test_what_was_marked_stays_as_it_was_and_the_signature_comes_behind(trial: SigningKey) -> None:
    pdf, _ = marked()
    assert signed(PdfSigning(key=trial)).startswith(pdf)


def test_a_signed_copy_follows_pdf_a(trial: SigningKey) -> None:
    assert broken_clauses(signed(PdfSigning(key=trial))) == []


def test_any_change_of_a_signed_copy_is_seen(trial: SigningKey) -> None:
    data = bytearray(signed(PdfSigning(key=trial)))
    data[data.index(b"/MediaBox") + 20] ^= 1
    assert not status_of(bytes(data), trial).intact  # type: ignore[attr-defined]


def test_another_program_finds_the_signature_valid(trial: SigningKey, tmp_path: Path) -> None:
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig is not installed")
    (tmp_path / "a.pdf").write_bytes(signed(PdfSigning(key=trial)))
    said = subprocess.run(["pdfsig", tmp_path / "a.pdf"], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_with_an_authority_the_signature_has_its_hour(trial: SigningKey, authority: Authority) -> None:
    signing = PdfSigning(key=trial, authority=stamping(authority))
    made = signing.sign(*marked(), office=MARK.office, reason="Bản số hóa")
    status = status_of(made.pdf, trial)
    assert made.level is Level.B_T
    assert status.timestamp_validity.intact  # type: ignore[attr-defined]
    assert broken_clauses(made.pdf) == []


def test_an_authority_that_answers_nonsense_leaves_no_signed_copy(trial: SigningKey, authority: Authority) -> None:
    authority.answer = b"nonsense"
    try:
        with pytest.raises(NoStamp):
            signed(PdfSigning(key=trial, authority=stamping(authority)))
    finally:
        authority.answer = None


def test_with_lists_of_what_was_revoked_a_signature_lasts(authority: Authority, tmp_path: Path) -> None:
    key_file, root, own_list = an_office_key(tmp_path, "bí mật")
    stamp_root = x509.load_pem_x509_certificate(authority.roots.read_bytes())
    stamp_key = load_pem_private_key(authority.roots.with_name("root.key").read_bytes(), None)
    assert isinstance(stamp_key, ec.EllipticCurvePrivateKey)
    (tmp_path / "stamps.crl").write_bytes(_nothing_revoked(stamp_root.subject, stamp_key))
    roots = (*certificates_at(root), *certificates_at(authority.roots))
    revocation = Revocation(roots=roots, lists=(own_list, tmp_path / "stamps.crl"))
    signing = PdfSigning(key=of_pkcs12(key_file, "bí mật"), authority=stamping(authority), revocation=revocation)
    made = signing.sign(*marked(), office=MARK.office, reason="Bản số hóa")
    reader = PdfFileReader(io.BytesIO(made.pdf))
    known = {"trust_roots": list(roots), "allow_fetching": False, "revocation_mode": "hard-fail"}
    own = DocumentSecurityStore.read_dss(reader).as_validation_context(known)
    assert made.level is Level.B_LTA
    assert validate_pdf_signature(reader.embedded_regular_signatures[0], own).bottom_line
    stamp = validate_pdf_timestamp(reader.embedded_timestamp_signatures[0], own)
    assert (stamp.intact, stamp.trusted, stamp.coverage) == (True, True, SignatureCoverageLevel.ENTIRE_FILE)
    assert broken_clauses(made.pdf) == []


def test_a_wrong_password_is_said_to_be_one(tmp_path: Path) -> None:
    key_file, _, _ = an_office_key(tmp_path, "right")
    with pytest.raises(NoSigningKey, match="sign_password"):
        of_pkcs12(key_file, "wrong")
    with pytest.raises(NoSigningKey, match="sign_pkcs12"):
        of_pkcs12(tmp_path / "nowhere.p12", "")


def test_a_signature_over_any_data_is_checked_with_the_certificate_alone(trial: SigningKey, tmp_path: Path) -> None:
    own = x509.load_pem_x509_certificates(trial.certificates)[0].public_key()
    assert isinstance(own, ec.EllipticCurvePublicKey)
    own.verify(trial.sign(b"data"), b"data", ec.ECDSA(hashes.SHA256()))
    office = of_pkcs12(an_office_key(tmp_path, "x")[0], "x")
    public = x509.load_pem_x509_certificates(office.certificates)[0].public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(office.sign(b"data"), b"data", padding.PKCS1v15(), hashes.SHA256())
