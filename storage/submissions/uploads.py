"""Uploads in pieces: a file sent over a broken network, and how much of it has arrived."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.domain.errors import InputError
from pipeline.domain.message import Message
from storage.files import remove_whole, sync_folder, translated_os_errors, write_file
from storage.times import time_text

_ID = re.compile(r"[0-9a-f]{32}")
KEPT_FOR = timedelta(hours=24)
KEPT_AFTER_USE = timedelta(hours=1)


class UploadBusy(InputError):
    """Another request is sending to this upload, or the offset is not where the upload stands."""

    code = "upload.offset"


class UploadFull(InputError):
    """The sender has too many unfinished uploads."""

    code = "upload.too_many_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialUpload:
    """An upload and how much of it has arrived. `length` and `offset` in bytes."""

    upload_id: str
    client_id: str
    name: str
    length: int
    offset: int
    expires_at: str

    @property
    def complete(self) -> bool:
        return self.offset == self.length


class Uploads:
    """Uploads in a folder of this process's tray, made for the first. What `append` took is durable when it returns."""

    def __init__(self, folder: Path, *, clock: Callable[[], datetime], most_open: int = 50) -> None:
        self._folder = folder
        self._clock = clock
        self._most_open = most_open
        self._lock = threading.Lock()
        self._busy: set[str] = set()

    def begin(self, upload_id: str, *, client_id: str, name: str, length: int) -> PartialUpload:
        """A new upload of so many bytes. Raises UploadFull."""
        with self._lock:
            if sum(upload.client_id == client_id for upload in self._all()) >= self._most_open:
                raise UploadFull(Message("Quá nhiều tệp đang tải dở", "Too many unfinished uploads"))
            folder = self._place(upload_id)
            expires = time_text(self._clock() + KEPT_FOR)
            new = PartialUpload(
                upload_id=upload_id, client_id=client_id, name=name, length=length, offset=0, expires_at=expires
            )
            with translated_os_errors(Message("tạo tệp tải lên", "making an upload")):
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                folder.mkdir(mode=0o700)
                (folder / "data").touch(mode=0o600)
            write_file(folder / "info.json", json.dumps(asdict(new)).encode(), mode=0o600)
            sync_folder(self._folder)
        return new

    def get(self, upload_id: str, client_id: str) -> PartialUpload | None:
        """The upload, if it is this client's and has not expired."""
        upload = self._read(upload_id)
        if upload is None or upload.client_id != client_id or upload.expires_at <= time_text(self._clock()):
            return None
        return upload

    def file(self, upload_id: str) -> Path:
        return self._place(upload_id) / "data"

    def append(self, upload: PartialUpload, offset: int) -> Appender:
        """A writer for the next bytes. Raises UploadBusy when the offset is not where the upload stands."""
        with self._lock:
            now = self._read(upload.upload_id)
            if now is None or now.offset != offset or upload.upload_id in self._busy:
                raise UploadBusy(Message("Vị trí tải lên không khớp", "The upload stands at another offset"))
            self._busy.add(upload.upload_id)
        try:
            return Appender(self.file(upload.upload_id), room=now.length - offset, done=lambda: self._free(upload))
        except BaseException:
            self._free(upload)
            raise

    def mark_used(self, upload_id: str) -> None:
        """The upload was handed in: it is kept a little longer, in case the same request comes again."""
        upload = self._read(upload_id)
        soon = time_text(self._clock() + KEPT_AFTER_USE)
        if upload is not None and upload.expires_at > soon:
            described = json.dumps(asdict(replace(upload, expires_at=soon))).encode()
            write_file(self._place(upload_id) / "info.json", described, mode=0o600)

    def remove(self, upload_id: str) -> None:
        shutil.rmtree(self._place(upload_id), ignore_errors=True)

    def sweep(self) -> None:
        """Removes what is `overdue`, but for what is being written."""
        with self._lock:
            for path in self.overdue():
                if path.name not in self._busy:
                    remove_whole(path)

    def unfinished(self) -> int:
        """How many may still go on, or be handed in."""
        now = time_text(self._clock())
        return sum(upload.expires_at > now for upload in self._all())

    def overdue(self) -> Iterator[Path]:
        """Where uploads lie that are over their term, and what a crash left without a description."""
        now = time_text(self._clock())
        for path in self._places():
            upload = self._read(path.name)
            if upload is None or upload.expires_at <= now:
                yield path

    def _free(self, upload: PartialUpload) -> None:
        with self._lock:
            self._busy.discard(upload.upload_id)

    def _all(self) -> list[PartialUpload]:
        return [upload for path in self._places() if (upload := self._read(path.name)) is not None]

    def _places(self) -> list[Path]:
        with translated_os_errors(Message("đọc thư mục tải lên", "reading the uploads")):
            return sorted(self._folder.iterdir()) if self._folder.is_dir() else []

    def _read(self, upload_id: str) -> PartialUpload | None:
        if not _ID.fullmatch(upload_id):
            return None
        folder = self._folder / upload_id
        try:
            given = json.loads((folder / "info.json").read_text())
            given["offset"] = (folder / "data").stat().st_size
            return PartialUpload(**given)
        except (OSError, ValueError, TypeError):
            return None

    def _place(self, upload_id: str) -> Path:
        if not _ID.fullmatch(upload_id):
            raise UploadBusy(Message("Mã tải lên không hợp lệ", "Not an upload's id"), code="upload.unknown")
        return self._folder / upload_id


class Appender:
    """Writes the next bytes of one upload; `close` makes durable what came, however it ended."""

    def __init__(self, path: Path, *, room: int, done: Callable[[], None]) -> None:
        self._room = room
        self._done = done
        with translated_os_errors(Message("ghi tệp tải lên", "writing an upload")):
            self._file = path.open("ab")

    def write(self, data: bytes) -> None:
        """Raises UploadBusy for more bytes than were announced; those before stay."""
        if len(data) > self._room:
            raise UploadBusy(Message("Nhiều byte hơn đã báo", "More bytes than were announced"), code="upload.too_long")
        with translated_os_errors(Message("ghi tệp tải lên", "writing an upload")):
            self._file.write(data)
        self._room -= len(data)

    def close(self) -> None:
        try:
            with translated_os_errors(Message("ghi tệp tải lên", "writing an upload")):
                self._file.flush()
                os.fsync(self._file.fileno())
        finally:
            self._file.close()
            self._done()
