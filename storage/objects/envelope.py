"""What lies beside an encrypted object and says how it is opened."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pipeline.domain.errors import WrongUse
from storage.objects.key import ENVELOPES, ObjectKey
from storage.objects.stream_cipher import CIPHER

_FORM = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """`plain`: the object, by the digest of its own bytes, by which all else names it; `size` of these. `cipher`: the
    object that holds their ciphertext. `wrapped`: the data key, wrapped by the key of this id and bound to the rest of
    the envelope, so that it opens nothing else. To change the key, this file alone is written anew.
    """

    plain: ObjectKey
    cipher: ObjectKey
    size: int
    key_id: str
    wrapped: bytes

    @property
    def name(self) -> str:
        return envelope_name(self.plain)

    def about(self) -> bytes:
        """What the wrapped key is bound to."""
        return bound_to(self.plain, self.cipher, self.size)

    def file(self) -> bytes:
        """Its bytes, in a fixed form."""
        told = {
            "cipher": CIPHER, "form": _FORM, "key": {"id": self.key_id, "wrapped": self.wrapped.hex()},
            "object": self.cipher.name, "plain": self.plain.name, "size": self.size,
        }  # fmt: skip
        return json.dumps(told, sort_keys=True, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def parse(cls, key: ObjectKey, data: bytes) -> Envelope | None:
        """None for anything but the bytes that `file` gives for this object."""
        try:
            told = json.loads(data)
            envelope = cls(
                plain=ObjectKey.parse(told["plain"]),
                cipher=ObjectKey.parse(told["object"]),
                size=int(told["size"]),
                key_id=str(told["key"]["id"]),
                wrapped=bytes.fromhex(told["key"]["wrapped"]),
            )
        except (ValueError, KeyError, TypeError, WrongUse):
            return None
        return envelope if envelope.plain == key and envelope.file() == data else None


def bound_to(plain: ObjectKey, cipher: ObjectKey, size: int) -> bytes:
    return f"hotich envelope {_FORM}\n{CIPHER}\n{plain.name}\n{cipher.name}\n{size}\n".encode()


def envelope_name(key: ObjectKey) -> str:
    return f"{ENVELOPES}/{key.sha256[:2]}/{key.sha256[2:]}.json"


def key_of_envelope(name: str) -> ObjectKey | None:
    """The object whose envelope has this name; None where it is no such name."""
    folder, _, rest = name.removesuffix(".json").partition("/")
    try:
        key = ObjectKey.parse(f"sha256/{rest}")
    except WrongUse:
        return None
    return key if folder == ENVELOPES and name == envelope_name(key) else None
