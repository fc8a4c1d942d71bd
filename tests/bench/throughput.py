"""hotich against `ocrmypdf --language vie --deskew`: the same pages, the same cores, one run.

ocrmypdf gets each file in turn with `--jobs` for all cores, which is how it is meant to be used for a
file of several pages; hotich gets the folder. Each starts from nothing, start-up included.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import img2pdf
from PIL import Image

from pipeline.intake import open_document
from tests.bench.measure import Cost, bench_folder, run

FILES, PAGES = 6, 4
TYPES = (
    "birth_certificate", "birth_certificate_old", "birth_extract", "birth_notification", "death_certificate",
    "marriage_certificate", "birth_register_entry",
)  # fmt: skip


def make_files(folder: Path) -> list[Path]:
    """Six scanned PDFs of four A4 pages at 300 dpi, from generated documents with mild wear."""
    files = sorted(folder.glob("*.pdf"))
    if len(files) == FILES:
        return files
    drawn = folder / "drawn"
    command = [sys.executable, "-m", "ocr_models.workshop.drawing", str(drawn), "--count", "48", "--types", *TYPES]
    subprocess.run([*command, "--seed", "4096", "--split", "test", "--wear", "mild"], check=True)
    pages = list(itertools.islice(_full_pages(drawn), FILES * PAGES))
    if len(pages) < FILES * PAGES:
        raise SystemExit(f"only {len(pages)} full pages were generated; raise --count")
    for number in range(FILES):
        part = pages[number * PAGES : (number + 1) * PAGES]
        (folder / f"bench-{number}.pdf").write_bytes(img2pdf.convert(part))
    shutil.rmtree(drawn)
    return sorted(folder.glob("*.pdf"))


def _full_pages(drawn: Path) -> Iterator[bytes]:
    """Every A4 page at 300 dpi as a JPEG, whatever it came in."""
    for path in sorted(drawn.iterdir()):
        if path.suffix in (".jsonl", ".csv"):
            continue
        with open_document(path) as document:
            for page in document.pages():
                if page.dpi == 300 and max(page.pixels.shape) > 3000:
                    image = Image.fromarray(page.pixels[..., ::-1] if page.pixels.ndim == 3 else page.pixels)
                    out = io.BytesIO()
                    image.save(out, "JPEG", quality=85, dpi=(300, 300))
                    yield out.getvalue()


def run_ocrmypdf(files: list[Path], out: Path) -> Cost:
    total = Cost()
    for file in files:
        cost = run(
            [sys.executable, "-m", "ocrmypdf", "--language", "vie", "--deskew", "--jobs", str(os.cpu_count()),
             "--output-type", "pdf", "--quiet", str(file), str(out / file.name)]
        )  # fmt: skip
        total.wall += cost.wall
        total.cpu += cost.cpu
        total.peak_mb = max(total.peak_mb, cost.peak_mb)
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    folder = bench_folder("throughput")
    files = make_files(folder)
    for name in ("ocrmypdf", "home", "out"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / "ocrmypdf").mkdir()
    (folder / "home").mkdir()
    theirs = run_ocrmypdf(files, folder / "ocrmypdf")
    ours = run(
        [sys.executable, "-m", "hotich", "digitize", *map(str, files),
         "--home", str(folder / "home"), "--out", str(folder / "out")]
    )  # fmt: skip
    pages = FILES * PAGES
    print(f"{pages} A4 pages at 300 dpi in {FILES} PDFs, {os.cpu_count()} cores, start-up included\n")
    print(f"{'':12}{'pages/min':>11}{'CPU s/page':>12}{'peak MB of one process':>25}")
    rows = {"ocrmypdf": theirs, "hotich": ours}
    for name, cost in rows.items():
        print(f"{name:12}{60 * pages / cost.wall:11.1f}{cost.cpu / pages:12.2f}{cost.peak_mb:25.0f}")
    print(f"{'ratio':12}{theirs.wall / ours.wall:10.2f}x{theirs.cpu / ours.cpu:11.2f}x")
    if arguments.json:
        figures = {n: {"pages_per_min": 60 * pages / c.wall, "cpu_per_page": c.cpu / pages,
                       "peak_mb": c.peak_mb} for n, c in rows.items()}  # fmt: skip
        arguments.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
