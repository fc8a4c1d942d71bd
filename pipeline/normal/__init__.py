"""Normal forms: what a value written on paper says, without adding to it."""

from pipeline.normal.keys import (
    ascii_key,
    canonical_tones,
    exact_key,
    folded_key,
    nfc,
    squeeze,
    strip_marks,
)
from pipeline.normal.numberwords import WordStyle, date_in_words

__all__ = [
    "WordStyle",
    "ascii_key",
    "canonical_tones",
    "date_in_words",
    "exact_key",
    "folded_key",
    "nfc",
    "squeeze",
    "strip_marks",
]
