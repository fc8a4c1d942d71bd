"""Second and third stores on other media, brought up to the first one by its log.

The log in a replica says how far it has come: a part of the log goes there after all objects that it names. So a
replica needs to be asked for its newest part only, and one that was away for a month catches up by itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.domain.errors import HotichError, WrongUse
from pipeline.domain.model import DocumentType
from storage.catalogue.audit import COLLECTED, ERASED
from storage.errors import AccessRefused, CorruptObject, ObjectMissing
from storage.files import write_file
from storage.log_parts import ACTION, AUDIT, DIGEST, SUBJECT, named_objects, parse_part, texts_of
from storage.objects import ObjectKey, ObjectStore
from storage.objects.copying import copy as copy_plain
from storage.objects.encrypted import EncryptedStore
from storage.objects.key import FILE_FOLDERS
from storage.objects.paper_class import NO_PAPER, Classes, PaperClass, classes_of
from storage.telling import objects_apart, read_told


@dataclass(frozen=True, slots=True)
class Store:
    """One of the places where the archive is kept. `name`: as people know it, the folder or bucket."""

    name: str
    objects: ObjectStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicated:
    """What went into one replica. `unsound`: objects that the first store does not hold whole and that were not
    copied. `erased`: objects of papers that were removed for good, which it had and has no more; `kept`: those that it
    does not let go (object lock), as `NAME: why`."""

    store: str
    objects: int
    files: int
    unsound: tuple[ObjectKey, ...]
    erased: tuple[ObjectKey, ...] = ()
    kept: tuple[str, ...] = ()


def replicate(
    first: ObjectStore,
    replica: Store,
    *,
    cursor: Path | None = None,
    held: Collection[str] = (),
    on_object: Callable[[], None] = lambda: None,
) -> Replicated:
    """Copies what the replica does not have yet, each object only after its digest is proven, and takes out what the
    log says was removed for good; goes on where an earlier call was stopped. `cursor`: a file that remembers how far it
    came, so that nothing is asked twice; without one, or where it is not to be trusted, everything named in the log is
    looked for. `held`: names of objects on legal hold: what is copied of them is held there too. Raises the stores'
    errors.
    """
    there = replica.objects
    objects = files = 0
    unsound: list[ObjectKey] = []
    after = begun = _remembered(cursor, there)
    gone = _Gone()
    for name in first.files(AUDIT, after=after):
        part = first.get_file(name)
        gone.follow(name, part)
        classes = _classes(part)
        for key in _named(part):
            if key in gone.erased or there.size(key) is not None:
                continue
            try:
                copy(first, there, key, of=classes.get(key.name, NO_PAPER))
            except (ObjectMissing, CorruptObject):
                if key not in unsound:
                    unsound.append(key)
                continue
            if key.name in held:
                there.hold(key.name, on=True)
            objects += 1
            on_object()
        there.put_file(name, part)
        files += 1
        after = name
        if cursor is not None and files % 100 == 0 and not unsound and not gone.erased:
            write_file(cursor, after.encode())
    taken, kept = _erase(there, gone.erased)
    if unsound:
        taken_out = gone if not begun else _Gone.of_all(first)
        unsound = [key for key in unsound if key not in taken_out]
    if cursor is not None and not unsound and after:
        write_file(cursor, after.encode())
    for folder in FILE_FOLDERS:
        if folder != AUDIT:
            files += _copy_files(first, there, folder)
    return Replicated(store=replica.name, objects=objects, files=files, unsound=tuple(unsound), erased=taken, kept=kept)


class _Gone:
    """What the log says of objects that were taken out of the store on purpose, as far as it was followed."""

    def __init__(self) -> None:
        self.erased: dict[ObjectKey, None] = {}
        self._collected: set[ObjectKey] = set()

    @classmethod
    def of_all(cls, first: ObjectStore) -> _Gone:
        gone = cls()
        for name in first.files(AUDIT):
            gone.follow(name, first.get_file(name))
        return gone

    def __contains__(self, key: ObjectKey) -> bool:
        return key in self.erased or key in self._collected

    def follow(self, name: str, data: bytes) -> None:
        """Entries that have an object's name as their digest say that it is there from then on."""
        part = parse_part(name, data)
        for entry in () if part is None else part.entries:
            action = str(entry[ACTION])
            with contextlib.suppress(WrongUse):
                if action == ERASED:
                    self.erased[ObjectKey.parse(entry[SUBJECT])] = None
                elif action == COLLECTED:
                    self._collected.add(ObjectKey.parse(entry[SUBJECT]))
                elif entry[DIGEST] and self.erased:
                    self.erased.pop(ObjectKey.parse(entry[DIGEST]), None)


def _erase(there: ObjectStore, gone: Iterable[ObjectKey]) -> tuple[tuple[ObjectKey, ...], tuple[str, ...]]:
    """Takes these out of the replica; which it had, and which it keeps, with the reason."""
    taken: list[ObjectKey] = []
    kept: list[str] = []
    for key in gone:
        if there.size(key) is None:
            continue
        try:
            there.erase(key)
            taken.append(key)
        except AccessRefused as error:
            kept.append(_named_once(key, error))
    return tuple(taken), tuple(kept)


def _named_once(key: ObjectKey, error: AccessRefused) -> str:
    told = str(error.message)
    return told if key.name in told else f"{key.name}: {told}"


def copy(source: ObjectStore, to: ObjectStore, key: ObjectKey, *, anew: bool = False, of: Classes = NO_PAPER) -> None:
    """Copies an object, proven on both sides: one that lies encrypted as it is, so that no key is needed. Raises
    ObjectMissing, CorruptObject and the stores' errors."""
    if (
        isinstance(source, EncryptedStore)
        and isinstance(to, EncryptedStore)
        and to.take(source, key.name, anew=anew, of=of)
    ):
        return
    copy_plain(source, to, key, anew=anew, of=of)


def _copy_files(first: ObjectStore, there: ObjectStore, folder: str) -> int:
    """The other files beside the objects: few, and each as it is. One that the replica has otherwise stays: `repair`
    tells which of two is the right one."""
    held, count = set(there.files(folder)), 0
    for name in first.files(folder):
        if name not in held:
            there.put_file(name, first.get_file(name))
            count += 1
    return count


def _remembered(cursor: Path | None, there: ObjectStore) -> str:
    """How far an earlier call came; from the beginning where the replica is another one since."""
    if cursor is None:
        return ""
    try:
        after = cursor.read_text(encoding="ascii").strip()
        there.get_file(after)
    except (OSError, ValueError, HotichError):
        return ""
    return after


def _named(part: bytes) -> Iterator[ObjectKey]:
    """Every object that a part of the log names, in order, each once. Texts in it that seal rows are named like objects
    and are none."""
    yield from map(ObjectKey.parse, named_objects(part))


def _classes(part: bytes) -> dict[str, Classes]:
    """The classes of the papers that each object is of, as far as the texts of this part tell."""
    found: dict[str, Classes] = {}

    def note(row: Mapping[str, Any], columns: Iterable[str], of: Classes) -> None:
        for name in filter(None, (row.get(column) for column in columns)):
            found[name] = found.get(name, NO_PAPER) | of

    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
        for text in texts_of(part):
            for key, _ in objects_apart(text):
                found[key.name] = classes_of([])
            for table, _, rows in read_told(text, lambda _: None):
                for row in rows:
                    if table == "documents":
                        note(row, ("original", "archival", "record"), classes_of([DocumentType(row["document_type"])]))
                    elif table == "issued_copies":
                        note(row, ("object",), classes_of([]))  # of which type their paper is another part may tell
                    elif table == "book_lines":
                        note(row, ("image", "correction"), frozenset({PaperClass.REGISTERS}))
    return found
