"""Keys that wrap the data keys of encrypted objects: who holds them, and the files that they lie in."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.errors import EncryptionKeyMissing
from storage.files import sync_folder, translated_os_errors

_FORM = "hotich-encryption-key-1"
_LINE = re.compile(rf"{_FORM} ([0-9a-f]{{16}}) ([0-9a-f]{{64}})\s*")
_NONCE, _KEY = 12, 32


class NotUnwrapped(Exception):
    """A wrapped key is not the one that was wrapped, or was wrapped for something else."""


class KeyKeeper(Protocol):
    """Who wraps and unwraps data keys, and never shows the key that does it: key files, or a key-management server."""

    @property
    def current(self) -> str:
        """The id of the key that wraps from now on; empty where there is none."""
        ...

    def holds(self, key_id: str) -> bool:
        """Whether what was wrapped by this key can be unwrapped here."""
        ...

    def wrap(self, data_key: bytes, *, about: bytes) -> bytes:
        """The data key, wrapped by the current key and bound to `about`. Raises EncryptionKeyMissing."""
        ...

    def unwrap(self, wrapped: bytes, *, key_id: str, about: bytes) -> bytes:
        """The data key. Raises EncryptionKeyMissing, and NotUnwrapped where `wrapped` or `about` is another."""
        ...


@dataclass(frozen=True, slots=True)
class KeyEncryptionKey:
    """256 bits that wrap data keys. Its id is drawn from it, and tells nothing of it."""

    secret: bytes

    @property
    def key_id(self) -> str:
        return hashlib.sha256(_FORM.encode() + self.secret).hexdigest()[:16]

    def line(self) -> str:
        """As it stands in its file."""
        return f"{_FORM} {self.key_id} {self.secret.hex()}\n"

    @classmethod
    def read(cls, path: Path) -> KeyEncryptionKey:
        """Raises WrongUse for a file that cannot be read or is none of these."""
        try:
            found = _LINE.fullmatch(path.read_text(encoding="ascii"))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "?"
            raise WrongUse(
                Message(f"{path}: không đọc được tệp khóa mã hóa ({reason})", f"the key file cannot be read ({reason})")
            ) from error
        key = None if found is None else cls(bytes.fromhex(found[2]))
        if found is None or key is None or key.key_id != found[1]:
            raise WrongUse(
                Message(f"{path}: không phải tệp khóa mã hóa, hoặc đã hỏng", "no key file, or a damaged one")
            )
        return key

    @classmethod
    def make(cls, path: Path) -> KeyEncryptionKey:
        """A new key in a new file that its owner alone reads. Raises WrongUse where a file is there already."""
        key = cls(secrets.token_bytes(_KEY))
        with translated_os_errors(Message("ghi tệp khóa", "writing the key file")):
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                raise WrongUse(Message(f"{path}: tệp đã có, không ghi đè", "there already; nothing written")) from None
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(key.line())
                file.flush()
                os.fsync(file.fileno())
            sync_folder(path.absolute().parent)
        return key


class KeyFiles:
    """A `KeyKeeper` over key files: the first wraps, all of them unwrap."""

    def __init__(
        self, keys: Sequence[KeyEncryptionKey] = (), *, absent: Sequence[Path] = (), wraps: bool = True
    ) -> None:
        """`absent`: files that are named and not there; `wraps`: whether the first of the keys is the current one.
        `files`: where the keys lie."""
        self._keys = {key.key_id: AESGCM(key.secret) for key in keys}
        self._current = keys[0].key_id if keys and wraps else ""
        self.absent = tuple(absent)
        self.files: tuple[Path, ...] = ()

    @classmethod
    def at(cls, paths: Sequence[Path]) -> KeyFiles:
        """A file that is not there is missed when its key is needed: its medium may be elsewhere. Raises WrongUse for a
        file that is there and cannot be read or is no key file."""
        absent = [path for path in paths if not path.exists()]
        keys = [KeyEncryptionKey.read(path) for path in paths if path not in absent]
        found = cls(keys, absent=absent, wraps=not absent or absent[0] != paths[0])
        found.files = tuple(path for path in paths if path not in absent)
        return found

    @property
    def current(self) -> str:
        return self._current

    def holds(self, key_id: str) -> bool:
        return key_id in self._keys

    def wrap(self, data_key: bytes, *, about: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._key(self._current).encrypt(nonce, data_key, about)

    def unwrap(self, wrapped: bytes, *, key_id: str, about: bytes) -> bytes:
        try:
            return self._key(key_id).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], about)
        except (InvalidTag, ValueError):
            raise NotUnwrapped from None

    def _key(self, key_id: str) -> AESGCM:
        if key_id not in self._keys:
            raise key_missing(key_id, self.absent)
        return self._keys[key_id]


class Keyring:
    """A `KeyKeeper` over several: the first wraps, whichever has a key unwraps what it wrapped."""

    def __init__(self, keepers: Sequence[KeyKeeper]) -> None:
        self._keepers = tuple(keepers)
        files = [keeper for keeper in keepers if isinstance(keeper, KeyFiles)]
        self.absent = tuple(path for keeper in files for path in keeper.absent)
        self.files = tuple(path for keeper in files for path in keeper.files)

    @property
    def current(self) -> str:
        return self._keepers[0].current if self._keepers else ""

    def holds(self, key_id: str) -> bool:
        return any(keeper.holds(key_id) for keeper in self._keepers)

    def wrap(self, data_key: bytes, *, about: bytes) -> bytes:
        if not self._keepers:
            raise key_missing("")
        return self._keepers[0].wrap(data_key, about=about)

    def unwrap(self, wrapped: bytes, *, key_id: str, about: bytes) -> bytes:
        for keeper in self._keepers:
            if keeper.holds(key_id):
                return keeper.unwrap(wrapped, key_id=key_id, about=about)
        raise key_missing(key_id, self.absent)


def key_missing(key_id: str, absent: Sequence[Path] = ()) -> EncryptionKeyMissing:
    """`absent`: key files that are named and not there."""
    if absent:
        names = ", ".join(str(path) for path in absent)
        told = Message(
            f"Thiếu khóa mã hóa {key_id}: không thấy tệp khóa {names} (encryption_keys); nối thiết bị đó, chạy lại",
            f"The encryption key {key_id} is missing: the key file {names} (encryption_keys) is not there; connect its"
            " medium and run again",
        )
    elif not key_id:
        told = Message(
            "Cần mã hóa nhưng chưa có khóa: đặt encryption_keys (hotich encryption key)",
            "This is to be encrypted and there is no key: set encryption_keys (hotich encryption key)",
        )
    else:
        told = Message(
            f"Thiếu khóa mã hóa {key_id}: thêm tệp khóa đó vào encryption_keys. Không có khóa thì không ai đọc được",
            f"The encryption key {key_id} is missing: add its file to encryption_keys. Without it nobody can read this",
        )
    return EncryptionKeyMissing(told, key_id=key_id)
