"""Which files are to be digitized, and under which names they are reported."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.errors import InputError
from pipeline.domain.message import Message
from pipeline.intake.sniff import HEAD, media_type_of
from pipeline.records.archival import HEAD as COPY_HEAD
from pipeline.records.archival import source_of

# What stands beside scans without being one, unless its content is a scan's. Everything else in a folder is an input:
# what cannot be read is reported, and what is passed over is named with its reason.
_SIDE_ENDINGS = frozenset({".csv", ".json", ".jsonl", ".md", ".toml", ".ini", ".log", ".html"})
_SIDE_NAMES = frozenset({"thumbs.db", "desktop.ini", "license", "readme"})


_LAST_NUMBER = re.compile(r"(.*?)(\d{1,9})(\D*)$", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """One input. `name` is unique within one job: relative to the job's root, posix, NFC. `in_store`: a copy of what
    the store holds, which lies in `path` for a while and is found nowhere. `place`: where it was found, if what lies in
    `path` is a copy of it; `sha256`: its digest, where that is known; `after_sha256`: of the file that this one's name
    goes on from, where that may be read elsewhere."""

    path: Path
    name: str
    size: int = 0
    in_store: bool = False
    place: str | None = None
    sha256: str | None = None
    after_sha256: str | None = None
    trouble: InputError | None = None

    @property
    def shown(self) -> str:
        """The name as one line of printable text."""
        return printable(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """A file or a whole folder that is not digitized, named as an input is, and why."""

    name: str
    reason: Message

    @property
    def shown(self) -> str:
        """The name as one line of printable text."""
        return printable(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundInputs:
    """Everything that lies under the paths: `files` to be digitized, and what was `passed_over`; in a stable order."""

    files: tuple[InputFile, ...]
    passed_over: tuple[PassedOver, ...]


def find_inputs(paths: Sequence[Path], *, leave_out: Iterable[Path] = ()) -> FoundInputs:
    """Every input under `paths`: files as named, folders through all their subfolders.

    One folder: names are relative to it. One file: its own name. Several: relative to the folder that
    holds them all, so that no two are equal. Symbolic links to files are followed, those to folders are
    not, so no loop is walked. Links to folders, hidden files and folders, folders of `leave_out`, what stands beside
    scans by its ending and is none by its content, and archival copies that hotich made are passed over and named,
    but what is named in `paths` itself is an input. What is missing or cannot be opened is one with its `trouble`.
    """
    unique = list(dict.fromkeys(Path(os.path.abspath(path)) for path in paths))  # noqa: PTH100  (keeps links)
    root = _root(unique)
    without = {_identity(path) for path in leave_out} - {None}
    files_by_path: dict[Path, InputFile] = {}
    passed_over: dict[str, PassedOver] = {}
    for path in unique:
        if not path.is_dir():
            files_by_path.setdefault(path, _input(path, root))
            continue
        for file in _walk(path, without, root):
            if isinstance(file, PassedOver):
                passed_over.setdefault(file.name, file)
            else:
                files_by_path.setdefault(file.path, file)
    files = sorted(files_by_path.values(), key=lambda file: _natural(file.name))
    named = {file.name for file in files}  # a link or a hidden file that was also named itself
    others = sorted((o for o in passed_over.values() if o.name not in named), key=lambda other: _natural(other.name))
    return FoundInputs(files=tuple(_distinct(files)), passed_over=tuple(others))


def in_series(name: str) -> tuple[str, str, int] | None:
    """Where a name stands in a row of names that are counted through: what is before the last number of its stem, what
    is after it, and the number; None for a name without one. The kind of file may change within a row."""
    folder, _, file = name.rpartition("/")
    stem = file.rpartition(".")[0] or file
    found = _LAST_NUMBER.match(stem)
    return (f"{folder}/{found[1]}", found[3], int(found[2])) if found else None


def printable(name: str) -> str:
    """Text on one line: line breaks, controls and undecodable bytes are shown escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in name)


def _root(paths: Sequence[Path]) -> Path:
    if len(paths) == 1:
        return paths[0] if paths[0].is_dir() else paths[0].parent
    return Path(os.path.commonpath([path.parent for path in paths])) if paths else Path()


def _name(path: Path, root: Path) -> str:
    return unicodedata.normalize("NFC", path.relative_to(root).as_posix())


def _input(path: Path, root: Path) -> InputFile:
    name = _name(path, root)
    try:
        status = path.stat()
    except FileNotFoundError:
        trouble = _trouble(
            name, "input.missing", "không có tệp này; kiểm tra lại đường dẫn", "no such file; check the path"
        )
        return InputFile(path=path, name=name, trouble=trouble)
    except (OSError, ValueError) as error:
        return InputFile(path=path, name=name, trouble=_unreadable(name, error))
    if not stat.S_ISREG(status.st_mode):
        trouble = _trouble(name, "input.not_a_file", "không phải tệp thường", "not a regular file")
        return InputFile(path=path, name=name, trouble=trouble)
    return InputFile(path=path, name=name, size=status.st_size)


def _walk(folder: Path, without: set[tuple[int, int] | None], root: Path) -> Iterator[InputFile | PassedOver]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        name = _name(folder, root)
        yield InputFile(path=folder, name=name, trouble=_unreadable(name, error))
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            if (without and _identity(path) in without) or _is_own(path):
                yield PassedOver(name=_name(path, root), reason=_RESULTS)
            else:
                yield from _walk(path, without, root)
            continue
        reason = _reason_to_pass_over(entry)
        yield _input(path, root) if reason is None else PassedOver(name=_name(path, root), reason=reason)


def _is_own(folder: Path) -> bool:
    """Whether it is the home of an earlier run, or holds the drawn pages of `hotich explain`."""
    home = (folder / "catalogue.db").is_file() and (folder / "objects").is_dir()
    return home or (folder / "explain.json").is_file()


_HIDDEN = Message(
    "ẩn (tên bắt đầu bằng dấu chấm); đổi tên để đọc", "hidden (its name begins with a dot); rename it to have it read"
)
_LINK = Message("liên kết đến thư mục; hãy nêu thẳng thư mục đó", "a link to a folder; name that folder itself")
_RESULTS = Message("thư mục kết quả hoặc kho của hotich", "the results' folder or hotich's own store")
_BESIDE = Message("tệp đi kèm, nội dung không phải ảnh quét", "stands beside scans, and is none by its content")
_COPY = Message("bản lưu trữ do hotich tạo, không phải giấy tờ mới", "an archival copy that hotich made, no new paper")


def _reason_to_pass_over(entry: os.DirEntry[str]) -> Message | None:
    """Why what was found in a folder is not digitized; None for an input."""
    path = Path(entry.path)
    if entry.name.startswith("."):
        return _HIDDEN
    if entry.is_symlink() and path.is_dir():
        return _LINK
    beside = {path.stem.lower(), path.name.lower()} & _SIDE_NAMES or path.suffix.lower() in _SIDE_ENDINGS
    if beside and media_type_of(_head(path, HEAD)) is None:
        return _BESIDE
    if path.suffix.lower() == ".pdf" and source_of(_head(path, COPY_HEAD)) is not None:
        return _COPY
    return None


def _head(path: Path, size: int) -> bytes:
    """The first bytes of a regular file; none of what cannot be opened, which is told when it is to be read."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as stream:
            return stream.read(size)
    except OSError:
        return b""


def _distinct(files: Iterable[InputFile]) -> Iterator[InputFile]:
    """Two names that differ only in their Unicode form stay two inputs with two names."""
    taken: set[str] = set()
    for file in files:
        name, count = file.name, 1
        while name in taken:
            count += 1
            name = f"{file.name}~{count}"
        taken.add(name)
        yield InputFile(path=file.path, name=name, size=file.size, trouble=file.trouble)


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Page 2 before page 10."""
    parts: list[tuple[int, int, str]] = []
    digits = ""
    for char in [*name.casefold(), ""]:
        if char.isascii() and char.isdigit():
            digits += char
            continue
        if digits:
            parts.append((0, int(digits[:18]), digits))
            digits = ""
        if char:
            parts.append((1, 0, char))
    return (*parts, (2, 0, name))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def _unreadable(name: str, error: Exception) -> InputError:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return _trouble(
        name,
        "input.unreadable",
        f"hệ thống không cho mở ({reason}); kiểm tra quyền đọc và ổ đĩa",
        f"the system will not open it ({reason}); check read permission and the disk",
    )


def _trouble(name: str, code: str, vi: str, en: str) -> InputError:
    shown = printable(name)
    return InputError(Message(vi, en).before(shown), code=code)
