"""Measures what a book's lines teach, and draws the lines that no book's model may forget.

`python -m ocr_models.workshop.adapting measure --lines ZIP…`: corrected lines, both books that nothing was trained on.
`… teach --lines ZIP…`: the same books with no line corrected, taught by a register that is wrong here and there.
`… guard`: the lines that are not to be forgotten.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

from ocr_models.adaptation.tuning import Recipe


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ocr_models.workshop.adapting", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    measuring = commands.add_parser("measure", help="errors on further lines of a hand, before and after")
    _add_options(measuring)
    measuring.add_argument("--counts", type=int, nargs="+", default=[50, 100, 200], help="corrected lines")
    measuring.add_argument("--worst", type=int, default=0, help="tell so many of the worst lines")
    teaching = commands.add_parser("teach", help="what a register teaches, no line corrected")
    _add_options(teaching)
    teaching.add_argument("--count", type=int, default=400, help="lines that the register has a text for")
    teaching.add_argument("--passes", type=int, nargs="+", help="rounds of each pass")
    teaching.add_argument("--wrong", type=float, default=0.08, help="share of the register that is wrong on purpose")
    commands.add_parser("guard", help="draw the lines that no book's model may forget, into the product")
    options = parser.parse_args()
    if options.command == "guard":
        _draw_guard()
        return
    import cv2

    cv2.setNumThreads(1)
    for row in _measured(options) if options.command == "measure" else _taught(options):
        print(row, flush=True)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lines", type=Path, nargs="+", required=True, help="zips with labels.tsv and lines/")
    parser.add_argument("--book", help="the hand in labels.tsv (default: both that nothing was trained on)")
    parser.add_argument("--weights", type=Path, help="folder of the base model (default: the repository's)")
    parser.add_argument("--further", type=int, default=400, help="lines that are read to measure")
    parser.add_argument("--seed", type=int, default=1, help="of the draw of lines")
    parser.add_argument("--ruled", action="store_true", help="leave drawn rules in, as published")
    for field in fields(Recipe):
        kind = type(getattr(Recipe(), field.name))
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind, help=f"recipe: {field.name}")


def _books(options: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    """Each hand to be measured, and the archive that holds it."""
    from ocr_models.workshop.adapting.measure import BOOKS

    if options.book and len(options.lines) == 1:
        yield options.book, options.lines[0]
        return
    archives = {path.name: path for path in options.lines}
    for name, archive in BOOKS.items():
        if archive in archives and options.book in (None, name):
            yield name, archives[archive]


def _recipe(options: argparse.Namespace) -> Recipe:
    given = {field.name: getattr(options, field.name) for field in fields(Recipe)}
    return replace(Recipe(), **{name: value for name, value in given.items() if value is not None})


def _measured(options: argparse.Namespace) -> Iterator[str]:
    from ocr_models.workshop.adapting.measure import HEADER, load_book, measure

    yield HEADER
    for name, archive in _books(options):
        most = max(options.counts)
        book = load_book(archive, name, most=most, further=options.further, seed=options.seed, ruled=options.ruled)
        yield from measure(
            name, book, options.counts, weights=options.weights, recipe=_recipe(options), worst=options.worst
        )


def _taught(options: argparse.Namespace) -> Iterator[str]:
    from ocr_models.adaptation.teach import ROUNDS
    from ocr_models.workshop.adapting.measure import load_book
    from ocr_models.workshop.adapting.teaching import HEADER, measure_teaching

    yield HEADER
    for name, archive in _books(options):
        book = load_book(
            archive, name, most=options.count, further=options.further, seed=options.seed, ruled=options.ruled
        )
        yield from measure_teaching(
            name,
            book,
            weights=options.weights,
            recipe=_recipe(options),
            passes=options.passes or ROUNDS,
            wrong=options.wrong,
        )


def _draw_guard() -> None:
    from ocr_models.adaptation.adapt import Model
    from ocr_models.adaptation.guard import pack_guard
    from ocr_models.workshop.adapting.general_lines import draw_guard

    pack_guard(draw_guard(Model.load().manifest.characters))


if __name__ == "__main__":
    main()
