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
from typing import Self

from pipeline.domain.errors import InputError, WrongUse
from pipeline.domain.message import Message
from storage.files import make_folders, sync_folder, translated_os_errors

_ID = re.compile(r"[0-9a-f]{32}")


class TooLarge(InputError):
    """More bytes came than one file, or one submission, may have."""

    code = "upload.too_large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tray:
    """A folder that one process at a time works in. `open_tray` makes one."""

    folder: Path
    _lock: int

    def close(self) -> None:
        """Lets another process have the tray."""
        os.close(self._lock)

    def slot(self, submission_id: str) -> Slot:
        """The submission's place; made at the first file."""
        if not is_slot(submission_id):
            raise WrongUse(Message.same("not a submission's id"))
        return Slot(folder=self.folder / submission_id)

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

    def file(self, ordinal: int) -> Path:
        return self.folder / f"{int(ordinal)}"

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


def open_tray(folder: Path) -> Tray:
    """Takes the folder for this process, making it when it is missing.

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
    return Tray(folder=folder, _lock=lock)
