"""Who makes a request, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.domain.message import Message
from service.wire.errors import NotAllowed
from storage.people import Client, Scope
from storage.submissions import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A client, a signed-in person, or the citizens' page; `name` is what logs call them. `more_offices`: whose
    submissions they work on besides their own office's."""

    client_id: str
    name: str
    office: str
    scopes: frozenset[Scope]
    more_offices: tuple[str, ...] = ()

    @property
    def offices(self) -> tuple[str, ...]:
        return (self.office, *self.more_offices)

    @staticmethod
    def of(client: Client) -> Caller:
        return Caller(
            client_id=client.client_id, name=f"client:{client.client_id}", office=client.office, scopes=client.scopes
        )

    def need(self, scope: Scope) -> None:
        """Raises NotAllowed without this scope."""
        if scope not in self.scopes:
            raise NotAllowed(
                Message(f"Thiếu quyền “{scope.value}”", f"The scope {scope.value!r} is missing"),
                code="auth.scope_missing",
            )

    def may_see(self, submission: Submission) -> bool:
        """Whether personal data of this submission may be shown: its own, or its office's with that scope."""
        if submission.client_id == self.client_id and Scope.STATUS in self.scopes:
            return True
        return self.is_clerk_of(submission)

    def is_clerk_of(self, submission: Submission) -> bool:
        """Whether this caller works on that submission, and so may see what the register says."""
        return submission.office in self.offices and Scope.OFFICE in self.scopes
