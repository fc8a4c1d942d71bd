"""HEIC and HEIF, as telephones write them: every top-level picture is a page."""

from __future__ import annotations

import numpy as np
import pillow_heif

from pipeline.domain.model import Finding, PageImage
from pipeline.intake.errors import CorruptFile, EncryptedFile, IntakeError, TruncatedFile, UnsupportedType
from pipeline.intake.limits import IntakeLimits
from pipeline.intake.missing import missing_with, zeros_at_end
from pipeline.intake.pixels import Pixels, coarser, pixels_of, plausible_dpi, rest_of, shrink_of, squared
from pipeline.intake.raster import is_cut, resolution_of
from pipeline.intake.sniff import HEIC
from pipeline.intake.source import ReadableFile

_UNREAD = ("unsupported", "has not been built in", "decoder plugin")  # libheif, of codings it has no decoder for


class HeicSource:
    """libheif applies the rotation and mirroring that the file asks for."""

    findings: tuple[Finding, ...] = ()

    def __init__(self, path: ReadableFile, name: str, limits: IntakeLimits) -> None:
        self._name = name
        self._path = path
        try:
            self._file = pillow_heif.open_heif(path.read_bytes(), convert_hdr_to_8bit=True)
        except Exception as error:
            raise self._why(error) from error
        limits.check_pages(len(self._file), name=name)
        for number in range(1, len(self._file) + 1):
            limits.check_pixels(*self._file[number - 1].size, name=name, page=number)

    @property
    def page_count(self) -> int:
        return len(self._file)

    def page(self, number: int) -> PageImage:
        try:
            image = self._file[number - 1].to_pillow()
        except Exception as error:
            raise self._why(error, page=number) from error
        full, resolution = image.size, resolution_of(image)
        shrink = shrink_of(full, resolution)
        stored = pixels_of(image, shrink)
        del image
        pixels, dpi = squared(stored, coarser(resolution, shrink))
        return PageImage(
            number=number,
            pixels=pixels,
            dpi=plausible_dpi(dpi, *pixels.shape[:2]),
            unstretched=full,
            missing=rest_of(pixels, self._missing_from(number), turn=0),
        )

    def close(self) -> None:
        del self._file

    def _missing_from(self, number: int) -> float | None:
        """Of the height as displayed: of a picture that the decoder turned, that is all that changes."""
        data = self._path.read_bytes()
        zeros = zeros_at_end(data)

        def decode(data: bytes) -> Pixels:
            return np.asarray(pillow_heif.open_heif(data, convert_hdr_to_8bit=True)[number - 1].to_pillow())

        return missing_with(data, len(data) - zeros, zeros, decode) if zeros else None

    def _why(self, error: Exception, page: int | None = None) -> IntakeError:
        with self._path.open("rb") as stream:
            if is_cut(stream, HEIC):
                return TruncatedFile.about(self._name, page=page)
        said = str(error).lower()
        if "encrypt" in said:
            return EncryptedFile.about(self._name, page=page)
        if any(words in said for words in _UNREAD):
            return UnsupportedType.about(self._name, page=page, kind="HEIF")
        return CorruptFile.about(self._name, page=page, reason=type(error).__name__)
