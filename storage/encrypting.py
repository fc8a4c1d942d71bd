"""Papers that were stored before they were to be encrypted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.domain.model import DocumentType
from storage.catalogue.books import line_erased
from storage.catalogue.documents import removed_documents
from storage.catalogue.tables import book_lines, documents, issued_copies, page_ledgers, told_apart
from storage.errors import CorruptObject, ObjectLocked, ObjectMissing
from storage.log_parts import AUDIT
from storage.objects import ObjectKey
from storage.objects.encrypted import EncryptedStore
from storage.objects.paper_class import NO_PAPER, Classes, PaperClass, classes_of
from storage.submissions.tables import submission_documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Encrypted:
    """`done`: how many objects are encrypted now that were not. `locked`: those that lie encrypted and in the open too,
    because the store does not let go of what it has; `unsound`: those that are damaged or missing."""

    done: int
    locked: tuple[ObjectKey, ...]
    unsound: tuple[ObjectKey, ...]


def encrypt_stored(
    connection: sa.Connection, store: EncryptedStore, *, on_object: Callable[[], None] = lambda: None
) -> Encrypted:
    """Encrypts in one store all that is of a chosen class and lies there in the open, and the parts of the log; goes on
    where it was stopped.
    Raises EncryptionKeyMissing and the store's errors."""
    done = 0
    locked: list[ObjectKey] = []
    unsound: list[ObjectKey] = []
    for key, of in _objects(connection, store):
        try:
            done += store.encrypt(key, of=of)
        except ObjectLocked:
            locked.append(key)
        except (CorruptObject, ObjectMissing):
            unsound.append(key)
        on_object()
    for name in store.files(AUDIT):
        done += store.encrypt_file(name)
    return Encrypted(done=done, locked=tuple(dict.fromkeys(locked)), unsound=tuple(dict.fromkeys(unsound)))


def _objects(connection: sa.Connection, store: EncryptedStore) -> Iterator[tuple[ObjectKey, Classes]]:
    """What papers and books name, with its classes, and then everything else that is there."""
    handed_in = _handed_in(connection)
    query = sa.select(documents, page_ledgers.c.object.label("ledger"), handed_in.label("handed_in"))
    query = query.outerjoin(page_ledgers, page_ledgers.c.work_id == documents.c.work_id)
    query = query.where(documents.c.document_id.not_in(removed_documents()))
    for row in connection.execute(query.execution_options(yield_per=1000)):
        of = classes_of([DocumentType(row.document_type)], handed_in=bool(row.handed_in))
        names = (row.original, row.archival, row.record, row.ledger)
        yield from ((ObjectKey.parse(name), of) for name in names if name is not None)
    issued = sa.select(issued_copies.c.object, documents.c.document_type, handed_in.label("handed_in"))
    issued = issued.join(documents, documents.c.document_id == issued_copies.c.document_id)
    for row in connection.execute(issued.where(documents.c.document_id.not_in(removed_documents()))):
        yield ObjectKey.parse(row.object), classes_of([DocumentType(row.document_type)], handed_in=bool(row.handed_in))
    for row in connection.execute(sa.select(book_lines.c.image, book_lines.c.correction).where(~line_erased())):
        yield from ((ObjectKey.parse(name), frozenset({PaperClass.REGISTERS})) for name in row)
    for name in connection.scalars(sa.select(told_apart.c.object)):
        yield ObjectKey.parse(name), classes_of([])
    yield from ((key, NO_PAPER) for key in store.keys())  # noqa: SIM118


def _handed_in(connection: sa.Connection) -> sa.ColumnElement[bool]:
    if not sa.inspect(connection).has_table(submission_documents.name):
        return sa.false()
    return sa.exists().where(submission_documents.c.document_id == documents.c.document_id)
