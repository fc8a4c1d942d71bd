"""What is open and in nobody's queue, for an administrator: what it is, and the move to an office that has people."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.domain.message import Message
from service.wire.errors import Conflict, NotAllowed, Unprocessable
from storage.people import Role
from storage.review import Person, ReviewStore
from storage.review.moving import Moved, move_open
from storage.review.stranded import Stranded, find_stranded, reviewer_offices


@dataclass(frozen=True, slots=True, kw_only=True)
class StrandedView:
    """`offices`: those that have a reviewer, to which it can go. `digest`: over everything listed, so that a move takes
    what was shown and nothing else."""

    found: tuple[Stranded, ...]
    offices: tuple[str, ...]
    digest: str

    @property
    def items(self) -> int:
        return sum(len(one.items) for one in self.found)

    @property
    def submissions(self) -> int:
        return sum(len(one.submissions) for one in self.found)


def sees_stranded(person: Person) -> bool:
    return Role.ADMIN.value in person.roles


def look_for_stranded(store: ReviewStore, person: Person, *, home_office: str) -> StrandedView:
    """Everything of every office that waits for nobody. Raises NotAllowed for anybody but an administrator."""
    _need_admin(person)
    with store.read() as tables:
        found = tuple(find_stranded(tables.connection, home_office))
        offices = tuple(sorted(reviewer_offices(tables.connection)))
    return StrandedView(found=found, offices=offices, digest=_digest(found))


def move_stranded(store: ReviewStore, person: Person, *, to: str, seen: str, home_office: str) -> Moved:
    """Gives all of it to the office `to`, noted as `move_open` notes it. Raises Unprocessable for an office without a
    reviewer, Conflict where what is stranded is not what was seen (`StrandedView.digest`)."""
    _need_admin(person)
    with store.write() as tables:
        if to not in reviewer_offices(tables.connection):
            raise Unprocessable(
                Message("Cơ quan này chưa có người duyệt đang hoạt động", "That office has no active reviewer")
            )
        found = find_stranded(tables.connection, home_office)
        if _digest(found) != seen:
            raise Conflict(
                Message("Danh sách vừa thay đổi; hãy xem lại rồi chuyển", "The list has changed; look again, then move")
            )
        return move_open(
            tables.connection,
            store.clock,
            items=[item for one in found for item in one.items],
            submission_ids=[submission for one in found for submission in one.submissions],
            to=to,
            actor=person.login,
        )


def _need_admin(person: Person) -> None:
    if not sees_stranded(person):
        raise NotAllowed(Message("Cần vai trò quản trị", "An administrator's role is needed"), code="auth.role")


def _digest(found: Iterable[Stranded]) -> str:
    ids = sorted(name for one in found for name in (*one.items, *one.submissions))
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()
