"""The characters that our own reader can write, in the order of the network's classes.

Class 0 is the CTC blank, class i writes `CHARACTERS[i - 1]`. The order is part of the weights: append
only, and train again.
"""

from __future__ import annotations

from ocr_models.charset import VIETNAMESE_LETTERS

_ASCII = "".join(chr(code) for code in range(32, 127) if chr(code) not in "`^{}~\\")
_FRENCH = "ÇËÎÏÛŒÆÄÖÜçëîïûœæäöü"
_SIGNS = "°–“”…№«»§½€"

CHARACTERS = _ASCII + "".join(sorted(VIETNAMESE_LETTERS)) + _FRENCH + _SIGNS

BLANK = 0
CLASSES = len(CHARACTERS) + 1
INDEX = {character: number for number, character in enumerate(CHARACTERS, start=1)}


def encode(text: str) -> list[int]:
    """Class numbers of a text. Raises KeyError for a character outside the alphabet."""
    return [INDEX[character] for character in text]
