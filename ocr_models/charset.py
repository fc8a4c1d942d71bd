"""The letters a reader of Vietnamese must be able to write."""

from __future__ import annotations

import unicodedata
from collections.abc import Set as AbstractSet

from ocr_models.errors import CharsetError
from pipeline.domain.message import Message

_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


def _letters() -> frozenset[str]:
    toned = {unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in _TONES} | {"đ"}
    lower = {letter for letter in toned if not letter.isascii()}
    return frozenset(lower | {letter.upper() for letter in lower})


VIETNAMESE_LETTERS: frozenset[str] = _letters()
"""The 134 precomposed letters beyond ASCII, upper and lower case: 66 vowels with marks and đ, twice."""

REQUIRED = VIETNAMESE_LETTERS | frozenset("ABCDEFGHIKLMNOPQRSTUVXYabcdefghiklmnopqrstuvxy0123456789")
"""What a name, a date and an address need: the letters above, the plain alphabet and the digits."""


def missing_letters(charset: AbstractSet[str]) -> frozenset[str]:
    """Required characters that `charset` lacks."""
    return REQUIRED - charset


def require_vietnamese(charset: AbstractSet[str], *, reader: str, known_gaps: AbstractSet[str] = frozenset()) -> None:
    """Refuse a model that cannot write Vietnamese.

    `known_gaps` are letters whose absence was looked at and accepted for this very model; the
    reader's `charset` still says that they are missing. Raises `CharsetError` on any other gap.
    """
    gaps = missing_letters(charset) - known_gaps
    if gaps:
        listed = " ".join(sorted(gaps)[:12])
        raise CharsetError(
            Message(
                f"Bộ nhận dạng “{reader}” không viết được {len(gaps)} ký tự tiếng Việt ({listed}). Hãy cài bộ dữ "
                "liệu tiếng Việt của nó.",
                f"Reader “{reader}” cannot write {len(gaps)} Vietnamese characters ({listed}). Install its "
                "Vietnamese data.",
            )
        )
