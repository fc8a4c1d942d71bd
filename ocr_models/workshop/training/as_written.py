"""Values with the marks and abbreviations that people really use, for the lines that teach a reader.

A reader that only ever saw "X. Ninh Hiệp, H. Gia Lâm" reads a point where a clerk wrote none, and "A - B" where "A-B"
stands. What is between the words therefore varies here freely, while a line keeps to one habit, as a hand does.
"""

from __future__ import annotations

import re
from random import Random

_UNITS = {
    "phường": ("P", "p"), "quận": ("Q", "q"), "xã": ("X", "x"), "huyện": ("H", "h"), "thị xã": ("TX", "Tx"),
    "thị trấn": ("TT", "Tt"), "thành phố": ("TP", "Tp", "T.P"), "tỉnh": ("T", "t"), "tổ dân phố": ("TDP", "Tổ DP"),
    "khu phố": ("KP",),
}  # fmt: skip
_LONG = {short.lower(): long for long, shorts in _UNITS.items() for short in shorts}
_UNIT = re.compile(rf"^({'|'.join((*_UNITS, 'TX', 'TT', 'TP', 'TDP', 'P', 'Q', 'X', 'H'))})(\.? )(?=\w)", re.IGNORECASE)
_BETWEEN = (", ", ", ", ", ", " , ", " ,", ",", " - ", " - ", "-", "-", " -", "- ", " – ", "; ", ". ", " ")
_POINTS = ((". ", 4), (" ", 4), (".", 3))
_OFFICES = (
    "Cục CSQLHC về TTXH", "Cục Cảnh sát QLHC về TTXH", "Cục CS ĐKQL cư trú và DLQG về dân cư", "CA TP Hà Nội",
    "CATP Hà Nội", "CA. TP Hà Nội", "Công an thành phố Hà Nội", "Công an tỉnh Hà Tây", "CA Hà Sơn Bình", "Bộ Công an",
)  # fmt: skip
_PAPERS = (
    "CMND", "CMND số", "Giấy CMND số:", "Chứng minh nhân dân số", "CMTND số:", "CCCD số", "Thẻ CCCD số",
    "Căn cước công dân số:", "Thẻ căn cước số", "Hộ chiếu số", "Số định danh:", "Giấy chứng minh số",
)  # fmt: skip
_CLANS = (
    "Niê", "Mlô", "Êban", "Kbuôr", "Ayun", "Ksor", "Siu", "Rcom", "Rơ Châm", "Rơ Lan", "Kpă", "Nay", "Hmok", "Byă",
    "Kđoh", "Hwing", "Knul", "Adrơng", "Krông", "Bkrông",
)  # fmt: skip
_GIVEN = (
    "Bia", "Len", "Thuyên", "Dham", "Nhung", "Wil", "Blơm", "Đhin", "Yam", "Khương", "Lê Na", "Sen", "Ngọc", "Brôih",
    "Tuin", "Hlan", "Jel", "Phương", "Ruê", "Thơm",
)  # fmt: skip


def address(text: str, rng: Random) -> str:
    """The same places with another habit of abbreviations, points, spaces and separators."""
    between = rng.choice(_BETWEEN)
    points = [point for point, _ in _POINTS]
    point = rng.choices(points, [weight for _, weight in _POINTS])[0]
    short, lower = rng.random() < 0.45, rng.random() < 0.3
    parts = [_unit(part, point, rng, short=short, lower=lower) for part in re.split(r", | - ", text)]
    steady = rng.random() < 0.8
    written = parts[0]
    for part in parts[1:]:
        written += (between if steady else rng.choice(_BETWEEN)) + part
    return written


def office(text: str, rng: Random) -> str:
    """A registering authority ("UBND phường …") with its own abbreviation and those of its place."""
    body, _, place = text.partition(" ")
    names = {"UBND": ("UBND", "UBND", "Ủy ban nhân dân", "Uỷ ban nhân dân"), "UBHC": ("UBHC", "Ủy ban hành chính")}
    return f"{rng.choice(names[body])} {address(place, rng)}" if body in names else text


def _unit(part: str, point: str, rng: Random, *, short: bool, lower: bool) -> str:
    found = _UNIT.match(part)
    if not found:
        return part
    word, rest = found.group(1), part[found.end() :]
    long = _LONG.get(word.lower(), word.lower())
    if long not in _UNITS:
        return part
    if short:
        if rng.random() < 0.08:  # a habit, and the pen that forgets it
            point = rng.choice((". ", " ", "."))
        abbreviation = rng.choice(_UNITS[long][:2])
        return (abbreviation.lower() if lower else abbreviation) + point + rest
    return (long if lower or rng.random() < 0.6 else long.capitalize()) + " " + rest


def identity_document(number: str, day: str, rng: Random) -> str:
    """A paper with its number, mostly with who issued it and when, in the words that clerks use."""
    written = f"{rng.choice(_PAPERS)} {number}"
    issued = "cấp" if day.lower().startswith("ngày") else rng.choice(("cấp ngày", "ngày cấp", "cấp:", "ngày"))
    roll = rng.random()
    if roll < 0.35:
        return f"{written}{rng.choice((' do ', ', do ', '; '))}{rng.choice(_OFFICES)} {issued} {day}"
    if roll < 0.6:
        return f"{written}{rng.choice((', ', ' ', '; '))}{issued} {day}"
    return f"{written}, {issued} {day} tại {rng.choice(_OFFICES)}" if roll < 0.7 else written


def highland_name(rng: Random) -> str:
    """Names of the peoples of the central highlands: a letter for the sex, a given name, the clan."""
    first = rng.choice(("H’", "H’ ", "H' ", "H ", "Y ", "Y ", "Y-"))
    name = f"{first}{rng.choice(_GIVEN)} {rng.choice(_CLANS)}"
    return name.upper() if rng.random() < 0.3 else name
