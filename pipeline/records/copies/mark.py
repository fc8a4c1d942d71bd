"""The mark of conversion on a copy that leaves the archive: what kind of copy it is, whose, when and by whom made.

Luật Giao dịch điện tử 2023, Điều 12: a scan that stands in for its paper carries a mark of its own that says it was
converted, and who did it. Nghị định 30/2020, Phụ lục I: on a digitized paper it stands at the top right of the first
page: form of copy, office, time of signing to the second with its zone by ISO 8601.

It stands in a band that is added above the page, so that nothing of the scan is covered; each further page gets a line.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pikepdf
import segno

from pipeline.records.archival.text import number

if TYPE_CHECKING:  # loading it takes a while, and most programs make no copy
    from pipeline.records.copies.embedded_font import EmbeddedFont

FORM_OF_COPY = "BẢN SỐ HÓA TỪ BẢN GIẤY / CONVERTED COPY"
FOR_TRIAL = "THỬ NGHIỆM, KHÔNG CÓ GIÁ TRỊ PHÁP LÝ / TEST, NOT VALID"
COVERED = "TRÍCH TRANG: đã che phần của người khác / EXTRACT: other people's entries covered"
VIETNAM = timezone(timedelta(hours=7))
_SIZE, _WIDE_ENOUGH, _LEAST_SIZE = 10.0, 420.0, 4.0  # of the letters, on a page as wide as that or wider, in points
_LEADING, _MARGIN = 1.35, 1.0  # of the letters' size
_QUIET = 4  # modules around a QR code
_BLACK, _RED = b"0 g", b"0.75 0 0 rg"
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What the mark says. `at` with its zone, shown in Vietnam's; `holding_code` the paper's code, `copy_code` this
    copy's; `link`: what the QR code holds, none where empty; `trial`: signed by nobody, and says so; `covered`: other
    people's entries are covered on it."""

    office: str
    at: datetime
    converter: str
    holding_code: str
    copy_code: str
    link: str = ""
    trial: bool = False
    covered: bool = False

    def lines(self) -> list[str]:
        """In the order in which they stand."""
        return [
            *([FOR_TRIAL] if self.trial else []),
            FORM_OF_COPY,
            *([COVERED] if self.covered else []),
            f"Cơ quan / Office: {self.office}",
            f"Thời gian / Time: {self.at.astimezone(VIETNAM).isoformat(timespec='seconds')}",
            f"Người chuyển đổi / Converted by: {self.converter}",
            f"Giấy tờ / Paper: {self.holding_code}",
            f"Bản sao / Copy: {self.copy_code}",
        ]

    def short(self, page: int, pages: int) -> str:
        """The line of a further page."""
        trial = "THỬ NGHIỆM / TEST · " if self.trial else ""
        return f"{trial}BẢN SỐ HÓA / CONVERTED COPY · {self.holding_code} · {self.copy_code} · {page}/{pages}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """`band`: where the mark stands on the first page, in that page's own coordinates: left, bottom, right, top."""

    pdf: bytes
    band: Box


def with_mark(data: bytes, mark: Mark) -> Marked:
    """The archival copy with the mark. What of its pages was there stays where it is. The same is always the same
    bytes. Raises ValueError for a PDF without pages."""
    from pipeline.records.copies.embedded_font import EmbeddedFont

    with pikepdf.open(io.BytesIO(data)) as pdf:
        pages = list(pdf.pages)
        if not pages:
            raise ValueError("a copy needs a page")
        short = [mark.short(at, len(pages)) for at in range(2, len(pages) + 1)]
        font = EmbeddedFont([*mark.lines(), *short])
        letters = font.object(pdf)
        first = _add_band(pdf, pages[0], letters, *_full_band(mark, font, _across(pages[0])))
        for page, line in zip(pages[1:], short, strict=True):
            _add_band(pdf, page, letters, *_line_band(line, font, _across(page)))
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return Marked(pdf=out.getvalue(), band=first)


def _full_band(mark: Mark, font: EmbeddedFont, across: float) -> tuple[bytes, float]:
    """What the first page's band shows, in its own coordinates, and its height."""
    size = max(_LEAST_SIZE, min(_SIZE, _SIZE * across / _WIDE_ENOUGH))
    lines = mark.lines()
    high = len(lines) * size * _LEADING + 2 * _MARGIN * size
    code = segno.make(mark.link, error="m", micro=False) if mark.link else None
    code_side = high - 2 * _MARGIN * size if code is not None else 0.0
    room = across - code_side - 3 * _MARGIN * size
    size = min(size, *(size * room / max(1.0, font.width(line, size)) for line in lines))
    left = max(_MARGIN * size, across - code_side - 2 * _MARGIN * size - max(font.width(line, size) for line in lines))
    step = (high - 2 * _MARGIN * size) / len(lines)
    parts = [b"q", _rule(across)]
    for row, line in enumerate(lines):
        colour = _RED if line == FOR_TRIAL else _BLACK
        parts.append(_written(font, line, size, left, high - _MARGIN * size - row * step - size, colour))
    if code is not None:
        modules = [list(row) for row in code.matrix_iter(border=_QUIET)]
        parts.append(_symbol(modules, across - code_side - _MARGIN * size, _MARGIN * size, code_side))
    return b"\n".join([*parts, b"Q"]), high


def _line_band(line: str, font: EmbeddedFont, across: float) -> tuple[bytes, float]:
    size = max(_LEAST_SIZE, min(_SIZE, _SIZE * across / _WIDE_ENOUGH)) * 0.8
    high = 2 * size
    size = min(size, size * (across - 2 * size) / font.width(line, size))
    left = across - size - font.width(line, size)
    return b"\n".join([b"q", _rule(across), _written(font, line, size, left, 0.65 * size, _BLACK), b"Q"]), high


def _add_band(pdf: pikepdf.Pdf, page: pikepdf.Page, font: pikepdf.Object, content: bytes, high: float) -> Box:
    """Makes the page higher at the edge that is shown as its upper one, and shows the content there."""
    left, bottom, right, top = (float(side) for side in page.mediabox)
    turn = int(page.get("/Rotate", 0)) % 360
    matrix, media, band = {
        0: ((1, 0, 0, 1, left, top), (left, bottom, right, top + high), (left, top, right, top + high)),
        90: ((0, 1, -1, 0, left, bottom), (left - high, bottom, right, top), (left - high, bottom, left, top)),
        180: ((-1, 0, 0, -1, right, bottom), (left, bottom - high, right, top), (left, bottom - high, right, bottom)),
        270: ((0, -1, 1, 0, right, top), (left, bottom, right + high, top), (right, bottom, right + high, top)),
    }[turn]
    page.mediabox = [round(side, 4) for side in media]
    resources = pikepdf.Dictionary(page.obj.Resources)
    fonts = pikepdf.Dictionary(resources.get("/Font", pikepdf.Dictionary()))
    fonts.Mark = font
    resources.Font = fonts
    page.obj.Resources = resources
    placed = b"Q q %s cm\n%s\nQ\n" % (b" ".join(number(float(value)) for value in matrix), content)
    page.contents_add(pdf.make_stream(b"q\n"), prepend=True)  # the page's invisible text leaves nothing set behind it
    page.contents_add(pdf.make_stream(placed), prepend=False)
    return band


def _across(page: pikepdf.Page) -> float:
    """How wide the page is as it is shown."""
    left, bottom, right, top = (float(side) for side in page.mediabox)
    return top - bottom if int(page.get("/Rotate", 0)) % 180 else right - left


def _rule(across: float) -> bytes:
    return b"0.6 g 0 0 %s 0.5 re f" % number(across)


def _written(font: EmbeddedFont, line: str, size: float, x: float, y: float, colour: bytes) -> bytes:
    place = b"%s %s Td" % (number(x), number(y))
    return b"BT %s /Mark %s Tf %s %s Tj ET" % (colour, number(size), place, font.encoded(line))


def _symbol(modules: list[list[int]], x: float, y: float, side: float) -> bytes:
    """A QR code with its quiet zone in a square of this side: a rectangle for each run of dark modules."""
    module = side / len(modules)
    parts = [b"0 g"]
    for row, line in enumerate(modules):
        at = 0
        while at < len(line):
            end = at
            while end < len(line) and line[end]:
                end += 1
            if end > at:
                low = y + side - (row + 1) * module
                parts.append(
                    b"%s %s %s %s re"
                    % (number(x + at * module), number(low), number((end - at) * module), number(module))
                )
            at = max(end, at + 1)
    return b"\n".join([*parts, b"f"])
