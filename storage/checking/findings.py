"""What a check finds, as values."""

from __future__ import annotations

from dataclasses import dataclass

from storage.objects.key import ObjectKey, ObjectRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An object that a document, a file's page ledger or a book names and the store does not hold.

    Of a book: `document_id` is `book:` and its ID, `revision` the line's number or the model's version. Of a page
    ledger: `document_id` is `file:` and the name that the audit log has for it.
    """

    document_id: str
    revision: int
    kind: ObjectRole
    key: ObjectKey


@dataclass(frozen=True, slots=True, kw_only=True)
class LostPage:
    """A page of a source file, found under the name `file`, that is in no current record, not decided and not open for
    a person."""

    file: str
    sha256: str
    page: int


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Difference:
    """What the catalogue says otherwise than the audit log or the objects. `subject`: a document's revision (`ID@N`), a
    page ledger, a file's digest, `book:ID#N`. `what`: the name of what differs, never a value."""

    subject: str
    what: str
