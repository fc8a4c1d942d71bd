"""By what each document can be known again (`pipeline.records.same_act`): its keys, as digests.

A plain digest of a name and a birth date would be as good as the values: who guesses them can check the guess. So each
key is kept as keyed BLAKE2b under 256 random bits that the migration draws
for this catalogue alone. Rows that get out by themselves (a report, a copy of a table, another office's catalogue) tell
nothing and fit nothing. Who has the whole database has its secret too, and may try names against it: the database is
to be guarded as the records are.

A document that was stored before this table was there has no keys until it is revised or read again
(`hotich digitize --reread`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection

import sqlalchemy as sa

from pipeline.records.same_act import ActKey
from storage.catalogue.tables import act_keys, act_secret

_DIGEST_BYTES = 16


class ActKeys:
    """The keys within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._secret: bytes | None = None

    def put(self, document_id: str, keys: Collection[ActKey]) -> None:
        """Notes the document's keys, in place of those it had."""
        self.forget(document_id)
        self.add(document_id, keys)

    def add(self, document_id: str, keys: Collection[ActKey]) -> None:
        """Notes the keys of a document that has none."""
        rows = [{"document_id": document_id, "digest": digest} for digest in self._digests(keys)]
        if rows:
            self._connection.execute(sa.insert(act_keys), rows)

    def forget(self, document_id: str) -> None:
        """The document is no paper of its own any more."""
        self._connection.execute(sa.delete(act_keys).where(act_keys.c.document_id == document_id))

    def holders(self, keys: Collection[ActKey]) -> set[str]:
        """The documents that have one of the keys, current or not."""
        digests = self._digests(keys)
        if not digests:
            return set()
        return set(self._connection.scalars(sa.select(act_keys.c.document_id).where(act_keys.c.digest.in_(digests))))

    def digests_of(self, document_ids: Collection[str]) -> set[str]:
        """The digests of all keys of these documents."""
        of_these = act_keys.c.document_id.in_(document_ids)
        return set(self._connection.scalars(sa.select(act_keys.c.digest).where(of_these)))

    def shared(self, digests: Collection[str]) -> set[str]:
        """The documents that have one of these keys together with others, current or not."""
        found: dict[str, set[str]] = {digest: set() for digest in digests}
        for row in self._connection.execute(sa.select(act_keys).where(act_keys.c.digest.in_(digests))):
            found[row.digest].add(row.document_id)
        return {document_id for holders in found.values() if len(holders) > 1 for document_id in holders}

    def sharing(self, document_id: str) -> set[str]:
        """The other documents that have a key of this one, current or not."""
        mine = sa.select(act_keys.c.digest).where(act_keys.c.document_id == document_id)
        query = sa.select(act_keys.c.document_id).where(act_keys.c.digest.in_(mine))
        return set(self._connection.scalars(query)) - {document_id}

    def _digests(self, keys: Collection[ActKey]) -> list[str]:
        if not keys:
            return []
        if self._secret is None:
            self._secret = bytes.fromhex(self._connection.execute(sa.select(act_secret.c.secret)).scalar_one())
        secret = self._secret
        return sorted({_digest(secret, key) for key in keys})


def _digest(secret: bytes, key: ActKey) -> str:
    told = json.dumps([key.kind.value, *key.values], ensure_ascii=False).encode()
    return hashlib.blake2b(told, key=secret, digest_size=_DIGEST_BYTES).hexdigest()
