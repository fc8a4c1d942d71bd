"""Files that wait outside the archive, encrypted where papers of their class are: each under a key of its own, wrapped
by the key that wraps those of objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from pipeline.domain.message import Message
from storage.errors import CorruptObject
from storage.files import CHUNK, translated_os_errors, write_file
from storage.objects import stream_cipher
from storage.objects.key_ring import KeyFiles, KeyKeeper, NotUnwrapped
from storage.objects.paper_class import NOTHING, Chosen, Classes

_FORM: Final = "hotich sealed file 1"


@dataclass(frozen=True, slots=True)
class FileSeal:
    """`chosen`: which files are sealed. Nothing is, where nothing is chosen."""

    keys: KeyKeeper
    chosen: Chosen

    def wants(self, of: Classes) -> bool:
        return self.chosen.wants(of)

    def seal(self, path: Path, *, name: str) -> None:
        """Puts the ciphertext of the file in its place: durable before the file goes, and bound to `name`. Raises
        EncryptionKeyMissing, the key server's and the disk's errors; then the file is as it was."""
        key = stream_cipher.new_key()
        self._keep(path, key, name)
        write_file(sealed(path), stream_cipher.encrypted(_pieces(path), key), mode=0o600)
        with translated_os_errors(Message("khóa tệp trong khay", "sealing a file of the tray")):
            path.unlink()

    def open(self, path: Path, *, name: str) -> BinaryIO:
        """The file's bytes, sealed or not. Raises EncryptionKeyMissing, CorruptObject for what is not as it was sealed,
        also while it is read, and StoreUnavailable for a file that is not there."""
        with translated_os_errors(Message("đọc tệp trong khay", "reading a file of the tray")):
            if path.exists():
                return path.open("rb")
            key, _ = self._key(path, name)
            return stream_cipher.decrypted(sealed(path).open("rb"), key, failure=_corrupt)

    def change_key(self, path: Path, *, name: str) -> bool:
        """Wraps the key of a sealed file anew by the current key; False where it is so already. Raises as `open`."""
        with translated_os_errors(Message("đọc tệp trong khay", "reading a file of the tray")):
            key, key_id = self._key(path, name)
        if key_id == self.keys.current:
            return False
        self._keep(path, key, name)
        return True

    def _keep(self, path: Path, key: bytes, name: str) -> None:
        wrapped = self.keys.wrap(key, about=_about(name))
        told = json.dumps({"form": _FORM, "key": self.keys.current, "wrapped": wrapped.hex()}).encode()
        write_file(key_of(path), told, mode=0o600)

    def _key(self, path: Path, name: str) -> tuple[bytes, str]:
        try:
            told = json.loads(key_of(path).read_bytes())
            wrapped, key_id = bytes.fromhex(told["wrapped"]), str(told["key"])
        except (ValueError, KeyError, TypeError):
            raise _corrupt() from None
        try:
            return self.keys.unwrap(wrapped, key_id=key_id, about=_about(name)), key_id
        except NotUnwrapped:
            raise _corrupt() from None


NO_SEAL: Final = FileSeal(KeyFiles(), NOTHING)
"""Seals nothing and opens what is not sealed."""


def is_there(path: Path) -> bool:
    """Whether the file is there, sealed or not."""
    return path.exists() or sealed(path).exists()


def sealed(path: Path) -> Path:
    """Where its ciphertext lies."""
    return path.with_name(f"{path.name}.sealed")


def key_of(path: Path) -> Path:
    """Where its wrapped key lies."""
    return path.with_name(f"{path.name}.key")


def _about(name: str) -> bytes:
    return f"{_FORM}\n{stream_cipher.CIPHER}\n{name}\n".encode()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _corrupt() -> CorruptObject:
    return CorruptObject(
        Message("Tệp trong khay không còn như lúc khóa.", "A file of the tray is not as it was sealed.")
    )
