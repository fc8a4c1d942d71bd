"""One document drawn: a form definition, its content, a way of writing → page images with truth boxes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from ocr_models.workshop.drawing import art
from ocr_models.workshop.drawing.blocks import draw_member, draw_section
from ocr_models.workshop.drawing.canvas import Box, Canvas, Pixels
from ocr_models.workshop.drawing.cards import HEIGHT_MM, WIDTH_MM, draw_card_side
from ocr_models.workshop.drawing.clerk import Clerk
from ocr_models.workshop.drawing.facts import Content, Facts
from ocr_models.workshop.drawing.ledgers import draw_entries
from ocr_models.workshop.drawing.look import Look, make_look
from ocr_models.workshop.drawing.sheet import Placed, Sheet
from ocr_models.workshop.fonts import Split
from pipeline.forms.definition import FormDefinition, FormPage, Section

PAPERS_MM = {
    "A3": (297.0, 420.0),
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "booklet": (120.0, 165.0),
    "ID1": (85.6, 54.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One drawn side: pixels (H, W, 3) BGR at `dpi`, and what stands where on it (in its pixels)."""

    pixels: Pixels
    dpi: float
    placed: tuple[Placed, ...]
    name: str


def paper_size(form: FormDefinition) -> tuple[float, float]:
    """Width and height in millimetres."""
    short, long = sorted(PAPERS_MM[form.paper.size])
    return (short, long) if form.paper.orientation == "portrait" else (long, short)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What is to be drawn, and how. `mark` is the strength of the specimen mark across each side; `hand` the one pen
    face that writes, "" for any."""

    form: FormDefinition
    content: Content
    seed: str
    kind: str
    dpi: float
    split: Split
    mark: float = 0.1
    hand: str = ""


def draw_document(drawing: Drawing, sides: tuple[str, ...] | None = None) -> list[Side]:
    """Every side of the document in order (or only `sides`). The same drawing gives the same pixels."""
    drawn: list[Side] = []
    for number, (page, part) in enumerate(leaves(drawing, sides)):
        if drawing.form.paper.size == "ID1":
            canvas = Canvas(WIDTH_MM, HEIGHT_MM, drawing.dpi)
            sheet = draw_card_side(
                drawing.form, page, drawing.content, canvas,
                seed=drawing.seed, kind=drawing.kind, split=drawing.split, mark=drawing.mark,
            )  # fmt: skip
        else:
            canvas = Canvas(*paper_size(drawing.form), drawing.dpi)
            sheet = draw_leaf(drawing, page, part, number, canvas)
        placed = tuple(sheet.placed)
        drawn.append(Side(pixels=canvas.pixels, dpi=drawing.dpi, placed=placed, name=page.side))
    return drawn


def leaves(drawing: Drawing, sides: tuple[str, ...] | None) -> list[tuple[FormPage, tuple[int, int]]]:
    """The pages to draw, each with the range of members that go on it."""
    return [
        (page, part)
        for page in drawing.form.pages
        if sides is None or page.side in sides
        for part in _parts(page, drawing.content)
    ]


def _parts(page: FormPage, content: Content) -> list[tuple[int, int]]:
    """Which members go on which leaf: (first, end) for each leaf; (0, 0) where the page has none."""
    for section in page.sections:
        if section.kind == "repeat":
            step = section.blocks
            return [(n, n + step) for n in range(0, max(1, len(content.members)), step)]
        if section.kind == "entries" and section.each == "member" and section.prefix:
            return [(0, len(content.members))]
    return [(0, 0)]


_SIZES_PT = {"A3": 11.5, "A4": 12.5, "A5": 10.0, "booklet": 8.0}


def draw_leaf(
    drawing: Drawing,
    page: FormPage,
    part: tuple[int, int],
    number: int,
    canvas: Canvas,
    *,
    ground: bool = True,
) -> Sheet:
    """Draw one leaf: measured first, then with the size and leading that fill the sheet without overflow."""
    size_pt, stretch = _fitted(drawing, page, part, number, canvas)
    if ground:
        _draw_ground(canvas, drawing, page)
    return _attempt(drawing, page, part, number, canvas, size_pt, stretch)


def _fitted(
    drawing: Drawing, page: FormPage, part: tuple[int, int], number: int, canvas: Canvas
) -> tuple[float, float]:
    """Type size and stretch of the leading for which everything stays on the sheet."""
    size = drawing.form.paper.size
    limit = (canvas.height_mm - (8.0 if size in ("booklet", "A5") else 14.0)) * canvas.ppm
    size_pt, stretch = _SIZES_PT[size], 1.0

    def used() -> float:
        dry = Canvas(canvas.width_mm, canvas.height_mm, canvas.dpi, dry=True)
        return _attempt(drawing, page, part, number, dry, size_pt, stretch).y

    for _ in range(9):
        bottom = used()
        if bottom <= limit:
            break
        if stretch > 0.8:
            stretch = max(0.78, stretch * min(limit / bottom, 0.97))
        else:
            size_pt *= max(0.85, min(limit / bottom, 0.97))
    if (room := limit / max(bottom, 1)) > 1.03:
        tight, stretch = stretch, stretch * min(1.3, 1 + (room - 1) * 0.75)
        if used() > limit:
            stretch = tight
    return size_pt, stretch


def _attempt(
    drawing: Drawing,
    page: FormPage,
    part: tuple[int, int],
    number: int,
    canvas: Canvas,
    size_pt: float,
    stretch: float,
) -> Sheet:
    rng = Random(f"{drawing.seed}/style")
    content = drawing.content
    look = make_look(
        rng,
        canvas,
        drawing.kind,
        year=content.day.year,
        split=drawing.split,
        size_pt=size_pt,
        hand=drawing.hand,
    )
    look = replace(look, leading=look.leading * stretch)
    sheet = _new_sheet(canvas, look, content, Random(f"{drawing.seed}/{number}"), drawing.kind)
    _draw_page(sheet, page, content, part)
    return sheet


def _new_sheet(canvas: Canvas, look: Look, content: Content, rng: Random, kind: str) -> Sheet:
    margin = canvas.width_mm * rng.uniform(0.075, 0.1)
    facts: Facts = {**content.fields, "_day": content.day}
    return Sheet(
        canvas=canvas,
        look=look,
        clerk=Clerk(rng, year=content.day.year, kind=kind, script=look.script),
        facts=facts,
        issuer=content.issuer,
        rng=rng,
        x0=margin * canvas.ppm,
        x1=(canvas.width_mm - margin) * canvas.ppm,
        y=canvas.height_mm * rng.uniform(0.035, 0.06) * canvas.ppm,
        kind_of_writing=kind,
    )


def _draw_page(sheet: Sheet, page: FormPage, content: Content, part: tuple[int, int]) -> None:
    bottom = (sheet.canvas.height_mm - 10) * sheet.canvas.ppm
    for section in _ordered(sheet, page.sections):
        if section.kind == "entries":
            rows = content.members if section.each == "member" and section.prefix else content.records
            draw_entries(sheet, section, rows, bottom)
        elif section.kind == "repeat":
            _draw_members(sheet, section, content, part)
        else:
            draw_section(sheet, section)


def _ordered(sheet: Sheet, sections: tuple[Section, ...]) -> list[Section]:
    """Sections of one `swap` name stand in either order on papers of one form; mostly as defined."""
    ordered = list(sections)
    for first in range(len(ordered) - 1):
        name = ordered[first].swap
        if name and ordered[first + 1].swap == name and sheet.rng.random() < 0.08:
            ordered[first], ordered[first + 1] = ordered[first + 1], ordered[first]
    return ordered


def _draw_members(sheet: Sheet, section: Section, content: Content, part: tuple[int, int]) -> None:
    canvas, keep, first_hand = sheet.canvas, sheet.facts, sheet.look
    for number in range(*part):
        later = replace(first_hand, value=first_hand.second_hand)
        sheet.look = later if sheet.rng.random() < 0.3 and not later.script else first_hand
        known = number < len(content.members)
        sheet.facts = {**content.members[number], "_day": content.day} if known else {}
        sheet.prefix = f"{section.prefix.replace('[]', f'[{number}]')}"
        before = len(sheet.placed)
        draw_member(sheet, section, 0.0, crossed=bool(known and content.members[number].get("removed")))
        if not known:
            del sheet.placed[before:]
        y = sheet.y + sheet.look.leading * 0.15
        canvas.line((sheet.x0, y), (sheet.x1, y), sheet.look.colour, 0.25)
        sheet.y = y + sheet.look.leading * 0.2
    sheet.facts, sheet.prefix, sheet.look = keep, "", first_hand


def _draw_ground(canvas: Canvas, drawing: Drawing, page: FormPage) -> None:
    rng, form = Random(f"{drawing.seed}/ground"), drawing.form
    old = (form.issued[1] or 2030) < 1995
    papers = _OLD_PAPERS if old else _PAPERS
    art.tint_paper(canvas, rng.choice(papers))
    if "guilloche" in page.art:
        tint = rng.choice(((205, 195, 245), (200, 215, 250), (215, 225, 240), (225, 235, 205)))
        art.draw_guilloche(canvas, rng, tint, rng.uniform(0.25, 0.6))
    art.draw_specimen_mark(canvas, rng, drawing.mark)
    if "frame" in page.art:
        width, height = canvas.width_mm * canvas.ppm, canvas.height_mm * canvas.ppm
        colour = rng.choice(((90, 80, 170), (120, 110, 90), (60, 60, 60)))
        for inset, thick in ((6.0, 0.6), (7.3, 0.2)):
            margin = inset * canvas.ppm
            canvas.rectangle(Box(margin, margin, width - margin, height - margin), colour, thick)


_PAPERS = ((252, 253, 253), (246, 249, 250), (240, 246, 249))
_OLD_PAPERS = ((228, 240, 246), (214, 230, 240), (205, 222, 234))
