"""A labelled set of documents on disk: files, `truth.jsonl`, `population.csv`.

A truth line is `{file, document_type, form, pages, condition, fields, register_outcome}`; a file with
several acts or cards has `records` instead, a list of `{document_type, form, fields, register_outcome}`
in reading order. `condition` says writing (print, typed, pen), capture (flatbed, bilevel, phone,
sheet, born_digital), dpi (of the page in its file; in a photo what the page came to), wear, container,
and rotation (how the page must be turned clockwise to be upright). A field is
`{value, verbatim, page, box, writing}`, with `ditto` or `struck_out` (the wrong entry) where there is one;
`value` null: the place is there and empty. Boxes are in pixels of the page in its file, for born-digital
PDFs of the page at `condition.dpi`. `register_outcome` is what the register
says of the people by whom the record is checked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Literal

from ocr_models.workshop.drawing import facts, people
from ocr_models.workshop.drawing.capture import Page, capture_pages
from ocr_models.workshop.drawing.containers import MANY, SINGLE, SUFFIX, write_pages
from ocr_models.workshop.drawing.document import Drawing, draw_document
from ocr_models.workshop.drawing.facts import Content
from ocr_models.workshop.drawing.register_rows import Register
from ocr_models.workshop.drawing.vector import write_born_digital
from ocr_models.workshop.fonts import Split
from pipeline.forms.definition import FormDefinition
from pipeline.forms.loading import load_forms

Wear = Literal["none", "mild", "hard"]
Capture = Literal["flatbed", "bilevel", "phone", "sheet", "born_digital"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything that decides one file. `seed` fixes the rest."""

    seed: str
    form: FormDefinition
    kind: str
    capture: Capture
    container: str
    dpi: float
    wear: Wear
    split: Split
    copies: int = 1
    mark: float = 0.1
    quality: int = 82
    turned: int | None = None
    sides: tuple[str, ...] | None = None
    hand: str = ""


def make_dataset(
    out: Path,
    *,
    count: int,
    seed: int,
    types: Sequence[str] = (),
    split: Split = "dev",
    wear: Wear | None = None,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write `count` files with truth and register to `out`. The same arguments give the same bytes.

    `types` limits the document types; `wear` None mixes all three. Raises WrongUse for an unknown type.
    """
    out.mkdir(parents=True, exist_ok=True)
    register = Register(Random(f"{seed}/register"))
    with (out / "truth.jsonl").open("w", encoding="utf-8") as truth:
        for number, job in enumerate(plan_jobs(count, seed, types, split, wear), start=1):
            name = f"{number:04d}{SUFFIX[job.container]}"
            line = write_job(out / name, job, register)
            truth.write(json.dumps({"file": name, **line}, ensure_ascii=False) + "\n")
            if progress is not None:
                progress(number)
    register.add_strangers(max(50, count * 2))
    register.write(out / "population.csv")


def plan_jobs(count: int, seed: int, types: Sequence[str], split: Split, wear: Wear | None) -> Iterator[Job]:
    """Types come round evenly; their generations, hands and captures by chance."""
    by_type: dict[str, list[FormDefinition]] = {}
    for form in load_forms():
        if not types or form.type.value in types:
            by_type.setdefault(form.type.value, []).append(form)
    order = sorted(by_type)
    for number in range(count):
        rng = Random(f"{seed}/{split}/plan/{number}")
        form = rng.choice(by_type[order[number % len(order)]])
        yield _plan(rng, f"{seed}/{split}/{number}", form, split, wear)


def _plan(rng: Random, seed: str, form: FormDefinition, split: Split, wear: Wear | None) -> Job:
    kind = rng.choice(form.writing)
    card = form.paper.size == "ID1"
    captures: list[Capture] = [*(("flatbed",) * 6), "phone", "phone"]
    if card:
        captures = ["flatbed", "flatbed", "phone", "phone", "sheet", "sheet", "sheet", "sheet"]
    else:
        captures += ["bilevel", "bilevel"]
        if kind == "print" and form.issued[0] and form.issued[0] >= 2016:
            captures += ["born_digital"]
    capture = rng.choice(captures)
    dpi: float = rng.choice((200, 300, 300, 300, 300, 300, 400, 150))
    if form.paper.size == "A3":
        dpi = rng.choice((200, 250, 300))
    if card and capture == "flatbed":
        dpi = rng.choice((300, 300, 400, 600))
    if capture in ("bilevel", "born_digital", "sheet"):
        dpi = 300
    container = _container(rng, form, capture)
    return Job(
        seed=seed,
        form=form,
        kind=kind,
        capture=capture,
        container=container,
        dpi=dpi,
        wear=rng.choice(_WEARS) if wear is None else wear,
        split=split,
        copies=_copies(rng, form, capture, container),
        quality=rng.choice((60, 75, 82, 90)),
    )


_WEARS: tuple[Wear, ...] = ("none", "mild", "mild", "hard")


def _copies(rng: Random, form: FormDefinition, capture: Capture, container: str) -> int:
    """Documents in one file: two cards on a sheet, a few acts scanned one after another into one PDF or TIFF."""
    if capture == "sheet":
        return rng.choice((1, 1, 2))
    one_page = sum(page.side not in ("cover", "adjustments") for page in form.pages) == 1
    if container in MANY and one_page and not form.several_records and rng.random() < 0.15:
        return rng.randint(2, 3)
    return 1


def _container(rng: Random, form: FormDefinition, capture: Capture) -> str:
    single = len(form.pages) == 1 or capture == "sheet"
    if capture == "born_digital":
        return "pdf-born"
    if capture == "bilevel":
        return rng.choice(("tif-g4", "pdf-g4"))
    many = ("pdf-jpeg", "pdf-jpeg", "tif-jpeg", "tif-lzw")
    if not single:
        return rng.choice(many)
    if capture == "phone":
        return rng.choice(("jpg", "jpg", "heic", "webp", "pdf-jpeg"))
    return rng.choice(("jpg", "jpg", "jpg", "png", "webp", *many))


def content_for(rng: Random, form: FormDefinition) -> Content:
    """Invented facts that fit the form's type and the years in which it was issued."""
    first, last = form.issued
    last = last or 2026
    first = first or last - 15
    day = people.day_in_year(rng, rng.randint(min(first + (last - first) // 20, last), last))
    day = min(day, date(2026, 10, 30))
    kind = form.type.value
    if kind == "birth_notification":
        day = max(day, date(2025, 10, 5)) if form.form == "2025" else min(day, date(2025, 9, 20))
        return facts.birth_notification(rng, day)
    if form.several_records:
        return facts.ledger(rng, day, rng.randint(3, 7))
    if kind.startswith("birth"):
        return facts.birth(rng, day)
    if kind == "marriage_certificate":
        return facts.marriage(rng, day)
    if kind == "death_certificate":
        return facts.death(rng, day)
    if kind.endswith("_book"):
        return facts.household_book(rng, day)
    if kind == "citizen_id_2024":
        day = max(day, date(2024, 7, 2))
    return facts.identity_card(rng, day, validity="none" if kind == "national_id_9" else "ages")


def write_job(path: Path, job: Job, register: Register) -> dict[str, Any]:
    """Make one file; gives its truth line (without the file name)."""
    rng = Random(job.seed)
    contents = [content_for(rng, job.form) for _ in range(job.copies)]
    condition: dict[str, Any] = {
        "writing": job.kind,
        "capture": job.capture,
        "dpi": job.dpi,
        "wear": job.wear,
        "container": job.container,
    }
    if job.capture == "born_digital":
        pages = write_born_digital(path, _drawing(job, contents[0], 0))
    else:
        drawn = [
            draw_document(_drawing(job, content, copy), job.sides or _sides(rng, job.form))
            for copy, content in enumerate(contents)
        ]
        pages = capture_pages(
            drawn,
            rng,
            capture=job.capture,
            wear=job.wear,
            dpi=_drawing_dpi(job),
            card=_is_card(job),
            turned=job.turned,
        )
        if job.capture == "phone":
            condition["dpi"] = round(_drawing_dpi(job) * pages[0].scale)
        kept = pages[:1] if job.container in SINGLE else pages
        pixels, dpi = [page.pixels for page in kept], float(condition["dpi"])
        write_pages(path, pixels, container=job.container, dpi=dpi, quality=job.quality)
        condition["rotation"] = pages[0].rotation
    return _truth(job, pages, contents, register, condition)


def _drawing(job: Job, content: Content, copy: int) -> Drawing:
    return Drawing(
        form=job.form,
        content=content,
        seed=f"{job.seed}/{copy}",
        kind=job.kind,
        dpi=_drawing_dpi(job),
        split=job.split,
        mark=job.mark,
        hand=job.hand,
    )


def _is_card(job: Job) -> bool:
    return job.form.paper.size == "ID1"


def _drawing_dpi(job: Job) -> float:
    """Photos are resampled anyway: a sheet for them is drawn just finer than they need."""
    return min(job.dpi, 220.0) if job.capture == "phone" and not _is_card(job) else job.dpi


def _sides(rng: Random, form: FormDefinition) -> tuple[str, ...] | None:
    """Covers and adjustment pages are scanned with some documents, not with all."""
    optional = {"cover": 0.3, "adjustments": 0.25}
    return tuple(p.side for p in form.pages if rng.random() < optional.get(p.side, 1.0))


def _truth(
    job: Job, pages: list[Page], contents: list[Content], register: Register, condition: dict[str, Any]
) -> dict[str, Any]:
    records = [
        {
            "document_type": job.form.type.value,
            "form": job.form.form,
            "fields": fields,
            "register_outcome": outcome,
        }
        for copy, content in enumerate(contents)
        for fields, outcome in _records(job, pages, copy, content, register)
    ]
    head = {
        "document_type": job.form.type.value,
        "form": job.form.form,
        "pages": len(pages),
        "condition": condition,
    }
    if len(records) == 1:
        return {**head, "fields": records[0]["fields"], "register_outcome": records[0]["register_outcome"]}
    return {**head, "records": records}


def _records(
    job: Job, pages: list[Page], copy: int, content: Content, register: Register
) -> Iterator[tuple[dict[str, Any], str | None]]:
    kind = job.form.type.value
    placed = [(page, spot) for page in pages for spot in page.spots if spot.copy == copy]
    if not content.records:
        fields = _fields((page, spot) for page, spot in placed)
        yield fields, register_outcome(kind, content, 0, register)
        return
    columns = {c.field for p in job.form.pages for s in p.sections for c in s.columns}
    common = [(page, spot) for page, spot in placed if spot.name not in columns]
    for number in range(len(content.records)):
        own = [(page, spot) for page, spot in placed if spot.name in columns and spot.record == number]
        yield _fields([*common, *own]), register_outcome(kind, content, number, register)


def register_outcome(kind: str, content: Content, number: int, register: Register) -> str:
    """What the register says of the people by whom the record is checked: one of them decides, it knows the others."""
    who, *others = content.subjects if not content.records else content.subjects[number : number + 1]
    family = content.families[number] if content.families and kind != "birth_notification" else None
    household = str(content.fields.get("household_number") or "") if kind == "household_book" else ""
    for other in others:
        register.enter(other, household=household)
    return register.outcome(
        who,
        family,
        household=household,
        dead=kind == "death_certificate",
        by_year=kind == "birth_notification",
    )


def _fields(placed: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for page, spot in placed:
        known = fields.get(spot.name)
        if known is not None and (known["value"] is not None or spot.entry.value is None):
            continue
        fields[spot.name] = {
            "value": spot.entry.value,
            "verbatim": spot.entry.verbatim,
            "page": page.number,
            "box": [[round(x, 1), round(y, 1)] for x, y in spot.quad],
            "writing": spot.writing,
            **({"ditto": True} if spot.entry.ditto else {}),
            **({"struck_out": spot.entry.struck} if spot.entry.struck else {}),
        }
    return fields
