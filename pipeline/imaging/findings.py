"""What a clerk should know about a page's picture."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.domain.message import Message
from pipeline.domain.model import Finding, UprightImage

WRITING_BESIDE_CARDS = Finding(
    code="page.writing_beside_cards",
    message=Message(
        "Ngoài các thẻ đã tách còn có chữ: có thể sót một thẻ; hãy xem bản quét",
        "There is writing beside the cards that were cut out: one may be missing; look at the scan",
    ),
)
RESOLUTION_IMPLAUSIBLE = Finding(
    code="page.resolution_implausible",
    message=Message(
        "Độ phân giải ghi trong tệp không khớp cỡ chữ; đã đọc theo cỡ chữ",
        "The resolution that the file states does not fit the letters; read by the letters' size",
    ),
)
# Limits of the measures that `pipeline.imaging.quality` describes; all by trial.
_BLURRED = 0.12  # `sharpness`, rise per pixel over contrast; less is blurred
_SMALL_TEXT_PX = 9.0  # `text_height_px`, pixels; lower letters are too small to read
_GLARE = 0.04  # `glare`, share of the picture
_DARK = 0.12  # `dark`, share of the picture
_FAINT = 0.22  # `contrast`, 0 to 1; less is faint ink


def findings_of(image: UprightImage, *, sure_of_up: bool) -> Iterator[Finding]:
    """Doubts about one upright image, each with its stable code."""
    if image.blank:
        yield Finding(code="page.blank", message=Message("Trang trắng", "Blank page"))
        return
    quality = image.quality
    if not sure_of_up:
        yield Finding(
            code="page.orientation_unsure",
            message=Message(
                "Không chắc chiều đứng của trang; hãy xem và xoay nếu cần",
                "Which way is up is not certain; look and turn it if need be",
            ),
        )
    if quality.get("sharpness", 1.0) < _BLURRED:
        yield Finding(
            code="page.blurred", message=Message("Ảnh mờ; nên quét lại", "The picture is blurred; better scan it again")
        )
    if 0 < quality.get("text_height_px", 99.0) < _SMALL_TEXT_PX:
        yield Finding(
            code="page.low_resolution",
            message=Message(
                "Độ phân giải thấp, chữ quá nhỏ; nên quét ở 300 dpi",
                "Resolution too low, letters too small; better scan at 300 dpi",
            ),
        )
    if quality.get("contrast", 1.0) < _FAINT:
        yield Finding(code="page.faint", message=Message("Mực quá nhạt", "The ink is very faint"))
    if quality.get("glare", 0.0) > _GLARE:
        yield Finding(
            code="page.glare",
            message=Message("Ảnh bị lóa, có chỗ mất chữ", "Glare on the picture, some writing may be lost"),
        )
    if quality.get("dark", 0.0) > _DARK:
        yield Finding(code="page.dark", message=Message("Một phần ảnh quá tối", "A part of the picture is too dark"))
