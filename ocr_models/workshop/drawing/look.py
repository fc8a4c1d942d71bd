"""The look of one document: typefaces, sizes, inks, leaders, the small ways in which papers of one form differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Literal, Self

from ocr_models.workshop.drawing.canvas import BLACK, Canvas, Colour
from ocr_models.workshop.drawing.hands import Hand, Printed, Typed, Written
from ocr_models.workshop.drawing.typefaces import Typeface, Weight, pool
from ocr_models.workshop.fonts import Split

Leader = Literal["dots", "line", "dash", "none"]
SCRIPTS = frozenset(
    {
        "Ephesis", "Charm", "Hurricane", "Oooh Baby", "Birthstone", "Allison", "Meow Script", "Alex Brush",
        "Allura", "Great Vibes", "Montecarlo", "Ms Madi", "Pinyon Script", "Smooch",
    }
)  # fmt: skip
_PEN_INKS: tuple[Colour, ...] = (
    (135, 50, 28),
    (120, 40, 20),
    (150, 70, 30),
    (60, 45, 42),
    (38, 34, 34),
    (110, 30, 70),
)
_OLD_INKS: tuple[Colour, ...] = ((110, 60, 45), (70, 62, 66), (60, 72, 96), (120, 70, 40))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Sizes are in pixels of the canvas it was made for; `leading` is the distance of baselines.

    `drop` is how far a value sits below (+) or above its leader; `blank` says that the form was printed before
    it was filled in, so all its leader lines are there whether used or not; `second_hand` is whoever filled in
    later parts; `wordings` is how likely a label is printed in another than its standard wording.
    """

    rng: Random
    face: Typeface
    value_face: Typeface
    size: float
    leading: float
    colour: Colour
    leader: Leader
    value: Hand
    second_hand: Hand
    drop: float
    blank: bool
    colon: Literal["as printed", "spaced", "none"]
    label_weight: Weight
    wordings: float

    @property
    def script(self) -> bool:
        """Whether values are in a joined-up hand."""
        return isinstance(self.value, Written) and self.value.face.name in SCRIPTS

    def label(self, style: tuple[str, ...] = (), weight: Weight | None = None) -> Printed:
        """The printed hand for labels and fixed text of this style."""
        weight = weight or ("bold" if "bold" in style else "italic" if "italic" in style else self.label_weight)
        scale = 1.0
        for word, factor in (("title", 1.5), ("large", 1.25), ("small", 0.82)):
            scale *= factor if word in style else 1.0
        colour = (48, 40, 190) if "red" in style else self.colour
        return Printed(face=self.face, size=self.size * scale, weight=weight, colour=colour)

    def resized(self, factor: float) -> Self:
        """The same look with everything `factor` times as big."""
        return replace(
            self,
            size=self.size * factor,
            leading=self.leading * factor,
            value=self.value.scaled(factor),
            second_hand=self.second_hand.scaled(factor),
        )


def make_look(
    rng: Random,
    canvas: Canvas,
    kind: str,
    *,
    year: int,
    split: Split,
    size_pt: float,
    card: bool = False,
    hand: str = "",
) -> Look:
    """A random look for a document of that year whose values are written by `kind` (print, typed, pen); by the pen of
    the face `hand` alone, where one is named."""
    serif = not card and rng.random() < 0.88
    face = rng.choice(pool("serif" if serif else "sans", split))
    size = canvas.points(size_pt * rng.uniform(0.94, 1.06))
    value_face = face if rng.random() < 0.8 else rng.choice(pool("serif" if serif else "sans", split))
    value = _value_hand(rng, kind, size, year, split, value_face, hand)
    blank = kind != "print" or rng.random() < 0.3
    return Look(
        rng=rng,
        face=face,
        value_face=value_face,
        size=size,
        leading=size * rng.uniform(1.55, 1.85),
        colour=rng.choice((BLACK, BLACK, (45, 40, 38), (70, 62, 60))) if year > 1990 else (55, 52, 50),
        leader=rng.choice(("dots", "dots", "dots", "dots", "line", "dash"))
        if blank
        else rng.choice(("none", "none", "dots")),
        value=value,
        second_hand=_value_hand(rng, kind, size, year, split, value_face, hand),
        drop=size * rng.uniform(-0.06, 0.08) if kind != "print" else 0.0,
        blank=blank,
        colon=rng.choice(("as printed", "as printed", "as printed", "spaced", "none" if blank else "as printed")),
        label_weight="bold" if rng.random() < 0.04 else "regular",
        wordings=rng.choice((0.0, 0.0, 0.15, 0.4)),
    )


def _value_hand(rng: Random, kind: str, size: float, year: int, split: Split, face: Typeface, hand: str) -> Hand:
    if kind == "print":
        weight: Weight = "bold" if rng.random() < 0.25 else "regular"
        return Printed(face=face, size=size, weight=weight, colour=rng.choice((BLACK, (40, 36, 36))))
    if kind == "typed":
        typed = rng.choice(pool("typed", split))
        grey = rng.randint(30, 95)
        fitted = size * 0.455 / typed.x_height * rng.uniform(0.88, 1.0)
        return Typed(face=typed, size=fitted, rng=rng, colour=(grey + 6, grey, grey), unevenness=rng.uniform(0.15, 0.5))
    pen = rng.choice([face for face in pool("pen", split) if hand in ("", face.name)])
    ink = rng.choice(_PEN_INKS if year > 1980 or rng.random() < 0.5 else _OLD_INKS)
    return Written(
        face=pen,
        size=size * 0.455 / pen.x_height * rng.uniform(0.85, 1.15),
        rng=rng,
        colour=ink,
        slant=rng.uniform(-0.05, 0.28),
        sway=rng.uniform(0.01, 0.06),
        wobble=rng.uniform(0.0, 0.03),
        thinning=rng.uniform(0.1, 0.5),
        boldness=0,
    )
