"""One source file, opened safely, giving its pages one at a time."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self

from pipeline.domain.message import Message
from pipeline.domain.model import Finding, PageImage
from pipeline.intake import sniff
from pipeline.intake.errors import (
    ArchiveFile,
    CorruptFile,
    EmptyFile,
    FileTooLarge,
    IntakeError,
    MissingFile,
    NotAFile,
    TooFewPixels,
    UnreadableFile,
    UnsupportedType,
)
from pipeline.intake.limits import IntakeLimits
from pipeline.intake.source import ReadableFile


class PageSource(Protocol):
    """What each kind of file implements. Page numbers count from 1."""

    @property
    def page_count(self) -> int: ...

    @property
    def findings(self) -> tuple[Finding, ...]: ...

    def page(self, number: int) -> PageImage: ...

    def close(self) -> None: ...


class Document:
    """An open source file. A context manager; pages are decoded only when asked for.

    Pixels are as a viewer displays them: EXIF orientation and a PDF page's /Rotate are applied, and
    every coordinate of the pipeline counts in these displayed pixels.
    """

    def __init__(self, name: str, media_type: str, size: int, source: PageSource, limits: IntakeLimits) -> None:
        self._name = name
        self._source = source
        self._limits = limits
        self.media_type = media_type
        self.size = size

    @property
    def page_count(self) -> int:
        return self._source.page_count

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know about the file as a whole."""
        if sniff.extension_fits(self._name, self.media_type):
            return self._source.findings
        return (_wrong_extension(self.media_type), *self._source.findings)

    def page(self, number: int) -> PageImage:
        """Page `number`, from 1. Raises `IntakeError` for a bad page, IndexError beyond the last one."""
        if not 1 <= number <= self.page_count:
            raise IndexError(f"no page {number} of {self.page_count}")
        try:
            page = self._source.page(number)
        except IntakeError:
            raise
        except (MemoryError, IndexError):
            raise
        except Exception as error:  # decoders raise whatever their C library felt like
            raise CorruptFile.about(printable(self._name), page=number, reason=type(error).__name__) from error
        height, width = page.pixels.shape[:2]
        if min(height, width) < self._limits.min_side:
            raise TooFewPixels.about(printable(self._name), page=number, width=width, height=height)
        return page

    def pages(self) -> Iterator[PageImage]:
        """Every page in order, one in memory at a time."""
        for number in range(1, self.page_count + 1):
            yield self.page(number)

    def close(self) -> None:
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_document(path: ReadableFile, limits: IntakeLimits | None = None) -> Document:
    """The file at `path`, or one that was passed open; its type is decided by its content.

    Nothing is decoded yet, nothing in the file is ever executed, and the file is never written.
    Raises the subclasses of `IntakeError`, each with a stable code.
    """
    limits = limits or IntakeLimits()
    name = printable(path.name)
    size = _checked_size(path, name, limits)
    try:
        with path.open("rb") as stream:
            head = stream.read(sniff.HEAD)
    except OSError as error:
        raise UnreadableFile.about(name, reason=error.strerror or type(error).__name__) from error
    media_type = _readable_type(head, name)
    try:
        source = _open_source(path, name, media_type, limits)
    except IntakeError:
        raise
    except MemoryError:
        raise
    except Exception as error:
        raise CorruptFile.about(name, reason=type(error).__name__) from error
    if source.page_count == 0:
        source.close()
        raise EmptyFile.about(name)
    return Document(path.name, media_type, size, source, limits)


def printable(name: str) -> str:
    """A file name as one line of text: control characters and undecodable bytes are shown escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in name)


def _checked_size(path: ReadableFile, name: str, limits: IntakeLimits) -> int:
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise MissingFile.about(name) from error
    except (OSError, ValueError) as error:
        raise UnreadableFile.about(name, reason=getattr(error, "strerror", None) or type(error).__name__) from error
    if stat.S_ISDIR(status.st_mode):
        raise NotAFile.about(name, what_vi="thư mục", what_en="a folder")
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
        raise NotAFile.about(name, what_vi="ống dẫn hoặc thiết bị", what_en="a pipe, socket or device")
    if status.st_size == 0:
        raise EmptyFile.about(name)
    if status.st_size > limits.max_bytes:
        raise FileTooLarge.about(name, size=status.st_size, limit=limits.max_bytes)
    return status.st_size


def _readable_type(head: bytes, name: str) -> str:
    media_type = sniff.media_type_of(head)
    if media_type is not None:
        return media_type
    archive = sniff.archive_kind(head)
    if archive is not None:
        raise ArchiveFile.about(name, kind=archive)
    raise UnsupportedType.about(name, kind=sniff.foreign_kind(head))


def _open_source(path: ReadableFile, name: str, media_type: str, limits: IntakeLimits) -> PageSource:
    # Imported here: a batch of photographs never loads the PDF libraries, nor a batch of PDFs libheif.
    if media_type == sniff.PDF:
        from pipeline.intake.pdf import PdfSource

        return PdfSource(path, name, limits)
    if media_type == sniff.TIFF:
        from pipeline.intake.tiff import TiffSource

        return TiffSource(path, name, limits)
    if media_type == sniff.HEIC:
        from pipeline.intake.heic import HeicSource

        return HeicSource(path, name, limits)
    from pipeline.intake.raster import RasterSource

    return RasterSource(path, name, media_type, limits)


def _wrong_extension(media_type: str) -> Finding:
    return Finding(
        code="input.wrong_extension",
        message=Message(
            f"Đuôi tên tệp không khớp nội dung ({media_type}); vẫn đọc theo nội dung",
            f"The file name's ending does not fit its content ({media_type}); read by content",
        ),
    )
