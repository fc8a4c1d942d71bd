"""Signed copies that archivists hand out from the page of a paper."""

from __future__ import annotations

from pipeline.domain.message import Message
from service.desk.trash import keeps_the_archive
from service.wire.errors import NotAllowed, NotThere, Unprocessable
from storage.catalogue import StoredDocument
from storage.review import Person
from workers.copies import CopyMaker, Issued
from workers.finding import Seeker


def issue_copy(
    copies: CopyMaker | None, document: StoredDocument, person: Person, name: str, *, purpose: str, small: bool = False
) -> Issued:
    """A new signed copy of a paper that this person was shown, made by `name` as the copy says. Raises NotAllowed,
    WrongUse without a purpose, and what making it raises."""
    if not keeps_the_archive(person):
        raise NotAllowed(Message("Cần vai trò lưu trữ", "An archivist's role is needed"), code="auth.role")
    if copies is None:
        raise NotThere(Message("Dịch vụ này không cấp bản sao", "This service issues no copies"))
    if not purpose:
        raise Unprocessable(Message("Cần ghi cấp để làm gì", "Say what it is for"))
    office = person.offices[0] if person.offices else ""
    seeker = Seeker(actor=person.login, office=office, purpose=purpose)
    return copies.issue(document, seeker, converter=name or person.login, small=small)
