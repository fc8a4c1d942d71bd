"""A person's changes to documents: another type, cut in two, joined, a value corrected after release.

Each makes new revisions with a reason in the trail; earlier revisions stay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, count

from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord
from pipeline.records.contract import record_bytes
from storage.catalogue import Catalogue, StoredDocument
from storage.objects import ObjectStore
from storage.objects.paper_class import classes_of
from storage.paper_classes import handed_in
from storage.review.deciding import NotYours
from storage.review.releasing import Releasing, add_revision
from storage.review.store import ReviewStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """`action`: what the trail calls it; `reason`: why, in the person's words; `joined`: the document that went into
    this one."""

    action: str
    reason: str
    person: str
    joined: str | None = None


class Editing:
    """Changes documents. It needs the object store, so records are put together outside the changing transaction."""

    def __init__(self, *, store: ReviewStore, catalogue: Catalogue, objects: ObjectStore, releasing: Releasing) -> None:
        self._store = store
        self._catalogue = catalogue
        self._objects = objects
        self._releasing = releasing

    def edit(
        self, document_id: str, edit: Edit, change: Callable[[CivilRecord], Sequence[CivilRecord]]
    ) -> list[StoredDocument]:
        """Stores what `change` makes of the record with everything decided so far: first the document itself, then
        documents cut off it.

        Raises NotYours when the document has changed meanwhile or does not exist.
        """
        before = self._catalogue.document(document_id)
        record = self._releasing.current(document_id)
        if before is None or record is None:
            raise _changed()
        records = list(change(record))
        with self._catalogue.database.read() as connection:
            handed = handed_in(connection, [document_id])
        keys = [
            self._objects.put(record_bytes(changed), of=classes_of([changed.document_type], handed_in=handed))
            for changed in records
        ]
        with self._catalogue.unit() as unit:
            if unit.documents.current(document_id) != before:
                raise _changed()
            tables = self._store.over(unit.connection)
            behind = count(_last(unit.documents.of_source(before.source_sha256)) + 1)
            made = [
                add_revision(unit, before, changed, key, actor=edit.person, ordinal=ordinal)
                for changed, key, ordinal in zip(records, keys, chain([before.ordinal], behind), strict=False)
            ]
            if edit.joined is not None:
                tables.items.retire(edit.joined)
                unit.documents.forget_keys(edit.joined)
                unit.search.forget_document(edit.joined)
                unit.audit.append(actor=edit.person, action="document.joined", subject=edit.joined)
            for document in made:
                tables.items.open_after_edit(document.document_id)
            revisions = [f"{document.document_id}@{document.revision}" for document in made]
            details = {"reason": edit.reason, "made": revisions}
            if edit.joined is not None:
                details["joined"] = edit.joined
            tables.trail.append(actor=edit.person, action=edit.action, document_id=document_id, details=details)
            unit.commit()
        return [unit.dated(document) for document in made]


def _last(stored: Sequence[StoredDocument]) -> int:
    return max((document.ordinal for document in stored), default=0)


def _changed() -> NotYours:
    return NotYours(
        Message(
            "Giấy tờ vừa được người khác thay đổi; hãy tải lại trang",
            "Somebody changed the document; load the page again",
        ),
        code="review.document_changed",
    )
