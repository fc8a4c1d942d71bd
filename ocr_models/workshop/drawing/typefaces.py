"""The typefaces documents are drawn with: families from `ocr_models.workshop.fonts`, checked there glyph by glyph.

Typewriter and pen faces come from one split only, so that a reader is never measured on a hand it
learned from. Print is different: forms are set in Times and Arial everywhere, so their metric twins
Tinos and Arimo belong to every split, beside the split's own families.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from PIL import ImageFont

from ocr_models.workshop.fonts import FontEntry, Split, catalogue
from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message

Weight = Literal["regular", "bold", "italic"]
Pool = Literal["serif", "sans", "typed", "pen"]
_FACES = {"400-normal": "regular", "700-normal": "bold", "400-italic": "italic"}
_SERIFS = ("tinos", "noto serif", "stix", "lora", "merriweather")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeface:
    """Font files of one family. A family without bold or italic repeats its regular file."""

    name: str
    regular: str
    bold: str
    italic: str

    def font(self, size: float, weight: Weight = "regular") -> ImageFont.FreeTypeFont:
        """The font at `size` pixels to the em."""
        return _font(getattr(self, weight), max(4, round(size * 4)))

    @property
    def x_height(self) -> float:
        """Height of an x in ems: pen fonts of one size differ by half in how big they look."""
        return _x_height(self.regular)


@cache
def _font(path: str, quarter_pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, quarter_pixels / 4, layout_engine=ImageFont.Layout.BASIC)


@cache
def _x_height(path: str) -> float:
    _, top, _, _ = _font(path, 400).getbbox("x", anchor="ls")
    return -top / 100


@cache
def pool(kind: Pool, split: Split = "train") -> tuple[Typeface, ...]:
    """The typefaces of a kind for documents of a split. Raises `ResourceError` when there is none."""
    if kind == "pen" or kind == "typed":
        families = _families(catalogue(kind=kind, split=split))
    else:
        everywhere = [e for e in catalogue(kind="print", split="train") if e.family.lower() in ("tinos", "arimo")]
        entries = {e.file: e for e in [*everywhere, *catalogue(kind="print", split=split)]}
        families = tuple(f for f in _families(entries.values()) if _is_serif(f.name) == (kind == "serif"))
    if not families:
        raise ResourceError(Message.same(f"no font for {kind} text of the split {split}"), code="resource.font_missing")
    return families


def _is_serif(family: str) -> bool:
    return family.lower().startswith(_SERIFS)


def _families(entries: Iterable[FontEntry]) -> tuple[Typeface, ...]:
    files: dict[str, dict[str, str]] = {}
    for entry in entries:
        files.setdefault(entry.family, {})[_FACES.get(entry.face, "regular")] = str(entry.file)
    return tuple(
        Typeface(
            name=family,
            regular=faces["regular"],
            bold=faces.get("bold", faces["regular"]),
            italic=faces.get("italic", faces["regular"]),
        )
        for family, faces in files.items()
        if "regular" in faces
    )
