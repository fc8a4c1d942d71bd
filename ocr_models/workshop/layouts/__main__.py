"""`python -m ocr_models.workshop.layouts OUT --count N`: labelled papers in layouts that no definition knows."""

from __future__ import annotations

import argparse
import json
import tempfile
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from playwright.sync_api import Browser

from ocr_models.workshop.drawing import facts, people
from ocr_models.workshop.drawing.capture import capture_pages
from ocr_models.workshop.drawing.containers import MANY, SUFFIX, write_pages
from ocr_models.workshop.drawing.dataset import register_outcome
from ocr_models.workshop.drawing.facts import Content
from ocr_models.workshop.drawing.register_rows import Register
from ocr_models.workshop.fonts import Split
from ocr_models.workshop.layouts.papers import Paper
from ocr_models.workshop.layouts.rendering import browser, rendered
from ocr_models.workshop.layouts.style import css, make_style

KINDS = ("birth_certificate", "birth_certificate_old", "birth_extract", "birth_notification", "birth_register_entry",
          "death_certificate", "marriage_certificate", "household_book", "temporary_residence_book")  # fmt: skip
_YEARS = {"birth_certificate": (2016, 2026), "birth_certificate_old": (1958, 2015), "birth_extract": (2016, 2026),
          "birth_notification": (2012, 2026), "birth_register_entry": (1958, 2024), "death_certificate": (2000, 2026),
          "marriage_certificate": (1996, 2026), "household_book": (1994, 2021),
          "temporary_residence_book": (2007, 2021)}  # fmt: skip
_LAST = date(2026, 10, 30)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ocr_models.workshop.layouts", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=90)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", choices=("train", "dev", "test"), default="dev", help="whose fonts")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    register = Register(Random(f"{given.seed}/register"))
    with browser() as opened, (given.out / "truth.jsonl").open("w", encoding="utf-8") as truth:
        for number in range(given.count):
            kind = KINDS[number % len(KINDS)]
            line = write_paper(opened, given.out, number, kind, f"layouts/{given.seed}/{number}", given.split, register)
            truth.write(json.dumps(line, ensure_ascii=False) + "\n")
    register.add_strangers(max(50, 2 * given.count))
    register.write(given.out / "population.csv")


def content_of(rng: Random, kind: str) -> Content:
    """Invented facts for a paper of a kind."""
    day = min(people.day_in_year(rng, rng.randint(*_YEARS[kind])), _LAST)
    make: dict[str, Any] = {
        "birth_notification": facts.birth_notification,
        "marriage_certificate": facts.marriage,
        "death_certificate": facts.death,
    }
    if kind == "birth_register_entry":
        return facts.ledger(rng, day, rng.randint(3, 7))
    if kind.endswith("_book"):
        return facts.household_book(rng, day)
    return make.get(kind, facts.birth)(rng, day)  # type: ignore[no-any-return]


def write_paper(
    opened: Browser, out: Path, number: int, kind: str, seed: str, split: Split, register: Register
) -> dict[str, Any]:
    """Draws one paper, wears it down, scans it; gives its line of truth."""
    rng = Random(seed)
    content = content_of(rng, kind)
    year = content.day.year
    writing = rng.choice(("print", "print", "typed", "pen") if year > 1990 else ("typed", "pen", "pen"))
    style = make_style(rng, kind=writing, split=split, old=year < 2000)
    paper = Paper(rng, kind, content, style)
    sheets = paper.pages()
    dpi = rng.choice((180.0, 200.0, 200.0, 240.0))
    with tempfile.TemporaryDirectory() as scratch:
        sides = rendered(opened, sheets, css(style), paper.writer.written, Path(scratch), dpi)
    capture = rng.choice(("flatbed", "flatbed", "flatbed", "flatbed", "bilevel", "phone"))
    wear = rng.choice(("none", "mild", "mild", "hard"))
    pages = capture_pages([sides], rng, capture=capture, wear=wear, dpi=dpi, card=False)
    container = rng.choice([c for c in MANY if c.endswith("g4") == (capture == "bilevel")])
    name = f"{number:04d}{SUFFIX[container]}"
    write_pages(out / name, [p.pixels for p in pages], container=container, dpi=dpi, quality=rng.choice((70, 80, 88)))
    records = []
    for index, _ in enumerate(content.records or (content,)):
        spots = [(p, s) for p in pages for s in p.spots if s.record == index]
        fields = {
            s.name: {"value": s.entry.value, "verbatim": s.entry.verbatim, "page": p.number, "writing": s.writing,
                     "box": [[round(x, 1), round(y, 1)] for x, y in s.quad]}
            for p, s in spots
        }  # fmt: skip
        if fields:
            outcome = register_outcome(kind, content, index, register)
            records.append({"document_type": kind, "form": style.family, "fields": fields, "register_outcome": outcome})
    condition = {"writing": writing, "capture": capture, "dpi": dpi, "wear": wear, "container": container}
    head = {"file": name, "document_type": kind, "form": style.family, "pages": len(pages), "condition": condition}
    return {**head, **({"fields": records[0]["fields"], "register_outcome": records[0]["register_outcome"]}
                       if len(records) == 1 else {"records": records})}  # fmt: skip


if __name__ == "__main__":
    main()
