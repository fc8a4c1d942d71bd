"""Acts of administration upon the list of offices: by the command line alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.people.administration import Acts, Administrator
from storage.office.store import OfficeStore
from storage.people.offices import Office
from storage.people.security_log import SecurityEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeAdministration:
    """Each raises WrongUse as `storage.people.offices` does."""

    store: OfficeStore
    acts: Acts

    def all(self) -> Sequence[Office]:
        with self.store.read() as tables:
            return tables.offices.all()

    def add(self, by: Administrator, office: str, name: str) -> None:
        with self.store.write() as tables:
            tables.offices.add(office, name)
            self.acts.note(tables, by, SecurityEvent.OFFICE_ADDED, f"office:{office}", office=office)
        self.acts.told(by, SecurityEvent.OFFICE_ADDED, f"office:{office}")

    def rename(self, by: Administrator, office: str, name: str) -> None:
        with self.store.write() as tables:
            tables.offices.rename(office, name)
            self.acts.note(tables, by, SecurityEvent.OFFICE_RENAMED, f"office:{office}", office=office)
        self.acts.told(by, SecurityEvent.OFFICE_RENAMED, f"office:{office}")

    def set_active(self, by: Administrator, office: str, active: bool) -> None:
        """Opens it, or closes it once nobody is there."""
        event = SecurityEvent.OFFICE_OPENED if active else SecurityEvent.OFFICE_CLOSED
        with self.store.write() as tables:
            tables.offices.set_active(office, active)
            self.acts.note(tables, by, event, f"office:{office}", office=office)
        self.acts.told(by, event, f"office:{office}")
