"""What lies beside an encrypted object and says how it is opened."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pipeline.domain.errors import WrongUse
from storage.objects.key import ENVELOPES, ObjectKey, checked_file
from storage.objects.stream_cipher import CIPHER

_FORM = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """`plain`: the digest of the bytes that are encrypted, by which all else names them if they are an object; `size`
    of these. `file`: the name of a file beside the objects, if they are one; else empty. `cipher`: the object that
    holds their ciphertext. `wrapped`: the data key, wrapped by the key of this id and bound to the rest of the
    envelope, so that it opens nothing else. To change the key, this file alone is written anew.
    """

    plain: ObjectKey
    cipher: ObjectKey
    size: int
    key_id: str
    wrapped: bytes
    file: str = ""

    @property
    def name(self) -> str:
        return envelope_name(self.file or self.plain.name)

    def about(self) -> bytes:
        """What the wrapped key is bound to."""
        return bound_to(self.plain, self.cipher, self.size, file=self.file)

    def data(self) -> bytes:
        """Its bytes, in a fixed form."""
        told = {
            "cipher": CIPHER, "file": self.file, "form": _FORM, "object": self.cipher.name, "plain": self.plain.name,
            "key": {"id": self.key_id, "wrapped": self.wrapped.hex()}, "size": self.size,
        }  # fmt: skip
        return json.dumps(told, sort_keys=True, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def parse(cls, name: str, data: bytes) -> Envelope | None:
        """None for anything but the bytes that `data` gives of the object or file of this name."""
        try:
            told = json.loads(data)
            envelope = cls(
                plain=ObjectKey.parse(told["plain"]),
                cipher=ObjectKey.parse(told["object"]),
                size=int(told["size"]),
                key_id=str(told["key"]["id"]),
                wrapped=bytes.fromhex(told["key"]["wrapped"]),
                file=str(told["file"]),
            )
        except (ValueError, KeyError, TypeError, WrongUse):
            return None
        return envelope if name == (envelope.file or envelope.plain.name) and envelope.data() == data else None


def bound_to(plain: ObjectKey, cipher: ObjectKey, size: int, *, file: str = "") -> bytes:
    return f"hotich envelope {_FORM}\n{CIPHER}\n{file}\n{plain.name}\n{cipher.name}\n{size}\n".encode()


def envelope_name(name: str) -> str:
    """Of the envelope of an object or a file beside the objects, by its name."""
    return f"{ENVELOPES}/{name.removeprefix('sha256/').removesuffix('.json')}.json"


def name_in(envelope: str) -> str | None:
    """The name of the object or file whose envelope is called so; None where it is no such name."""
    rest = envelope.removeprefix(f"{ENVELOPES}/").removesuffix(".json")
    try:
        if "/" in rest and len(rest) == 65:
            name = ObjectKey.parse(f"sha256/{rest}").name
        else:
            name = checked_file(f"{rest}.json")
    except WrongUse:
        return None
    return name if envelope == envelope_name(name) else None
