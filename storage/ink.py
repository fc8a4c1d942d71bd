"""What left the office in ink packs: of each paper at most one piece of one line, the same in every pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from storage.catalogue import UnitOfWork
from storage.catalogue.act_keys import ActKeys
from storage.catalogue.tables import act_keys, ink_given
from storage.review.tables import review_documents
from storage.telling import touch
from storage.times import time_text


@dataclass(frozen=True, slots=True, order=True)
class GivenPiece:
    """A piece of a line: the image's digest, and which letters of its text, as `5-9`; empty for the whole line.

    Told by letters, so that a text that is corrected later with other words gives no other piece under the same name.
    """

    image: str
    part: str


class InkGiven:
    """What was given, within one transaction of the catalogue."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._connection = unit.connection

    def all(self) -> dict[str, GivenPiece]:
        """By document the piece that left with it."""
        rows = self._connection.execute(sa.select(ink_given))
        return {row.document_id: GivenPiece(row.image, row.part) for row in rows}

    def note(self, given: Mapping[str, GivenPiece], *, count: int, pack: str, actor: str) -> None:
        """Adds what leaves now; what left before stands. An entry of the audit log: how many, and the pack's digest."""
        before = self.all()
        rows = [
            {"document_id": name, "image": piece.image, "part": piece.part, "given_at": time_text(self._unit.clock())}
            for name, piece in sorted(given.items())
            if name not in before
        ]
        if rows:
            self._connection.execute(sa.insert(ink_given), rows)
        for row in rows:
            touch(self._connection, ink_given, document_id=row["document_id"])
        self._unit.audit.append(actor=actor, action="ink.exported", subject=f"ink:{count} pieces", digest=pack)

    def same_act(self, document_ids: Iterable[str]) -> dict[str, frozenset[str]]:
        """For each document all that are known to be of its act, itself among them: other scans and copies of it.

        Left out is a document of which that cannot be known: one without a key (a later leaf of a book, a back without
        a number), one that is not current, one that a person retyped, cut or joined.
        """
        keys = ActKeys(self._connection)
        known = set(document_ids) & self._with_keys() - self._edited()
        return {
            name: frozenset({name, *keys.sharing(name)})
            for name in sorted(known)
            if self._unit.documents.current(name) is not None
        }

    def _with_keys(self) -> set[str]:
        return set(self._connection.scalars(sa.select(act_keys.c.document_id).distinct()))

    def _edited(self) -> set[str]:
        if not sa.inspect(self._connection).has_table(review_documents.name):
            return set()
        changed = review_documents.c.edited_revision > 0
        return set(self._connection.scalars(sa.select(review_documents.c.document_id).where(changed)))
