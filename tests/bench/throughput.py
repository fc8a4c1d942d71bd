"""hotich against `ocrmypdf --language vie --deskew`: the same pages, the same cores, one run.

ocrmypdf gets each file in turn with `--jobs` for all cores, which is how it is meant to be used for a
file of several pages; hotich gets the folder. Each starts from nothing, start-up included.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.bench.measure import Cost, bench_folder, run

FILES, PAGES = 6, 4


def make_files(folder: Path) -> list[Path]:
    """Six scanned PDFs of four A4 pages at 300 dpi, from generated documents with mild wear."""
    import img2pdf
    from PIL import Image

    files = sorted(folder.glob("*.pdf"))
    if len(files) == FILES:
        return files
    pages = folder / "pages"
    command = [sys.executable, "-m", "ocr_models.synthesis", str(pages), "--count", str(3 * FILES * PAGES)]
    subprocess.run([*command, "--seed", "4096", "--split", "test", "--wear", "mild"], check=True)
    chosen: list[bytes] = []
    for path in sorted(pages.rglob("*")):
        if path.suffix.lower() not in {".jpg", ".png"}:
            continue
        with Image.open(path) as image:
            if max(image.size) < 3000 or len(chosen) == FILES * PAGES:
                continue
            target = folder / "page.jpg"
            image.convert("RGB").save(target, quality=85, dpi=(300, 300))
        chosen.append(target.read_bytes())
    if len(chosen) < FILES * PAGES:
        raise SystemExit(f"only {len(chosen)} full pages were generated; raise --count")
    for number in range(FILES):
        part = chosen[number * PAGES : (number + 1) * PAGES]
        (folder / f"bench-{number}.pdf").write_bytes(img2pdf.convert(part))
    shutil.rmtree(pages)
    (folder / "page.jpg").unlink()
    return sorted(folder.glob("*.pdf"))


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
