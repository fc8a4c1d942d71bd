"""An archival copy of one source file: its pages as scanned, the text that was read lying over them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from xml.sax.saxutils import escape

from pipeline.domain.model import PageImage
from pipeline.records.archival.images import PdfImage, encode_page_image
from pipeline.records.archival.text import TextSpan, identity_to_unicode, number, text_operators
from pipeline.records.archival.writer import ObjectWriter

_ASSETS = Path(__file__).parent
_MAX_POINTS, _MIN_POINTS = 14_400.0, 3.0  # ISO 32000-1, annex C: the largest and smallest page
_ASSUMED_DPI = 300.0
_A4_LONG_INCHES = 11.69
HEAD = 16_384  # bytes of a copy in which its metadata stand, behind the font
_TITLE = "Bản số hóa giấy tờ hộ tịch, cư trú"
_PRODUCER = "<pdf:Producer>hotich</pdf:Producer>"
_IDENTIFIER = re.compile(r"<dc:identifier>sha256:([0-9a-f]{64})</dc:identifier>")


class ArchivalPdf:
    """Writes a two-layer PDF page by page; only the page at hand is in memory.

    Follows PDF/A-2, level B (ISO 19005-2): sRGB output intent, XMP metadata, embedded font, nothing
    that runs or refers elsewhere. The same pages and identifier give the same bytes, whenever and
    wherever they are written. Use as a context manager: leaving it without an error ends the file.
    """

    def __init__(self, stream: BinaryIO, *, identifier: str, producer: str = "hotich", title: str = "") -> None:
        """`identifier` goes into the metadata: an opaque name of the document, nothing of a person. `title`: what a
        viewer shows above the window; what the copy is of where none is given."""
        self._objects = ObjectWriter(stream)
        self._identity = hashlib.sha256(identifier.encode())
        self._tree = self._objects.reserve()
        self._pages: list[int] = []
        self._font = _add_font(self._objects)
        self._metadata = _add_metadata(self._objects, identifier, producer, title or _TITLE)
        self._intent = _add_output_intent(self._objects)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()

    def add_page(self, page: PageImage, spans: Sequence[TextSpan] = (), *, rotation: int = 0) -> bool:
        """Adds a page; True when the source's own image bytes went in untouched.

        `spans` in scan pixels. `rotation`: how far the scan must be turned clockwise to be
        upright (0, 90, 180, 270): the viewer turns it, the image stays as scanned.
        """
        image = encode_page_image(page)
        height_px, width_px = page.pixels.shape[:2]
        scale = points_per_pixel(page.dpi, width_px, height_px)
        width, height = width_px * scale, height_px * scale
        picture = self._objects.add_stream(image.entries, image.data)
        self._identity.update(hashlib.sha256(image.data).digest())
        content = _draw(image, width, height)
        across, down = (side / pixels for side, pixels in zip((width, height), page.scan_size, strict=True))
        content += text_operators(spans, points_per_pixel=(across, down), page_height=height)
        self._identity.update(content)
        contents = self._objects.add_stream(b"", content, deflate=True)
        self._pages.append(
            self._objects.add(
                b"<</Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Rotate %d /Contents %d 0 R"
                b" /Resources <</XObject <</Im %d 0 R>> /Font <</F %d 0 R>>>>>>"
                % (self._tree, number(width), number(height), rotation % 360, contents, picture, self._font)
            )
        )
        return image.kept

    def close(self) -> None:
        """Ends the file. Raises ValueError when no page was added: such a PDF has no meaning."""
        if not self._pages:
            raise ValueError("an archival PDF needs a page")
        kids = b" ".join(b"%d 0 R" % page for page in self._pages)
        tree = b"<</Type /Pages /Count %d /Kids [%s]>>" % (len(self._pages), kids)
        self._objects.add(tree, number=self._tree)
        root = self._objects.add(
            b"<</Type /Catalog /Pages %d 0 R /Metadata %d 0 R /OutputIntents [%d 0 R] /Lang (vi)"
            b" /ViewerPreferences <</DisplayDocTitle true>>>>" % (self._tree, self._metadata, self._intent)
        )
        self._objects.finish(root=root, identity=self._identity.digest()[:16])


def source_of(head: bytes) -> str | None:
    """SHA-256 of the source file of which these first `HEAD` bytes of a PDF are our archival copy; else None."""
    packet = head.decode("latin-1")
    found = _IDENTIFIER.search(packet) if head.startswith(b"%PDF-") and _PRODUCER in packet else None
    return None if found is None else found[1]


def make_archival_pdf(
    stream: BinaryIO, pages: Iterable[tuple[PageImage, Sequence[TextSpan], int]], *, identifier: str
) -> int:
    """Writes (page, spans, rotation) triples as one archival PDF; gives the number of pages.

    Takes `pages` one at a time. Raises ValueError when there are none.
    """
    count = 0
    with ArchivalPdf(stream, identifier=identifier) as pdf:
        for page, spans, rotation in pages:
            pdf.add_page(page, spans, rotation=rotation)
            count += 1
    return count


def points_per_pixel(dpi: float | None, width: int, height: int) -> float:
    """Size of a scan pixel on the PDF page, in points (1/72 inch).

    A page that does not say its resolution is taken for an A4 sheet when a scanner's resolution
    would make it one, else for 300 dpi. Kept within the page sizes that PDF allows.
    """
    if dpi is None:
        as_a4 = max(width, height) / _A4_LONG_INCHES
        dpi = as_a4 if 140 <= as_a4 <= 620 else _ASSUMED_DPI
    scale = 72.0 / dpi
    scale = min(scale, _MAX_POINTS / max(width, height))
    return max(scale, _MIN_POINTS / min(width, height))


def _draw(image: PdfImage, width: float, height: float) -> bytes:
    w, h = number(width), number(height)
    minus_w, minus_h = number(-width), number(-height)
    matrix = {
        0: (w, b"0", b"0", h, b"0", b"0"),
        90: (b"0", minus_h, w, b"0", b"0", h),
        180: (minus_w, b"0", b"0", minus_h, w, h),
        270: (b"0", h, minus_w, b"0", w, b"0"),
    }[image.turn]
    return b"q %s cm /Im Do Q\n" % b" ".join(matrix)


@cache
def _asset(name: str) -> bytes:
    return (_ASSETS / name).read_bytes()


def _add_font(objects: ObjectWriter) -> int:
    """The invisible font: any character code is a Unicode number and looks like nothing."""
    program = _asset("invisible.ttf")
    file = objects.add_stream(b"/Length1 %d" % len(program), program, deflate=True)
    descriptor = objects.add(
        b"<</Type /FontDescriptor /FontName /HotichBlank /Flags 5 /FontBBox [0 -200 500 800] /ItalicAngle 0"
        b" /Ascent 800 /Descent -200 /CapHeight 800 /StemV 80 /FontFile2 %d 0 R>>" % file
    )
    to_glyph = objects.add_stream(b"", b"\x00\x01" * 65536, deflate=True)
    descendant = objects.add(
        b"<</Type /Font /Subtype /CIDFontType2 /BaseFont /HotichBlank"
        b" /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>>"
        b" /FontDescriptor %d 0 R /CIDToGIDMap %d 0 R /DW 500>>" % (descriptor, to_glyph)
    )
    unicode_map = objects.add_stream(b"", identity_to_unicode(), deflate=True)
    return objects.add(
        b"<</Type /Font /Subtype /Type0 /BaseFont /HotichBlank /Encoding /Identity-H"
        b" /DescendantFonts [%d 0 R] /ToUnicode %d 0 R>>" % (descendant, unicode_map)
    )


def _add_output_intent(objects: ObjectWriter) -> int:
    profile = objects.add_stream(b"/N 3", _asset("srgb.icc"), deflate=True)
    return objects.add(
        b"<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1)"
        b" /Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R>>" % profile
    )


def _add_metadata(objects: ObjectWriter, identifier: str, producer: str, title: str) -> int:
    """XMP, not compressed (ISO 19005-2, 6.6.2.1). No dates: they would make equal inputs differ."""
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">\n'
        "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>\n"
        f"<dc:format>application/pdf</dc:format><dc:identifier>{escape(identifier)}</dc:identifier>\n"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>\n'
        f"<pdf:Producer>{escape(producer)}</pdf:Producer>\n"
        "</rdf:Description></rdf:RDF></x:xmpmeta>\n"
        '<?xpacket end="w"?>'
    )
    return objects.add_stream(b"/Type /Metadata /Subtype /XML", packet.encode())
