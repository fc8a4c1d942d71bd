"""The invisible text layer: what was read, laid over where it stands, for searching and copying."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.domain.geometry import Point, Quad

_EM_WIDTH = 0.5  # advance of the invisible font's one glyph, in em
_DESCENT = 0.2  # of the font's height, below the baseline
_SPAN = re.compile(
    rb"/F (?P<high>[\d.-]+) Tf (?P<stretch>[\d.-]+) Tz (?P<cos>[\d.-]+) (?P<sin>[\d.-]+) [\d.-]+ [\d.-]+"
    rb" (?P<x>[\d.-]+) (?P<y>[\d.-]+) Tm <(?P<text>[0-9A-F]*)> Tj"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSpan:
    """A word or a line and its box in original-scan pixels, corners clockwise from the text's top left."""

    text: str
    box: Quad


def text_operators(spans: Iterable[TextSpan], *, points_per_pixel: tuple[float, float], page_height: float) -> bytes:
    """PDF operators that write the spans invisibly (render mode 3), each stretched to fill its box.

    A span runs along the page or across it, whichever is nearer (`squared`). It is written in NFC, so that search and
    copying give the text as typed on a keyboard.
    `points_per_pixel` across and down; `page_height` in points: PDF counts upwards from the lower edge, scans
    downwards from the upper.
    Spans without text or with a box that has no extent are left out.
    """
    parts = [b"BT 3 Tr"]
    for span in spans:
        encoded = encodable(span.text)
        if encoded:
            placed = _placed(encoded, squared(span.box), points_per_pixel, page_height)
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


def squared(box: Quad) -> Quad:
    """The box turned about its middle so that its text runs along the page or across it: a reader of PDFs takes a word
    that climbs by half a point for several. Sides keep their lengths, so that neighbours stay neighbours."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = box
    if (ay, by, cx, dx) == (by, ay, bx, ax) and cy == dy:
        return box
    width = (_distance((ax, ay), (bx, by)) + _distance((dx, dy), (cx, cy))) / 2
    height = (_distance((ax, ay), (dx, dy)) + _distance((bx, by), (cx, cy))) / 2
    if not all(map(math.isfinite, (width, height))):
        return box
    turns = round(math.atan2(by - ay + cy - dy, bx - ax + cx - dx) / (math.pi / 2)) % 4
    along = ((1, 0), (0, 1), (-1, 0), (0, -1))[turns]
    down = (-along[1], along[0])
    x, y = (ax + bx + cx + dx) / 4, (ay + by + cy + dy) / 4

    def corner(right: float, lower: float) -> Point:
        return (
            x + right * width / 2 * along[0] + lower * height / 2 * down[0],
            y + right * width / 2 * along[1] + lower * height / 2 * down[1],
        )

    return corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)


def levelled(words: Sequence[TextSpan]) -> list[TextSpan]:
    """The words of one line, squared, and moved onto common heights: a reader of PDFs takes what climbs for several
    lines. No word is moved by more than half its height; a line that climbs by more is so many pieces."""
    boxes = [squared(word.box) for word in words]
    if len(boxes) < 2 or all(box == word.box for box, word in zip(boxes, words, strict=True)):
        return [TextSpan(text=word.text, box=box) for word, box in zip(words, boxes, strict=True)]
    (ax, ay), _, _, (dx, dy) = boxes[0]
    high = _distance((ax, ay), (dx, dy))
    down = 1 if abs(dy - ay) > abs(dx - ax) else 0  # which coordinate leads from line to line
    places = [sum(corner[down] for corner in box) / 4 for box in boxes]
    least, climb = min(places), max(places) - min(places)
    if not (high > 0 and math.isfinite(climb) and climb > 0):
        return [TextSpan(text=word.text, box=box) for word, box in zip(words, boxes, strict=True)]
    pieces = math.ceil(climb / high)
    step = climb / pieces
    out = []
    for word, box, place in zip(words, boxes, places, strict=True):
        piece = min(int((place - least) / step), pieces - 1)
        moved = least + (piece + 0.5) * step - place
        a, b, c, d = ((x, y + moved) if down else (x + moved, y) for x, y in box)
        out.append(TextSpan(text=word.text, box=(a, b, c, d)))
    return out


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


def written_word(line: bytes) -> tuple[str, Point, Point] | None:
    """The word that a line of these operators writes, the middle of it in points, and how far it is from there to its
    end; None for any other line."""
    span = _SPAN.search(line)
    if span is None:
        return None
    high, stretch, cos, sin, x, y = (float(span[name]) for name in ("high", "stretch", "cos", "sin", "x", "y"))
    text = bytes.fromhex(span["text"].decode()).decode("utf-16-be")
    along, up = len(text.rstrip()) * _EM_WIDTH * high * stretch / 200, 0.3 * high  # from the baseline to the middle
    return text, (x + along * cos - up * sin, y + along * sin + up * cos), (along * cos, along * sin)


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
