"""Lanes given to people, for whoever leads the desk; and whose a lane is, for its queue."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.domain.message import Message
from service.wire.errors import NotAllowed, NotThere, Unprocessable
from storage.people import Role
from storage.review import Filters, Person, ReviewStore
from storage.review.given_lanes import GivenLane, GivenLanes, LaneChoice, reviewers_of
from storage.review.lanes import Lane, lanes

_LEADS = frozenset({Role.ADMIN.value, Role.AUDITOR.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class LanesView:
    """`people`: (login, name) of who may have a lane; `books`, `types`, `classes`: what waits."""

    given: tuple[GivenLane, ...]
    people: tuple[tuple[str, str], ...]
    books: tuple[str, ...]
    types: tuple[str, ...]
    classes: tuple[str, ...]


def leads_the_desk(person: Person) -> bool:
    """Whether this person gives lanes to others."""
    return not _LEADS.isdisjoint(person.roles)


def given_to_people(store: ReviewStore, person: Person) -> list[GivenLane]:
    """The lanes of this person's offices that were given to somebody."""
    with store.read() as tables:
        return GivenLanes(tables.connection, store.clock).all(person.offices)


def lanes_to_give(store: ReviewStore, person: Person) -> LanesView:
    """What was given, and what can be. Raises NotAllowed for whoever does not lead the desk."""
    _need_lead(person)
    with store.read() as tables:
        waiting = lanes(tables.connection, person.offices, Filters())
        return LanesView(
            given=tuple(GivenLanes(tables.connection, store.clock).all(person.offices)),
            people=tuple(reviewers_of(tables.connection, person.offices, store.home_office)),
            books=tuple(sorted({lane.book for lane in waiting} - {""})),
            types=tuple(sorted({lane.document_type for lane in waiting})),
            classes=tuple(sorted({lane.field_class for lane in waiting})),
        )


def give_lane(
    store: ReviewStore, person: Person, *, people: Collection[str], days: int, book: str, kind: str, field_class: str
) -> None:
    """Gives the items of a book, type or class to these people, in each of the giver's offices. Raises NotAllowed,
    Unprocessable for somebody who is no active reviewer there, WrongUse."""
    _need_lead(person)
    with store.write() as tables:
        known = {login for login, _ in reviewers_of(tables.connection, person.offices, store.home_office)}
        if not known.issuperset(people):
            raise Unprocessable(Message("Không có người duyệt này", "There is no such reviewer"))
        given = GivenLanes(tables.connection, store.clock)
        for office in person.offices:
            choice = LaneChoice(office=office, book=book, document_type=kind, field_class=field_class)
            given.give(choice, people, days=days, actor=person.login)


def take_lane_back(store: ReviewStore, person: Person, lane_id: str) -> None:
    """The lane is everybody's again. Raises NotAllowed, NotThere."""
    _need_lead(person)
    with store.write() as tables:
        if not GivenLanes(tables.connection, store.clock).take_back(lane_id, person.offices, actor=person.login):
            raise NotThere(Message("Phần việc này không còn được giao", "This lane is not given any more"))


def whose(lane: Lane, given: Sequence[GivenLane]) -> GivenLane | None:
    """The given lane that these items are in: one that does not rest, where there is one."""
    found = [one for one in given if one.choice.has(lane.book, lane.document_type, lane.field_class)]
    return next((one for one in found if not one.rests), found[0] if found else None)


def turn_of(lane: Lane, given: Sequence[GivenLane], login: str) -> int:
    """Where the lane stands in this person's queue: 0 their own, 1 nobody's, 2 somebody else's."""
    held = [one for one in given if not one.rests and one.choice.has(lane.book, lane.document_type, lane.field_class)]
    if any(login in one.people for one in held):
        return 0
    return 2 if held else 1


def _need_lead(person: Person) -> None:
    if not leads_the_desk(person):
        raise NotAllowed(
            Message("Cần vai trò quản trị hoặc kiểm tra", "An administrator's or auditor's role is needed"),
            code="auth.role",
        )
