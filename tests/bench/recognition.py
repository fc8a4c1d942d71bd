"""Readers of lines side by side, in one run on the same lines: ours in fp32 and int8, Tesseract, asternet.

All lines are held out: fonts by font, real lines by hand, documents by the fonts they are drawn in. Fonts flatter every
reader of handwriting; real pen here is French. At the end a page of 45 printed lines, found and read.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr_models.errors import ModelError
from ocr_models.workshop.fonts import catalogue
from ocr_models.workshop.measuring.readers import open_reader
from ocr_models.workshop.training import held_out
from ocr_models.workshop.training.compare import TITLE, compare
from ocr_models.workshop.training.documents import cut_documents
from ocr_models.workshop.training.texts import TextBank, truth
from pipeline.domain.geometry import Transform
from pipeline.domain.model import UprightImage
from pipeline.domain.recognition import Recognizer
from pipeline.layout import cut_lines, find_layout
from tests.bench.measure import bench_folder

SEED = 20261122
_PAGE_LINES = 45


def main() -> None:
    arguments = _arguments()
    cv2.setNumThreads(1)
    readers = _readers(arguments.readers, arguments.weights)
    sets = held_out.generated(arguments.split, None, count=arguments.count, seed=SEED)
    if arguments.real:
        sets += held_out.real(arguments.real, arguments.split, count=arguments.count)
    else:
        print("no archives of real lines (--real, make HANDWRITING=...): real pen and typescript are left out")
    # The school hand is judged by a font of the split `dev`, whatever the split: there is no other.
    sets += held_out.school("dev", arguments.fonts, count=arguments.count, seed=SEED) if arguments.fonts else []
    if arguments.documents:
        sets += held_out.cut([_document_lines(arguments.documents, arguments.split)], count=arguments.count)
    print("| " + " | ".join(TITLE) + " |\n" + "|---" * len(TITLE) + "|", flush=True)
    results = []
    for result in compare(readers, sets):
        results.append(result)
        print("| " + " | ".join(result.cells()) + " |", flush=True)
    pages = {name: _page_seconds(reader) for name, reader in readers.items() if name.startswith("ours")}
    for name, (finding, reading) in pages.items():
        print(f"a page of {_PAGE_LINES} lines, {name}: {finding:.2f} CPU s to find them, {reading:.2f} to read them")
    if arguments.json:
        report = {"lines": [asdict(result) for result in results], "page": pages}
        arguments.json.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=150, help="lines of each kind")
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--real", type=Path, nargs="*", default=[], help="archives of real lines")
    parser.add_argument(
        "--fonts", type=Path, help="folder of `python -m ocr_models.workshop.fonts`: the school hand too"
    )
    parser.add_argument("--documents", type=int, default=24, help="generated documents to cut values from; 0: none")
    parser.add_argument("--weights", type=Path, help="folder of our weights (default: the repository's)")
    parser.add_argument("--readers", nargs="+", default=["ours-fp32", "ours-int8", "tesseract", "asternet"])
    parser.add_argument("--timing", action="store_true", help="our reader alone, on few lines: for a quiet machine")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    if arguments.timing:
        arguments.readers, arguments.count, arguments.documents = ["ours-fp32", "ours-int8"], 60, 0
    return arguments


def _readers(names: list[str], weights: Path | None) -> dict[str, Recognizer]:
    """Those that can be used here; the others are named."""
    found: dict[str, Recognizer] = {}
    for name in names:
        try:
            found[name] = open_reader(name, folder=weights)
        except ModelError as error:
            print(f"{name} is left out: {error.message}")
    return found


def _document_lines(count: int, split: str) -> Path:
    """Values cut out of generated documents in fonts of the split; made once."""
    folder = bench_folder("recognition") / f"{SEED}-{split}-{count}"
    archive = folder.with_suffix(".zip")
    if not archive.exists():
        command = [sys.executable, "-m", "ocr_models.workshop.drawing", str(folder), "--count", str(count)]
        subprocess.run([*command, "--seed", str(SEED), "--split", split], check=True)
        part = archive.with_suffix(".part")
        cut_documents(folder, part)
        part.replace(archive)
    return archive


def _page_seconds(reader: Recognizer, times: int = 3) -> tuple[float, float]:
    """CPU seconds to find the lines of an A4 page at 300 dpi, and to read them."""
    page = _page()
    finding = reading = 0.0
    for turn in range(times + 1):  # the first one warms up
        start = time.process_time()
        lines = cut_lines(find_layout(page))
        found = time.process_time()
        reader.read(lines)
        if turn:
            finding, reading = finding + found - start, reading + time.process_time() - found
    return round(finding / times, 3), round(reading / times, 3)


def _page() -> UprightImage:
    paper = Image.new("L", (2480, 3508), 250)
    font = ImageFont.truetype(str(next(e.file for e in catalogue(kind="print", split="test"))), 46)
    bank, rng, draw = TextBank(SEED, size=200), Random(SEED), ImageDraw.Draw(paper)
    for line in range(_PAGE_LINES):
        text = truth(bank.line(rng))
        while font.getlength(text) < 1500:
            text += " " + truth(bank.line(rng))
        while font.getlength(text) > 2100:
            text = text.rsplit(" ", 1)[0]
        draw.text((200, 190 + 70 * line), text, font=font, fill=30)
    pixels = np.asarray(paper.convert("RGB"), np.uint8)
    return UprightImage(
        page=1, part=1, colour=pixels, dpi=300.0, to_scan=Transform.identity(), kind="page", rotation=0, skew_deg=0.0,
        blank=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
