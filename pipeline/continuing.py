"""One paper over several files: what a file's last document was, so that the next file can go on with it.

A book photographed leaf by leaf, a card whose sides were scanned one after the other: each file is read and kept by
itself, but a later leaf has no title, and its people are not the first of the book.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.model import CivilRecord, Continuation, Validation
from pipeline.forms.classify import ENOUGH, Candidate, Classification
from pipeline.forms.fields import UNCOUNTED
from pipeline.forms.group import BOOKS, PageGroup
from pipeline.forms.loading import card_types
from pipeline.forms.sides_seen import sides_seen
from pipeline.page_ledger import PageElsewhere, Place

UNSURE = f"field.{UNCOUNTED}"
_MEMBER = re.compile(r"members\[(\d+)\]\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preceding:
    """The document that the file before left open: `group` as its pages would have been grouped, `begun` as the next
    record names it, `number` the personal number of a card's first side, `checked` what the register said of it."""

    group: PageGroup
    begun: Continuation
    number: str | None = None
    checked: Validation | None = None


def preceding(records: Sequence[CivilRecord], elsewhere: Sequence[PageElsewhere] = ()) -> Preceding | None:
    """What may go on in the next file after these records of one file, in reading order; None where nothing can.

    A book can always have another leaf; a card can have its other side as long as only its front was seen. Nothing goes
    on beyond a separator sheet: `elsewhere` tells of the file's pages in no record.
    """
    if not records or records[-1].form is None:
        return None
    last = records[-1]
    end = max((report.number for report in last.pages), default=0)
    if any(page.place is Place.SEPARATOR and page.number > end for page in elsewhere):
        return None
    if last.document_type in BOOKS:
        counted = [int(found[1]) + 1 for field in last.fields if (found := _MEMBER.match(field.name))]
        before = last.continues or Continuation(document_id="")
        unread = before.members > 0 and not counted
        sure = before.sure and not unread and not any(UNSURE in field.findings for field in last.fields)
        begun = Continuation(document_id=last.document_id, members=max([before.members, *counted]), sure=sure)
        return Preceding(group=_group(last, _side_reached(last, begun.members)), begun=begun)
    if last.document_type in card_types() and sides_seen(last) == ("front",):
        begun = Continuation(document_id=last.document_id)
        return Preceding(group=_group(last, "front"), begun=begun, number=_number(last), checked=last.validation)
    return None


def resumed(record: CivilRecord) -> Preceding | None:
    """What the record went on with when it was read, for its file to be read again; None where it begins a document."""
    if record.continues is None or record.form is None:
        return None
    if record.document_type in BOOKS:
        side = "members" if record.continues.members else "owner"
        return Preceding(group=_group(record, side), begun=record.continues)
    return Preceding(group=_group(record, "front"), begun=record.continues, checked=record.validation)


def _side_reached(book: CivilRecord, members: int) -> str:
    """The side of a book that its record has come to."""
    if members:
        return "members"
    named = any(f.name in {"head_full_name", "residence"} and f.value for f in book.fields)
    return "owner" if named else "cover"


def _group(record: CivilRecord, side: str) -> PageGroup:
    """The document as a group of pages that are not at hand, one of them this side."""
    kind, name = record.document_type, record.form or ""
    shown = Candidate(document_type=kind, form=name, side=side, evidence=ENOUGH)
    confidence = record.type_confidence or 0.0
    seen = Classification(document_type=kind, form=name, side=side, confidence=confidence, candidates=(shown,))
    return PageGroup(kind=seen, pages=(), sides=(side,))


def _number(record: CivilRecord) -> str | None:
    return next((f.value for f in record.fields if f.name == "personal_id" and f.value), None)
