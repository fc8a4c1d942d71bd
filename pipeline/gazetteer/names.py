"""How the names of units are written: type words, their abbreviations, and the key names are compared by."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.values.keys import folded_key, squeeze

# Full type words, longest first, so that "thị xã" wins over "xã".
KINDS = (
    "khu tự trị",
    "thành phố",
    "thị trấn",
    "khu phố",
    "tiểu khu",
    "đặc khu",
    "khu vực",
    "thị xã",
    "phường",
    "huyện",
    "tỉnh",
    "quận",
    "khu",
    "xã",
)
_SHORT_KINDS = {
    "tp": "thành phố",
    "t.p": "thành phố",
    "tx": "thị xã",
    "t.x": "thị xã",
    "tt": "thị trấn",
    "t.t": "thị trấn",
    "q": "quận",
    "h": "huyện",
    "p": "phường",
    "f": "phường",
    "x": "xã",
    "t": "tỉnh",
    "kp": "khu phố",
    "k.p": "khu phố",
}
# Whole names people abbreviate.
WHOLE_NAMES = {
    "hn": "hà nội",
    "tphn": "hà nội",
    "hcm": "hồ chí minh",
    "tphcm": "hồ chí minh",
    "sài gòn": "hồ chí minh",
    "hp": "hải phòng",
    "brvt": "bà rịa - vũng tàu",
    "đăk lăk": "đắk lắk",
    "đắc lắc": "đắk lắk",
    "đăk nông": "đắk nông",
    "đắc nông": "đắk nông",
    "bắc cạn": "bắc kạn",
    "thừa thiên - huế": "thừa thiên huế",
}
_FULL = re.compile(rf"^({'|'.join(KINDS)})\s+(?=\S)", re.IGNORECASE)
_ABBREVIATED = re.compile(
    r"^(t\.?p|t\.?x|t\.?t|k\.?p|[qhpxtf])(?:\s*\.\s*|\s+(?=\d))(?=\S)|^(tp|tx|tt|kp)\s+(?=\S)", re.IGNORECASE
)
ISSUER = re.compile(
    r"^(?:ủy ban (?:nhân dân|hành chính)|uỷ ban (?:nhân dân|hành chính)|u\.?b\.?(?:n\.?d|h\.?c|k\.?c)\.?|"
    r"công an|c\.?a\.?)\s+",
    re.IGNORECASE,
)


@lru_cache(maxsize=32768)
def match_key(short: str) -> str:
    """A short name for comparison: folded, dashes and dots as spaces, leading zeros of numbers gone."""
    key = re.sub(r"[\s.\-–—']+", " ", folded_key(short)).strip()
    key = re.sub(r"\b0+(?=\d)", "", key)
    return re.sub(r"[\s.\-–—']+", " ", WHOLE_NAMES.get(key, key))


def is_short_kind(word: str) -> bool:
    """Whether the word is a short form of a kind of unit: "P", "tx", "TP."."""
    return word.lower().rstrip(".") in _SHORT_KINDS


@lru_cache(maxsize=32768)
def bare_name(name: str) -> tuple[str, str]:
    """Type word in full (lower case, "" when none is written) and the name without it.

    "Q. Ba Đình" -> ("quận", "Ba Đình"); "UBND phường 5" -> ("phường", "5"); "Hà Nội" -> ("", "Hà Nội").
    """
    text = ISSUER.sub("", squeeze(name))
    full = _FULL.match(text)
    if full:
        return full.group(1).lower(), text[full.end() :]
    short = _ABBREVIATED.match(text)
    if short:
        mark = (short.group(1) or short.group(2)).lower()
        return _SHORT_KINDS[mark], text[short.end() :]
    return "", text
