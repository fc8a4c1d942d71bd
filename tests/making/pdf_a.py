"""Whether a PDF follows PDF/A-2, level B, clause by clause of ISO 19005-2: our own reading of the standard.

No validator can be had here. What needs another program (syntax, streams' lengths) is left to qpdf. Every clause that
can be broken in the files that this program writes is looked at, in every object, whether a page shows it or not.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont

_WRITTEN_OPERATORS = """
b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l m M MP n q Q re RG rg ri
s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' "
"""
_OPERATORS = frozenset(_WRITTEN_OPERATORS.split())
_FILTERS = frozenset({"/FlateDecode", "/DCTDecode", "/CCITTFaxDecode", "/JPXDecode", "/RunLengthDecode",
                      "/ASCIIHexDecode", "/ASCII85Decode", "/JBIG2Decode"})  # fmt: skip
_BLENDS = frozenset({"/Normal", "/Compatible", "/Multiply", "/Screen", "/Overlay", "/Darken", "/Lighten", "/ColorDodge",
                     "/ColorBurn", "/HardLight", "/SoftLight", "/Difference", "/Exclusion", "/Hue", "/Saturation",
                     "/Color", "/Luminosity"})  # fmt: skip
_ACTIONS = frozenset({"/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState", "/Rendition",
                      "/Trans", "/GoTo3DView", "/JavaScript"})  # fmt: skip
_NOT_IN_CATALOG = ("/AA", "/OpenAction", "/OCProperties", "/Requirements", "/NeedsRendering", "/AlternatePresentations")
_NAMESPACES = frozenset(
    {
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://purl.org/dc/elements/1.1/", "adobe:ns:meta/",
        "http://ns.adobe.com/xap/1.0/", "http://ns.adobe.com/pdf/1.3/", "http://www.aiim.org/pdfa/ns/id/",
        "http://www.w3.org/XML/1998/namespace",
    }
)  # fmt: skip
_PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
_HIDDEN, _PRINT = (1 << 0) | (1 << 1) | (1 << 5) | (1 << 8), 1 << 2


def broken_clauses(data: bytes) -> list[str]:
    """The clauses that this PDF breaks, in order, each with what breaks it."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found = [*_file(data, pdf), *_catalog(pdf), *_metadata(pdf), *_intents(pdf)]
        for thing in _objects(pdf):
            found += [*_any_dictionary(thing), *(_stream(thing) if isinstance(thing, pikepdf.Stream) else ())]
        for page in pdf.pages:
            found += [*_page(page), *(clause for one in page.get("/Annots", []) for clause in _annotation(one))]
            found += _content(page)
    return sorted(set(found))


def _file(data: bytes, pdf: pikepdf.Pdf) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", data):
        yield "6.1.2 header"
    if not data.rstrip(b"\r\n").endswith(b"%%EOF"):
        yield "6.1.3 bytes after the end"
    if "/Encrypt" in pdf.trailer or len(pdf.trailer.get("/ID", [])) != 2:
        yield "6.1.3 trailer"
    if "/Info" in pdf.trailer:
        yield "6.6.3 information beside the metadata"


def _catalog(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    yield from (f"6.1, 6.5, 6.9 to 6.11 {name} in the catalog" for name in _NOT_IN_CATALOG if name in root)
    if "/Version" in root and str(root.Version) > "/1.7":
        yield "6.1.2 a later version than 1.7"
    if {"/JavaScript", "/EmbeddedFiles", "/AlternatePresentations"} & set(
        root.get("/Names", pikepdf.Dictionary()).keys()
    ):
        yield "6.5, 6.8 names"
    if any(str(name) not in ("/UR3", "/DocMDP") for name in root.get("/Perms", {})):
        yield "6.1.12 permissions"
    form = root.get("/AcroForm", {})
    if form.get("/NeedAppearances", False) or "/XFA" in form:
        yield "6.4 form"


def _metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    stream = pdf.Root.get("/Metadata")
    if stream is None or "/Filter" in stream:
        yield "6.6.2.1 no readable metadata"
        return
    packet = bytes(stream.read_bytes())
    if packet.count(b"<?xpacket begin=") != 1 or not re.search(rb'<\?xpacket end="[rw]"\?>\s*$', packet):
        yield "6.6.2.1 packet"
    header = re.match(rb"<\?xpacket ([^?]*)\?>", packet)
    if header is not None and re.search(rb"\b(bytes|encoding)=", header[1]):
        yield "6.6.2.1 bytes or encoding in the packet's header"
    try:
        tree = ET.fromstring(packet)
    except ET.ParseError:
        yield "6.6.2.1 metadata not well formed"
        return
    said: dict[str, str] = {}
    for element in tree.iter():
        said |= {element.tag: element.text or ""} | dict(element.attrib)
    if (said.get(f"{_PDFA}part"), said.get(f"{_PDFA}conformance")) != ("2", "B"):
        yield "6.6.4 identification"
    used = {match[1] for match in (re.match(r"\{(.*?)\}", name) for name in said) if match is not None}
    yield from (f"6.6.2.3 schema {one}" for one in used - _NAMESPACES)


def _intents(pdf: pikepdf.Pdf) -> Iterator[str]:
    intents = [one for one in pdf.Root.get("/OutputIntents", []) if one.S == pikepdf.Name.GTS_PDFA1]
    if len(intents) != 1:
        yield "6.2.3 output intent"
        return
    profile = bytes(intents[0].DestOutputProfile.read_bytes())
    if profile[8] >= 5 or profile[12:16] not in (b"mntr", b"prtr") or profile[16:20] != b"RGB ":
        yield "6.2.3 profile"


def _objects(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary and stream of the file, wherever it stands."""
    waiting: list[Any] = [pdf.trailer, *pdf.objects]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, pikepdf.Array):
            waiting += [one for one in thing if not getattr(one, "is_indirect", False)]
        elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            yield thing
            waiting += [one for _, one in thing.items() if not getattr(one, "is_indirect", False)]


def _any_dictionary(thing: Any) -> Iterator[str]:
    kind, subtype = str(thing.get("/Type", "")), str(thing.get("/Subtype", ""))
    if str(thing.get("/S", "")) in _ACTIONS and kind in ("", "/Action"):
        yield f"6.5.1 action {thing.S}"
    if "/AA" in thing or "/JS" in thing:
        yield "6.5.2 triggers"
    if kind == "/ExtGState" or {"/CA", "/ca"} & set(thing.keys()):
        if "/TR" in thing or "/HTP" in thing or str(thing.get("/TR2", "/Default")) != "/Default":
            yield "6.2.5 graphics state"
        if str(thing.get("/BM", "/Normal")) not in _BLENDS:
            yield "6.2.10 blend mode"
    if kind == "/SigRef" and {"/DigestLocation", "/DigestMethod", "/DigestValue"} & set(thing.keys()):
        yield "6.1.12 signature reference"
    if kind == "/Font":
        yield from _font(thing)
    if kind == "/Filespec" or subtype in ("/PS", "/FileAttachment", "/Movie", "/Sound", "/3D", "/Screen"):
        yield f"6.2.9, 6.3.1, 6.8 {kind}{subtype}"
    if any(thing.get(key) == pikepdf.Name.DeviceCMYK for key in ("/ColorSpace", "/CS")):
        yield "6.2.4.3 colour of another device"


def _stream(thing: Any) -> Iterator[str]:
    if {"/F", "/FFilter", "/FDecodeParms"} & set(thing.keys()):
        yield "6.1.7.1 stream outside the file"
    filters = thing.get("/Filter", pikepdf.Array())
    names = {str(one) for one in (filters if isinstance(filters, pikepdf.Array) else [filters])}
    yield from (f"6.1.7.2 filter {one}" for one in names - _FILTERS)
    if {"/OPI", "/Alternates", "/Ref", "/Subtype2", "/PS"} & set(thing.keys()):
        yield "6.2.8, 6.2.9 object outside"
    if thing.get("/Subtype") == pikepdf.Name.Image:
        if "/JPXDecode" in names:
            yield from _jpeg_2000(bytes(thing.read_raw_bytes()))
        if thing.get("/Interpolate", False):
            yield "6.2.8 interpolation"
        if int(thing.get("/BitsPerComponent", 1)) not in (1, 2, 4, 8, 16):
            yield "6.2.8.3 bits"


def _jpeg_2000(data: bytes) -> Iterator[str]:
    """ISO 19005-2, 6.2.8.3: one, three or four channels, of 1 to 38 bits, all alike; a colour space that PDF knows."""
    header, colour = data.find(b"ihdr"), data.find(b"colr")
    if header < 0 or colour < 0:
        yield "6.2.8.3 JPEG 2000 without its boxes"
        return
    channels, bits = int.from_bytes(data[header + 12 : header + 14], "big"), data[header + 14]
    if channels not in (1, 3, 4) or bits == 255 or (bits & 0x7F) + 1 > 38:
        yield "6.2.8.3 channels of JPEG 2000"
    if data[colour + 4] not in (1, 2, 3) or int.from_bytes(data[colour + 7 : colour + 11], "big") == 19:
        yield "6.2.8.3 colour of JPEG 2000"


def _font(font: Any) -> Iterator[str]:
    if font.Subtype == pikepdf.Name.Type0:
        if font.Encoding not in (pikepdf.Name("/Identity-H"), pikepdf.Name("/Identity-V")):
            yield "6.2.11.3.3 encoding"
        return
    if font.Subtype != pikepdf.Name.CIDFontType2:
        yield f"6.2.11 kind of font {font.Subtype}"
        return
    program = font.FontDescriptor.get("/FontFile2")
    if program is None:
        yield "6.2.11.4 font not embedded"
        return
    if "/CIDToGIDMap" not in font:
        yield "6.2.11.3.2 no map to glyphs"
    with TTFont(io.BytesIO(bytes(program.read_bytes()))) as inside:
        order, metrics, em = inside.getGlyphOrder(), inside["hmtx"].metrics, inside["head"].unitsPerEm
    if int(program.Length1) != len(program.read_bytes()):
        yield "6.2.11.4 length"
    if font.CIDToGIDMap == pikepdf.Name.Identity:
        said = [int(width) for width in font.W[1]] if "/W" in font else [int(font.DW)] * len(order)
        if any(abs(width - metrics[name][0] * 1000 / em) > 1 for width, name in zip(said, order, strict=True)):
            yield "6.2.11.5 widths"
    elif int(font.get("/DW", 1000)) != round(metrics[order[1]][0] * 1000 / em):
        yield "6.2.11.5 widths"


def _page(page: pikepdf.Page) -> Iterator[str]:
    left, bottom, right, top = (float(side) for side in page.mediabox)
    if not all(3 <= side <= 14_400 for side in (right - left, top - bottom)):
        yield "6.1.13 page size"
    if "/AA" in page.obj or "/PresSteps" in page.obj:
        yield "6.5.2, 6.10 page"


def _annotation(one: Any) -> Iterator[str]:
    if one.Subtype not in (pikepdf.Name.Widget, pikepdf.Name.Link):
        yield f"6.3.1 annotation {one.Subtype}"
    flags = int(one.get("/F", 0))
    if flags & _HIDDEN or not flags & _PRINT:
        yield "6.3.2 flags"
    seen = [float(side) for side in one.Rect]
    if seen[0] != seen[2] and [str(name) for name in one.get("/AP", {})] != ["/N"]:
        yield "6.3.3 appearance"
    if one.Subtype == pikepdf.Name.Widget and ("/A" in one or "/AA" in one):
        yield "6.4.1 action of a field"
    if one.get("/FT") == pikepdf.Name.Sig and "/V" in one:
        ranges = [int(number) for number in one.V.ByteRange]
        if ranges[0] != 0 or len(ranges) != 4:
            yield "6.4.3 what is signed"


def _content(page: pikepdf.Page) -> Iterator[str]:
    depth = 0
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        depth += {"q": 1, "Q": -1}.get(name, 0)
        if name not in _OPERATORS:
            yield f"6.2.2 operator {name}"
        if name in ("K", "k") or (name in ("CS", "cs") and str(operands[0]) == "/DeviceCMYK"):
            yield "6.2.4.3 colour of another device"
        if name == "Tf" and str(operands[0]) not in page.obj.Resources.Font:
            yield "6.2.2 resources"
        if not 0 <= depth <= 28:
            yield "6.1.13 depth of q"
    if depth:
        yield "6.2.2 q without Q"
