"""What a clerk should know about a page's picture."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.domain.geometry import bounds
from pipeline.domain.message import Message
from pipeline.domain.model import Finding, PageImage, UprightImage

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
NEGATIVE = Finding(
    code="page.negative",
    message=Message(
        "Ảnh âm bản (chữ sáng trên nền tối); đã đảo màu để đọc",
        "A negative (light writing on dark); it was inverted to be read",
    ),
)
COVERED = Finding(
    code="page.covered",
    message=Message(
        "Có chỗ trên trang bị che (ngón tay) hoặc mất; mục nào ở đó cần người xem, hoặc chụp lại",
        "Something lies over the page (a finger), or a part is gone: look at what stands there, or take it again",
    ),
)
# Limits of the measures that `pipeline.imaging.quality` describes; all by trial.
_BLURRED = 0.12  # `sharpness`, rise per pixel over contrast; less is blurred
_SMALL_TEXT_PX = 9.0  # `text_height_px`, pixels; lower letters are too small to read
_GLARE = 0.04  # `glare`, share of the picture
_DARK = 0.12  # `dark`, share of the picture
FAINT_INK = 0.22  # `contrast`, 0 to 1; less is faint ink


def damage_of(page: PageImage) -> Finding | None:
    """Of a page part of which its file no longer holds: from where on, and that it is to be scanned again."""
    if page.missing is None:
        return None
    height, width = page.pixels.shape[:2]
    left, top, right, bottom = bounds(page.missing)
    vi, en = "cả trang", "all of the page"
    if (left, top, right, bottom) != (0, 0, width, height):
        for gap, whole, side_vi, side_en in (
            (top, height, "từ trên", "from the top"),
            (height - bottom, height, "từ dưới", "from the bottom"),
            (left, width, "từ trái", "from the left"),
            (width - right, width, "từ phải", "from the right"),
        ):
            if gap > 0:
                share = round(100 * gap / whole)
                vi, en = f"tính {side_vi}, chỉ còn {share} % trang", f"{side_en}, only {share} % of the page is left"
    return Finding(
        code="page.damaged",
        message=Message(
            f"Ảnh trang {page.number} bị hỏng hoặc mất phần cuối ({vi}); hãy quét hoặc chép lại",
            f"The picture of page {page.number} is damaged or its end is missing ({en}); scan or copy it again",
        ),
    )


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
    if quality.get("contrast", 1.0) < FAINT_INK:
        yield Finding(code="page.faint", message=Message("Mực quá nhạt", "The ink is very faint"))
    if quality.get("glare", 0.0) > _GLARE:
        yield Finding(
            code="page.glare",
            message=Message("Ảnh bị lóa, có chỗ mất chữ", "Glare on the picture, some writing may be lost"),
        )
    if quality.get("dark", 0.0) > _DARK:
        yield Finding(code="page.dark", message=Message("Một phần ảnh quá tối", "A part of the picture is too dark"))
