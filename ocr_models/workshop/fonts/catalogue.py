"""The fonts that documents and training lines are rendered with, and what each may be used for.

`catalogue.toml` is the data; the font files in `files/` travel with the repository, the others are
built by `python -m ocr_models.workshop.fonts FOLDER` (see `fetch.py`) for training alone.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Kind = Literal["print", "typed", "pen"]
Split = Literal["train", "dev", "test"]

HERE = Path(__file__).parent
FILES = HERE / "files"
TABLE = HERE / "catalogue.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class FontEntry:
    """One font file and its use.

    `split` keeps training honest: a reader never sees a `dev` or `test` font while it learns, documents
    rendered to tune rules use `dev` fonts, final figures use `test` fonts. `bare` fonts draw the plain
    alphabet only and serve the line renderer, which draws the marks itself; `joined` fonts join their letters and
    are set by `ocr_models.workshop.training.school_hand` alone; neither are in `catalogue()` unless asked for.
    """

    file: Path
    family: str
    face: str
    kind: Kind
    split: Split
    licence: str
    bare: bool = False
    joined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FontSource:
    """One row of `catalogue.toml`: a package, its faces, and whether the repository keeps them."""

    package: str
    family: str
    faces: tuple[str, ...]
    kind: Kind
    split: Split
    licence: str
    kept: bool
    bare: bool
    joined: bool

    def file_name(self, face: str) -> str:
        return f"{self.package.rsplit('/', 1)[-1]}-{face}.ttf"


@cache
def sources() -> tuple[FontSource, ...]:
    """Every row of the table, in its order."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["font"]
    return tuple(_source(row) for row in rows)


def catalogue(
    extra: Path | None = None,
    *,
    kind: Kind | None = None,
    split: Split | None = None,
    bare: bool = False,
    joined: bool = False,
) -> tuple[FontEntry, ...]:
    """The fonts at hand, optionally of one kind and split only.

    Without `extra`: the fonts in the repository, each with every Vietnamese letter. With `extra`: those
    and the training-only fonts of that folder that are there. `bare=True` lists the bare fonts instead,
    `joined=True` those that join their letters.
    """
    entries: list[FontEntry] = []
    for source in sources():
        if (
            (source.bare, source.joined) != (bare, joined)
            or kind not in (None, source.kind)
            or split not in (None, source.split)
        ):
            continue
        folder = FILES if source.kept else extra
        if folder is not None:
            entries += [_entry(source, face, folder) for face in source.faces]
    return tuple(entry for entry in entries if entry.file.is_file())


def _source(row: dict[str, Any]) -> FontSource:
    name = row["package"].rsplit("/", 1)[-1]
    return FontSource(
        package=row["package"],
        family=row.get("family", name.replace("-", " ").title()),
        faces=tuple(row.get("faces", ["400-normal"])),
        kind=row["kind"],
        split=row.get("split", "train"),
        licence=row.get("licence", "OFL-1.1"),
        kept=row.get("kept", False),
        bare=row.get("bare", False),
        joined=row.get("joined", False),
    )


def _entry(source: FontSource, face: str, folder: Path) -> FontEntry:
    return FontEntry(
        file=folder / source.file_name(face),
        family=source.family,
        face=face,
        kind=source.kind,
        split=source.split,
        licence=source.licence,
        bare=source.bare,
        joined=source.joined,
    )
