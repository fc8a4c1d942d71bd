"""Read lines, fields and readers as the stages hand them to each other, with invented people on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ocr_models.reading import build_reading
from pipeline.codes import Code, Mrz
from pipeline.domain.geometry import Quad, Transform, rectangle
from pipeline.domain.model import FieldSource, TextLine, UprightImage
from pipeline.domain.recognition import Character, Confidence, Lexicon, LineImage, ModelIdentity, Reading
from pipeline.forms.fields import ExtractedField, Support
from pipeline.forms.sheet import Piece
from pipeline.read_image import ReadImage
from pipeline.read_page import Readers
from pipeline.settling.settle_field import Settled, settle

WIDE, TALL = 10, 40
BOX: Quad = rectangle(5, 5, 95, 45)


def reading(text: str, p: float = 0.95, *, reader: str = "first", likely: str | None = None) -> Reading:
    """Characters side by side, each `WIDE` pixels and probability `p`; `likely` is the lexicon's wording."""
    characters = tuple(Character(text=c, probability=p, start=n * WIDE, end=(n + 1) * WIDE) for n, c in enumerate(text))
    score = Confidence(raw=p, scale="test")
    others = () if likely is None else ((likely, 0.5),)
    return Reading(text=text, characters=characters, confidence=score, reader=reader, alternatives=others)


def reading_of(probabilities: Sequence[float]) -> Reading:
    """A reading of as many characters, each as probable as is said, as a reader builds it."""
    characters = [Character(text="a", probability=p, start=n, end=n + 1) for n, p in enumerate(probabilities)]
    return build_reading(characters, reader="r")


@dataclass
class Voice:
    """A reader that says what it was told to, whatever it is shown, and remembers what it was shown."""

    says: str = ""
    p: float = 0.95
    name: str = "second"
    shown: list[LineImage] = field(default_factory=list)
    charset: frozenset[str] = frozenset("abc")

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity(name=self.name, sha256="0" * 64)

    def read(self, lines: Sequence[LineImage]) -> list[Reading]:
        self.shown += lines
        texts = [self.says, *[""] * (len(lines) - 1)]
        return [reading(text, self.p, reader=self.name) for text in texts]


@dataclass
class WordVoice(Voice):
    """A reader that also says what it would read with a lexicon in mind."""

    likely: str = ""
    lexicons: list[Lexicon] = field(default_factory=list)

    def read_as(self, lines: Sequence[LineImage], lexicon: Lexicon) -> list[Reading]:
        self.lexicons.append(lexicon)
        return [reading(r.text, self.p, reader=self.name, likely=self.likely) for r in self.read(lines)]


def read_image(
    *texts: str,
    p: float = 0.95,
    page: int = 1,
    to_scan: Transform | None = None,
    codes: tuple[Code, ...] = (),
    mrz: tuple[Mrz, tuple[Quad, ...]] | None = None,
) -> ReadImage:
    """An image with these lines one below the other, each with its cut (column x holds the shade x % 251)."""
    upright = UprightImage(
        page=page,
        part=1,
        colour=np.zeros((0, 400, 3), np.uint8),
        dpi=300,
        to_scan=to_scan or Transform.identity(),
        kind="page",
        rotation=0,
        skew_deg=None,
        blank=False,
    )
    lines, cuts = [], []
    for n, text in enumerate(texts):
        place = Transform.shift(0, n * TALL)
        wide = max(1, len(text)) * WIDE
        lines.append(
            TextLine(
                page=page,
                part=1,
                box=rectangle(0, n * TALL, wide, (n + 1) * TALL),
                line_to_upright=place,
                readings=(reading(text, p),),
                row=n,
            )
        )
        pixels = np.tile(np.arange(wide, dtype=np.int64) % 251, (TALL, 1)).astype(np.uint8)
        cuts.append(LineImage(pixels=pixels, to_upright=place))
    return ReadImage(image=upright, lines=tuple(lines), cuts=tuple(cuts), codes=codes, mrz=mrz)


def extracted(
    text: str,
    grammar: str = "name",
    *,
    name: str = "full_name",
    pieces: tuple[Piece, ...] | None = None,
    leaf: int = 0,
    **more: Any,
) -> ExtractedField:
    """A field whose value is the whole of line 0, unless `pieces` say otherwise."""
    if pieces is None:
        pieces = (Piece(line=0, start=0, end=len(text)),) if text else ()
    return ExtractedField(
        name=name, grammar=grammar, verbatim=text, leaf=leaf, page=1, part=1, box=BOX, label="Nhãn:", pieces=pieces,
        support=Support(label=1.0),
        empty=not text, **more,
    )  # fmt: skip


def settled(
    text: str, grammar: str = "name", *, name: str = "full_name", p: float = 0.95, seconds: Sequence[Voice] = ()
) -> Settled:
    """The field as `settle` leaves it when the first reader saw `text` with probability `p`."""
    readers = Readers(primary=Voice(name="first"), seconds=tuple(seconds))
    return settle(extracted(text, grammar, name=name), [read_image(text, p=p)], readers, label_score=1.0)


def from_text(found: Settled) -> bool:
    return found.field.source is FieldSource.TEXT
