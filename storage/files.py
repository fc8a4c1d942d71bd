"""Writing a file wholly or not at all; the operating system's errors become `HotichError`s."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.domain.errors import HotichError, ResourceError
from pipeline.domain.message import Message
from storage.errors import AccessRefused, DiskFull, StoreUnavailable

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
CHUNK = 1 << 20


def os_error(error: OSError, what: Message) -> HotichError:
    """The hotich error for an operating system error met while doing `what`."""
    if error.errno in _FULL:
        return DiskFull(
            Message(
                f"Đĩa đầy khi {what.vi}. Hãy giải phóng chỗ trống rồi chạy lại.",
                f"Disk full: {what.en}. Free some space and run again.",
            )
        )
    if error.errno in _REFUSED:
        return AccessRefused(Message(f"Không có quyền: {what.vi}.", f"No permission: {what.en} ({error.strerror})."))
    if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ESTALE, errno.ENODEV}:
        return StoreUnavailable(
            Message(f"Không tìm thấy nơi lưu: {what.vi}.", f"Storage is not there: {what.en} ({error.strerror}).")
        )
    return ResourceError(
        Message(f"Lỗi đĩa khi {what.vi}.", f"Disk error: {what.en} ({error.strerror or error})."),
        code="resource.disk_error",
    )


@contextlib.contextmanager
def translated_os_errors(what: Message) -> Iterator[None]:
    """Turns every OSError of the block into a `HotichError` (disk_full, access_refused, ...)."""
    try:
        yield
    except OSError as error:
        raise os_error(error, what) from error


def sync_folder(folder: Path) -> None:
    """Makes names created in the folder survive a power cut. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folders(folder: Path) -> None:
    """Creates the folder and its missing parents, each one made durable. Raises OSError."""
    missing: list[Path] = []
    place = folder
    while not place.exists():
        missing.append(place)
        place = place.parent
    for new in reversed(missing):
        new.mkdir(exist_ok=True)
        sync_folder(new.parent)


def remove_whole(path: Path) -> None:
    """Removes a file, or a folder with all that is in it; passes over what is gone, or cannot be removed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        path.unlink()


@contextlib.contextmanager
def temporary_file(folder: Path, *, prefix: str = ".tmp-") -> Iterator[tuple[int, Path]]:
    """Descriptor and path of a new file in the folder; both are gone after the block. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=prefix)
    path = Path(name)
    try:
        yield handle, path
    finally:
        os.close(handle)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def write_all(handle: int, chunks: Iterable[bytes]) -> int:
    """Writes every byte and forces it to the disk; returns how many. Raises OSError."""
    count = 0
    for chunk in chunks:
        count += len(chunk)
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(handle, rest) :]
    os.fsync(handle)
    return count


def write_file(path: Path, data: bytes | Iterable[bytes], *, mode: int = 0o644) -> None:
    """Atomic and durable: `path` holds all of `data`, or what it held before. Replaces an older file.

    Missing folders are made. Raises DiskFull, AccessRefused or ResourceError; then no temporary
    file stays behind.
    """
    with translated_os_errors(Message("ghi tệp", f"writing {path.name!r}")):
        make_folders(path.parent)
        with temporary_file(path.parent) as (handle, temporary):
            write_all(handle, [data] if isinstance(data, bytes) else data)
            os.fchmod(handle, mode)
            temporary.replace(path)
        sync_folder(path.parent)
