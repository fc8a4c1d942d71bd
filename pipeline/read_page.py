"""From one page image to its read lines: imaging, codes, layout, recognition, in that order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.codes import read_codes, read_mrz
from pipeline.domain.geometry import Quad, Transform, bounds, rectangle
from pipeline.domain.model import PageImage, PageReport, TextLine, UprightImage
from pipeline.domain.recognition import Recognizer
from pipeline.forms.classify import LEDGER, classify
from pipeline.imaging import prepare_page
from pipeline.imaging.findings import COVERED, WRITING_BESIDE_CARDS
from pipeline.imaging.opened_book import OpenedBook
from pipeline.imaging.prepare import JudgedPage, judged
from pipeline.layout import cut_lines, cut_united, find_crossings, find_layout
from pipeline.missed_card import with_missed_card
from pipeline.read_image import ReadImage
from pipeline.reading_over_rules import over_rules
from pipeline.show_through import SHOW_THROUGH, show_through

_ZONE_BEGINS = re.compile(r"[I1L]?[D0O]VN[MN]\d{6}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """The readers of one process. `primary` reads every line; `seconds` are asked, in order, where it
    doubts; `mrz` reads machine-readable zones."""

    primary: Recognizer
    seconds: tuple[Recognizer, ...] = ()
    mrz: Recognizer | None = None

    def all(self) -> tuple[Recognizer, ...]:
        return (self.primary, *self.seconds, *((self.mrz,) if self.mrz else ()))


MOST_CARD_LINES = 34  # what holds more is a sheet of a card's shape, as 21 x 33 cm nearly has; cards have 30 at most
SURE_LETTER = 0.9  # probability of a letter that counts when ways of reading a page are compared; by trial
FILLERS = 6  # of a machine-readable zone in a line, at least, that show which way it stands
_AS_WELL = 1.1  # times the sure letters: a ledger's leaf as it was scanned must be read so much better than flattened
MOST_CARD_CELLS = 6  # ruled cells with writing: no card is a table


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    report: PageReport
    images: tuple[ReadImage, ...]


def read_page(page: PageImage, readers: Readers) -> ReadPage:
    """Everything that can be read on one page, with its place. Blank images have no lines; a code may be on them.

    The two pages of a photographed book are two images, but where one table goes on over both. Where a half is no paper
    that is known or a table's, the sheet is read whole too, flattened and as it was scanned, and the way that reads
    most is taken: no flattening makes a page worse than it came.
    """
    known = judged(page)
    read, book = _read(known, readers)
    if any(_is_no_card(image) for image in read.images):
        read, book = _read(known, readers, cards=False)
    elif WRITING_BESIDE_CARDS in read.report.findings:
        sheet = _read(known, readers, cards=False)[0].images[0]
        read = replace(read, images=with_missed_card(read.images, sheet))
    if book is None or not _reaches_over(read.images):
        return read
    whole = [_read(known, readers, spread=book)[0], _read(known, readers, books=False)[0]]
    if any(classify(image.lines).form == LEDGER for image in read.images):
        return _rather_flattened(*whole)
    return max([read, *whole], key=_read_well)


def _reaches_over(images: Sequence[ReadImage]) -> bool:
    """Whether what stands on one of the pages may go on over the gutter: a register's table, or no paper by itself."""
    kinds = [classify(image.lines) for image in images if not image.image.blank]
    return any(kind.form == LEDGER or not kind.known for kind in kinds)


def _rather_flattened(flat: ReadPage, raw: ReadPage) -> ReadPage:
    """Across a fold lines are read in pieces, and pieces of letters surely: a few more sure letters tell nothing."""
    known, letters = _read_well(raw)
    return raw if _read_well(flat) < (known, letters / _AS_WELL) else flat


def _read_well(read: ReadPage) -> tuple[float, float]:
    """How well a way of reading a page reads it: the share of its written images that are known papers, then its
    letters that were read surely."""
    written = [image for image in read.images if not image.image.blank]
    known = sum(classify(image.lines).known for image in written) / max(1, len(written))
    letters = [c for image in written for line in image.lines if line.readings for c in line.readings[0].characters]
    return known, sum(c.probability >= SURE_LETTER for c in letters)


def _is_no_card(image: ReadImage) -> bool:
    """Whether what was cut out as a card is a sheet of its shape, or a ruled form on a sheet."""
    cells = {line.cell for line in image.lines if line.cell is not None and line.text.strip()}
    return image.image.kind == "card" and (len(image.lines) > MOST_CARD_LINES or len(cells) > MOST_CARD_CELLS)


def _read(
    page: JudgedPage,
    readers: Readers,
    *,
    cards: bool = True,
    books: bool = True,
    spread: OpenedBook | None = None,
) -> tuple[ReadPage, OpenedBook | None]:
    prepared = prepare_page(page, reader=readers.primary, cards=cards, books=books, spread=spread)
    images = tuple(_read_upright(image, readers) for image in prepared.images)
    report = replace(prepared.report, rotation=images[0].image.rotation)
    if any(_reaches_writing(place, image) for place in report.covered for image in images):
        report = replace(report, findings=(*report.findings, COVERED))
    if any(image.shows_through for image in images):
        report = replace(report, findings=(*report.findings, SHOW_THROUGH))
    return ReadPage(report=report, images=images), prepared.book


def _reaches_writing(place: Quad, image: ReadImage) -> bool:
    """Whether what lies over the page reaches to where it is written on, and not to its margin alone."""
    boxes = [bounds(line.box) for line in image.lines if line.text.strip()]
    if not boxes:
        return False
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    written = image.image.to_scan.quad(rectangle(min(lefts), min(tops), max(rights), max(bottoms)))
    (a0, b0, a1, b1), (c0, d0, c1, d1) = bounds(place), bounds(written)
    return a0 < c1 and c0 < a1 and b0 < d1 and d0 < b1


def _read_upright(image: UprightImage, readers: Readers) -> ReadImage:
    """The image, read; once more the other way up where its machine-readable zone is seen to stand on its head."""
    read = _read_image(image, readers)
    return _read_image(_turned_round(image), readers) if any(_on_its_head(line.text) for line in read.lines) else read


def _on_its_head(text: str) -> bool:
    """Whether a line is of a zone that was read upside down: its fillers "<" are then ">"."""
    return text.count(">") >= FILLERS and "<" not in text


def _turned_round(image: UprightImage) -> UprightImage:
    height, width = image.colour.shape[:2]
    back = Transform.of(np.array([[-1.0, 0.0, float(width)], [0.0, -1.0, float(height)]]))
    return image.evolve(
        colour=np.ascontiguousarray(image.colour[::-1, ::-1]),
        to_scan=image.to_scan @ back,
        rotation=(image.rotation + 180) % 360,
    )


def _read_image(image: UprightImage, readers: Readers) -> ReadImage:
    shell = image.evolve(colour=image.colour[:0].copy())  # a view would keep the whole page alive
    if image.blank:
        # A bare code is too little ink for writing; on a separator sheet it is all there is.
        return ReadImage(image=shell, lines=(), cuts=(), codes=read_codes(image))
    layout = find_layout(image)
    cuts = cut_lines(layout)
    crossings = find_crossings(layout.segments, layout.rules)
    united = [cut_united(layout, crossing.left, crossing.right) for crossing in crossings]
    readings = readers.primary.read([*cuts, *united])
    lines = tuple(
        TextLine(
            page=image.page,
            part=image.part,
            box=rectangle(*segment.box),
            line_to_upright=cut.to_upright,
            readings=(reading,),
            struck_out=segment.struck_out,
            crosses=segment.crosses,
            row=segment.row,
            cell=None if segment.table is None else (segment.table, segment.cell_row or 0, segment.cell_column or 0),
            ink=segment.ink,
        )
        for segment, cut, reading in zip(layout.segments, cuts, readings[: len(cuts)], strict=True)
    )
    through = show_through(layout, readings[: len(cuts)], cuts, readers.primary)
    lines, cuts = over_rules(lines, cuts, [*zip(crossings, united, readings[len(cuts) :], strict=True)])
    lines = tuple(line for number, line in enumerate(lines) if number not in through)
    cuts = [cut for number, cut in enumerate(cuts) if number not in through]
    mrz = read_mrz(image.evolve(kind="card"), readers.mrz) if readers.mrz and _may_have_zone(image, lines) else None
    codes = read_codes(image)
    return ReadImage(image=shell, lines=lines, cuts=tuple(cuts), codes=codes, mrz=mrz, shows_through=bool(through))


def _may_have_zone(image: UprightImage, lines: tuple[TextLine, ...]) -> bool:
    """Whether it is a card, or a page on which one was read whose edges were not found."""
    return image.kind == "card" or any(_ZONE_BEGINS.match(line.text.replace(" ", "")) for line in lines)
