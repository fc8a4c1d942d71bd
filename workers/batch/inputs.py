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

# What stands beside scans without being one. Everything else in a folder is an input: what cannot be
# read is reported, never passed over in silence.
_SIDE_ENDINGS = frozenset({".csv", ".json", ".jsonl", ".md", ".toml", ".ini", ".log", ".html"})
_SIDE_NAMES = frozenset({"thumbs.db", "desktop.ini", "license", "readme"})


_LAST_NUMBER = re.compile(r"(.*?)(\d{1,9})(\D*)$", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """One input. `name` is unique within one job: relative to the job's root, posix, NFC."""

    path: Path
    name: str
    size: int = 0
    trouble: InputError | None = None

    @property
    def shown(self) -> str:
        """The name as one line of printable text."""
        return printable(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundInputs:
    """`files` in a stable order; `passed_over`: how many files beside scans were not looked at."""

    files: tuple[InputFile, ...]
    passed_over: int


def find_inputs(paths: Sequence[Path], *, leave_out: Iterable[Path] = ()) -> FoundInputs:
    """Every input under `paths`: files as named, folders through all their subfolders.

    One folder: names are relative to it. One file: its own name. Several: relative to the folder that
    holds them all, so that no two are equal. Symbolic links to files are followed, those to folders are
    not, so no loop is walked. Hidden files and folders and what lies under `leave_out` do not count.
    What is missing or cannot be opened becomes an input with its `trouble`.
    """
    unique = list(dict.fromkeys(Path(os.path.abspath(path)) for path in paths))  # noqa: PTH100  (keeps links)
    root = _root(unique)
    without = {_identity(path) for path in leave_out} - {None}
    files_by_path: dict[Path, InputFile] = {}
    passed_over = 0
    for path in unique:
        if not path.is_dir():
            files_by_path.setdefault(path, _input(path, root))
            continue
        for file in _walk(path, without, root):
            if file.trouble is None and _is_beside_scans(file.path):
                passed_over += 1
            else:
                files_by_path.setdefault(file.path, file)
    files = sorted(files_by_path.values(), key=lambda file: _natural(file.name))
    return FoundInputs(files=tuple(_distinct(files)), passed_over=passed_over)


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


def _input(path: Path, root: Path) -> InputFile:
    name = unicodedata.normalize("NFC", path.relative_to(root).as_posix())
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


def _walk(folder: Path, without: set[tuple[int, int] | None], root: Path) -> Iterator[InputFile]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        name = unicodedata.normalize("NFC", folder.relative_to(root).as_posix())
        yield InputFile(path=folder, name=name, trouble=_unreadable(name, error))
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if not without or _identity(path) not in without:
                yield from _walk(path, without, root)
        elif not (entry.is_symlink() and path.is_dir()):
            yield _input(path, root)


def _is_beside_scans(path: Path) -> bool:
    return path.suffix.lower() in _SIDE_ENDINGS or path.stem.lower() in _SIDE_NAMES or path.name.lower() in _SIDE_NAMES


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
