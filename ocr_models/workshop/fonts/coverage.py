"""Does a font really draw Vietnamese? Checked glyph by glyph, because a font that lacks `ễ` fails silently.

A box, an empty outline or a letter drawn without its mark would be learnt as the letter, so each of
the three is looked for in the outlines themselves; a cmap entry alone proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont, TTLibError

from ocr_models.charset import VIETNAMESE_LETTERS

#: The 134 letters that carry Vietnamese beyond ASCII.
VIETNAMESE = tuple(sorted(VIETNAMESE_LETTERS))
_ASCII_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_PUNCTUATION = ".,:;-/()'\"+&%"
#: What a font must draw before a Vietnamese line may be rendered with it.
REQUIRED = (*VIETNAMESE, *_ASCII_LETTERS, *_DIGITS, *_PUNCTUATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What is wrong with a font's glyphs; three empty tuples mean that nothing is."""

    missing: tuple[str, ...]
    empty: tuple[str, ...]
    alike: tuple[tuple[str, str], ...]

    @property
    def complete(self) -> bool:
        return not (self.missing or self.empty or self.alike)


def check_coverage(path: Path, required: Iterable[str] = REQUIRED) -> Coverage:
    """The characters of `required` that `path` cannot draw, draws as nothing, or draws like another.

    Outlines are compared after components are resolved, so an accented letter that shows no accent is
    caught as alike its base letter. A character mapped to `.notdef`, or drawn as it, counts as missing.
    Raises OSError or fontTools.ttLib.TTLibError when the file is no font.
    """
    with path.open("rb") as file, TTFont(file, lazy=True) as font:
        cmap: dict[int, str] = font.getBestCmap() or {}
        glyphs = font.getGlyphSet()
        notdef = _outline(glyphs, ".notdef")
        missing: list[str] = []
        empty: list[str] = []
        seen: dict[tuple[object, ...], str] = {}
        alike: list[tuple[str, str]] = []
        for character in required:
            name = cmap.get(ord(character))
            outline = _outline(glyphs, name) if name else None
            if not name or name == ".notdef" or (outline and outline == notdef):
                missing.append(character)
            elif not outline:
                empty.append(character)
            elif outline in seen:
                alike.append((seen[outline], character))
            else:
                seen[outline] = character
    return Coverage(missing=tuple(missing), empty=tuple(empty), alike=tuple(alike))


def draws_vietnamese(path: Path) -> bool:
    """Whether every required character has a drawn outline of its own; False for a broken file."""
    try:
        return check_coverage(path).complete
    except (OSError, TTLibError):
        return False


def _outline(glyphs: object, name: str) -> tuple[object, ...]:
    """A glyph's contours with components resolved, hashable; empty when nothing is drawn."""
    pen = DecomposingRecordingPen(glyphs)
    try:
        glyphs[name].draw(pen)  # type: ignore[index]
    except KeyError:
        return ()
    return tuple((verb, tuple(points)) for verb, points in pen.value)
