"""Files as offices have them, images and PDFs; the same pages give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import cv2
import img2pdf
import numpy as np
import pillow_heif
from PIL import Image

from ocr_models.workshop.drawing.canvas import Pixels

SINGLE = ("jpg", "png", "webp", "heic")
MANY = ("tif-g4", "tif-lzw", "tif-jpeg", "pdf-jpeg", "pdf-g4")
SUFFIX = {"jpg": ".jpg", "png": ".png", "webp": ".webp", "heic": ".heic", "tif-g4": ".tif", "tif-lzw": ".tif",
          "tif-jpeg": ".tiff", "pdf-jpeg": ".pdf", "pdf-g4": ".pdf", "pdf-born": ".pdf"}  # fmt: skip


def write_pages(path: Path, pages: Sequence[Pixels], *, container: str, dpi: float, quality: int = 82) -> None:
    """Write the pages to `path` in the named container. A single-image container takes exactly one page."""
    if container in SINGLE and len(pages) != 1:
        raise ValueError(f"{container} holds one page, not {len(pages)}")
    images = [_image(page, bilevel=container.endswith("g4")) for page in pages]
    if container.startswith("tif"):
        _write_tiff(path, images, container, dpi, quality)
    elif container == "pdf-jpeg":
        _write_pdf(path, [_encoded(image, "JPEG", dpi, quality) for image in images], dpi)
    elif container == "pdf-g4":
        _write_pdf(path, [_encoded(image, "TIFF", dpi, quality) for image in images], dpi)
    elif container == "heic":
        heif = pillow_heif.from_pillow(images[0].convert("RGB"))
        heif.save(str(path), quality=quality, enc_params={"preset": "ultrafast"})
    else:
        form = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[container]
        path.write_bytes(_encoded(images[0], form, dpi, quality))


def _image(page: Pixels, *, bilevel: bool) -> Image.Image:
    if page.ndim == 3:
        return Image.fromarray(np.ascontiguousarray(cv2.cvtColor(page, cv2.COLOR_BGR2RGB)))
    return Image.fromarray(page).convert("1", dither=Image.Dither.NONE) if bilevel else Image.fromarray(page)


def _encoded(image: Image.Image, form: str, dpi: float, quality: int) -> bytes:
    out = io.BytesIO()
    if form == "TIFF":
        image.save(out, "TIFF", compression="group4", dpi=(dpi, dpi))
    elif form == "PNG":
        image.save(out, "PNG", dpi=(dpi, dpi), compress_level=4)
    elif form == "WEBP":
        image.convert("RGB").save(out, "WEBP", quality=quality, method=2)
    else:
        image.save(out, "JPEG", quality=quality, dpi=(round(dpi), round(dpi)))
    return out.getvalue()


def _write_tiff(path: Path, images: list[Image.Image], container: str, dpi: float, quality: int) -> None:
    compression = {"tif-g4": "group4", "tif-lzw": "tiff_lzw", "tif-jpeg": "jpeg"}[container]
    extra = {"quality": quality} if compression == "jpeg" else {}
    images[0].save(
        path,
        "TIFF",
        compression=compression,
        dpi=(dpi, dpi),
        save_all=True,
        append_images=images[1:],
        **extra,
    )


def _write_pdf(path: Path, encoded: list[bytes], dpi: float) -> None:
    layout = img2pdf.get_fixed_dpi_layout_fun((dpi, dpi))
    path.write_bytes(img2pdf.convert(encoded, layout_fun=layout, nodate=True, engine=img2pdf.Engine.internal))
