"""Secrets of one installation, all derived from one master key, and the codes and digests made with them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no letters that are mistaken for others
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", " ": "", "-": ""})
CODE_LENGTH = 16  # 80 bits: cannot be guessed


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """`master`: 32 random bytes. `randbelow`: the source of random numbers; tests hand in their own."""

    master: bytes
    randbelow: Callable[[int], int] = field(default=secrets.randbelow)

    def lookup_code(self) -> str:
        """A new lookup code, `7K3M-Q9XD-2FHW-B6TC`."""
        return grouped("".join(_ALPHABET[self.randbelow(32)] for _ in range(CODE_LENGTH)))

    def new_id(self) -> str:
        """A new internal id: 32 hexadecimal digits."""
        return f"{self.randbelow(1 << 128):032x}"

    def digest(self, purpose: str, *parts: str) -> str:
        """A keyed digest, hexadecimal; each purpose gives another one."""
        key = hashlib.blake2b(purpose.encode(), key=self.master, digest_size=32).digest()
        return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()

    def draw(self, name: str) -> float:
        """A number in [0, 1) for a name: always the same, and not predictable without the key."""
        return int(self.digest("draw", name)[:13], 16) / 16**13


def grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def normal_code(typed: str) -> str | None:
    """A lookup code as a person may type it (case, spaces, O for 0), in its one form; None for what cannot be a
    code."""
    bare = typed.upper().translate(_READ_AS)
    if len(bare) != CODE_LENGTH or not set(bare) <= set(_ALPHABET):
        return None
    return grouped(bare)
