"""The office's signature on what leaves the archive."""

from storage.signing.key import NoSigningKey, SigningFailed, SigningKey
from storage.signing.pades import Level, PdfSigning, Revocation, SignedPdf
from storage.signing.trial import trial_key

__all__ = [
    "Level",
    "NoSigningKey",
    "PdfSigning",
    "Revocation",
    "SignedPdf",
    "SigningFailed",
    "SigningKey",
    "trial_key",
]
