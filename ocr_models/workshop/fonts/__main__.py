"""`python -m ocr_models.workshop.fonts FOLDER`: build the training-only fonts into FOLDER."""

from __future__ import annotations

import argparse
from pathlib import Path

from ocr_models.workshop.fonts.fetch import build_fonts


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ocr_models.workshop.fonts", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("build/fonts"))
    parser.add_argument("--kept", action="store_true", help="rebuild the fonts that the repository keeps")
    options = parser.parse_args()
    print(f"{len(build_fonts(options.folder, kept=options.kept))} fonts")


if __name__ == "__main__":
    main()
