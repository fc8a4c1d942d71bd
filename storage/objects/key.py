"""Names of objects: the digest of their bytes, with the algorithm in the name."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.files import CHUNK

_HEX = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"sha256/([0-9a-f]{2})/([0-9a-f]{62})")


_FILE = re.compile(r"(log|reads|trail|checkpoints|checks|envelopes)(/[0-9a-z][0-9a-z._-]{0,80}){1,3}")
FILE_FOLDERS = ("checkpoints", "checks", "log", "reads", "trail")
"""Folders beside the objects: what lies there has a name of its own, and not that of its digest."""

ENCRYPTED = "encrypted"
"""The store within a store where encrypted objects lie (`storage.objects.encrypted`)."""

ENVELOPES = "envelopes"
"""Its folder of the files that say how they are opened."""


def checked_file(name: str) -> str:
    """The name, as it was given. Raises WrongUse unless it is one of a file beside the objects."""
    if not _FILE.fullmatch(name) or ".." in name:
        raise WrongUse(Message.same(f"not the name of a file beside the objects: {name[:80]!r}"))
    return name


class ObjectRole(StrEnum):
    """What an object is to the document, the file or the book that names it."""

    ORIGINAL = "original"
    ARCHIVAL = "archival"
    RECORD = "record"
    COPY = "copy"
    PAGES = "pages"
    LINE = "line"
    CORRECTION = "correction"
    WEIGHTS = "weights"
    MANIFEST = "manifest"
    TOLD = "told"


@dataclass(frozen=True, slots=True, order=True)
class ObjectKey:
    """`sha256/ab/cdef...`: 64 hexadecimal digits of SHA-256, split after two to keep folders small."""

    sha256: str

    def __post_init__(self) -> None:
        if not _HEX.fullmatch(self.sha256):
            raise WrongUse(Message.same(f"not a SHA-256 in lower-case hexadecimal digits: {self.sha256[:80]!r}"))

    @property
    def name(self) -> str:
        return f"sha256/{self.sha256[:2]}/{self.sha256[2:]}"

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def parse(name: str) -> ObjectKey:
        """The key of this name. Raises WrongUse for any other algorithm or form: fail closed."""
        match = _NAME.fullmatch(name)
        if match is None:
            raise WrongUse(Message.same(f"not an object name of a known digest algorithm: {name[:80]!r}"))
        return ObjectKey(match[1] + match[2])

    @staticmethod
    def of(data: bytes) -> ObjectKey:
        return ObjectKey(hashlib.sha256(data).hexdigest())

    @staticmethod
    def of_file(path: Path) -> ObjectKey:
        """The key of a file's bytes, in constant memory. Raises OSError."""
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
        return ObjectKey(digest.hexdigest())
