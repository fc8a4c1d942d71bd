"""Objects in a local folder."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.errors import CorruptObject
from storage.files import (
    CHUNK,
    make_folders,
    sync_folder,
    temporary_file,
    translated_os_errors,
    write_all,
    write_file,
)
from storage.objects.key import ENCRYPTED, ENVELOPES, FILE_FOLDERS, ObjectKey, checked_file
from storage.objects.paper_class import NO_PAPER, Classes
from storage.objects.store import Lock, Source, check_expected, corrupt, missing, no_file, other_file

_OUTER, _INNER = re.compile(r"[0-9a-f]{2}"), re.compile(r"[0-9a-f]{62}")
_STALE_S = 24 * 3600.0


class LocalStore:
    """An `ObjectStore` in a folder: one read-only file per object, `FOLDER/sha256/ab/cdef...`.

    An object appears under its name only after its bytes are on the disk (temporary file, fsync, hard
    link, fsync of the folder), so a crash at any moment leaves whole objects and at worst a temporary
    file in `FOLDER/incoming`, which a later start removes once it is a day old.
    """

    at_once = 1  # a disk that turns reads one file after the other quickest

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        """Makes the folder when it is missing, unless it is `read_only`: then it is made when something is put there.
        Raises AccessRefused, DiskFull."""
        self.folder = folder
        self._incoming = folder / "incoming"
        self._healed: list[ObjectKey] = []
        if read_only:
            return
        with translated_os_errors(Message("mở kho đối tượng", "opening the object store")):
            make_folders(self._incoming)
            self._sweep()

    def put(
        self,
        source: Source,
        *,
        expected: ObjectKey | None = None,
        anew: bool = False,
        of: Classes = NO_PAPER,  # noqa: ARG002 -- a folder keeps all papers alike
    ) -> ObjectKey:
        with translated_os_errors(Message("ghi vào kho đối tượng", "writing to the object store")):
            if anew:
                return self._write(source, expected)
            if isinstance(source, bytes):
                key = ObjectKey.of(source)
                check_expected(key, expected)
                if self._already(key):
                    return key
            elif expected is not None and self._already(expected):
                check_expected(ObjectKey.of_file(source), expected)
                return expected
            return self._write(source, expected)

    def get(self, key: ObjectKey) -> bytes:
        with translated_os_errors(Message("đọc kho đối tượng", "reading the object store")), self._file(key) as file:
            data = file.read()
        if ObjectKey.of(data) != key:
            raise corrupt(key)
        return data

    def open(self, key: ObjectKey) -> BinaryIO:
        with translated_os_errors(Message("đọc kho đối tượng", "reading the object store")):
            file = self._file(key)
            try:
                self._verify(file, key)
                file.seek(0)
            except BaseException:
                file.close()
                raise
            return file

    def exists(self, key: ObjectKey) -> bool:
        with translated_os_errors(Message("đọc kho đối tượng", "reading the object store")):
            return self._path(key).is_file()

    def take_healed(self) -> list[ObjectKey]:
        healed, self._healed = self._healed, []
        return healed

    def size(self, key: ObjectKey) -> int | None:
        with translated_os_errors(Message("đọc kho đối tượng", "reading the object store")):
            try:
                return self._path(key).stat().st_size
            except FileNotFoundError:
                return None

    def age_s(self, key: ObjectKey) -> float:
        with translated_os_errors(Message("đọc kho đối tượng", "reading the object store")):
            try:
                return time.time() - self._path(key).stat().st_mtime
            except FileNotFoundError:
                raise missing(key) from None

    def remove(self, key: ObjectKey) -> None:
        with translated_os_errors(Message("xóa đối tượng", "removing an object")):
            self._path(key).unlink(missing_ok=True)
            if self._path(key).parent.is_dir():
                sync_folder(self._path(key).parent)

    def erase(self, key: ObjectKey) -> None:
        self.remove(key)

    def can_lock(self) -> bool:
        return False

    def lock(self, name: str) -> Lock | None:  # noqa: ARG002
        """None: a folder locks nothing."""
        return None

    def hold(self, name: str, *, on: bool) -> bool:  # noqa: ARG002
        return False

    def below(self, name: str) -> LocalStore:
        return LocalStore(self.folder / name, read_only=True)

    def keys(self) -> Iterator[ObjectKey]:
        with translated_os_errors(Message("đọc kho đối tượng", "reading the object store")):
            for folder in sorted(self.folder.glob("sha256/[0-9a-f][0-9a-f]")):
                for name in sorted(entry.name for entry in folder.iterdir()):
                    with contextlib.suppress(WrongUse):
                        yield ObjectKey.parse(f"sha256/{folder.name}/{name}")

    def foreign(self) -> Iterator[str]:
        with translated_os_errors(Message("đọc kho đối tượng", "reading the object store")):
            for path in sorted(self.folder.glob("*")):
                if path.name == "sha256" and path.is_dir():
                    yield from _no_objects(path)
                elif path.name in (*FILE_FOLDERS, ENVELOPES) and path.is_dir():
                    yield from _no_files(self.folder, path)
                elif path != self._incoming and not (path.name == ENCRYPTED and path.is_dir()):
                    yield path.name

    def put_file(self, name: str, data: bytes, *, anew: bool = False, of: Classes = NO_PAPER) -> None:  # noqa: ARG002
        final = self.folder / checked_file(name)
        if anew:
            write_file(final, data, mode=0o444)
            return
        with translated_os_errors(Message("ghi vào kho đối tượng", "writing to the object store")):
            if final.exists():
                if final.read_bytes() != data:
                    raise other_file(name)
                return
            make_folders(self._incoming)
            with temporary_file(self._incoming) as (handle, temporary):
                write_all(handle, [data])
                os.fchmod(handle, 0o444)
                make_folders(final.parent)
                try:
                    _place(temporary, final)
                except FileExistsError:
                    if final.read_bytes() != data:
                        raise other_file(name) from None
            sync_folder(final.parent)

    def get_file(self, name: str) -> bytes:
        with translated_os_errors(Message("đọc kho đối tượng", "reading the object store")):
            try:
                return (self.folder / checked_file(name)).read_bytes()
            except FileNotFoundError:
                raise no_file(name) from None

    def remove_file(self, name: str, *, for_good: bool = False) -> None:  # noqa: ARG002
        with translated_os_errors(Message("xóa tệp trong kho", "removing a file of the store")):
            path = self.folder / checked_file(name)
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                sync_folder(path.parent)

    def files(self, folder: str, *, after: str = "") -> Iterator[str]:
        with translated_os_errors(Message("đọc kho đối tượng", "reading the object store")):
            if (self.folder / folder).is_dir():
                below = _below(self.folder, self.folder / folder, after)
                yield from (name for name in below if name > after and _is_file(name))

    def _path(self, key: ObjectKey) -> Path:
        return self.folder / key.name

    def _file(self, key: ObjectKey) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise missing(key) from None

    @staticmethod
    def _verify(file: BinaryIO, key: ObjectKey) -> None:
        if hashlib.file_digest(cast(io.BufferedReader, file), "sha256").hexdigest() != key.sha256:
            raise corrupt(key)

    def _already(self, key: ObjectKey) -> bool:
        """Whether a whole object is there. A damaged one is none: to call it stored would lose the content."""
        try:
            with self._path(key).open("rb") as file:
                self._verify(file, key)
            # Whoever takes out what nothing names goes by age: this is about to be named.
            with contextlib.suppress(OSError):
                os.utime(self._path(key))
        except (FileNotFoundError, CorruptObject):
            return False
        return True

    def _write(self, source: Source, expected: ObjectKey | None) -> ObjectKey:
        digest = hashlib.sha256()

        def chunks() -> Iterator[bytes]:
            if isinstance(source, bytes):
                digest.update(source)
                yield source
                return
            with source.open("rb") as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
                    yield chunk

        make_folders(self._incoming)
        with temporary_file(self._incoming) as (handle, temporary):
            written = write_all(handle, chunks())
            if os.fstat(handle).st_size != written:
                raise OSError(errno.EIO, "the file does not have the bytes that were written")
            key = ObjectKey(digest.hexdigest())
            check_expected(key, expected)
            os.fchmod(handle, 0o444)
            final = self._path(key)
            make_folders(final.parent)
            try:
                _place(temporary, final)
            except FileExistsError:
                if not self._already(key):
                    temporary.replace(final)
                    self._healed.append(key)
        sync_folder(final.parent)
        return key

    def _sweep(self) -> None:
        """Removes what killed writers left; a file of the last day may still be in use."""
        now = time.time()
        for entry in self._incoming.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if now - entry.stat().st_mtime > _STALE_S:
                    entry.unlink()


def _no_objects(folder: Path) -> Iterator[str]:
    """What lies below the folder `sha256` and has no object's name, or is no file of its own."""
    for outer in sorted(folder.iterdir()):
        if not _OUTER.fullmatch(outer.name) or not outer.is_dir():
            yield f"sha256/{outer.name}"
            continue
        for inner in sorted(outer.iterdir()):
            if not _INNER.fullmatch(inner.name) or inner.is_symlink() or not inner.is_file():
                yield f"sha256/{outer.name}/{inner.name}"


def _below(root: Path, folder: Path, after: str = "") -> Iterator[str]:
    """Names of all that is no folder, in order of the folders' names; folders whose names all come before are passed
    over."""
    for path in sorted(folder.iterdir()):
        name = str(path.relative_to(root))
        if path.is_dir() and not path.is_symlink():
            if name >= after[: len(name)]:
                yield from _below(root, path, after)
        else:
            yield name


def _is_file(name: str) -> bool:
    try:
        return checked_file(name) == name
    except WrongUse:
        return False


def _no_files(root: Path, folder: Path) -> Iterator[str]:
    yield from (name for name in _below(root, folder) if not _is_file(name) or (root / name).is_symlink())


def _place(temporary: Path, final: Path) -> None:
    """Gives the file its final name unless that name exists (FileExistsError)."""
    try:
        os.link(temporary, final)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS}:
            raise
        # No hard links on this file system (FAT, some network shares). Between the check and the
        # rename only the same content can take the name, so nothing is lost by replacing it.
        if final.exists():
            raise FileExistsError(final) from None
        temporary.rename(final)
