"""What people decided at the desk, held against the trail: each decision stands there as it was made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import sqlalchemy as sa

from storage.checking.findings import Difference
from storage.checking.scratch import Scratch
from storage.review.tables import review_decisions, review_documents, review_items, review_trail, trail_details
from storage.review.trail import entries_of
from storage.times import clean

_SAID, _DECIDED, _UNDONE, _THERE = "trail said", "trail decided", "trail undone", "decision there"
_TAKEN_BACK = "decision taken back"


def check_decisions(connection: sa.Connection, scratch: Scratch) -> Iterator[Difference]:
    """Decisions that the trail has otherwise, or not, or that it alone has; papers said to have gone into others of
    which the log knows nothing. Of removed documents what was decided went, and only that there was a decision is
    compared."""
    there = sa.inspect(connection)
    if not there.has_table(review_decisions.name):
        return
    kept = there.has_table(review_trail.name) and there.has_table(
        trail_details.name
    )  # a trail that is gone says nothing
    for entry in entries_of(connection, ("decided", "undone")) if kept else ():
        decision = str(entry.details.get("decision", ""))
        if not decision:
            continue  # its details were erased
        if entry.action == "undone":
            scratch.meet(_UNDONE, decision)
            continue
        scratch.meet(_DECIDED, decision)
        scratch.meet(_SAID, _digest(decision, entry.actor, entry.details.get("choice"), entry.details.get("value")))
    scratch.flush()
    d = review_decisions.c
    query = sa.select(d.decision_id, d.person, d.choice, d.value, d.undone, review_items.c.document_id).outerjoin(
        review_items, review_items.c.item_id == d.item_id
    )
    for row in connection.execute(query.execution_options(yield_per=1000)):
        scratch.meet(_THERE, row.decision_id)
        if row.undone:
            scratch.meet(_TAKEN_BACK, row.decision_id)
        said = _digest(row.decision_id, row.person, row.choice, row.value)
        if not scratch.has_met(_SAID, said) and not scratch.events("document.removed", str(row.document_id)):
            yield Difference(subject=f"decision:{row.decision_id}", what="trail")
    for kind, other in ((_DECIDED, _THERE), (_UNDONE, _TAKEN_BACK), (_TAKEN_BACK, _UNDONE)):
        for decision in scratch.met_only(kind, other):
            if kind != _TAKEN_BACK or scratch.has_met(_DECIDED, decision):
                yield Difference(subject=f"decision:{decision}", what="trail")
    joined = sa.select(review_documents.c.document_id).where(review_documents.c.retired)
    for document_id in connection.scalars(joined.order_by(review_documents.c.document_id)).all():
        if not scratch.events("document.joined", document_id):
            yield Difference(subject=document_id, what="document.joined")


def _digest(*values: object) -> str:
    values = tuple(clean(one) if isinstance(one, str) else one for one in values)
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode("utf-8", "backslashreplace")).hexdigest()
