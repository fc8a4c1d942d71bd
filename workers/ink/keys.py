"""The office's own ink key, and the list of offices whose packs are taken."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.key_file import read_or_make_key

_SEED_BYTES = 32
_PURPOSE = b"hotich ink pack 1\n"  # before what is signed: the key signs nothing else


@dataclass(frozen=True, slots=True)
class OfficeKey:
    """The key that signs this office's packs and draws what is in them. Who has it is this office."""

    _seed: bytes = field(repr=False)

    @classmethod
    def at(cls, path: Path) -> OfficeKey:
        """The key that lies at `path`, made there at first use. Raises WrongUse and the file's errors."""
        return cls(read_or_make_key(path, size=_SEED_BYTES))

    @property
    def public(self) -> str:
        """What other offices list, base64."""
        return base64.b64encode(self._signing().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    @property
    def drawing(self) -> bytes:
        """The secret of the draws, which the signing key does not give away."""
        return hmac.new(self._seed, b"hotich ink draw 1", hashlib.sha256).digest()

    def signed(self, content: bytes) -> bytes:
        """The Ed25519 signature of the content as an ink pack's."""
        return self._signing().sign(_PURPOSE + content)

    def _signing(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._seed)


def is_signed(content: bytes, signature: bytes, public: str) -> bool:
    """Whether the office of this public key signed the content as an ink pack's."""
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True)).verify(
            signature, _PURPOSE + content
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def listed_keys(path: Path) -> Mapping[str, str]:
    """By public key the office's name, from lines `NAME KEY`; empty lines and those from `#` on say nothing.

    Raises WrongUse, naming the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(Message(f"{path.name}: không đọc được", f"cannot be read: {type(error).__name__}")) from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if len(words) < 2 or not _is_public(words[-1]):
            raise WrongUse(
                Message(
                    f"{path.name}, dòng {number}: cần TÊN KHÓA", f"line {number}: wanted NAME KEY (`hotich ink key`)"
                )
            )
        found[words[-1]] = " ".join(words[:-1])
    return found


def _is_public(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == _SEED_BYTES
    except (binascii.Error, ValueError):
        return False
