"""Builds the two binary parts every archival PDF carries: the invisible font and the sRGB profile.

Both are made here from public numbers, so that their origin and licence are ours, and both come out
byte for byte the same each time. Run: `python scripts/make_archival_assets.py`.
"""

from __future__ import annotations

import struct
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph

ASSETS = Path(__file__).resolve().parent.parent / "pipeline" / "archival"


def invisible_font() -> bytes:
    """A TrueType font whose one glyph is half an em wide, has the extent of a letter and no area.

    A glyph without extent would do for most viewers, but pdfium passes over a text object whose
    glyphs have none, and single letters would be lost.
    """
    pen = TTGlyphPen(None)
    pen.moveTo((0, -200))
    pen.lineTo((500, 800))
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "blank"])
    builder.setupGlyf({".notdef": Glyph(), "blank": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "blank": (500, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupCharacterMap({0x20: "blank"})
    builder.setupNameTable({"familyName": "HotichBlank", "styleName": "Regular", "psName": "HotichBlank"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200)
    builder.setupPost(isFixedPitch=1)
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    path = ASSETS / "invisible.ttf"
    builder.save(path)
    return path.read_bytes()


def _xyz(x: float, y: float, z: float) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in (x, y, z))


def _transfer_curve(entries: int = 1024) -> bytes:
    """IEC 61966-2-1: device value to linear light."""
    values = []
    for i in range(entries):
        v = i / (entries - 1)
        linear = v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
        values.append(round(linear * 65535))
    return b"curv\0\0\0\0" + struct.pack(f">I{entries}H", entries, *values)


def _description(text: str) -> bytes:
    ascii_text = text.encode("ascii") + b"\0"
    return (
        b"desc\0\0\0\0" + struct.pack(">I", len(ascii_text)) + ascii_text
        + struct.pack(">II", 0, 0) + struct.pack(">HB", 0, 0) + b"\0" * 67
    )  # fmt: skip


def srgb_profile() -> bytes:
    """An ICC 2.1 matrix profile of sRGB (IEC 61966-2-1), primaries adapted to D50 by Bradford."""
    curve = _transfer_curve()
    parts = {
        b"desc": _description("sRGB IEC61966-2.1"),
        b"cprt": b"text\0\0\0\0No copyright, use freely\0",
        b"wtpt": _xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": _xyz(0.43607, 0.22249, 0.01392),
        b"gXYZ": _xyz(0.38515, 0.71687, 0.09708),
        b"bXYZ": _xyz(0.14307, 0.06061, 0.71410),
        b"rTRC": curve, b"gTRC": curve, b"bTRC": curve,
    }  # fmt: skip
    offset = 128 + 4 + 12 * len(parts)
    table, data, placed = struct.pack(">I", len(parts)), b"", dict[bytes, int]()
    for tag, body in parts.items():
        if body not in placed:
            placed[body] = offset + len(data)
            data += body + b"\0" * (-len(body) % 4)
        table += tag + struct.pack(">II", placed[body], len(body))
    header = bytearray(128)
    struct.pack_into(">I4sI4s4s4s", header, 0, offset + len(data), b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    struct.pack_into(">6H4s", header, 24, 2026, 1, 1, 0, 0, 0, b"acsp")
    struct.pack_into(">3i", header, 68, *(round(v * 65536) for v in (0.9642, 1.0, 0.8249)))
    return bytes(header) + table + data


if __name__ == "__main__":
    print(len(invisible_font()))
    (ASSETS / "srgb.icc").write_bytes(srgb_profile())
    print((ASSETS / "srgb.icc").stat().st_size)
