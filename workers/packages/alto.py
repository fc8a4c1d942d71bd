"""ALTO 4: each page's words with their places, and how sure they are where that was measured.

Source: ALTO 4 (Library of Congress), by its documentation; no schema was at hand, so `alto_faults` checks the rules of
the standard that such a file can break. Places are in pixels of the scan. A word has `WC` where it lies in the place of
a value whose confidence was measured; nobody measured the others, and nothing is said of them.
"""

from __future__ import annotations

import io
import re
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pypdfium2

from pipeline.domain.geometry import bounds
from pipeline.domain.model import FieldValue, PageReport
from workers.packages.selected import Selected

NAMESPACE: Final = "http://www.loc.gov/standards/alto/ns-v4#"
_PDFIUM = threading.Lock()  # the library is not safe to use from several threads
_LINE_APART: Final = 0.6  # of a word's height, between the middles of two lines
_ID = re.compile(r"[A-Za-z_][\w.-]*")


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its box in pixels of the scan: left, top, width, height."""

    text: str
    left: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2


def page_alto(one: Selected, page: PageReport, words: Sequence[Word]) -> bytes:
    """One page of a document as an ALTO file."""
    width, height = page.width or 0, page.height or 0
    root = ET.Element(f"{{{NAMESPACE}}}alto", {"SCHEMAVERSION": "4.2"})
    description = _add(root, "Description")
    _add(description, "MeasurementUnit").text = "pixel"
    source = _add(description, "sourceImageInformation")
    _add(source, "fileName").text = f"sha256:{one.record.source.sha256}"
    processing = _add(description, "Processing", ID="P1")
    software = _add(processing, "processingSoftware")
    _add(software, "softwareName").text = one.record.provenance.software
    layout = _add(root, "Layout")
    number = str(page.number)
    sheet = _add(layout, "Page", ID=f"PAGE{number}", PHYSICAL_IMG_NR=number, WIDTH=str(width), HEIGHT=str(height))
    space = _add(sheet, "PrintSpace", ID=f"SPACE{number}", HPOS="0", VPOS="0", WIDTH=str(width), HEIGHT=str(height))
    fields = [field for field in one.record.fields if field.page == page.number and field.confidence is not None]
    lines = list(_lines(words))
    if lines:
        block = _add(space, "TextBlock", ID=f"BLOCK{number}", **_box([word for line in lines for word in line]))
        for at, line in enumerate(lines, start=1):
            row = _add(block, "TextLine", ID=f"LINE{number}.{at}", **_box(line))
            for place, word in enumerate(line, start=1):
                said = {"CONTENT": word.text, **_box([word])}
                sure = _confidence(word, fields)
                if sure is not None:
                    said["WC"] = f"{sure:.4f}"
                _add(row, "String", ID=f"S{number}.{at}.{place}", **said)
    ET.register_namespace("", NAMESPACE)
    out = io.BytesIO()
    ET.ElementTree(root).write(out, encoding="UTF-8", xml_declaration=True)
    return out.getvalue()


def words_of(pdf: bytes, page: int, size: tuple[int, int]) -> list[Word]:
    """The words of the text layer of a page (from 1), in pixels of a scan of this size."""
    with _PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            sheet = document[page - 1]
            left, bottom, right, top = sheet.get_mediabox()
            across, down = size[0] / (right - left), size[1] / (top - bottom)
            text = sheet.get_textpage()
            found = []
            for chars in _runs(text):
                boxes = [text.get_charbox(at, loose=True) for at, _ in chars]
                x0, x1 = min(box[0] for box in boxes), max(box[2] for box in boxes)
                y0, y1 = min(box[1] for box in boxes), max(box[3] for box in boxes)
                word = "".join(char for _, char in chars)
                found.append(Word(word, (x0 - left) * across, (top - y1) * down, (x1 - x0) * across, (y1 - y0) * down))
            text.close()
            sheet.close()
        finally:
            document.close()
    return found


def alto_faults(data: bytes) -> list[str]:
    """What in the file is against the standard's rules: its root, unit, sizes, and that ids are there once, words are
    within their page and confidences between 0 and 1."""
    try:
        root = ET.fromstring(data)  # noqa: S314
    except ET.ParseError:
        return ["no XML"]
    faults = [] if root.tag == f"{{{NAMESPACE}}}alto" else ["root is not alto"]
    unit = root.find(f".//{{{NAMESPACE}}}MeasurementUnit")
    if unit is None or unit.text not in ("pixel", "mm10", "inch1200"):
        faults.append("MeasurementUnit")
    ids = [value for element in root.iter() if (value := element.get("ID")) is not None]
    faults += ["an ID twice"] if len(ids) != len(set(ids)) else []
    faults += ["an ID that is none"] if not all(map(_ID.fullmatch, ids)) else []
    for page in root.iter(f"{{{NAMESPACE}}}Page"):
        wide, high = float(page.get("WIDTH", "nan")), float(page.get("HEIGHT", "nan"))
        for word in page.iter(f"{{{NAMESPACE}}}String"):
            try:
                x, y, w, h = (float(word.attrib[name]) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
                inside = x >= -1 and y >= -1 and x + w <= wide + 1 and y + h <= high + 1 and w >= 0 and h >= 0
                sure = 0.0 <= float(word.get("WC", "1")) <= 1.0
            except (KeyError, ValueError):
                inside, sure = False, False
            if not (inside and sure and word.get("CONTENT")):
                faults.append(f"String {word.get('ID')}")
    return faults


def _runs(text: pypdfium2.PdfTextPage) -> Iterator[list[tuple[int, str]]]:
    run: list[tuple[int, str]] = []
    for at, char in enumerate(text.get_text_range()):
        if at >= text.count_chars():
            break
        if char.isspace():
            if run:
                yield run
            run = []
        else:
            run.append((at, char))
    if run:
        yield run


def _lines(words: Iterable[Word]) -> Iterator[list[Word]]:
    """Words in the order of the text layer; a new line where one stands higher or lower than the one before."""
    line: list[Word] = []
    for word in words:
        if line and abs(word.middle[1] - line[-1].middle[1]) > _LINE_APART * max(word.height, line[-1].height):
            yield line
            line = []
        line.append(word)
    if line:
        yield line


def _confidence(word: Word, fields: Sequence[FieldValue]) -> float | None:
    x, y = word.middle
    for field in fields:
        x0, y0, x1, y1 = bounds(field.box)
        if x0 <= x <= x1 and y0 <= y <= y1:
            return field.confidence
    return None


def _box(words: Sequence[Word]) -> dict[str, str]:
    left, top = min(word.left for word in words), min(word.top for word in words)
    right = max(word.left + word.width for word in words)
    low = max(word.top + word.height for word in words)
    sides = {"HPOS": left, "VPOS": top, "WIDTH": right - left, "HEIGHT": low - top}
    return {name: f"{side:.1f}" for name, side in sides.items()}


def _add(parent: ET.Element, name: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)
