"""Offices: by what name they are known, and whose papers a person of one sees."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.people.tables import clients, offices, users
from storage.times import Clock, clean, time_text

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """`people`, `clients`: how many are active there. `listed`: not only named by an account or a client."""

    office: str
    name: str
    active: bool
    listed: bool
    people: int
    clients: int


class Offices:
    """The list of offices within one transaction. While none is listed any code is taken; from the first one on a
    code that is not listed, or is closed, is refused: a code typed wrong would make an office of nobody's."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def all(self) -> Sequence[Office]:
        """In order of code, with those that only accounts and clients name."""
        listed = {row.office: row for row in self._connection.execute(sa.select(offices))}
        people, programs = self._active(users), self._active(clients)
        found = []
        for office in sorted({*listed, *people, *programs}):
            row = listed.get(office)
            found.append(
                Office(
                    office=office,
                    name="" if row is None else row.name,
                    active=row is None or row.active,
                    listed=row is not None,
                    people=people.get(office, 0),
                    clients=programs.get(office, 0),
                )
            )
        return found

    def name_of(self, office: str) -> str:
        """Its name, empty where it has none."""
        query = sa.select(offices.c.name).where(offices.c.office == clean(office))
        return self._connection.scalar(query) or ""

    def need(self, office: str) -> None:
        """Raises WrongUse for an office that is closed, or not listed where some are."""
        known = {row.office: row.active for row in self._connection.execute(sa.select(offices))}
        if known and not known.get(clean(office), False):
            raise WrongUse(
                Message(
                    f"Không có cơ quan “{office}” hoặc đã đóng; xem: hotich office list",
                    f"There is no office {office!r}, or it is closed; see: hotich office list",
                )
            )

    def add(self, office: str, name: str) -> None:
        """Raises WrongUse for a malformed or listed code, or an empty name."""
        if not _CODE.fullmatch(office):
            raise WrongUse(
                Message(
                    "Mã cơ quan: 1–32 chữ cái không dấu, chữ số, dấu . _ -",
                    "An office's code is 1 to 32 letters without marks, digits, . _ -",
                )
            )
        if self._connection.execute(sa.select(offices).where(offices.c.office == office)).first() is not None:
            raise WrongUse(Message("Đã có cơ quan này", f"There is an office {office!r} already"))
        row = {"office": office, "name": _named(name), "active": True, "created_at": time_text(self._clock())}
        self._connection.execute(sa.insert(offices).values(row))

    def rename(self, office: str, name: str) -> None:
        """Raises WrongUse for one that is not listed, or an empty name."""
        self._change(office, name=_named(name))

    def set_active(self, office: str, active: bool) -> None:
        """Opens it, or closes it. Raises WrongUse for one that is not listed, and for one where somebody still is."""
        here = next((one for one in self.all() if one.office == office), None)
        if not active and here is not None and (here.people or here.clients):
            raise WrongUse(
                Message(
                    f"Cơ quan còn {here.people} tài khoản, {here.clients} ứng dụng khách đang dùng; hãy khóa trước",
                    f"The office still has {here.people} accounts and {here.clients} clients; disable them first",
                )
            )
        self._change(office, active=active)

    def _change(self, office: str, **values: object) -> None:
        change = sa.update(offices).where(offices.c.office == office).values(values)
        if self._connection.execute(change).rowcount != 1:
            raise WrongUse(
                Message("Không có cơ quan này trong danh sách", f"There is no office {office!r} in the list")
            )

    def _active(self, table: sa.Table) -> dict[str, int]:
        query = sa.select(table.c.office, sa.func.sum(sa.case((table.c.active, 1), else_=0))).group_by(table.c.office)
        return {office: int(count) for office, count in self._connection.execute(query)}


def _named(name: str) -> str:
    if not clean(name).strip():
        raise WrongUse(Message("Thiếu tên cơ quan", "The office's name is missing"))
    return clean(name).strip()[:200]


def offices_seen(office: str, home_office: str) -> tuple[str, ...]:
    """The offices whose papers somebody of `office` works on, their own first.

    What belongs to no office ("") is never nobody's: it is the home office's, or everybody's where the installation
    names none. `home_office`: as `office` in the settings.
    """
    if not office:
        return ("",)
    return (office, "") if home_office in ("", office) else (office,)
