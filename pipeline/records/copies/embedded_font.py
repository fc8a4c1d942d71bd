"""Visible words in a PDF: the letters that are used, embedded, so that it looks and reads the same everywhere."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from pathlib import Path

import pikepdf
from fontTools import subset
from fontTools.ttLib import TTFont

_FONT = Path(__file__).parents[1] / "separator_sheets" / "be-vietnam-pro-400-normal.ttf"


class EmbeddedFont:
    """One font with exactly the letters of some texts. `encoded` and `width` take texts of these letters only.

    As ISO 19005-2, 6.2.11 asks: the program embedded as a subset under a tag, its widths given, each code a glyph of
    its own and mapped to Unicode. The same texts give the same bytes.
    """

    def __init__(self, texts: list[str]) -> None:
        letters = sorted({letter for text in texts for letter in normal(text)})
        with TTFont(_FONT, recalcTimestamp=False) as font:
            known = font.getBestCmap()
            self._shown = {letter: letter if ord(letter) in known else "?" for letter in letters}
            wanted = sorted({ord(letter) for letter in self._shown.values()})
            options = subset.Options(
                layout_features=[], hinting=False, notdef_outline=True, name_IDs=[], glyph_names=False
            )
            subsetter = subset.Subsetter(options)
            subsetter.populate(unicodes=wanted)
            subsetter.subset(font)
            stream = io.BytesIO()
            font.save(stream)
            self._program = stream.getvalue()
            self._per_em: int = font["head"].unitsPerEm
            order = {name: number for number, name in enumerate(font.getGlyphOrder())}
            metrics = font["hmtx"].metrics
            self._glyphs: dict[str, int] = {chr(code): order[name] for code, name in font.getBestCmap().items()}
            self._advances: list[int] = [metrics[name][0] for name in font.getGlyphOrder()]
            head, lines = font["head"], font["hhea"]
            self._box = [self._thousandth(value) for value in (head.xMin, head.yMin, head.xMax, head.yMax)]
            self._rise, self._fall = self._thousandth(lines.ascent), self._thousandth(lines.descent)

    def encoded(self, text: str) -> bytes:
        """The text as a hexadecimal string of glyph numbers, brackets included."""
        return b"<" + "".join(f"{self._glyph(letter):04X}" for letter in normal(text)).encode() + b">"

    def width(self, text: str, size: float) -> float:
        """How long the text is, in the unit of `size`."""
        units: int = sum(self._advances[self._glyph(letter)] for letter in normal(text))
        return units * size / self._per_em

    def object(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """The font dictionary, with all that it refers to, in this PDF."""
        tag = "".join(chr(65 + byte % 26) for byte in hashlib.sha256(self._program).digest()[:6])
        name = pikepdf.Name(f"/{tag}+BeVietnamPro-Regular")
        program = pdf.make_stream(self._program, Length1=len(self._program))
        descriptor = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.FontDescriptor, FontName=name, Flags=4, FontBBox=self._box, ItalicAngle=0,
                Ascent=self._rise, Descent=self._fall, CapHeight=700, StemV=80, FontFile2=program,
            )
        )  # fmt: skip
        descendant = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.CIDFontType2, BaseFont=name,
                CIDSystemInfo=pikepdf.Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
                FontDescriptor=descriptor, CIDToGIDMap=pikepdf.Name.Identity,
                DW=0, W=[0, [self._thousandth(advance) for advance in self._advances]],
            )
        )  # fmt: skip
        return pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0, BaseFont=name,
                Encoding=pikepdf.Name("/Identity-H"), DescendantFonts=[descendant],
                ToUnicode=pdf.make_stream(self._to_unicode()),
            )
        )  # fmt: skip

    def _glyph(self, letter: str) -> int:
        return self._glyphs[self._shown[letter]]

    def _thousandth(self, value: int) -> int:
        return round(value * 1000 / self._per_em)

    def _to_unicode(self) -> bytes:
        pairs = sorted((number, letter) for letter, number in self._glyphs.items())
        rows = [
            b"<%04X> <%s>" % (number, letter.encode("utf-16-be").hex().upper().encode()) for number, letter in pairs
        ]
        blocks = [rows[at : at + 100] for at in range(0, len(rows), 100)]
        body = b"\n".join(b"%d beginbfchar\n%s\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks)
        return (
            b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            b"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
            b"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            b"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n" + body + b"\n"
            b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        )


def normal(text: str) -> str:
    """NFC, on one line, without what cannot be seen."""
    kept = (" " if letter.isspace() else letter for letter in unicodedata.normalize("NFC", text))
    return "".join(letter for letter in kept if unicodedata.category(letter)[0] != "C")
