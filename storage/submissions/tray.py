"""The tray: where what was handed in lies until it is judged.

Uploads cannot go straight into the object store: that is create-only, and much of what comes in is not to be kept (a
photo to be taken again, a card that is only shown). One folder per submission; a submission's files are
durable before its record is written, and gone once they are archived or dropped.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from pipeline.domain.errors import InputError, WrongUse
from pipeline.domain.message import Message
from storage.errors import CorruptObject, EncryptionKeyMissing
from storage.files import make_folders, sync_folder, translated_os_errors
from storage.objects.paper_class import Classes
from storage.sealed_file import NO_SEAL, FileSeal, is_there, key_of, sealed

_ID = re.compile(r"[0-9a-f]{32}")


class TooLarge(InputError):
    """More bytes came than one file, or one submission, may have."""

    code = "upload.too_large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tray:
    """A folder that one process at a time works in. `open_tray` makes one. `seal`: encrypts what stays for people."""

    folder: Path
    _lock: int
    seal: FileSeal = NO_SEAL

    def close(self) -> None:
        """Lets another process have the tray."""
        os.close(self._lock)

    def slot(self, submission_id: str) -> Slot:
        """The submission's place; made at the first file."""
        if not is_slot(submission_id):
            raise WrongUse(Message.same("not a submission's id"))
        return Slot(folder=self.folder / submission_id, seal=self.seal)

    def ids(self) -> Iterator[str]:
        """The submissions that have files here."""
        with translated_os_errors(Message("đọc khay tiếp nhận", "reading the tray")):
            yield from sorted(entry.name for entry in self.folder.iterdir() if is_slot(entry.name))


def is_slot(name: str) -> bool:
    """Whether a submission's files lie under such a name."""
    return _ID.fullmatch(name) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One submission's files, numbered from 1. Names that people gave them are never paths here."""

    folder: Path
    seal: FileSeal = NO_SEAL

    def file(self, ordinal: int) -> Path:
        """Where the file lies until it is read."""
        return self.folder / f"{int(ordinal)}"

    def has(self, ordinal: int) -> bool:
        """Whether the file is here, as it came or sealed."""
        return is_there(self.file(ordinal))

    def open(self, ordinal: int) -> BinaryIO:
        """The file's bytes. Raises what `FileSeal.open` raises."""
        return self.seal.open(self.file(ordinal), name=f"{self.folder.name}/{int(ordinal)}")

    def stays(self, ordinal: int, of: Classes) -> None:
        """The file was read and stays for people: it is sealed where papers of these classes are encrypted. Raises what
        `FileSeal.seal` raises; then it lies as it came."""
        if self.seal.wants(of) and self.file(ordinal).exists():
            self.seal.seal(self.file(ordinal), name=f"{self.folder.name}/{int(ordinal)}")

    def drop(self, ordinal: int) -> None:
        """Removes one file, as it came or sealed."""
        for path in (self.file(ordinal), sealed(self.file(ordinal)), key_of(self.file(ordinal))):
            path.unlink(missing_ok=True)

    def write(self, ordinal: int, *, most_bytes: int) -> FileWriter:
        """A writer for one file; leaving its block makes the bytes durable, an error removes them."""
        with translated_os_errors(Message("ghi vào khay tiếp nhận", "writing to the tray")):
            make_folders(self.folder)
        return FileWriter(self.file(ordinal), most_bytes=most_bytes)

    def settle(self) -> None:
        """Makes the names of the files durable too: call it once, before the record is written."""
        with translated_os_errors(Message("ghi vào khay tiếp nhận", "writing to the tray")):
            sync_folder(self.folder)
            sync_folder(self.folder.parent)

    def discard(self) -> None:
        """Removes the files. Safe to call again, and for a submission that has none."""
        shutil.rmtree(self.folder, ignore_errors=True)


def change_keys(folder: Path, seal: FileSeal) -> tuple[int, int]:
    """Wraps the keys of all that is sealed in the tray at `folder` anew; returns how many, and how many could not be
    opened. A service may go on with it meanwhile. Raises the key server's and the disk's errors."""
    done = left = 0
    for path in sorted(folder.glob("*/*.key")) if folder.is_dir() else ():
        try:
            if is_slot(path.parent.name) and path.exists():
                done += seal.change_key(path.with_suffix(""), name=f"{path.parent.name}/{path.stem}")
        except (EncryptionKeyMissing, CorruptObject):
            left += 1
    return done, left


class FileWriter:
    """Takes bytes as they come, counts and digests them. Raises TooLarge before it holds too many."""

    def __init__(self, path: Path, *, most_bytes: int) -> None:
        self._path = path
        self._most = most_bytes
        self._digest = hashlib.sha256()
        self.size = 0
        self.head = b""
        with translated_os_errors(Message("ghi vào khay tiếp nhận", "writing to the tray")):
            self._file = path.open("xb")

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > self._most:
            megabytes = self._most >> 20
            raise TooLarge(Message(f"Tệp lớn hơn {megabytes} MB", f"The file is larger than {megabytes} MB"))
        if len(self.head) < 1024:
            self.head += data[: 1024 - len(self.head)]
        self._digest.update(data)
        with translated_os_errors(Message("ghi vào khay tiếp nhận", "writing to the tray")):
            self._file.write(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                with translated_os_errors(Message("ghi vào khay tiếp nhận", "writing to the tray")):
                    self._file.flush()
                    os.fsync(self._file.fileno())
        finally:
            self._file.close()
            if kind is not None:
                self._path.unlink(missing_ok=True)


def open_tray(folder: Path, seal: FileSeal = NO_SEAL) -> Tray:
    """Takes the folder for this process, making it when it is missing. `seal`: encrypts what stays for people.

    Raises WrongUse when a living process has it: what lies here without a record is then not to be swept.
    """
    with translated_os_errors(Message("mở khay tiếp nhận", "opening the tray")):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise WrongUse(
                Message(
                    "Một hotich serve khác đang chạy với thư mục này", "Another hotich serve runs with this home folder"
                )
            ) from None
    return Tray(folder=folder, _lock=lock, seal=seal)
