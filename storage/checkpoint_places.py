"""Where checkpoints are kept: folders, and the object stores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from storage.files import write_file
from storage.replicas import Store

_FOLDER = "checkpoints"


class Place(Protocol):
    """Small files under their names. Of one that `may_be_empty` nothing is missed while it holds none."""

    @property
    def name(self) -> str: ...

    @property
    def may_be_empty(self) -> bool: ...

    def is_there(self) -> bool: ...

    def make(self) -> None:
        """Makes it where it is missing. Raises OSError."""
        ...

    def read(self) -> Iterator[tuple[str, bytes]]:
        """Every file. Raises OSError and the stores' errors."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Durable when it returns. Raises the stores' errors."""
        ...


@dataclass(frozen=True, slots=True)
class FolderPlace:
    path: Path

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def may_be_empty(self) -> bool:
        return False

    def is_there(self) -> bool:
        return self.path.exists()

    def make(self) -> None:
        if not self.path.exists():
            self.path.mkdir(parents=True, mode=0o700)

    def read(self) -> Iterator[tuple[str, bytes]]:
        for path in sorted(self.path.iterdir()):
            if path.suffix in (".json", ".tsr"):
                yield path.name, path.read_bytes()

    def write(self, name: str, data: bytes) -> None:
        write_file(self.path / name, data, mode=0o444)


@dataclass(frozen=True, slots=True)
class StorePlace:
    store: Store

    @property
    def name(self) -> str:
        return f"{self.store.name}/{_FOLDER}"

    @property
    def may_be_empty(self) -> bool:
        return True

    def is_there(self) -> bool:
        return True

    def make(self) -> None:
        """The store makes its folders itself."""

    def read(self) -> Iterator[tuple[str, bytes]]:
        for name in self.store.objects.files(_FOLDER):
            yield name.rpartition("/")[2], self.store.objects.get_file(name)

    def write(self, name: str, data: bytes) -> None:
        self.store.objects.put_file(f"{_FOLDER}/{name}", data)


def as_place(place: Path | Place) -> Place:
    return FolderPlace(place) if isinstance(place, Path) else place
