"""`make bench-mixed`: random mixed files: pages blanked, cut, doubled, negative, two on a sheet, of wrong resolution.

By a seed. Every page must end somewhere, and no value may be accepted that the paper does not say. Prints a line for
each field that is, and the sums.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_models.evaluation.truth import TrueRecord, parse_truth
from pipeline.intake import open_document
from pipeline.settings import PipelineSettings

SAMPLES = Path("samples")
Pixels = NDArray[np.uint8]
_SINGLE = ("blank", "cut", "doubled", "negative", "two-up", "dpi", "whole", "whole")
_TOO_HIGH = (3, 4)  # times the true resolution that a wrong tag claims


@dataclass(frozen=True, slots=True)
class Paper:
    """A specimen's one page, and what is written on it."""

    pixels: Pixels
    dpi: float
    records: tuple[TrueRecord, ...]


@dataclass(slots=True)
class MixedFile:
    """A file that was made: what was done to each of its pages, and what is written on them."""

    name: str
    done: list[str] = field(default_factory=list)
    pages: list[Pixels] = field(default_factory=list)
    records: list[TrueRecord] = field(default_factory=list)
    dpi: float = 200.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--keep", type=Path, help="a folder to keep files and results in")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch)
        files = make(folder / "in", arguments.count, arguments.seed)
        digitize(folder)
        report(files, folder / "out")


def papers() -> list[Paper]:
    """The specimens of one page."""
    records, _ = parse_truth((SAMPLES / "truth.jsonl").read_text(encoding="utf-8").splitlines())
    by_file: dict[str, list[TrueRecord]] = {}
    for record in records:
        by_file.setdefault(record.file, []).append(record)
    found = []
    for name, own in sorted(by_file.items()):
        if own[0].pages != 1:
            continue
        with open_document(SAMPLES / name, PipelineSettings().limits) as document:
            page = document.page(1)
            pixels = page.pixels if page.pixels.ndim == 3 else np.stack([page.pixels] * 3, axis=2)
            found.append(Paper(np.asarray(pixels, np.uint8), float(page.dpi or 200), tuple(own)))
    return found


def make(folder: Path, count: int, seed: int) -> list[MixedFile]:
    folder.mkdir(parents=True, exist_ok=True)
    known = papers()
    return [_file(folder, number, Random(seed * 1000 + number), known) for number in range(count)]


def _file(folder: Path, number: int, rng: Random, known: Sequence[Paper]) -> MixedFile:
    kind = rng.choice(("jpg", "tif", "tif", "pdf", "pdf"))
    made = MixedFile(name=f"{number:03d}.{kind}")
    for _ in range(1 if kind == "jpg" else rng.randint(1, 4)):
        paper = rng.choice(known)
        done = rng.choice(_SINGLE)
        made.dpi = paper.dpi if not made.pages else made.dpi
        pages, told = _done(done, paper, rng, known)
        if kind == "jpg" and len(pages) > 1:
            pages = pages[:1]
        made.pages += pages
        made.done += [done] * len(pages)
        made.records += told
    if "dpi" in made.done:
        made.dpi *= rng.choice(_TOO_HIGH)
    _write(folder / made.name, made, kind, rng)
    return made


def _done(done: str, paper: Paper, rng: Random, known: Sequence[Paper]) -> tuple[list[Pixels], list[TrueRecord]]:
    pixels, own = paper.pixels, list(paper.records)
    if done == "blank":
        noise = np.random.default_rng(rng.randrange(1 << 30)).normal(247, 3, pixels.shape[:2])
        return [np.stack([np.clip(noise, 0, 255).astype(np.uint8)] * 3, axis=2)], []
    if done == "cut":
        cut = pixels.copy()
        cut[round(pixels.shape[0] * rng.uniform(0.4, 0.75)) :] = 128
        return [cut], own
    if done == "doubled":
        return [pixels, pixels], own
    if done == "negative":
        return [np.asarray(255 - pixels, np.uint8)], own
    if done == "two-up":
        other = rng.choice(known)
        return [_beside(pixels, other.pixels)], own + list(other.records)
    return [pixels], own


def _beside(left: Pixels, right: Pixels) -> Pixels:
    height = max(left.shape[0], right.shape[0])
    sheet = np.full((height, left.shape[1] + right.shape[1] + 60, 3), 250, np.uint8)
    sheet[: left.shape[0], : left.shape[1]] = left
    sheet[: right.shape[0], left.shape[1] + 60 :] = right
    return sheet


def _write(path: Path, made: MixedFile, kind: str, rng: Random) -> None:
    images = [Image.fromarray(pixels) for pixels in made.pages]
    dpi = (made.dpi, made.dpi)
    if kind == "jpg":
        buffer = BytesIO()
        images[0].save(buffer, "JPEG", quality=88, dpi=dpi)
        data = bytearray(buffer.getvalue())
        if made.done == ["cut"]:  # as a broken copy leaves it: zeros to the end, the end marker in place
            start = round(len(data) * rng.uniform(0.4, 0.7))
            data[start:-2] = bytes(len(data) - 2 - start)
        path.write_bytes(bytes(data))
    elif kind == "tif":
        images[0].save(path, save_all=True, append_images=images[1:], compression="jpeg", dpi=dpi)
    else:
        images[0].save(path, "PDF", save_all=True, append_images=images[1:], resolution=made.dpi, quality=88)


def digitize(folder: Path) -> None:
    env = os.environ | {"HOTICH_HOME": str(folder / "home"), "HOTICH_ORCHESTRATION": "never"}
    command = [sys.executable, "-m", "hotich"]
    load = [*command, "register", "load", str(SAMPLES / "population.csv")]
    subprocess.run(load, env=env, check=True, stdout=subprocess.DEVNULL)
    read = [*command, "digitize", str(folder / "in"), "--out", str(folder / "out")]
    subprocess.run(read, env=env, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run([*command, "verify"], env=env, check=False)


def report(files: Sequence[MixedFile], out: Path) -> None:
    read: dict[str, list[Mapping[str, Any]]] = {}
    for path in sorted(out.rglob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        read.setdefault(Path(record["source"]["file"]).name, []).append(record)
    sums: Counter[str] = Counter()
    for made in files:
        records = read.get(made.name, [])
        sums["files"] += 1
        sums["pages"] += len(made.pages)
        sums["records"] += len(records)
        sums["files without a record"] += not records
        for record in records:
            for name, value, accepted in _judged(record, made.records):
                sums["fields accepted"] += accepted
                sums["right"] += value
                if accepted and not value:
                    sums["accepted and wrong"] += 1
                    print(f"{made.name} {made.done}: {name} of {record['document_type']} is not what the paper says")
    print(", ".join(f"{name} {count}" for name, count in sums.items()))


def _judged(record: Mapping[str, Any], papers: Sequence[TrueRecord]) -> list[tuple[str, bool, bool]]:
    """Each field with whether it is right, by the paper that it fits best, and whether it was accepted unseen."""
    fields = {n: f for n, f in record["fields"].items() if f["value"] and f["source"] == "text"}

    def says(paper: TrueRecord, name: str) -> bool:
        true = paper.fields.get(name)
        return true is not None and (true.value or "").casefold() == fields[name]["value"].casefold()

    best = max(papers, key=lambda paper: sum(says(paper, name) for name in fields), default=None)
    return [
        (name, best is not None and says(best, name), given["status"] == "accepted") for name, given in fields.items()
    ]


if __name__ == "__main__":
    main()
