"""Where scans lie for every machine: a share that each has mounted, or a bucket; and how they are fetched from there.

A place is `share:PATH` under the inbox, which may be mounted elsewhere on each machine, `file:PATH` as it is, or
`s3:NAME` in the bucket of the inbox.
"""

from __future__ import annotations

import csv
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pipeline.domain.errors import InputError, WrongUse
from pipeline.domain.message import Message
from pipeline.intake.fixity import sha256_of_file
from storage.catalogue import Urgency
from storage.errors import ObjectMissing, StoreUnavailable
from storage.files import os_error
from storage.objects.intake import IntakeBucket
from workers.batch.inputs import InputFile, find_inputs
from workers.batch.watching import UNFINISHED, is_written, refused

_MANY_PAGES = frozenset({".pdf", ".tif", ".tiff"})
_BYTES_A_PAGE = 400_000  # a page of a scanned PDF, about: batches are to be of some size, not of an exact one


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A scan where it lies. `stamp`: another one is another content; `office`, `urgency`: where the place says so."""

    place: str
    stamp: str
    name: str
    size: int
    office: str | None = None
    urgency: Urgency | None = None

    @property
    def pages(self) -> int:
        """How many it may have: as a batch's size goes by."""
        many = Path(self.name).suffix.lower() in _MANY_PAGES
        return max(1, self.size // _BYTES_A_PAGE) if many else 1


class Source(Protocol):
    """Scans that lie somewhere."""

    def scans(self) -> Iterator[Scan]:
        """What is whole and may be read, in the order of its names. Raises the store's errors."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSource:
    """A folder and all below it. `share`: the inbox, where the folder lies within it; `still_s`: for so many seconds a
    file must not have changed; `office_folders`: the first folder below names the office."""

    folder: Path
    share: Path | None = None
    still_s: float = 5.0
    office_folders: bool = False
    leave_out: Sequence[Path] = ()
    now: Callable[[], float] = time.time

    def scans(self) -> Iterator[Scan]:
        for file in find_inputs([self.folder], leave_out=self.leave_out).files:
            if file.trouble is None and refused(file) is None:
                scan = self.scan(file)
                if scan is not None:
                    yield scan

    def scan(self, file: InputFile, *, office: str | None = None, urgency: Urgency | None = None) -> Scan | None:
        """The file as a scan; None for one that is still being written."""
        if file.path.suffix.lower() in UNFINISHED:
            return None
        try:
            status = file.path.stat()
        except OSError:
            return None
        if status.st_size == 0 or self.now() - status.st_mtime < self.still_s or is_written(file.path):
            return None
        first, _, rest = file.name.partition("/")
        if self.office_folders and office is None and rest:
            office = first
        return Scan(
            place=place_of(file.path, self.share),
            stamp=f"{status.st_size}:{status.st_mtime_ns}:{status.st_ino}",
            name=file.name,
            size=status.st_size,
            office=office,
            urgency=urgency,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestSource:
    """A CSV file that names scans in `file`, and in `office` and `class` (submission | batch) whose they are and how
    urgent; relative to its own folder."""

    manifest: Path
    folder: FolderSource

    def scans(self) -> Iterator[Scan]:
        for line in _lines(self.manifest):
            path = self.manifest.parent / (line.get("file") or "")
            given = line.get("class") or ""
            if given not in ("", *CLASSES):
                raise _bad_manifest(f"class: {given!r}, {' | '.join(CLASSES)}")
            (file,) = find_inputs([path]).files if path.is_file() else (None,)
            if file is None or not file.path.is_relative_to(_plain(self.manifest.parent)):
                raise _bad_manifest(f"không có / not there: {line.get('file')!r}")
            named = InputFile(path=file.path, name=line["file"], size=file.size)
            scan = self.folder.scan(named, office=line.get("office") or None, urgency=CLASSES.get(given))
            if scan is not None and refused(named) is None:
                yield scan


CLASSES = {"submission": Urgency.SUBMISSION, "batch": Urgency.BATCH}


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketSource:
    """The objects of a bucket below a folder, `prefix`; all of it where that is empty. `office_folders`: the first
    folder below it names the office."""

    bucket: IntakeBucket
    prefix: str
    office_folders: bool = False

    def scans(self) -> Iterator[Scan]:
        folder = f"{self.prefix.rstrip('/')}/" if self.prefix else ""  # not another folder that begins so
        for entry in self.bucket.entries(folder):
            name = entry.name.removeprefix(folder)
            suffix, first = Path(name).suffix.lower(), name.split("/", 1)[0]
            if entry.size == 0 or suffix in UNFINISHED or any(part.startswith(".") for part in name.split("/")):
                continue
            if refused(InputFile(path=Path(name), name=name)) is not None:
                continue
            office = first if self.office_folders and "/" in name else None
            yield Scan(place=f"s3:{entry.name}", stamp=entry.stamp, name=name, size=entry.size, office=office)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Fetches scans on this machine. `share`: where its inbox is mounted; `bucket`: opens the inbox's bucket."""

    share: Path | None = None
    bucket: Callable[[], IntakeBucket] | None = None
    _opened: list[IntakeBucket] = field(default_factory=list)

    def fetch(self, place: str, path: Path) -> str:
        """Copies the scan to `path`; its SHA-256. Raises InputError for one that is gone, StoreUnavailable where the
        share is not mounted, and the stores' errors."""
        kind, _, name = place.partition(":")
        if kind == "s3":
            try:
                return self._bucket().fetch(name, path)
            except ObjectMissing as error:
                raise _gone() from error
        source = self._path(kind, name)
        try:
            shutil.copyfile(source, path)
            return sha256_of_file(path)
        except FileNotFoundError as error:
            self._check_share(kind)
            raise _gone() from error
        except OSError as error:
            raise os_error(error, Message("lấy tệp quét về", "fetching a scan")) from error

    def digest(self, place: str) -> str:
        """The scan's SHA-256. Raises as `fetch`."""
        kind, _, name = place.partition(":")
        if kind == "s3":
            return self._bucket().digest(name)
        try:
            return sha256_of_file(self._path(kind, name))
        except OSError as error:
            raise os_error(error, Message("đọc tệp quét", "reading a scan")) from error

    def shown(self, place: str) -> str:
        """The place as it is noted beside the file: a path as this machine has it."""
        kind, _, name = place.partition(":")
        return place if kind == "s3" else str(self._path(kind, name))

    def _path(self, kind: str, name: str) -> Path:
        if kind == "file":
            return Path(name)
        if kind != "share" or self.share is None:
            raise WrongUse(
                Message("Máy này chưa đặt HOTICH_INBOX", "HOTICH_INBOX is not set on this machine").about(kind)
            )
        return self.share / name

    def _check_share(self, kind: str) -> None:
        """A share that is not mounted is an empty folder, or none: no scan is gone for that."""
        if kind == "share" and self.share is not None and not (self.share.is_dir() and any(self.share.iterdir())):
            raise StoreUnavailable(Message("Thư mục chung chưa được gắn.", "The share is not mounted."))

    def _bucket(self) -> IntakeBucket:
        if not self._opened:
            if self.bucket is None:
                raise WrongUse(Message("Máy này chưa đặt kho S3", "No S3 store is set on this machine"))
            self._opened.append(self.bucket())
        return self._opened[0]


def place_of(path: Path, share: Path | None) -> str:
    """The place of a file, for every machine where it lies on the share."""
    absolute, root = _plain(path), None if share is None else _plain(share)
    if root is not None and absolute.is_relative_to(root):
        return f"share:{absolute.relative_to(root).as_posix()}"
    return f"file:{absolute}"


def _plain(path: Path) -> Path:
    """Absolute and without `..`; links are kept."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def _lines(manifest: Path) -> Iterator[dict[str, str]]:
    try:
        with manifest.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if "file" not in (reader.fieldnames or ()):
                raise _bad_manifest("file, office, class")
            yield from reader
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _bad_manifest(type(error).__name__) from error


def _bad_manifest(why: str) -> WrongUse:
    return WrongUse(Message("Bảng kê không dùng được", "The manifest cannot be used").about(why))


def _gone() -> InputError:
    return InputError(
        Message("tệp đã biến mất; kiểm tra rồi gửi lại", "vanished; check and hand it in again"), code="input.vanished"
    )
