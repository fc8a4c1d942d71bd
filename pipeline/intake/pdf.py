"""PDF: scanned, born digital, or mixed. A page that is one scan gives that scan, any other is rasterised."""

from __future__ import annotations

import contextlib
import math
from typing import Any, BinaryIO

import cv2
import numpy as np
import pikepdf
import pypdfium2
from numpy.typing import NDArray

from pipeline.domain.message import Message
from pipeline.domain.model import Finding, PageImage
from pipeline.intake import pdf_image
from pipeline.intake.errors import CorruptFile, EncryptedFile, IntakeError, TruncatedFile
from pipeline.intake.limits import IntakeLimits
from pipeline.intake.pdf_content import content_of, images_of
from pipeline.intake.pdf_tree import PdfPage, alone, has_active_content, walk_pages
from pipeline.intake.pixels import LONG_SIDE_IN, plausible_dpi, rest_of
from pipeline.intake.source import ReadableFile

RENDER_DPI = 300.0  # of pages that are drawings: what scans are asked for
_FINEST_DRAWN = 36_000_000  # pixels of a page drawn finer than that: A4 at 600 dpi; a bound on memory
_END_WITHIN = 16_384  # bytes before the end in which the end mark must stand; some software appends rubbish


class PdfSource:
    """The tree is read at once, a page's image or drawing when asked for. Scripts are never run."""

    def __init__(self, path: ReadableFile, name: str, limits: IntakeLimits) -> None:
        self._path = path
        self._name = name
        self._limits = limits
        self._renderer: Any = None
        self._broken: dict[tuple[int, int], bool] = {}
        self._stream = path.open("rb")
        try:
            self._pdf = _opened(self._stream, path, name)
        except BaseException:
            self._stream.close()
            raise
        try:
            self._repaired = _was_repaired(self._pdf)
            if self._repaired and not _has_end(path):
                raise TruncatedFile.about(name)
            self._pages = walk_pages(self._pdf, name, limits)
            self.findings = self._file_findings()
        except IntakeError:
            self.close()
            raise
        except pikepdf.PdfError as error:
            self.close()
            raise CorruptFile.about(name, reason="PDF structure") from error

    @property
    def page_count(self) -> int:
        return len(self._pages)

    def page(self, number: int) -> PageImage:
        page = self._pages[number - 1]
        content = content_of(page)
        placed = content.images[0] if content.alone else None
        placement = pdf_image.placement_of(page, placed) if placed else None
        if placed and placement:
            decoded = pdf_image.decode(placed, placement, limits=self._limits, name=self._name, number=number)
            if decoded is not None:
                return PageImage(
                    number=number,
                    pixels=decoded.pixels,
                    dpi=plausible_dpi(decoded.dpi, *decoded.pixels.shape[:2]),
                    embedded=decoded.embedded,
                    encoding=decoded.encoding,
                    turn=decoded.turn,
                    unstretched=decoded.unstretched,
                    missing=decoded.missing,
                )
        dpi = _drawn_dpi(page, pdf_image.resolution_of(page, content.images))
        pixels = self._rendered(page, number, dpi)
        broken = any(self._is_broken(image) for image in images_of(page))
        return PageImage(
            number=number,
            pixels=pixels,
            dpi=plausible_dpi(dpi, *pixels.shape[:2]),
            missing=rest_of(pixels, 0.0, turn=0) if broken else None,  # which part of a drawing it is nobody tells
        )

    def close(self) -> None:
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None
        self._pdf.close()
        self._stream.close()

    def _is_broken(self, image: Any) -> bool:
        """Looked at once: pages of some files share the list of all their images."""
        if image.objgen not in self._broken:
            self._broken[image.objgen] = pdf_image.is_broken(image, self._limits)
        return self._broken[image.objgen]

    def _file_findings(self) -> tuple[Finding, ...]:
        findings = []
        if has_active_content(self._pdf, self._pages):
            findings.append(_ACTIVE)
        if self._repaired:
            findings.append(_REPAIRED)
        return tuple(findings)

    def _rendered(self, page: PdfPage, number: int, dpi: float) -> NDArray[np.uint8]:
        width, height = page.size_inches
        self._limits.check_pixels(width * dpi, height * dpi, name=self._name, page=number)
        try:
            if self._renderer is None:
                self._renderer = pypdfium2.PdfDocument(self._path.open("rb"), autoclose=True)
                self._renderer.init_forms()  # so that filled-in fields show; scripts need an engine we lack
            if len(self._renderer) == len(self._pages):
                pixels = _drawn(self._renderer[number - 1], page, dpi)
            else:  # it believes a /Count that is wrong
                with pypdfium2.PdfDocument(alone(page)) as single:
                    pixels = _drawn(single[0], page, dpi)
        except pypdfium2.PdfiumError as error:
            raise CorruptFile.about(self._name, page=number, reason="cannot be drawn") from error
        if pixels.ndim == 3 and pixels.shape[2] == 4:
            pixels = cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR)
        if pixels.ndim == 3 and pixels.shape[2] == 1:
            pixels = pixels[:, :, 0]
        return np.ascontiguousarray(pixels, dtype=np.uint8)


def _drawn_dpi(page: PdfPage, images: float | None) -> float:
    """The resolution at which a page is drawn: its images keep their own pixels, whatever size the page claims.

    A page larger than any paper is sized by its pixels and drawn at theirs alone; what else is drawn on a sheet of
    paper wants what scans are asked for.
    """
    if images is None:
        return RENDER_DPI
    width, height = page.size_inches
    finest = math.sqrt(_FINEST_DRAWN / (width * height))
    least = RENDER_DPI if max(width, height) <= LONG_SIDE_IN[1] else 0.0
    return min(max(images, least), max(finest, RENDER_DPI))


def _drawn(leaf: Any, page: PdfPage, dpi: float) -> NDArray[np.uint8]:
    bitmap = leaf.render(scale=dpi / 72 * page.unit)
    pixels: NDArray[np.uint8] = bitmap.to_numpy().copy()
    bitmap.close()
    leaf.close()
    return pixels


def _opened(stream: BinaryIO, path: ReadableFile, name: str) -> pikepdf.Pdf:
    try:
        # Plain reads: a mapped file that shrinks under us would kill the process.
        return pikepdf.open(stream, access_mode=pikepdf.AccessMode.stream, inherit_page_attributes=False)
    except pikepdf.PasswordError as error:
        raise EncryptedFile.about(name) from error
    except pikepdf.PdfError as error:
        if not _has_end(path):
            raise TruncatedFile.about(name) from error
        raise CorruptFile.about(name, reason="PDF structure") from error


def _has_end(path: ReadableFile) -> bool:
    """Whether the end-of-file mark stands near the end (some software appends rubbish)."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _END_WITHIN))
        return b"%%EOF" in stream.read()


def _was_repaired(pdf: pikepdf.Pdf) -> bool:
    with contextlib.suppress(Exception):
        return any("reconstruct" in w or "file is damaged" in w for w in map(str, pdf.get_warnings()))
    return False


_ACTIVE = Finding(
    code="pdf.active_content",
    message=Message(
        "PDF có mã lệnh, tệp đính kèm hoặc liên kết hành động; không chạy gì cả, chỉ đọc hình",
        "The PDF holds scripts, attachments or actions; nothing was run, only the pictures were read",
    ),
)
_REPAIRED = Finding(
    code="pdf.repaired",
    message=Message(
        "PDF hỏng cấu trúc và đã được dựng lại; kiểm tra xem có đủ trang không",
        "The PDF's structure was damaged and rebuilt; check that every page is there",
    ),
)
