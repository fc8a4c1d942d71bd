"""Corrected lines from a folder or a zip: line images and `lines.tsv` (`file<TAB>text`)."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.errors import InputError
from pipeline.domain.message import Message
from storage.books import Correction
from workers.batch.inputs import printable

TABLE = "lines.tsv"
_MOST_BYTES = 16 << 20  # of one line image
_MOST_TABLE_BYTES = 64 << 20
_LONGEST_TEXT = 400


class NoCorrections(InputError):
    """The path holds no table of corrected lines that can be read."""

    code = "lines.unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """A row of the table that gives no corrected line: the file's name as printable text, and a stable code."""

    file: str
    code: str  # "line.no_file" | "line.too_large" | "line.no_image" | "line.no_text" | "line.too_long"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCorrections:
    corrections: tuple[Correction, ...]
    refused: tuple[RefusedLine, ...]


def read_corrections(path: Path, is_image: Callable[[bytes], bool]) -> FoundCorrections:
    """The corrected lines at `path`, in the table's order; every row is either a correction or refused.

    Nothing outside the folder or zip is opened, whatever the table names. A first row `file<TAB>text` is a title.
    Raises `NoCorrections` when there is no such folder or zip, or no table in it.
    """
    if path.is_dir():
        return _collect(_folder_opener(path), is_image)
    try:
        with zipfile.ZipFile(path) as packed:
            return _collect(_zip_opener(packed), is_image)
    except (OSError, zipfile.BadZipFile) as error:
        raise _unreadable(path.name) from error


Opener = Callable[[str, int], bytes | None]
"""A file's bytes by its name in the folder or zip; None when there is none. Raises OverflowError above the limit."""


def _collect(open_: Opener, is_image: Callable[[bytes], bool]) -> FoundCorrections:
    corrections: list[Correction] = []
    refused: list[RefusedLine] = []
    for name, text in _rows(open_):
        read = _correction(name, text, open_, is_image)
        if isinstance(read, Correction):
            corrections.append(read)
        else:
            refused.append(RefusedLine(file=printable(name), code=read))
    return FoundCorrections(corrections=tuple(corrections), refused=tuple(refused))


def _rows(open_: Opener) -> Iterator[tuple[str, str]]:
    try:
        table = open_(TABLE, _MOST_TABLE_BYTES)
        if table is None:
            raise _unreadable(TABLE)
        text = table.decode("utf-8-sig")
    except (OverflowError, UnicodeDecodeError) as error:
        raise _unreadable(TABLE) from error
    rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
    try:
        for number, row in enumerate(rows):
            if not row or (number == 0 and row[:2] == ["file", "text"]):
                continue
            yield row[0], row[1] if len(row) > 1 else ""
    except csv.Error as error:
        raise _unreadable(TABLE) from error


def _correction(name: str, text: str, open_: Opener, is_image: Callable[[bytes], bool]) -> Correction | str:
    normal = " ".join(unicodedata.normalize("NFC", text).split())
    if not normal:
        return "line.no_text"
    if len(normal) > _LONGEST_TEXT:
        return "line.too_long"
    try:
        image = open_(name, _MOST_BYTES)
    except OverflowError:
        return "line.too_large"
    if image is None:
        return "line.no_file"
    return Correction(image=image, text=normal) if is_image(image) else "line.no_image"


def _folder_opener(folder: Path) -> Opener:
    root = folder.resolve()

    def open_(name: str, most: int) -> bytes | None:
        try:
            path = (root / name).resolve()
            if not path.is_relative_to(root) or not path.is_file():
                return None
            if path.stat().st_size > most:
                raise OverflowError(name)
            return path.read_bytes()
        except (OSError, ValueError):
            return None

    return open_


def _zip_opener(packed: zipfile.ZipFile) -> Opener:
    def open_(name: str, most: int) -> bytes | None:
        try:
            entry = packed.getinfo(name)
            if entry.file_size > most:
                raise OverflowError(name)
            with packed.open(entry) as stream:
                data = stream.read(most + 1)
        except (KeyError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error, EOFError):
            return None
        if len(data) > most:  # the entry says less than it holds
            raise OverflowError(name)
        return data

    return open_


def _unreadable(name: str) -> NoCorrections:
    shown = printable(name)
    return NoCorrections(
        Message(
            f"{shown}: không đọc được; cần thư mục hoặc tệp zip có {TABLE} (UTF-8, “tệp<TAB>chữ”).",
            f"{shown}: cannot be read; a folder or zip with {TABLE} (UTF-8, “file<TAB>text”) is needed.",
        )
    )
