"""What was done in an office's name: for its administrators and auditors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.domain.message import Message
from service.people.callers import Caller
from service.people.wording import EVENTS
from service.wire.errors import NotAllowed
from storage.holdings.read_log import RecordRead
from storage.office.store import OfficeStore
from storage.people import Scope

_MOST = 200


def acts_upon(store: OfficeStore, caller: Caller) -> tuple[Sequence[RecordRead], Mapping[str, str]]:
    """The last acts of administration upon the caller's office, the last first; and the logins of its people by how
    an entry names them. Raises NotAllowed for anybody else."""
    if not {Scope.ADMIN, Scope.AUDIT} & caller.scopes:
        raise NotAllowed(
            Message("Chỉ người quản trị và người kiểm tra xem được", "For administrators and auditors only"),
            code="auth.scope_missing",
        )
    with store.read() as tables:
        entries = tables.reads.latest([event.value for event in EVENTS], office=caller.office, most=_MOST)
        names = {f"user:{one.user_id}": one.login for one in tables.users.all(office=caller.office)}
    return entries, names
