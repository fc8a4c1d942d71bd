"""Administration of people, programs, offices and sessions by whoever has the machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotich.settings import Settings
from hotich.wiring.service import service_keys, session_times
from hotich.wiring.stores import actor, office_store, security_log

if TYPE_CHECKING:
    from service.people.administration import Administration, Administrator
    from service.people.client_administration import ClientAdministration
    from service.people.office_administration import OfficeAdministration


@dataclass(frozen=True, slots=True, kw_only=True)
class Administering:
    """`by`: the machine's user, who administers every office."""

    by: Administrator
    people: Administration
    clients: ClientAdministration
    offices: OfficeAdministration


@contextlib.contextmanager
def administering(settings: Settings) -> Iterator[Administering]:
    """Closed at the end. Raises HotichError."""
    from service.people.accounts import Accounts
    from service.people.administration import Acts, Administration, Administrator
    from service.people.client_administration import ClientAdministration
    from service.people.office_administration import OfficeAdministration

    name = f"system:{actor(settings)}"
    with office_store(settings) as store:
        keys = service_keys(settings)
        acts = Acts(store=store, security_log=security_log(settings))
        accounts = Accounts(store=store, keys=keys, times=session_times(settings))
        yield Administering(
            by=Administrator(name=name, about=name, office=None),
            people=Administration(store=store, keys=keys, accounts=accounts, acts=acts),
            clients=ClientAdministration(store=store, acts=acts),
            offices=OfficeAdministration(store=store, acts=acts),
        )
