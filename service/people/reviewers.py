"""Who works at the review desk, and whose papers they see."""

from __future__ import annotations

from pipeline.domain.message import Message
from service.people.accounts import DESK_ROLES, Session
from service.wire.errors import NotAllowed
from storage.people import Role
from storage.people.offices import offices_seen
from storage.review import Person

_EYES = frozenset({Role.REVIEWER.value, Role.AUDITOR.value})


def decides(person: Person) -> bool:
    """Whether the person decides items; archivists and administrators only see them."""
    return bool(person.roles & _EYES)


def person_of(session: Session, *, home_office: str, deciding: bool = False) -> Person:
    """The signed-in person as the desk knows them. Raises NotAllowed for roles that have no work here.

    They see their office's papers, and those that `storage.people.offices` gives them. `deciding`: they want to decide,
    which archivists and administrators may not.
    """
    roles = frozenset(session.roles)
    if not roles & (_EYES if deciding else DESK_ROLES):
        raise NotAllowed(
            Message("Cần vai trò cán bộ duyệt", "A reviewer's or auditor's role is needed"), code="auth.role"
        )
    offices = offices_seen(session.caller.office, home_office)
    return Person(login=session.caller.name.removeprefix("user:"), offices=offices, roles=roles)
