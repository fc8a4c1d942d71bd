"""One document drawn: a form definition, its content, a way of writing → page images with truth boxes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from ocr_models.fonts import Split
from ocr_models.synthesis import art
from ocr_models.synthesis.blocks import draw_member, draw_section
from ocr_models.synthesis.canvas import Canvas, Pixels
from ocr_models.synthesis.cards import draw_card_side
from ocr_models.synthesis.clerk import Clerk
from ocr_models.synthesis.facts import Content, Facts
from ocr_models.synthesis.ledgers import draw_entries
from ocr_models.synthesis.look import Look, make_look
from ocr_models.synthesis.sheet import Placed, Sheet
from pipeline.forms.definition import FormDefinition, FormPage, Section

PAPERS_MM = {"A3": (297.0, 420.0), "A4": (210.0, 297.0), "A5": (148.0, 210.0), "booklet": (120.0, 165.0), "ID1": (85.6, 54.0)}  # fmt: skip


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


def draw_document(
    form: FormDefinition,
    content: Content,
    *,
    seed: int,
    kind: str,
    dpi: float,
    split: Split,
    sides: tuple[str, ...] | None = None,
) -> list[Side]:
    """Every side of the document in order. The same arguments give the same pixels."""
    drawn: list[Side] = []
    for page in form.pages:
        if sides is not None and page.side not in sides:
            continue
        for part in _parts(page, content):
            drawn.append(
                _draw_side(form, page, content, part, f"{seed}/{kind}", kind, dpi, split, len(drawn))
            )
    return drawn


def _parts(page: FormPage, content: Content) -> list[tuple[int, int]]:
    """Which members go on which leaf: (first, end) for each leaf; (0, 0) where the page has none."""
    for section in page.sections:
        if section.kind == "repeat":
            step = section.blocks
            return [(n, n + step) for n in range(0, max(1, len(content.members)), step)]
        if section.kind == "entries" and section.each == "member" and section.prefix:
            return [(0, len(content.members))]
    return [(0, 0)]


def _draw_side(
    form: FormDefinition,
    page: FormPage,
    content: Content,
    part: tuple[int, int],
    seed: str,
    kind: str,
    dpi: float,
    split: Split,
    number: int,
) -> Side:
    """Measure first, then draw with the leading that fills the sheet without overflowing it."""
    if form.paper.size == "ID1":
        card = draw_card_side(form, page, content, seed=seed, kind=kind, dpi=dpi, split=split)
        return Side(pixels=card.canvas.pixels, dpi=dpi, placed=tuple(card.placed), name=page.side)
    style = f"{seed}/style"
    width, height = paper_size(form)
    bottom_margin = 8.0 if form.paper.size in ("booklet", "A5") else 14.0

    def attempt(canvas: Canvas, size_pt: float, stretch: float) -> Sheet:
        rng = Random(style)
        look = make_look(rng, canvas, kind, year=content.day.year, split=split, size_pt=size_pt)
        look = replace(look, leading=look.leading * stretch)
        sheet = _new_sheet(canvas, look, content, Random(f"{seed}/{number}"), kind, height - bottom_margin)
        _draw_page(sheet, page, content, part)
        return sheet

    limit = (height - bottom_margin) * dpi / 25.4
    size_pt, stretch = {"A3": 11.5, "A4": 12.5, "A5": 10.0, "booklet": 8.0}.get(form.paper.size, 9.0), 1.0
    for _ in range(9):
        used = attempt(Canvas(width, height, dpi, dry=True), size_pt, stretch).y
        if used <= limit:
            break
        ratio = limit / used
        if stretch > 0.8:
            stretch = max(0.78, stretch * min(ratio, 0.97))
        else:
            size_pt *= max(0.85, min(ratio, 0.97))
    room = limit / max(used, 1)
    wanted = stretch * min(1.3, 1 + (room - 1) * 0.75) if room > 1.03 else stretch
    if attempt(Canvas(width, height, dpi, dry=True), size_pt, wanted).y <= limit:
        stretch = wanted
    canvas = Canvas(width, height, dpi)
    _draw_ground(canvas, form, page, Random(f"{style}/ground"))
    sheet = attempt(canvas, size_pt, stretch)
    return Side(pixels=canvas.pixels, dpi=dpi, placed=tuple(sheet.placed), name=page.side)


def _new_sheet(canvas: Canvas, look: Look, content: Content, rng: Random, kind: str, _: float) -> Sheet:
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
        seal=art.seal_and_sign,
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
    canvas, keep = sheet.canvas, sheet.facts
    for number in range(*part):
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
    sheet.facts, sheet.prefix = keep, ""


def _draw_ground(canvas: Canvas, form: FormDefinition, page: FormPage, rng: Random) -> None:
    old = (form.issued[1] or 2030) < 1995
    paper = rng.choice(
        ((228, 240, 246), (214, 230, 240), (205, 222, 234))
        if old
        else ((252, 253, 253), (246, 249, 250), (240, 246, 249))
    )
    art.tint_paper(canvas, paper)
    if "guilloche" in page.art:
        tint = rng.choice(((205, 195, 245), (200, 215, 250), (215, 225, 240), (225, 235, 205)))
        art.draw_guilloche(canvas, rng, tint, rng.uniform(0.25, 0.6))
    if "frame" in page.art:
        inset = 6.0 * canvas.ppm
        from ocr_models.synthesis.canvas import Box

        width, height = canvas.width_mm * canvas.ppm, canvas.height_mm * canvas.ppm
        colour = rng.choice(((90, 80, 170), (120, 110, 90), (60, 60, 60)))
        canvas.rectangle(Box(inset, inset, width - inset, height - inset), colour, 0.6)
        inner = inset + 1.3 * canvas.ppm
        canvas.rectangle(Box(inner, inner, width - inner, height - inner), colour, 0.2)
