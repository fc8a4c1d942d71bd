"""Edits of a document itself: its type, its pages, a value after release."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from pipeline.domain.errors import WrongUse
from pipeline.domain.geometry import Quad
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType
from pipeline.judging.review.asking import NewItem
from pipeline.judging.review.edits import merged, retyped, split
from service.desk.desk import DecisionReceipt, ProposedDecision, ReviewDesk
from service.wire.errors import Conflict, NotAllowed, Unprocessable
from storage.catalogue import StoredDocument
from storage.review import Choice, Edit, Editing, Filters, Kind, NotYours, Person, ReviewStore
from storage.review.queue import REVIEWER

_LONGEST_REASON = 500
CORRECTION = "record.correction"


class DocumentEdits:
    """Each edit needs a reviewer and a reason, and makes a new version; earlier versions stay."""

    def __init__(
        self, *, desk: ReviewDesk, store: ReviewStore, editing: Editing, on_changed: Callable[[], object]
    ) -> None:
        self._desk = desk
        self._store = store
        self._editing = editing
        self._on_changed = on_changed

    def retype(self, person: Person, document_id: str, document_type: str, form: str | None, reason: str) -> None:
        """The document is of another type. Raises NotThere, NotAllowed, Unprocessable, Conflict."""
        try:
            wanted = DocumentType(document_type)
        except ValueError as error:
            raise Unprocessable(
                Message("Không có loại giấy tờ này", "There is no such type"), code="review.type"
            ) from error
        self._edit(person, document_id, Edit(action="retyped", reason=_reason(reason), person=person.login),
                   lambda record: [retyped(record, wanted, form)])  # fmt: skip

    def split(self, person: Person, document_id: str, at_page: int, reason: str) -> list[StoredDocument]:
        """The pages from `at_page` on become another document. Returns both, in order. Raises as `retype`."""
        edit = Edit(action="split", reason=_reason(reason), person=person.login)
        return self._edit(person, document_id, edit, lambda record: split(record, at_page))

    def merge(self, person: Person, document_id: str, other_id: str, reason: str) -> None:
        """The pages of `other_id`, of the same file, go into this document. Raises as `retype`."""
        first, _, _ = self._desk.document(person, document_id)
        second, other, _ = self._desk.document(person, other_id)
        if first.source_sha256 != second.source_sha256 or document_id == other_id:
            raise Unprocessable(
                Message("Chỉ gộp được giấy tờ của cùng một tệp", "Only documents of one file can be joined"),
                code="review.merge",
            )
        edit = Edit(action="merged", reason=_reason(reason), person=person.login, joined=other_id)
        self._edit(person, document_id, edit, lambda record: [merged(record, other)])

    def correct(
        self, person: Person, document_id: str, field: str, text: str, reason: str, *, tab: str, insist: bool = False,
        page: int | None = None, box: Quad | None = None,
    ) -> DecisionReceipt:  # fmt: skip
        """Corrects a value of a released record, or adds one that was missed: a decision like any other, with the
        reason. Where the field needs two people it holds once a second person decides the same. Raises NotThere,
        NotAllowed, Unprocessable, Conflict where somebody else is to decide the value."""
        why = _reason(reason)
        if REVIEWER not in person.roles:
            raise NotAllowed(Message("Cần vai trò cán bộ duyệt", "A reviewer's role is needed"), code="auth.role")
        stored, record, _ = self._desk.document(person, document_id)
        known = next((other for other in record.fields if other.name == field), None)
        with self._store.write() as tables:
            document = tables.items.document(document_id)
            assert document is not None
            new = NewItem(
                field=field, kind=Kind.REOPENED, reason=CORRECTION, scheme=self._store.policy.scheme(field),
                position=0 if known is None else record.fields.index(known) + 1,
                page=page or (1 if known is None else known.page),
            )  # fmt: skip
            tables.items.open(document, [new])
        items = self._desk.claim(person, tab, Filters(document_id=stored.document_id, field=field), 1)
        if not items:
            raise Conflict(
                Message("Giá trị này đang chờ người khác quyết định", "Somebody else is to decide this value"),
                code="review.taken",
            )
        proposed = ProposedDecision(
            decision_id=secrets.token_hex(16), item_id=items[0].item_id, lease=items[0].lease or "",
            choice=Choice.CORRECT, text=text, comment=why, insist=insist, page=page, box=box,
        )  # fmt: skip
        try:
            return self._desk.decide(person, proposed)
        except Unprocessable:
            self._desk.release(person, tab, [items[0].item_id])
            raise

    def _edit(
        self, person: Person, document_id: str, edit: Edit, change: Callable[[CivilRecord], Sequence[CivilRecord]]
    ) -> list[StoredDocument]:
        if REVIEWER not in person.roles:
            raise NotAllowed(Message("Cần vai trò cán bộ duyệt", "A reviewer's role is needed"), code="auth.role")
        self._desk.document(person, document_id)  # raises NotThere for another office's
        try:
            documents = self._editing.edit(document_id, edit, change)
        except NotYours as error:
            raise Conflict(error.message, code=error.code) from error
        except WrongUse as error:
            raise Unprocessable(error.message, code=error.code) from error
        self._on_changed()
        return documents


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not reason:
        raise Unprocessable(Message("Cần ghi lý do", "A reason is needed"), code="review.no_reason")
    if len(reason) > _LONGEST_REASON:
        raise Unprocessable(Message("Lý do quá dài", "The reason is too long"), code="review.reason_too_long")
    return reason
