"""`make bench-books`: opened books photographed with a phone, against the same sheets on a scanner's glass.

Drawn by a seed: registers of one act a page, tabular ledgers over both pages, household books. Each book is scanned
(`flatbed`) and photographed (`phone`) and read by `hotich digitize`. Prints fields right both ways and their ratio,
gutters found, places said to be covered, and missing and doubled pages found in simulated books
(`tests.bench.book_pages`).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_models.workshop.drawing import degrade
from ocr_models.workshop.drawing.containers import write_pages
from ocr_models.workshop.drawing.dataset import content_for
from ocr_models.workshop.drawing.degrade import Shot
from ocr_models.workshop.drawing.document import Drawing, Side, draw_document
from ocr_models.workshop.drawing.opened_book import OpenedBook, bound_halves, photograph_book
from pipeline.forms.definition import FormDefinition
from pipeline.forms.loading import load_forms
from pipeline.imaging.opened_book import find_opened_book
from tests.bench import book_pages

Pixels = NDArray[np.uint8]
_DPI = 240.0  # of the drawing: finer than any photo of two pages shows
_FORMS = (("birth_register_entry", "2016"), ("birth_register_entry", "2006"), ("birth_register_entry", "1999"),
          ("birth_register_entry", "1987"), ("birth_register_entry", "ledger"), ("household_book", "1995"))  # fmt: skip
_INNER_MM = 12.0  # margin at the gutter of a ledger's halves
_NEAR_GUTTER = 0.012  # of the photo's width: a gutter found further off is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Drawn sides of one opening, and what stands on each: the truth of the records in reading order."""

    name: str
    form: FormDefinition
    sides: tuple[Side, ...]
    records: tuple[dict[str, Any], ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=48, help="openings, over the forms in turn")
    parser.add_argument("--seed", type=int, default=1400)
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--long-side", type=int, default=4000, help="pixels of a photo's longer side")
    parser.add_argument("--simulated", type=int, default=2000, help="simulated books for missing and doubled pages")
    parser.add_argument("--keep", type=Path, help="a folder to keep files and results in")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch)
        if arguments.count:
            ways = _made(folder, arguments.count, arguments.seed, arguments.split, arguments.long_side)
            _report(ways, {way: _read(folder, way) for way in ("flatbed", "phone")})
    book_pages.report(arguments.simulated, arguments.seed)


def books(count: int, seed: int, split: Any) -> Iterator[Book]:
    """`count` openings; the same arguments give the same."""
    for number in range(count):
        rng = Random(f"{seed}/{number}")
        kind, name = _FORMS[number % len(_FORMS)]
        form = next(f for f in load_forms() if f.type.value == kind and f.form == name)
        yield _book(rng, f"{number:03d}-{name}", form, f"{seed}/{number}", split)


def _book(rng: Random, name: str, form: FormDefinition, seed: str, split: Any) -> Book:
    sides: list[Side] = []
    records: list[dict[str, Any]] = []
    writing = rng.choice(form.writing)
    one_sheet = form.several_records or form.type.value == "household_book"
    for act in range(1 if one_sheet else 2):
        content = content_for(rng, form)
        drawing = Drawing(form=form, content=content, seed=f"{seed}/{act}", kind=writing, dpi=_DPI, split=split,
                          mark=0.05)  # fmt: skip
        named = ("owner", "members") if form.type.value == "household_book" else ("page",)
        drawn = draw_document(drawing, named)[:2]
        records += _records(form, drawn)
        sides += drawn
    return Book(name=name, form=form, sides=tuple(sides), records=tuple(records))


def _records(form: FormDefinition, sides: Sequence[Side]) -> list[dict[str, Any]]:
    columns = {c.field for page in form.pages for s in page.sections for c in s.columns}
    placed = [p for side in sides for p in side.placed]
    numbers = sorted({p.record for p in placed}) if form.several_records else [0]
    made = []
    for number in numbers:
        own = [p for p in placed if not form.several_records or p.name not in columns or p.record == number]
        fields: dict[str, Any] = {}
        for p in own:
            if fields.get(p.name, {}).get("value") is None:
                fields[p.name] = {"value": p.entry.value, "verbatim": p.entry.verbatim}
        made.append({"document_type": form.type.value, "form": form.form, "fields": fields})
    return made


def flatbed(book: Book, rng: Random) -> list[Pixels]:
    """Each sheet by itself on a scanner's glass, a little askew."""
    pages = []
    for side in book.sides:
        shot = degrade.skew(Shot.of(side.pixels), rng.uniform(-0.8, 0.8))
        shot = degrade.noise(degrade.blur(shot, rng.uniform(0, 0.4)), rng, rng.uniform(1, 3))
        pages.append(shot.pixels)
    return pages


def phone(book: Book, rng: Random, long_side: int) -> OpenedBook:
    """The opened book on a table."""
    ppm = _DPI / 25.4
    if len(book.sides) == 1:
        sheet = book.sides[0].pixels
        left, right = bound_halves(sheet, round(_INNER_MM * ppm), _rule_near_the_middle(sheet))
    else:
        left, right = book.sides[0].pixels, book.sides[1].pixels
    fingers = rng.choice((0, 0, 1, 2))
    return photograph_book(left, right, ppm, rng, long_side=long_side, fingers=fingers, strength=rng.uniform(0.5, 1.3))


def _rule_near_the_middle(sheet: Pixels) -> int:
    grey = cv2.cvtColor(sheet, cv2.COLOR_BGR2GRAY)
    height, width = grey.shape
    low, high = round(0.4 * width), round(0.6 * width)
    band = 255 - grey[round(0.3 * height) : round(0.8 * height), low:high]
    return low + int(np.argmax(cv2.morphologyEx(band, cv2.MORPH_OPEN, np.ones((61, 1), np.uint8)).mean(axis=0)))


def _made(folder: Path, count: int, seed: int, split: Any, long_side: int) -> list[Book]:
    made, sums = [], Counter[str]()
    for way in ("flatbed", "phone"):
        (folder / way).mkdir(parents=True, exist_ok=True)
    truth = []
    for book in books(count, seed, split):
        rng = Random(f"{seed}/{book.name}/taken")
        scans = flatbed(book, rng)
        write_pages(folder / "flatbed" / f"{book.name}.pdf", scans, container="pdf-jpeg", dpi=_DPI, quality=88)
        taken = phone(book, rng, long_side)
        path = folder / "phone" / f"{book.name}.jpg"
        cv2.imwrite(str(path), taken.pixels, [cv2.IMWRITE_JPEG_QUALITY, rng.choice((82, 90, 94))])
        sums["gutters right"] += _gutter_right(taken, cv2.imread(str(path)))
        sums["openings"] += 1
        truth.append({"file": book.name, "records": book.records})
        made.append(book)
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False), encoding="utf-8")
    print(f"gutters right {sums['gutters right']} of {sums['openings']}")
    return made


def _gutter_right(taken: OpenedBook, pixels: Any) -> bool:
    found = find_opened_book(np.asarray(pixels, np.uint8))
    if found is None:
        return False
    (ax, ay), (bx, by) = found.gutter
    off = [abs(ax + (bx - ax) * (y - ay) / (by - ay) - x) for x, y in taken.gutter]
    return max(off) < _NEAR_GUTTER * pixels.shape[1]


def _read(folder: Path, way: str) -> dict[str, list[Mapping[str, Any]]]:
    home = folder / "home" / way
    env = os.environ | {"HOTICH_HOME": str(home), "HOTICH_ORCHESTRATION": "never"}
    out = folder / "out" / way
    command = [sys.executable, "-m", "hotich", "digitize", str(folder / way), "--out", str(out)]
    subprocess.run(command, env=env, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    read: dict[str, list[Mapping[str, Any]]] = {}
    for path in sorted(out.rglob("*.json"), key=lambda p: (p.stem.partition(".")[0], _number(p))):
        record = json.loads(path.read_text(encoding="utf-8"))
        if "fields" in record:
            read.setdefault(Path(record["source"]["file"]).stem, []).append(record)
    return read


def _number(path: Path) -> int:
    digits = path.name.removesuffix(".json").rpartition(".")[2]
    return int(digits) if digits.isdigit() else 0


def _report(made: Sequence[Book], read: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]) -> None:
    rates: dict[str, Counter[str]] = {}
    for way, records in read.items():
        sums = Counter[str]()
        for book in made:
            _count(sums, book, records.get(book.name, ()))
        rates[way] = sums
        for form in sorted({b.form.form for b in made}):
            print(f"  {way} {form}: {sums[f'right {form}']} of {sums[f'fields {form}']} fields")
        print(
            f"{way}: {sums['right']} of {sums['fields']} fields right ({sums['right'] / max(sums['fields'], 1):.1%}); "
            f"records {sums['records']} for {sums['expected']}; accepted {sums['accepted']}, "
            f"of these wrong {sums['accepted wrong']}; papers with a place covered {sums['covered']}"
        )
    flat, taken = (rates[w]["right"] / max(rates[w]["fields"], 1) for w in ("flatbed", "phone"))
    print(f"phone over flatbed: {taken / max(flat, 1e-9):.3f}")


def _count(sums: Counter[str], book: Book, records: Sequence[Mapping[str, Any]]) -> None:
    sums["records"] += len(records)
    sums["expected"] += len(book.records)
    sums["covered"] += any(f["code"] == "page.covered" for r in records for f in r["findings"])
    left = list(records)
    for true in book.records:
        best = max(left, key=lambda r: _right(true, r), default=None)
        if best is not None:
            left.remove(best)
        fields = [n for n, f in true["fields"].items() if f["value"] is not None]
        sums["fields"] += len(fields)
        sums[f"fields {book.form.form}"] += len(fields)
        right = 0 if best is None else _right(true, best)
        sums["right"] += right
        sums[f"right {book.form.form}"] += right
        for name, read in (best or {"fields": {}})["fields"].items():
            accepted = read["status"] == "accepted"
            sums["accepted"] += accepted
            sums["accepted wrong"] += accepted and not _same(true["fields"].get(name, {}).get("value"), read["value"])


def _right(true: Mapping[str, Any], record: Mapping[str, Any]) -> int:
    fields = record["fields"]
    given = true["fields"].items()
    return sum(n in fields and _same(f["value"], fields[n]["value"]) for n, f in given if f["value"] is not None)


def _same(true: Any, read: Any) -> bool:
    return (str(true) if true is not None else "").casefold() == (str(read) if read is not None else "").casefold()


if __name__ == "__main__":
    main()
