"""The invisible text layer: what was read, laid over where it stands, for searching and copying."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.domain.geometry import Point, Quad

_EM_WIDTH = 0.5  # advance of the invisible font's one glyph, in em
_DESCENT = 0.2  # of the font's height, below the baseline


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSpan:
    """A word or a line and its box in original-scan pixels, corners clockwise from the text's top left."""

    text: str
    box: Quad


def text_operators(spans: Iterable[TextSpan], *, points_per_pixel: tuple[float, float], page_height: float) -> bytes:
    """PDF operators that write the spans invisibly (render mode 3), each stretched to fill its box.

    A span is written in NFC, so that search and copying give the text as typed on a keyboard.
    `points_per_pixel` across and down; `page_height` in points: PDF counts upwards from the lower edge, scans
    downwards from the upper.
    Spans without text or with a box that has no extent are left out.
    """
    parts = [b"BT 3 Tr"]
    for span in spans:
        encoded = encodable(span.text)
        if encoded:
            placed = _placed(encoded, span.box, points_per_pixel, page_height)
            if placed:
                parts.append(placed)
    return b"\n".join([*parts, b"ET"]) if len(parts) > 1 else b""


def encodable(text: str) -> str:
    """NFC, without controls, and with a replacement mark for what lies outside the basic plane."""
    kept = (" " if c.isspace() else c for c in unicodedata.normalize("NFC", text))
    out = "".join(
        "\ufffd" if ord(c) > 0xFFFF or 0xD800 <= ord(c) <= 0xDFFF else c
        for c in kept
        if unicodedata.category(c) not in ("Cc", "Cf")
    )
    return out if out.strip() else ""


def _placed(text: str, box: Quad, scale: tuple[float, float], page_height: float) -> bytes | None:
    top_left, _, right, left = ((x * scale[0], page_height - y * scale[1]) for x, y in box)
    width, height = _distance(left, right), _distance(left, top_left)
    if not (width > 0 and height > 0 and math.isfinite(width) and math.isfinite(height)):
        return None
    cos, sin = (right[0] - left[0]) / width, (right[1] - left[1]) / width
    x = left[0] + (top_left[0] - left[0]) * _DESCENT
    y = left[1] + (top_left[1] - left[1]) * _DESCENT
    stretch = 100 * width / (len(text.rstrip() or text) * _EM_WIDTH * height)
    return b"/F %s Tf %s Tz %s %s %s %s %s %s Tm <%s> Tj" % (
        number(height), number(stretch), number(cos), number(sin), number(-sin), number(cos),
        number(x), number(y), text.encode("utf-16-be").hex().upper().encode(),
    )  # fmt: skip


def number(value: float) -> bytes:
    """A PDF number: at most four decimals, no exponent."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return b"0" if text in ("-0", "") else text.encode()


def _distance(a: Point, b: Point) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])


def identity_to_unicode() -> bytes:
    """The CMap that says: a character code of the invisible font is its Unicode number.

    Ranges never run over a change of the first byte, as ISO 32000-1, 9.10.3 asks.
    """
    ranges = [b"<%02X00> <%02XFF> <%02X00>" % (high, high, high) for high in range(256)]
    blocks = [ranges[i : i + 100] for i in range(0, 256, 100)]
    body = b"\n".join(b"%d beginbfrange\n%s\nendbfrange" % (len(b), b"\n".join(b)) for b in blocks)
    return (
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        b"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
        b"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        b"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n" + body + b"\n"
        b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    )
