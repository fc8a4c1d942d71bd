"""The law of the ink pack: which pieces of which lines may leave.

Of one act at most one piece leaves, ever: not in one pack, nor in two made at different times. So no name stands beside
a date or a number of the same act, and nothing in a pack says which pieces are of one act, for there are no two. Which
piece of an act it is, and the order of a pack, are drawn by a keyed hash whose key stays in the office.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from storage.ink import GivenPiece


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A piece that could leave. `acts`: every document known to be of its act; `ink` the piece as a PNG file."""

    piece: GivenPiece
    acts: frozenset[str]
    text: str
    ink: bytes


def chosen(candidates: Iterable[Candidate], *, key: bytes, given: Mapping[str, GivenPiece]) -> list[Candidate]:
    """The pieces that leave, in an order that says nothing. `given`: by document what left before; the same may leave
    again, nothing else of that act. Equal candidates, key and `given` give the same pieces.
    """
    waiting = sorted(candidates, key=lambda one: (not _left(one, given), _drawn(key, b"piece", one.piece)))
    taken: set[str] = set()
    out: list[Candidate] = []
    for one in waiting:
        before = {given[act] for act in one.acts if act in given}
        if one.acts & taken or before - {one.piece}:
            continue
        taken |= one.acts
        out.append(one)
    return sorted(out, key=lambda one: _drawn(key, b"order", one.piece))


def now_given(pieces: Iterable[Candidate]) -> dict[str, GivenPiece]:
    """By document what leaves with these pieces."""
    return {act: one.piece for one in pieces for act in one.acts}


def _left(one: Candidate, given: Mapping[str, GivenPiece]) -> bool:
    return any(given.get(act) == one.piece for act in one.acts)


def _drawn(key: bytes, purpose: bytes, piece: GivenPiece) -> bytes:
    told = b"\x1f".join((purpose, piece.image.encode(), str(piece.part).encode()))
    return hmac.new(key, told, hashlib.sha256).digest()
