"""Encryption of a stream of any length in flat memory, by AES-256-GCM in chunks.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance, CRYPTO 2015), laid out as age lays it out (age-encryption.org/v1, Payload): a nonce is the number of
the chunk and a last byte that marks the final one, so that chunks exchanged, repeated, left out or cut off at the end
do not open. A key is good for one stream.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 64 << 10
"""Bytes of plaintext in every chunk but the last."""

TAG = 16
KEY = 32
CIPHER = "AES-256-GCM-STREAM-64K"


class NotAuthentic(Exception):
    """The bytes are not what was encrypted under this key."""


def new_key() -> bytes:
    """A fresh key from the system's random numbers."""
    return AESGCM.generate_key(bit_length=8 * KEY)


def encrypted(pieces: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """The ciphertext of the stream, chunk by chunk. Of an empty stream it is one empty chunk."""
    cipher, number, waiting = AESGCM(key), 0, bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) > CHUNK:  # what is left may be the last one
            yield cipher.encrypt(_nonce(number, last=False), bytes(waiting[:CHUNK]), None)
            del waiting[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(number, last=True), bytes(waiting), None)


def cipher_size(size: int) -> int:
    """How long the ciphertext of so many bytes is."""
    return size + TAG * max(1, -(-size // CHUNK))


def plain_size(size: int) -> int:
    """How many bytes a ciphertext of this length holds. Raises NotAuthentic for a length that none has."""
    chunks = max(1, -(-size // (CHUNK + TAG)))
    plain = size - TAG * chunks
    if plain < 0 or cipher_size(plain) != size:
        raise NotAuthentic
    return plain


def decrypted(file: BinaryIO, key: bytes, *, failure: Callable[[], Exception] = NotAuthentic) -> io.BufferedReader:
    """The plaintext of a seekable ciphertext, to be read from anywhere; no more than a chunk of it is in memory, and
    closing it closes the ciphertext. What is not authentic is not handed out: reading it raises `failure`."""
    try:
        return io.BufferedReader(_Decrypting(file, key, failure), buffer_size=CHUNK)
    except NotAuthentic:
        raise failure() from None


class _Decrypting(io.RawIOBase):
    def __init__(self, file: BinaryIO, key: bytes, failure: Callable[[], Exception]) -> None:
        self._file, self._cipher, self._failure = file, AESGCM(key), failure
        self._size = plain_size(file.seek(0, io.SEEK_END))
        self._last = max(0, (self._size - 1) // CHUNK)
        self._at, self._held, self._chunk = 0, -1, b""
        self._of(self._last)  # its mark says that nothing was cut off

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._at >= self._size:
            return 0
        try:
            chunk = self._of(self._at // CHUNK)
        except NotAuthentic:
            raise self._failure() from None
        piece = chunk[self._at % CHUNK :][: len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _of(self, number: int) -> bytes:
        if number != self._held:
            self._file.seek(number * (CHUNK + TAG))
            data = self._file.read(CHUNK + TAG)
            try:
                self._chunk = self._cipher.decrypt(_nonce(number, last=number == self._last), data, None)
            except (InvalidTag, ValueError):
                raise NotAuthentic from None
            self._held = number
        return self._chunk


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
