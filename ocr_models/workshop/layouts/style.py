"""The look of one invented paper: how it asks, how it parts persons, its typefaces, lines and frames."""

from __future__ import annotations

from dataclasses import dataclass
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
    "", "", "border:1px solid {c};", "border:4px double {c};", "border:2px solid {c};outline:1px solid {c};outline-offset:3px;",
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
    ratio = {"print": 1.0, "typed": rng.uniform(0.95, 1.1)}.get(kind) or rng.uniform(0.52, 0.66) / value.x_height
    return Style(
        kind=kind,
        arrangement=rng.choice(ARRANGEMENTS),
        parting=rng.choice(PARTINGS),
        colon=rng.choices((":", " :", ""), (7, 1, 2))[0],
        numbering=rng.choices(("", "1.", "(1)", "a)"), (6, 3, 1, 1))[0],  # type: ignore[arg-type]
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
    line = f"1px {style.leader} {style.colour}" if style.leader != "none" else "none"
    grid = f"1px solid {style.colour}"
    return f"""{faces}
*{{box-sizing:border-box}} body{{margin:0;background:#fff}}
.page{{position:relative;background:{style.ground};color:{style.colour};font:{style.size}px/1.35 L;overflow:hidden}}
.inner{{padding:28px 34px;{style.frame}height:100%}}
.page{{padding:14px}}
.lb{{font-weight:{style.label_weight}}} .lb.up{{text-transform:uppercase;font-size:.85em}} .en{{font-style:italic;font-size:.72em}}
.v{{font:{"bold" if style.values_bold else "normal"} {style.value_size}px/1.2 V;color:{style.ink}}} .v i{{font:normal {style.size}px L;color:{style.colour}}}
.v b{{font-weight:inherit;display:inline-block}}
.ln{{display:flex;gap:6px;align-items:baseline;margin-bottom:{style.gap}px}} .ln .lb{{white-space:nowrap}}
.w{{flex:1;border-bottom:{line};min-width:60px;min-height:1.2em}} .pr{{display:flex;gap:14px}} .pr>.ln{{flex:1}}
.run{{margin:0 0 {style.gap}px}} .run .w{{border-bottom:{line}}}
.grid{{display:grid;grid-template-columns:1fr 1fr;column-gap:26px}} .grid .wide{{grid-column:1/3}}
.ab{{margin-bottom:{style.gap}px}} .ab .lb{{display:block;font-size:.82em}} .ab .w{{display:block}}
table{{border-collapse:collapse;width:100%;margin-bottom:{style.gap + 4}px}} td,th{{border:{grid};padding:3px 6px;vertical-align:top;font-weight:{style.label_weight};text-align:left}}
th{{text-align:center;vertical-align:middle}} .nb td,.nb th{{border:none}} td.w{{border-bottom:{grid};min-width:0}}
.two{{display:grid;grid-template-columns:1fr 1fr;column-gap:30px}} .two.ruled>div:first-child{{border-right:{grid};padding-right:14px}}
h1{{font:bold {style.size * 1.6}px L;text-align:center;margin:14px 0 10px;color:{style.colour}}}
h2{{font:bold {style.size * 1.02}px L;margin:{style.gap + 4}px 0 {style.gap}px}} h2.c{{text-align:center}}
.hd{{display:flex;justify-content:space-between;text-align:center;font-size:.88em}} .hd b{{font-weight:bold}}
.sg{{display:flex;justify-content:space-around;text-align:center;margin-top:16px}} .sg small{{font-style:italic}} .sg .gap{{height:64px}}
.seal{{position:absolute;border:3px solid #c22;border-radius:50%;width:104px;height:104px;color:#c22;opacity:.62;text-align:center;font:bold 10px/1.2 L;padding-top:34px}}
.mau{{position:absolute;left:22%;top:44%;font:bold 74px L;color:#888;opacity:.10;transform:rotate(-32deg)}}
.foot{{font-size:.72em;margin-top:12px;font-style:italic}} .c{{text-align:center}} .r{{text-align:right}}
"""
