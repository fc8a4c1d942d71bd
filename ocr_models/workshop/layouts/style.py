"""The look of one invented paper: how it asks, how it parts persons, its typefaces, lines and frames."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Literal

from ocr_models.workshop.drawing.typefaces import Typeface, pool
from ocr_models.workshop.fonts import Split

Arrangement = Literal["lines", "running", "grid", "boxed", "above", "cells"]
Parting = Literal["worded", "stacked", "side", "columns"]
ARRANGEMENTS: tuple[Arrangement, ...] = ("lines", "running", "grid", "boxed", "above", "cells")
PARTINGS: tuple[Parting, ...] = ("worded", "stacked", "side", "columns")
"""How labels and values stand, and how two persons are told apart."""
_INKS = {"print": ("#111", "#1a1a2a", "#222"), "typed": ("#1c1c1c", "#2b2540", "#30304a"),
         "pen": ("#1c2f86", "#15246b", "#26262e", "#2b3f97", "#4a2f2a")}  # fmt: skip
_PAPERS = ("#ffffff", "#fdfcf6", "#f8f3e3", "#fbf7ee", "#f4efe0", "#f3f6f0")
_FRAMES = (
    "", "", "border:1px solid {c};", "border:4px double {c};",
    "border:2px solid {c};outline:1px solid {c};outline-offset:3px;",
    "border:6px ridge {c};", "border:5px dotted {c};", "border:3px dashed {c};",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Everything that one paper keeps to. Sizes are in CSS pixels, 96 to the inch."""

    kind: str
    arrangement: Arrangement
    parting: Parting
    colon: str
    numbering: Literal["", "1.", "(1)", "a)"]
    leader: Literal["dotted", "solid", "none"]
    english: bool
    joined: float
    size: float
    value_size: float
    gap: float
    colour: str
    ink: str
    ground: str
    frame: str
    label: Typeface
    value: Typeface
    label_weight: str
    values_bold: bool
    small_caps: bool
    english_below: bool = False
    between: str = ""  # what the hand puts between the units of an address; "" leaves it to the clerk

    @property
    def family(self) -> str:
        """The layout family that is held out as a whole."""
        return f"{self.arrangement}-{self.parting}"


def make_style(rng: Random, *, kind: str, split: Split, old: bool) -> Style:
    """A style by chance. `kind` is print, typed or pen; `old` papers are yellowed and never bilingual."""
    label = rng.choice(pool(rng.choice(("serif", "serif", "sans")), split))
    if kind == "typed" and rng.random() < 0.5:
        label = rng.choice(pool("typed", split))
    value = label if kind == "print" and rng.random() < 0.6 else rng.choice(pool(_pool(rng, kind), split))
    size = rng.uniform(13.0, 17.0)
    numberings: tuple[Literal["", "1.", "(1)", "a)"], ...] = ("", "1.", "(1)", "a)")
    ratio = {"print": 1.0, "typed": rng.uniform(0.95, 1.1)}.get(kind) or rng.uniform(0.52, 0.66) / value.x_height
    return Style(
        kind=kind,
        arrangement=rng.choice(ARRANGEMENTS),
        parting=rng.choice(PARTINGS),
        colon=rng.choices((":", " :", ""), (7, 1, 2))[0],
        numbering=rng.choices(numberings, (6, 3, 1, 1))[0],
        leader=rng.choice(("dotted", "dotted", "solid", "none")),
        english=not old and rng.random() < 0.15,
        joined=rng.choice((0.0, 0.5, 0.9)),
        size=size,
        value_size=size * ratio,
        gap=rng.uniform(4, 11),
        colour=rng.choice(("#111", "#222", "#3a3a3a", "#5b5b5b", "#7a1f1f", "#1f3f6f")),
        ink=rng.choice(_INKS[kind]),
        ground=rng.choice(_PAPERS if old else _PAPERS[:3]),
        frame=rng.choice(_FRAMES).format(c=rng.choice(("#a33", "#666", "#2a5", "#333"))),
        label=label,
        value=value,
        label_weight=rng.choice(("normal", "normal", "normal", "bold")),
        values_bold=kind == "print" and rng.random() < 0.35,
        small_caps=rng.random() < 0.1,
        english_below=rng.random() < 0.4,
        between=rng.choices(("", " , ", " - ", "-"), (6, 2, 1, 1))[0],
    )


def _pool(rng: Random, kind: str) -> Literal["serif", "sans", "typed", "pen"]:
    if kind == "print":
        return rng.choice(("serif", "sans"))
    return "typed" if kind == "typed" else "pen"


def css(style: Style) -> str:
    """The style sheet of a paper."""
    faces = "".join(
        f"@font-face{{font-family:{name};src:url({Path(file).as_uri()});font-weight:{weight};font-style:{slant}}}"
        for name, face in (("L", style.label), ("V", style.value))
        for file, weight, slant in (
            (face.regular, "normal", "normal"), (face.bold, "bold", "normal"), (face.italic, "normal", "italic"),
        )
    )  # fmt: skip
    set_to = {
        "ground": style.ground,
        "colour": style.colour,
        "ink": style.ink,
        "size": f"{style.size:.1f}px",
        "value-size": f"{style.value_size:.1f}px",
        "gap": f"{style.gap:.1f}px",
        "label-weight": style.label_weight,
        "value-weight": "bold" if style.values_bold else "normal",
        "rule": f"1px solid {style.colour}",
        "leader": "none" if style.leader == "none" else f"1px {style.leader} {style.colour}",
    }
    root = "".join(f"--{name}:{value};" for name, value in set_to.items())
    return f":root{{{root}}}{faces}.inner{{{style.frame}}}{files(__package__).joinpath('paper.css').read_text('utf-8')}"
