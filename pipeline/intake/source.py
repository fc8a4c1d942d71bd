"""Where the bytes of a source file come from: a path, or an open file that was passed to a process without paths."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, Protocol, cast


class ReadableFile(Protocol):
    """What opening a document needs of its file; a `pathlib.Path` is one. `name`: without folders."""

    @property
    def name(self) -> str: ...

    def stat(self) -> os.stat_result: ...

    def open(self, mode: Literal["rb"]) -> BinaryIO: ...

    def read_bytes(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class PassedFile:
    """A file open for reading under `descriptor`, which this process may not open by its path.

    Streams of it have places of their own. Without a descriptor every use raises the OSError of number `trouble`,
    which whoever passed the file met when opening it.
    """

    name: str
    descriptor: int | None
    trouble: int = 0

    def stat(self) -> os.stat_result:
        return os.fstat(self._opened())

    def open(self, mode: Literal["rb"] = "rb") -> BinaryIO:
        assert mode == "rb"
        return cast(BinaryIO, io.BufferedReader(_Stream(os.dup(self._opened()))))

    def read_bytes(self) -> bytes:
        with self.open() as stream:
            return stream.read()

    def _opened(self) -> int:
        if self.descriptor is None:
            raise OSError(self.trouble, os.strerror(self.trouble))
        return self.descriptor


class _Stream(io.RawIOBase):
    """Reads at a place of its own: descriptors of one open file share theirs.

    A C library that takes the descriptor (libtiff by Pillow) seeks before it reads and moves the shared place only.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def readinto(self, buffer: Any) -> int:
        count = os.preadv(self._descriptor, [buffer], self._place)
        self._place += count
        return count

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place}.get(whence)
        if start is None:
            start = os.fstat(self._descriptor).st_size
        if start + offset < 0:
            raise OSError(22, "a place before the file")
        self._place = start + offset
        return self._place

    def tell(self) -> int:
        return self._place

    def close(self) -> None:
        if not self.closed:
            super().close()
            os.close(self._descriptor)
