"""Papers that an archivist takes out of use and brings back, by the desk's pages."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.domain.message import Message
from service.wire.errors import NotAllowed, NotThere
from storage.catalogue import Catalogue
from storage.objects import ObjectStore
from storage.people import Role
from storage.review import Person
from storage.trash import Withdrawn, in_trash, restore, withdraw

_KEEPERS = frozenset({Role.ARCHIVIST.value, Role.ADMIN.value})


def keeps_the_archive(person: Person) -> bool:
    """Whether this person may take papers out of use."""
    return not _KEEPERS.isdisjoint(person.roles)


def withdraw_paper(
    catalogue: Catalogue, objects: ObjectStore, person: Person, document_id: str, *, reason: str, days: int
) -> None:
    """Takes a paper that this person was shown out of use. Raises NotAllowed, NotThere, WrongUse without a reason."""
    _need_keeper(person)
    with catalogue.unit() as unit:
        if not withdraw(unit, objects, [document_id], reason=reason, actor=person.login, days=days):
            raise NotThere(Message("Giấy tờ này không còn trong kho", "The document is not in use any more"))
        unit.commit()


def withdrawn_papers(catalogue: Catalogue, person: Person) -> Sequence[Withdrawn]:
    """What is withdrawn of this person's offices. Raises NotAllowed."""
    _need_keeper(person)
    with catalogue.database.read() as connection:
        return in_trash(connection, person.offices)


def restore_paper(catalogue: Catalogue, objects: ObjectStore, person: Person, document_id: str) -> None:
    """Brings a paper of this person's offices back. Raises NotAllowed, NotThere, WrongUse where its file was read anew
    since."""
    if document_id not in {one.document_id for one in withdrawn_papers(catalogue, person)}:
        raise NotThere(Message("Không có giấy tờ này trong mục đã rút", "There is no such paper among the withdrawn"))
    with catalogue.unit() as unit:
        restore(unit, objects, [document_id], actor=person.login)
        unit.commit()


def _need_keeper(person: Person) -> None:
    if not keeps_the_archive(person):
        raise NotAllowed(
            Message("Cần vai trò lưu trữ hoặc quản trị", "An archivist's or administrator's role is needed"),
            code="auth.role",
        )
