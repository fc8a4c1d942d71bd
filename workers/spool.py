"""Working folders of processes: what lies in one belongs to a living process, or to nobody.

A folder is named by a number that no other process ever has, and its owner holds a lock beside it. So containers and
machines that share a home, where process numbers say nothing, know which folders are still in use: the kernel lets go
of a lock when its holder ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.domain.message import Message
from storage.files import translated_os_errors

_held: dict[Path, int] = {}  # locks of this process: open until it ends


def new_spool(folder: Path) -> Path:
    """A working folder of this process under `folder`; those whose owners are gone are removed.

    Raises `HotichError` when it cannot be made.
    """
    with translated_os_errors(Message("tạo thư mục tạm", "making the working folder")):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_orphans(folder)
        own = folder / uuid.uuid4().hex
        while (lock := _lock(own.with_suffix(".lock"), make=True)) is None:  # somebody swept between make and lock
            own = folder / uuid.uuid4().hex
        _held[own] = lock
        own.mkdir()
    return own


def remove_spool(own: Path) -> None:
    """Removes a working folder that this process made, and lets go of it."""
    shutil.rmtree(own, ignore_errors=True)
    own.with_suffix(".lock").unlink(missing_ok=True)
    lock = _held.pop(own, None)
    if lock is not None:
        os.close(lock)


@contextmanager
def working_folder(folder: Path | None) -> Iterator[Path]:
    """A working folder under `folder` for as long as the block lasts: copies of papers lie where the papers lie, and go
    with the next sweep where this process is killed. None: where the machine has temporary files. Raises
    `HotichError`."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="hotich-") as place:
            yield Path(place)
        return
    own = new_spool(folder)
    try:
        yield own
    finally:
        remove_spool(own)


def sweep(folder: Path) -> int:
    """Removes what processes left under `folder` that are gone; returns how many working folders. Raises
    `HotichError`."""
    with translated_os_errors(Message("dọn thư mục tạm", "sweeping the working folders")):
        return _remove_orphans(folder) if folder.is_dir() else 0


def abandoned(folder: Path) -> int:
    """How many working folders lie there whose processes are gone; nothing is changed."""
    with translated_os_errors(Message("xem thư mục tạm", "looking at the working folders")):
        return len(list(_orphans(folder))) if folder.is_dir() else 0


def _remove_orphans(folder: Path) -> int:
    gone = 0
    for path, lock in _orphans(folder):
        shutil.rmtree(path, ignore_errors=True)
        if lock is not None:
            path.with_name(f"{path.name}.lock").unlink(missing_ok=True)
        gone += 1
    return gone


def _orphans(folder: Path) -> Iterator[tuple[Path, int | None]]:
    """Folders of processes that are gone, each with its lock, which is held until the next is asked for."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".lock":
            lock = _lock(path, make=False)
            if lock is not None:
                try:
                    yield path.with_suffix(""), lock
                finally:
                    os.close(lock)
        elif not path.with_name(f"{path.name}.lock").exists() and not _is_of_a_living_process(path):
            yield path, None


def _is_of_a_living_process(path: Path) -> bool:
    """Whether a folder of an earlier version, named by its process's number, may still be in use."""
    return path.name.isdigit() and Path(f"/proc/{path.name}").exists()


def _lock(path: Path, *, make: bool) -> int | None:
    """The file opened and locked; None where another process holds it, or has removed it."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT if make else os.O_RDONLY, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(handle).st_ino == path.stat().st_ino:
            return handle
    except (BlockingIOError, FileNotFoundError):
        with suppress(OSError):
            os.close(handle)
        return None
    os.close(handle)
    return None
