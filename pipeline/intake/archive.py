"""Zip files of line images, opened with the same care as other files: nothing is unpacked before its size is known.

An archive is somebody else's claim about its own content. So its directory is bounded before it is read, a member's
size by what it declares and again while it is unpacked, and nothing is ever written under a name it gives.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from pipeline.intake.errors import CorruptFile, EncryptedFile, FileTooLarge, IntakeError, TooManyPages, UnreadableFile

MAX_MEMBERS = 2_000_000  # files in one archive; a bound on time, far above any set of line images
MAX_DIRECTORY = 512 * 1024**2  # bytes; a bound on memory: some 256 for each of so many members
_END, _END64 = b"PK\x05\x06", b"PK\x06\x06"  # APPNOTE 6.3.10, sections 4.3.16 and 4.3.14
_TAIL = 22 + 65_535 + 20 + 56  # bytes: end record, longest comment, and the locator and record of zip64


@contextmanager
def open_archive(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    """The zip file at `path`. Raises `IntakeError` for one that is damaged or whose directory is over the bounds."""
    try:
        members, size = _directory(path)
        if size > MAX_DIRECTORY:
            raise FileTooLarge.about(name, size=size, limit=MAX_DIRECTORY)
        if members > MAX_MEMBERS:
            raise TooManyPages.about(name, pages=members, limit=MAX_MEMBERS)
        archive = zipfile.ZipFile(path)
    except IntakeError:
        raise
    except OSError as error:
        raise UnreadableFile.about(name, reason=error.strerror or type(error).__name__) from error
    except Exception as error:  # zipfile raises what struct and its decoders do, too
        raise CorruptFile.about(name, reason=type(error).__name__) from error
    with archive:
        yield archive


def member_name(info: zipfile.ZipInfo) -> str:
    """The member's name as a relative path without ".." or a drive; to be shown, never to be written to."""
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    return "/".join(part for part in parts if part not in ("/", "..", "."))


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, name: str, limit: int) -> bytes:
    """The member's bytes, at most `limit`. Raises `IntakeError`: too large, with a password, damaged."""
    if info.flag_bits & 0x1:
        raise EncryptedFile.about(name)
    if info.file_size > limit:
        raise FileTooLarge.about(name, size=info.file_size, limit=limit)
    try:
        with archive.open(info) as stream:
            data = stream.read(limit + 1)
    except MemoryError:
        raise
    except Exception as error:  # a checksum, a method nobody has, broken deflate data
        raise CorruptFile.about(name, reason=type(error).__name__) from error
    if len(data) > limit:
        raise FileTooLarge.about(name, size=len(data), limit=limit)
    return data


def _directory(path: Path) -> tuple[int, int]:
    """How many members the archive states, and how many bytes their directory takes."""
    with path.open("rb") as stream:
        stream.seek(max(0, stream.seek(0, 2) - _TAIL))
        tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or at + 20 > len(tail):
        raise zipfile.BadZipFile("no end of the directory")
    members, size = struct.unpack_from("<HI", tail, at + 10)
    at64 = tail.rfind(_END64, 0, at)
    if at64 >= 0 and at64 + 48 <= len(tail):
        members, size = struct.unpack_from("<QQ", tail, at64 + 32)
    return members, size
