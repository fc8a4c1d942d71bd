"""How an address would read if its units were spelled as the gazetteer spells them.

A reader that takes "Phù Lãng" for "Phủ Lãng" writes no commune of that district. What is offered here are
wordings to be weighed against the ink, never corrections.
"""

from __future__ import annotations

import re

from pipeline.gazetteer.names import bare_name, match_key
from pipeline.gazetteer.resolve import AddressMatch, resolve, split_address
from pipeline.gazetteer.table import Unit
from pipeline.values.fuzzy import spelling_cost
from pipeline.values.keys import strip_marks

_MOST = 8
# What addresses and places of birth are made of besides names; two words each, since one alone may be a name.
_USUAL = (
    "bệnh viện", "đa khoa", "phụ sản", "trung ương", "hộ sinh", "y tế", "tập thể", "dân phố", "ủy ban", "nhân dân",
    "thị trấn", "thị xã", "thành phố", "công an", "tại nhà",
)  # fmt: skip


def respellings(address: str) -> tuple[str, ...]:
    """Wordings of the address that differ only in the spelling of its units' names, the likeliest first; at most 8.

    Each differs in one unit or in all that a reading of the address names, or in the marks of words that stand in many
    addresses ("da khoa"). Empty when every unit is spelled as it is
    known, or no unit is recognised. Case, type words, abbreviations and punctuation stay as they are.
    """
    spellings = dict.fromkeys(_with_usual_words(address))
    for match in resolve(address):
        changes = _changes(address, match)
        if len(changes) > 1:
            spellings.setdefault(_changed(address, changes))
        for change in changes:
            spellings.setdefault(_changed(address, [change]))
    spellings.pop(address, None)
    return tuple(spellings)[:_MOST]


def _with_usual_words(address: str) -> list[str]:
    """The address with usual words marked as they are spelled; none where they are."""
    plain = strip_marks(address.casefold())
    if len(plain) != len(address):
        return []
    whole = address
    for words in _USUAL:
        for match in re.finditer(rf"\b{re.escape(strip_marks(words))}\b", plain):
            read = whole[match.start() : match.end()]
            as_read = "".join(w.upper() if r.isupper() else w for w, r in zip(words, read, strict=True))
            if match_key(as_read) != match_key(read):
                whole = whole[: match.start()] + as_read + whole[match.end() :]
    return [whole] if whole != address else []


def _changes(address: str, match: AddressMatch) -> list[tuple[int, int, str]]:
    """(start, end, name) of each misspelt name in the address, from its end to its beginning."""
    words = split_address(address).words
    places = _places(address, words)
    if places is None:
        return []
    changes = []
    for unit, start, end in match.spans:
        _, name = bare_name(" ".join(words[start:end]))
        name = name.rstrip(".")
        spelled = _spelling(unit, name)
        if not name or match_key(spelled) == match_key(name):
            continue
        stop = places[end - 1] + len(words[end - 1].rstrip("."))
        first = end - len(name.split())
        begin = places[first] + len(words[first]) - len(name.split()[0])
        if first == end - 1:
            begin = stop - len(name)
        changes.append((begin, stop, spelled.upper() if name.isupper() else spelled))
    return sorted(changes, reverse=True)


def _spelling(unit: Unit, name: str) -> str:
    """The unit's name, or a former one, that comes nearest to what was read."""
    return min((unit.short, *unit.former_names), key=lambda known: spelling_cost(match_key(known), match_key(name)))


def _places(address: str, words: tuple[str, ...]) -> list[int] | None:
    """Where each word stands in the address; None when they cannot all be found, in order."""
    places, at = [], 0
    for word in words:
        at = address.find(word, at)
        if at < 0:
            return None
        places.append(at)
        at += len(word)
    return places


def _changed(address: str, changes: list[tuple[int, int, str]]) -> str:
    for start, end, name in changes:
        address = address[:start] + name + address[end:]
    return address
