"""Pictures made from originals, kept for a while: derived data, which may be deleted at any time.

They are kept on disk because a page costs the worker a tenth of a second or more, and a clerk's next item must be
there at once.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import threading
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.domain.message import Message
from storage.files import translated_os_errors

_NAME = re.compile(r"[0-9a-z][0-9a-z.-]{2,150}")
_NONCE = 12
_ROOM = 0.8  # of the limit, after old pictures were removed


class ViewCache:
    """A folder of pictures by name, its owner's alone (mode 0700), no larger than `most_bytes` for long.

    Safe to use from several threads and processes. A disk that is full or broken costs speed, never an error: what
    cannot be kept is made again. Where it is `sealed` everything is encrypted (AES-256-GCM) under a key that is in this
    process's memory only: what an earlier process left can be opened by nobody, and is removed.
    """

    def __init__(self, folder: Path, *, most_bytes: int = 1 << 30, sealed: bool = False) -> None:
        """Makes the folder. Raises HotichError when it cannot."""
        self._cipher = AESGCM(AESGCM.generate_key(bit_length=256)) if sealed else None
        if sealed:
            shutil.rmtree(folder, ignore_errors=True)
        self._folder = folder
        self._most = most_bytes
        self._lock = threading.Lock()
        with translated_os_errors(Message("tạo thư mục ảnh xem", "making the folder of views")):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
        self._size = sum(size for _, size, _ in self._files())

    def get(self, name: str) -> bytes | None:
        """What was put under the name, wholly; None when it is not there, or not any more."""
        path = self._path(name)
        try:
            data = path.read_bytes()
            os.utime(path)  # the longest unused go first
            if self._cipher is not None:
                data = self._cipher.decrypt(data[:_NONCE], data[_NONCE:], name.encode())
        except (OSError, InvalidTag, ValueError):
            return None
        return data or None

    def put(self, name: str, data: bytes) -> None:
        """Keeps it, wholly or not at all. What is kept under a name never changes: putting it again is allowed."""
        path = self._path(name)
        if self._cipher is not None:
            nonce = os.urandom(_NONCE)
            data = nonce + self._cipher.encrypt(nonce, data, name.encode())
        with contextlib.suppress(OSError):
            path.parent.mkdir(exist_ok=True, mode=0o700)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                os.replace(temporary, path)  # noqa: PTH105
            except OSError:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)  # noqa: PTH108
                raise
            with self._lock:
                self._size += len(data)
                if self._size > self._most:
                    self._make_room()

    def forget(self, original_sha256: str) -> None:
        """Takes out every picture made of this original."""
        for path in (self._folder / original_sha256[:2]).glob(f"{original_sha256}-*"):
            with contextlib.suppress(OSError):
                path.unlink()

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("not a view's name")
        return self._folder / name[:2] / name

    def _files(self) -> list[tuple[float, int, Path]]:
        files = []
        for path in self._folder.glob("*/*"):
            with contextlib.suppress(OSError):
                status = path.stat()
                files.append((status.st_mtime, status.st_size, path))
        return files

    def _make_room(self) -> None:
        files = sorted(self._files())
        self._size = sum(size for _, size, _ in files)
        for _, size, path in files:
            if self._size <= self._most * _ROOM:
                return
            with contextlib.suppress(OSError):
                path.unlink()
                self._size -= size
