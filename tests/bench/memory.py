"""A 500-page PDF: the memory of the process that reads it, early and late."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

import pikepdf

from tests.bench.measure import bench_folder, run
from tests.bench.throughput import make_files


def make_long_pdf(path: Path, pages: int) -> None:
    """Real scanned pages, over and over, each with image data of its own in the file."""
    if path.exists():
        return
    sources = [pikepdf.open(file) for file in make_files(bench_folder("throughput"))]
    with pikepdf.new() as pdf:
        while len(pdf.pages) < pages:
            for source in sources:
                pdf.pages.extend(source.pages)
        del pdf.pages[pages:]
        pdf.save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=500)
    pages = parser.parse_args().pages
    folder = bench_folder("memory")
    path = folder / f"long-{pages}.pdf"
    make_long_pdf(path, pages)
    for name in ("home", "out"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / "home").mkdir()
    cost = run(
        [sys.executable, "-m", "hotich", "digitize", str(path), "--home", str(folder / "home"),
         "--out", str(folder / "out"), "--workers", "1"],
        every=1.0,
    )  # fmt: skip
    tenth = max(1, len(cost.samples) // 10)
    early = max(mb for _, mb in cost.samples[tenth : 2 * tenth] or cost.samples)
    late = max(mb for _, mb in cost.samples[-tenth:])
    print(f"{pages} pages: {early:.0f} MB in the second tenth of the run, {late:.0f} MB in the last, "
          f"{cost.peak_mb:.0f} MB at most; {cost.cpu / pages:.2f} CPU s a page")  # fmt: skip


if __name__ == "__main__":
    main()
