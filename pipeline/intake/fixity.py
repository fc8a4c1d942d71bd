"""Fixity: the SHA-256 of bytes that may be larger than memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1024 * 1024  # bytes held at a time


def chunks(stream: BinaryIO, size: int = _CHUNK) -> Iterator[bytes]:
    """The rest of `stream` in pieces of at most `size` bytes."""
    while piece := stream.read(size):
        yield piece


def sha256_of_stream(stream: BinaryIO) -> str:
    """Lower-case hexadecimal SHA-256 of the rest of `stream`, in flat memory."""
    digest = hashlib.sha256()
    for piece in chunks(stream):
        digest.update(piece)
    return digest.hexdigest()


def sha256_of_file(path: Path) -> str:
    """Lower-case hexadecimal SHA-256 of a file's bytes, in flat memory. Raises OSError."""
    with path.open("rb") as stream:
        return sha256_of_stream(stream)
