"""Images of single text lines: files, folders and zip files of them, one in memory at a time."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipInfo

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.errors import InputError
from pipeline.intake.archive import member_name, open_archive, read_member
from pipeline.intake.document import open_document, printable
from pipeline.intake.errors import IntakeError
from pipeline.intake.limits import IntakeLimits

ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff"})
# A line at 600 dpi over the width of A3 has some 2 million pixels; bounds on memory, chosen well above.
LIMITS = IntakeLimits(max_pixels=24_000_000, max_pages=1_000, max_bytes=64 * 1024**2, min_side=1)
_WIDEST = 300  # times its height: wider is no line, and a reader that scales by height would enlarge it beyond bounds

Gray = NDArray[np.uint8]


class NotALine(IntakeError):
    code = "input.not_a_line"
    vi = "ảnh {width} x {height} không thể là một dòng chữ"
    en = "an image of {width} x {height} cannot be a line of text"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFile:
    """One line image: grey pixels, or why there are none. `name` is one line of printable text."""

    name: str
    pixels: Gray | None = None
    trouble: InputError | None = None


class LineImages:
    """The line images under some paths, in natural order (line 2 before line 10).

    Folders are walked through all their subfolders, zip files through all their folders; hidden files count for
    nothing, symbolic links to folders are not followed. In both, only names with one of `ENDINGS` are images; a file
    given by itself is read whatever its name. Names are relative to the folder given, with a zip file's own name
    before its members'. A TIFF of several pages gives one line a page, from the second on with "#2" behind the name.
    """

    def __init__(self, paths: Sequence[Path], limits: IntakeLimits = LIMITS) -> None:
        self._limits = limits
        self.passed_over = 0
        self._files: list[tuple[str, Path]] = []
        for path in dict.fromkeys(paths):
            self._add(path)

    def __len__(self) -> int:
        """How many images there are; damaged zip files count as one."""
        return sum(self._members(name, path) if _is_archive(path) else 1 for name, path in self._files)

    def __iter__(self) -> Iterator[LineFile]:
        with tempfile.TemporaryDirectory(prefix="hotich-lines-") as scratch:
            for name, path in self._files:
                if _is_archive(path):
                    yield from self._unpacked(name, path, Path(scratch))
                else:
                    yield from self._pages(name, path)

    def _add(self, path: Path) -> None:
        if not path.is_dir():
            self._files.append((_shown(path.name), path))
            return
        inside_folder: list[tuple[str, Path]] = []
        for folder, folders, files in os.walk(path):
            folders[:] = [name for name in folders if not name.startswith(".")]
            inside = Path(folder).relative_to(path)
            for name in files:
                if Path(name).suffix.lower() in ENDINGS | {".zip"} and not name.startswith("."):
                    inside_folder.append((_shown((inside / name).as_posix()), Path(folder, name)))
                else:
                    self.passed_over += 1
        self._files += sorted(inside_folder, key=lambda file: natural_key(file[0]))

    def _members(self, name: str, path: Path) -> int:
        with suppress(IntakeError), open_archive(path, name) as archive:
            return sum(map(_is_image, archive.infolist()))
        return 1

    def _unpacked(self, name: str, path: Path, scratch: Path) -> Iterator[LineFile]:
        try:
            with open_archive(path, name) as archive:
                images = [(f"{name}/{_shown(member_name(i))}", i) for i in archive.infolist() if _is_image(i)]
                for inside, info in sorted(images, key=lambda image: natural_key(image[0])):
                    try:
                        data = read_member(archive, info, name=inside, limit=self._limits.max_bytes)
                    except IntakeError as error:
                        yield LineFile(name=inside, trouble=error)
                        continue
                    place = scratch / "line"  # never a name that the archive gives
                    place.write_bytes(data)
                    yield from self._pages(inside, place)
        except IntakeError as error:
            yield LineFile(name=name, trouble=error)

    def _pages(self, name: str, path: Path) -> Iterator[LineFile]:
        try:
            with open_document(path, self._limits) as document:
                for number in range(1, document.page_count + 1):
                    own = name if number == 1 else f"{name}#{number}"
                    try:
                        yield LineFile(name=own, pixels=_line(document.page(number).pixels, own))
                    except IntakeError as error:
                        yield LineFile(name=own, trouble=error)
        except IntakeError as error:
            yield LineFile(name=name, trouble=error)


def natural_key(name: str) -> tuple[tuple[str | int, ...], str]:
    """Line 2 before line 10, capitals beside small letters."""
    parts = re.split(r"([0-9]{1,18})", name.casefold())
    return tuple(int(part) if odd else part for n, part in enumerate(parts) for odd in (n % 2,)), name


def _line(pixels: Gray, name: str) -> Gray:
    height, width = pixels.shape[:2]
    if width > _WIDEST * height:
        raise NotALine.about(name, width=width, height=height)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8) if pixels.ndim == 3 else pixels


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def _is_image(info: ZipInfo) -> bool:
    name = Path(member_name(info))
    hidden = any(part.startswith((".", "__MACOSX")) for part in name.parts)
    return not info.is_dir() and not hidden and name.suffix.lower() in ENDINGS


def _shown(name: str) -> str:
    return printable(unicodedata.normalize("NFC", name))
