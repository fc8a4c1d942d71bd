"""Measures what adapting to one hand gains, and draws the lines that no book's model may forget.

`python -m ocr_models.workshop.adapting measure --lines ZIP --book HAND`, or `guard`.
"""

from __future__ import annotations

import argparse
from dataclasses import fields, replace
from pathlib import Path


def main() -> None:
    from ocr_models.adaptation.tuning import Recipe

    parser = argparse.ArgumentParser(prog="python -m ocr_models.workshop.adapting", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    measuring = commands.add_parser("measure", help="errors on further lines of a hand, before and after")
    measuring.add_argument("--lines", type=Path, required=True, help="zip with labels.tsv and lines/")
    measuring.add_argument("--book", default="lectaurep-dufour-1", help="the hand in labels.tsv")
    measuring.add_argument("--weights", type=Path, help="folder of the base model (default: the repository's)")
    measuring.add_argument("--counts", type=int, nargs="+", default=[50, 100, 200])
    measuring.add_argument("--further", type=int, default=400)
    measuring.add_argument("--seed", type=int, default=1, help="of the draw of lines")
    measuring.add_argument("--ruled", action="store_true", help="leave drawn rules in, as published")
    measuring.add_argument("--worst", type=int, default=0, help="tell so many of the worst lines")
    for field in fields(Recipe):
        kind = type(getattr(Recipe(), field.name))
        measuring.add_argument(f"--{field.name.replace('_', '-')}", type=kind, help=f"recipe: {field.name}")
    commands.add_parser("guard", help="draw the lines that no book's model may forget, into the product")
    options = parser.parse_args()
    if options.command == "guard":
        _draw_guard()
        return
    given = {field.name: getattr(options, field.name) for field in fields(Recipe)}
    recipe = replace(Recipe(), **{name: value for name, value in given.items() if value is not None})
    import cv2

    from ocr_models.workshop.adapting.measure import load_book, measure

    cv2.setNumThreads(1)
    book = load_book(
        options.lines,
        options.book,
        most=max(options.counts),
        further=options.further,
        seed=options.seed,
        ruled=options.ruled,
    )
    for row in measure(book, options.counts, weights=options.weights, recipe=recipe, worst=options.worst):
        print(row, flush=True)


def _draw_guard() -> None:
    from ocr_models.adaptation.adapt import Model
    from ocr_models.adaptation.guard import pack_guard
    from ocr_models.workshop.adapting.general_lines import draw_guard

    pack_guard(draw_guard(Model.load().manifest.characters))


if __name__ == "__main__":
    main()
