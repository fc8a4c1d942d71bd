"""Whose a field of a record is, by its name: so that what is shown of one person shows no other."""

from __future__ import annotations

import re

_OTHERS = re.compile(r"(members\[\d+\]\.|(?:mother|father|wife|husband|declarant|deceased|head|registrar)_)")
_OFFICIALS = frozenset({"issuing_officer", "birth_attendant"})


def person_in(name: str) -> str:
    """What the names of this person's fields begin with: `members[2].`, `mother_`; empty for whom or what the paper is
    about."""
    if name in _OFFICIALS:
        return name
    match = _OTHERS.match(name)
    return match[1] if match is not None else ""
