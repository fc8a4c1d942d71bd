"""Spelling of Vietnamese text: one Unicode form, one place for the tone mark, three comparison keys.

The keys, from strict to lax: `exact_key` (NFC), `folded_key` (case and tone placement ignored),
`ascii_key` (what the population database is asked with: A-Z and 0-9 only). Two spellings of one name
may differ in a key; a key never replaces what is written.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that look like Đ/đ and come out of old lists, other keyboards and OCR.
_LOOK_ALIKES = str.maketrans(
    {
        "\u00d0": "Đ",
        "\u0189": "Đ",
        "\u00f0": "đ",
        "\u0256": "đ",
        "\u00a0": " ",
        "\u2007": " ",
        "\u202f": " ",
        "\u200b": None,
        "\u200c": None,
        "\u200d": None,
        "\u2060": None,
        "\ufeff": None,
        "\u00ad": None,
    }
)

TONES = {"": "", "\u0300": "huyền", "\u0301": "sắc", "\u0309": "hỏi", "\u0303": "ngã", "\u0323": "nặng"}
_TONE_MARKS = frozenset(mark for mark in TONES if mark)
_VOWELS = frozenset("aăâeêioôơuưy")
_QUALITY_VOWELS = frozenset("ăâêôơư")
_WORD = re.compile(r"[^\W\d_]+")
_UNUSUAL = re.compile(f"[{''.join(map(chr, _LOOK_ALIKES))}\u0300-\u036f]")
_REPEATED_MARK = re.compile("([\u0300-\u036f])\\1+")
# Every precomposed Latin letter to its base, Đ to D, and combining marks left over to nothing.
_WITHOUT_MARKS: dict[int, str | None] = {
    code: "".join(c for c in unicodedata.normalize("NFD", chr(code)) if not unicodedata.combining(c))
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
}
_WITHOUT_MARKS |= {ord("Đ"): "D", ord("đ"): "d"} | dict.fromkeys(range(0x300, 0x370))


def nfc(text: str) -> str:
    """The text in NFC with one Đ, plain spaces, no invisible characters and no doubled marks."""
    if text.isascii() or (_UNUSUAL.search(text) is None and unicodedata.is_normalized("NFC", text)):
        return text
    plain = unicodedata.normalize("NFD", text.translate(_LOOK_ALIKES))
    return unicodedata.normalize("NFC", _REPEATED_MARK.sub(r"\1", plain)).translate(_LOOK_ALIKES)


def squeeze(text: str) -> str:
    """NFC with every run of white space as one space, none at the ends."""
    return " ".join(nfc(text).split())


def strip_tone(word: str) -> tuple[str, str]:
    """A word without its tone mark, and the mark ("" when there is none). Two marks: the last counts."""
    mark = ""
    kept: list[str] = []
    for char in unicodedata.normalize("NFD", word):
        if char in _TONE_MARKS:
            mark = char
        else:
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)), mark


def tone_index(base: str) -> int | None:
    """Where the tone stands in a toneless lower-case syllable, by the òa, ỏe, ủy convention.

    `u` of `qu` and `i` of `gi` before a vowel belong to the onset. None when it holds no vowel.
    """
    start = 0
    if base.startswith("qu") or (base.startswith("gi") and len(base) > 2 and base[2] in _VOWELS):
        start = 2
    places = [i for i in range(start, len(base)) if base[i] in _VOWELS]
    if not places:
        places = [i for i in range(len(base)) if base[i] in _VOWELS]
    if not places:
        return None
    run = [places[0]]
    for place in places[1:]:
        if place != run[-1] + 1:
            return None  # two separate vowel groups: no Vietnamese syllable
        run.append(place)
    marked = [i for i in run if base[i] in _QUALITY_VOWELS]
    if marked:
        return marked[-1]
    closed = run[-1] + 1 < len(base)
    if len(run) == 1:
        return run[0]
    if len(run) == 2:
        return run[1] if closed else run[0]
    return run[1]


@lru_cache(maxsize=8192)
def _canonical_word(word: str) -> str:
    if word.isascii():
        return word
    base, mark = strip_tone(word)
    if not mark:
        return word
    place = tone_index(base.lower())
    if place is None:
        return word
    return unicodedata.normalize("NFC", base[: place + 1] + mark + base[place + 1 :])


def canonical_tones(text: str) -> str:
    """The text with each syllable's tone mark on its canonical vowel (hoà -> hòa, thuỷ -> thủy, qúy -> quý).

    Idempotent. Nothing but the mark's place changes: i and y, capitals and punctuation stay.
    """
    return _WORD.sub(lambda m: _canonical_word(m.group()), nfc(text))


def exact_key(text: str) -> str:
    """NFC, white space squeezed: equal only when the same letters are written."""
    return squeeze(text)


def folded_key(text: str) -> str:
    """Case, tone placement and white space ignored; every mark still counts."""
    return canonical_tones(squeeze(text).lower())


def strip_marks(text: str) -> str:
    """Vietnamese letters without any mark, Đ as D; case kept."""
    return nfc(text).translate(_WITHOUT_MARKS)


def ascii_key(text: str) -> str:
    """Upper-case A-Z and 0-9 only, marks and spaces gone: the population database's form of a name."""
    return re.sub(r"[^A-Z0-9]", "", strip_marks(text).upper())
