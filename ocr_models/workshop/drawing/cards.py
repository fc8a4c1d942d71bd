"""Identity cards: fixed places on an ID-1 card for art, codes, captions and the lines of text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from ocr_models.workshop.drawing import art, codes
from ocr_models.workshop.drawing.canvas import BLACK, Box, Canvas, Colour
from ocr_models.workshop.drawing.clerk import Clerk, Entry
from ocr_models.workshop.drawing.facts import Content
from ocr_models.workshop.drawing.hands import Hand, Printed, Typed
from ocr_models.workshop.drawing.look import Look
from ocr_models.workshop.drawing.rows import draw_row, draw_text
from ocr_models.workshop.drawing.sheet import Sheet
from ocr_models.workshop.drawing.typefaces import Typeface, pool
from ocr_models.workshop.fonts import Split
from pipeline.forms.definition import FormDefinition, FormPage, Item

WIDTH_MM, HEIGHT_MM = 85.6, 54.0
Area = tuple[float, float, float, float]  # x0, y0, x1, y1 in millimetres


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where the parts of one side stand, in millimetres; None for what it lacks."""

    text: Area
    heading: Area | None = None
    photo: Area | None = None
    emblem: tuple[float, float, float] | None = None
    qr: Area | None = None
    mrz: Area | None = None
    chip: Area | None = None
    barcode: Area | None = None
    fingers: tuple[Area, ...] = ()
    seal: tuple[float, float] | None = None


PLANS: dict[tuple[str, str], Plan] = {
    ("citizen_id_chip", "front"): Plan(
        text=(27, 19.5, 84, 53),
        heading=(18, 2, 66, 18.5),
        photo=(3.5, 19, 24, 45),
        emblem=(10.5, 9.5, 12),
        qr=(69, 3, 82, 16),
    ),
    ("citizen_id_chip", "back"): Plan(
        text=(4, 2.5, 57, 19.5),
        mrz=(4, 36.5, 82, 52),
        chip=(5, 21, 17, 31),
        fingers=((63, 3, 73, 15), (63, 19.5, 73, 31.5)),
        seal=(45, 28),
    ),
    ("citizen_id_2024", "front"): Plan(
        text=(28, 20, 84, 53), heading=(18, 2, 82, 19.5), photo=(4, 20, 24.5, 48), emblem=(10.5, 10, 12)
    ),
    ("citizen_id_2024", "back"): Plan(
        text=(19, 2.5, 64, 35), mrz=(4, 36.5, 82, 52), chip=(4, 10, 16, 20), qr=(65.5, 3, 83.5, 21)
    ),
    ("citizen_id_barcode", "front"): Plan(
        text=(27, 16.5, 84, 53), heading=(18, 2, 84, 16), photo=(3.5, 17, 24, 44), emblem=(10.5, 9, 13)
    ),
    ("citizen_id_barcode", "back"): Plan(
        text=(26, 15, 83, 52),
        barcode=(4, 2.5, 81, 12.5),
        fingers=((4, 16, 20, 30), (4, 34.5, 20, 48.5)),
        seal=(56, 43),
    ),
    ("national_id_12", "front"): Plan(
        text=(27, 16.5, 84, 53), heading=(18, 2, 84, 16), photo=(3.5, 17, 24, 44), emblem=(10.5, 9, 14)
    ),
    ("national_id_12", "back"): Plan(
        text=(26, 15, 83, 52),
        barcode=(4, 2.5, 81, 12.5),
        fingers=((4, 16, 20, 30), (4, 34.5, 20, 48.5)),
        seal=(60, 43),
    ),
    ("national_id_9", "front"): Plan(
        text=(26, 17, 84, 53), heading=(20, 2, 84, 16.5), photo=(3, 17, 23, 46), emblem=(11, 9.5, 13)
    ),
    ("national_id_9", "back"): Plan(text=(22, 3, 83, 52), fingers=((4, 4, 19, 21), (4, 28, 19, 45)), seal=(60, 43)),
}
_TINTS: dict[str, tuple[Colour, ...]] = {
    "citizen_id_chip": ((235, 225, 195), (240, 220, 200)),
    "citizen_id_2024": ((240, 215, 215), (235, 225, 205)),
    "citizen_id_barcode": ((230, 225, 200), (225, 230, 205)),
    "national_id_12": ((235, 225, 205),),
    "national_id_9": ((205, 225, 190), (215, 230, 205)),
}


def draw_card_side(
    form: FormDefinition,
    page: FormPage,
    content: Content,
    canvas: Canvas,
    *,
    seed: str,
    kind: str,
    split: Split,
    mark: float,
) -> Sheet:
    """Draw one side of a card on its canvas; the sheet holds what stands where."""
    style, rng = Random(f"{seed}/style"), Random(f"{seed}/{page.side}")
    plan = PLANS[form.type.value, page.side]
    art.tint_paper(canvas, (250, 250, 250))
    art.draw_guilloche(canvas, style, style.choice(_TINTS[form.type.value]), style.uniform(0.3, 0.55))
    art.draw_specimen_mark(canvas, style, mark)
    tightness, stretch, bottom = 1.0, 1.0, plan.text[3] * canvas.ppm

    def attempt(canvas: Canvas) -> Sheet:
        sheet = _sheet(canvas, content, f"{seed}/style", page, kind, split, tightness)
        sheet.look = replace(sheet.look, leading=sheet.look.leading * stretch)
        if not canvas.dry:
            _draw_art(sheet, form, content, plan, rng)
        _draw_text(sheet, page, plan, Random(f"{seed}/{page.side}"))
        return sheet

    dry = Canvas(WIDTH_MM, HEIGHT_MM, canvas.dpi, dry=True)
    while attempt(dry).y > bottom and tightness > 0.6:
        tightness *= 0.95
    while stretch < 1.35 and attempt(dry).y < bottom * 0.97:
        stretch *= 1.06
    if attempt(dry).y > bottom:
        stretch /= 1.06
    return attempt(canvas)


def _sheet(
    canvas: Canvas, content: Content, style: str, page: FormPage, kind: str, split: Split, tightness: float
) -> Sheet:
    rng = Random(f"{style}/look")
    face = rng.choice(pool("sans", split))
    size = canvas.points(6.3 * rng.uniform(0.95, 1.05) * tightness)
    value: Hand
    if kind == "typed":
        typed = rng.choice(pool("typed", split))
        value = Typed(
            face=typed, size=size * 1.25 * 0.5 / typed.x_height, rng=rng, colour=(60, 50, 50), unevenness=0.25
        )
    else:
        weight = rng.choice(("regular", "regular", "bold"))
        value = Printed(face=face, size=size * 1.22, weight=weight, colour=rng.choice((BLACK, (45, 40, 40))))  # type: ignore[arg-type]
    look = Look(
        rng=rng,
        face=face,
        value_face=face,
        size=size,
        leading=size * rng.uniform(1.4, 1.5),
        colour=rng.choice(((60, 50, 45), (95, 60, 45), (70, 45, 50))),
        leader="dots" if kind == "typed" and rng.random() < 0.7 else "none",
        value=value,
        second_hand=value,
        drop=0.0,
        blank=False,
        colon="as printed",
        label_weight="regular",
        wordings=0.0,
    )
    side = Random(f"{style}/{page.side}")
    return Sheet(
        canvas=canvas,
        look=look,
        clerk=Clerk(side, year=content.day.year, kind="print", card=True),
        facts={**content.fields, "_day": content.day},
        issuer=("CÔNG AN TP HÀ NỘI",),
        rng=side,
        x0=0.0,
        x1=0.0,
        y=0.0,
        kind_of_writing=kind,
    )


def _draw_text(sheet: Sheet, page: FormPage, plan: Plan, rng: Random) -> None:
    """Heading, then the rows in the text area; captions of fingerprints and lines under the photo elsewhere."""
    ppm = sheet.canvas.ppm
    sheet.rng = rng
    for section in page.sections:
        if section.kind == "heading" and plan.heading:
            sheet.x0, sheet.y, sheet.x1 = plan.heading[0] * ppm, plan.heading[1] * ppm, plan.heading[2] * ppm
            look, sheet.look = sheet.look, replace(sheet.look, leading=sheet.look.size * 1.28)
            for item in section.right:
                draw_text(sheet, item.text, item.style, item.align, sheet.x0, sheet.x1)
            sheet.look = look
    sheet.x0, sheet.y, sheet.x1 = plan.text[0] * ppm, plan.text[1] * ppm, plan.text[2] * ppm
    fingers = list(plan.fingers)
    for section in page.sections:
        if section.kind == "heading":
            continue
        for row in section.rows:
            if "fingerprint" in row[0].style:
                _caption(sheet, row[0], fingers.pop(0) if fingers else None)
            elif "photo" in row[0].style and plan.photo:
                _under_photo(sheet, row[0], plan.photo)
            else:
                draw_row(sheet, row)


def _elsewhere(sheet: Sheet, area: Area, draw: Callable[[], None]) -> None:
    ppm, keep = sheet.canvas.ppm, (sheet.x0, sheet.x1, sheet.y)
    sheet.x0, sheet.y, sheet.x1 = area[0] * ppm, area[1] * ppm, area[2] * ppm
    draw()
    sheet.x0, sheet.x1, sheet.y = keep


def _caption(sheet: Sheet, item: Item, finger: Area | None) -> None:
    if finger is None:
        return
    middle = (finger[0] + finger[2]) / 2
    reach = max(9.5, (finger[2] - finger[0]) * 0.6)
    area = (max(1.0, middle - reach), finger[3] + 0.2, min(WIDTH_MM - 1, middle + reach), finger[3] + 4)
    _elsewhere(sheet, area, lambda: _small_text(sheet, item))


def _small_text(sheet: Sheet, item: Item) -> None:
    look, sheet.look = sheet.look, sheet.look.resized(0.85)
    draw_text(sheet, item.text, item.style, "center", sheet.x0, sheet.x1)
    sheet.look = look


def _under_photo(sheet: Sheet, item: Item, photo: Area) -> None:
    look, sheet.look = sheet.look, sheet.look.resized(0.82)
    plain = replace(item, style=(), below=True)
    area = (photo[0] - 1, photo[3] + 0.2, photo[2] + 2.5, HEIGHT_MM)
    _elsewhere(sheet, area, lambda: draw_row(sheet, (plain,)))
    sheet.look = look


def _draw_art(sheet: Sheet, form: FormDefinition, content: Content, plan: Plan, rng: Random) -> None:
    canvas = sheet.canvas
    if plan.emblem:
        x, y, diameter = plan.emblem
        art.draw_emblem(canvas, x * canvas.ppm, y * canvas.ppm, diameter)
    if plan.photo:
        art.draw_portrait(canvas, rng, _box(canvas, plan.photo))
    if plan.chip:
        art.draw_chip(canvas, _box(canvas, plan.chip))
    for finger in plan.fingers:
        art.draw_fingerprint(canvas, rng, _box(canvas, finger))
    if plan.qr:
        text = codes.citizen_qr(content.fields, fields=11 if form.type == "citizen_id_2024" else 7)
        box = codes.draw_qr(canvas, text, _box(canvas, plan.qr))
        sheet.place("qr", Entry(verbatim=text, value=text), box, writing="print")
        old = content.fields.get("old_national_id")
        if isinstance(old, str):
            sheet.place("old_national_id", Entry(verbatim=old, value=old), box, writing="print")
    if plan.barcode:
        codes.draw_barcode(canvas, str(content.fields["personal_id"]), _box(canvas, plan.barcode))
    if plan.mrz:
        lines = codes.td1(content.fields)
        box = codes.draw_mrz(canvas, lines, _box(canvas, plan.mrz), mrz_face())
        sheet.place("mrz", Entry(verbatim="\n".join(lines), value="\n".join(lines)), box, writing="print")
    if plan.seal:
        x, y = plan.seal[0] * canvas.ppm, plan.seal[1] * canvas.ppm
        art.draw_scribble(canvas, rng, x + 4 * canvas.ppm, y, 13 * canvas.ppm, (60, 50, 50))
        art.draw_seal(canvas, rng, x, y, face=sheet.look.face, text="CÔNG AN", diameter_mm=13.5)


def _box(canvas: Canvas, area: Area) -> Box:
    return Box(*(v * canvas.ppm for v in area))


def mrz_face() -> Typeface:
    """The most OCR-B-like fixed-pitch face at hand."""
    return pool("typed", "train")[0]
