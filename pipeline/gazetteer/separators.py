"""What stands between the units of an address, and how the address would be written with something else there.

"Thôn Hạ, X Sóc Sơn - TP. Hà Nội" has two gaps. How people fill them (", ", " , ", " - ", "-", nothing), and whether
they put a point behind the short form of a kind of unit, is a habit that says nothing about the place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.gazetteer.names import ISSUER, bare_name, is_short_kind
from pipeline.gazetteer.resolve import resolve, split_address
from pipeline.values.keys import folded_key

_WRITTEN = re.compile(
    r"(?<=[\w.])(?:\s*[,;]\s*|\s+[-–—]\s*|\s*[-–—]\s+)(?=\w)|(?<=[^\W\d_])[-–—](?=[^\W\d_])|(?<=\w)\.\s+(?=[^\W\d_])"
)
# Words that go on with what stands before them: house and lane, team and hamlet.
_WITHIN = frozenset(("ngõ", "ngách", "hẻm", "kiệt", "phố", "đường", "thôn", "xóm", "ấp", "bản", "nhà", "tầng"))
_AT_HOME = re.compile(r"^(?:sinh )?tại (?:nhà|gia)\W*$", re.IGNORECASE)
_INSTITUTION = re.compile(
    r"^(?:bệnh|trạm|nhà (?:hộ|bảo)|trung tâm|phòng|khoa|viện|cục|công an|c\.?a\b|u\.?b|ủy|uỷ|tòa|toà)", re.IGNORECASE
)
_SHORT = re.compile(r"(?:^|(?<=[,;\-–—])\s*)(?P<kind>[^\W\d_]{1,2})\.?\s+(?=\w)")


def names_institution(place: str) -> bool:
    """Whether the place begins with an office or a hospital: what is written there need not be the hand's own."""
    return bool(_INSTITUTION.match(place))


def gaps(address: str) -> tuple[tuple[int, int], ...]:
    """Start and end of what stands between its units, from the beginning to the end; bare space where nothing does.

    What stands inside a unit's name ("Bà Rịa - Vũng Tàu") or inside what comes before the units ("Số 5, ngõ 3") is
    none.
    """
    named = _named_units(address)
    written = [
        found.span()
        for found in _WRITTEN.finditer(address)
        if _is_between(address, *found.span()) and not any(a < found.start() < b for a, b in named)
    ]
    missing = [gap for gap in _missing(address, named) if not any(a < gap[1] and gap[0] < b for a, b in written)]
    return tuple(sorted((*written, *missing)))


def separated(address: str, separator: str) -> str:
    """The address with this between its units."""
    for start, end in reversed(gaps(address)):
        address = address[:start] + separator + address[end:]
    return address


def pointed(address: str, *, points: bool) -> str:
    """The address with, or without, a point behind each short form of a kind of unit: "P. Láng Hạ", "P Láng Hạ"."""
    issuer = ISSUER.match(address)
    head, rest = (address[: issuer.end()], address[issuer.end() :]) if issuer else ("", address)
    for short in reversed(list(_SHORT.finditer(rest))):
        if is_short_kind(short["kind"]):
            rest = rest[: short.end("kind")] + (". " if points else " ") + rest[short.end() :]
    return head + rest


def _named_units(address: str) -> list[tuple[int, int]]:
    """Where the units that the likeliest reading names stand, in characters; none where nothing is recognised."""
    matches = resolve(address)
    places: list[tuple[int, int]] = []
    at = 0
    for word in split_address(address).words:
        at = address.find(word, at)
        if at < 0:
            return []
        places.append((at, at + len(word)))
        at += len(word)
    return sorted((places[a][0], places[b - 1][1]) for _, a, b in matches[0].spans) if matches else []


def _is_between(address: str, start: int, end: int) -> bool:
    before, after = address[:start], folded_key(address[end:]).split()
    if address[start] == "." and is_short_kind(re.split(r"[\W\d_]", before)[-1]):
        return False  # the point of a short form
    return bool(after) and after[0] not in _WITHIN and not _AT_HOME.match(before)


def _missing(address: str, named: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spaces before a unit where nothing is written, though a unit ends there or the next begins with its kind."""
    ends = {end for _, end in named}
    for start, end in named:
        before = len(address[:start].rstrip())
        if before in (0, start) or not address[before - 1].isalnum():
            continue
        kind, _ = bare_name(address[start:end])
        if before in ends or (kind and not names_institution(address)):
            yield before, start
