"""Stores that hold the same archive, compared and healed from each other: only proven bytes are ever written."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from pathlib import Path

import sqlalchemy as sa

from pipeline.domain.errors import ResourceError, WrongUse
from pipeline.domain.message import Message
from storage.catalogue import Catalogue
from storage.catalogue.audit import COLLECTED, ERASED
from storage.catalogue.books import line_erased
from storage.catalogue.documents import removed_documents
from storage.catalogue.ledger import WorkState
from storage.catalogue.tables import (
    audit,
    book_lines,
    book_models,
    documents,
    issued_copies,
    page_ledgers,
    told_apart,
    work,
)
from storage.checkpoints import is_checkpoint
from storage.commit import note_healed
from storage.errors import AccessRefused, CorruptObject, EncryptionKeyMissing, ObjectMissing
from storage.files import translated_os_errors
from storage.log_parts import is_sealed
from storage.objects import ObjectKey, ObjectStore
from storage.objects.encrypted import EncryptedStore
from storage.objects.key import FILE_FOLDERS
from storage.objects.paper_class import NO_PAPER, Classes
from storage.replicas import Store, copy


class WorkGoesOn(ResourceError):
    """What nothing names is only taken out while nothing is being stored."""

    code = "storage.work_goes_on"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Healed:
    """An object, or a file beside the objects, that a store had damaged or not at all (`was`: damaged | missing) and
    has whole again; `source`: the store or file it came from."""

    name: str
    store: str
    was: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """`healed`: what was put right, or with a dry run could be. `lost`: what no store and no file has whole. `erased`:
    what a store still had of papers that were removed for good, and has no more; `kept`: what it does not let go
    (object lock), with the reason; both as `NAME (STORE)`."""

    objects: int
    files: int
    healed: tuple[Healed, ...]
    lost: tuple[str, ...]
    erased: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def repair(
    stores: Sequence[Store],
    *,
    wanted: Iterable[ObjectKey] = (),
    without: Collection[ObjectKey] = (),
    erased: Collection[ObjectKey] = (),
    good: Iterable[Path] = (),
    dry_run: bool = False,
    on_object: Callable[[], None] = lambda: None,
    classes: Callable[[ObjectKey], Classes] = lambda key: NO_PAPER,  # noqa: ARG005
) -> Repaired:
    """Reads every object of every store, and writes each one that a store has damaged or not at all anew from a store
    or a file that has it whole. `wanted`: objects that must be there though no store has them, in order;
    `without`: objects that were taken out on purpose and are not brought back; `erased`: objects of papers that were
    removed for good, which go wherever they are; `good`: files, such as scans or
    delivered copies, that may be objects; `classes`: of the papers that an object is of. Raises the stores' errors.
    """
    return _Repair(stores, without, erased, dry_run, classes).run(wanted, good, on_object)


class _Repair:
    def __init__(
        self,
        stores: Sequence[Store],
        without: Collection[ObjectKey],
        erased: Collection[ObjectKey],
        dry_run: bool,
        classes: Callable[[ObjectKey], Classes],
    ) -> None:
        self._classes = classes
        self._stores = stores
        self._without = frozenset(without)
        self._to_erase = frozenset(erased)
        self._erased: list[str] = []
        self._kept: list[str] = []
        self._dry_run = dry_run
        self._healed: list[Healed] = []
        self._lost: list[str] = []

    def run(self, wanted: Iterable[ObjectKey], good: Iterable[Path], on_object: Callable[[], None]) -> Repaired:
        files = {_digest(path): path for path in good}
        objects = 0
        for key in _every_key(self._stores, wanted):
            objects += 1
            self._object(key, files.get(key))
            on_object()
        beside = sum(self._files(folder) for folder in FILE_FOLDERS)
        return Repaired(
            objects=objects, files=beside, healed=tuple(self._healed), lost=tuple(self._lost),
            erased=tuple(self._erased), kept=tuple(self._kept),
        )  # fmt: skip

    def _erase(self, key: ObjectKey) -> None:
        for store in self._stores:
            if store.objects.size(key) is None:
                continue
            name = f"{key.name} ({store.name})"
            if (lock := store.objects.lock(key.name)) is not None:
                self._kept.append(f"{name}: {lock.told()}")
                continue
            try:
                if not self._dry_run:
                    store.objects.erase(key)
                self._erased.append(name)
            except AccessRefused as error:
                self._kept.append(f"{name}: {error.message}")

    def _object(self, key: ObjectKey, file: Path | None) -> None:
        if key in self._to_erase:
            self._erase(key)
            return
        states = {store.name: _state(store.objects, key) for store in self._stores}
        if key in self._without and states[self._stores[0].name] == "missing":
            return
        hurt = [store for store in self._stores if states[store.name] != "whole"]
        if not hurt:
            return
        whole = next((store for store in self._stores if states[store.name] == "whole"), None)
        if whole is None and file is None:
            self._lost.append(key.name)
            return
        for store in hurt:
            source = str(file) if whole is None else whole.name
            if not self._dry_run:
                if whole is not None:
                    copy(whole.objects, store.objects, key, anew=True, of=self._classes(key))
                else:
                    assert file is not None
                    store.objects.put(file, expected=key, anew=True, of=self._classes(key))
                store.objects.take_healed()
            self._healed.append(Healed(name=key.name, store=store.name, was=states[store.name], source=source))

    def _files(self, folder: str) -> int:
        """Files beside the objects prove themselves by their form, hashes and signatures."""
        count = 0
        streams = [store.objects.files(folder) for store in self._stores]
        for name, _ in groupby(merge(*streams)):
            count += 1
            try:
                held = [(store, _file(store.objects, name)) for store in self._stores]
            except EncryptionKeyMissing:
                self._encrypted_file(name)
                continue
            whole = [(store, data) for store, data in held if data is not None and is_proven(name, data)]
            if not whole:
                self._lost.append(name)
                continue
            source, right = whole[0]
            if any(data != right for _, data in whole):  # two that both prove themselves: a person must look
                self._lost.append(name)
                continue
            for store, data in held:
                if data != right:
                    if not self._dry_run:
                        store.objects.put_file(name, right, anew=True)
                    was = "missing" if data is None else "damaged"
                    self._healed.append(Healed(name=name, store=store.name, was=was, source=source.name))
        return count

    def _encrypted_file(self, name: str) -> None:
        """A part of the log whose key is not here: it goes from a store that has its ciphertext whole to one that has
        not, as it is."""
        stores = [(store, store.objects) for store in self._stores if isinstance(store.objects, EncryptedStore)]
        states = {store.name: _state_of_file(objects, name) for store, objects in stores}
        whole = next((pair for pair in stores if states[pair[0].name] == "whole"), None)
        for store, objects in stores:
            if states[store.name] == "whole" or whole is None:
                continue
            if not self._dry_run:
                objects.take(whole[1], name, anew=True)
            self._healed.append(
                Healed(name=name, store=store.name, was=states[store.name], source=whole[0].name)
            )  # fmt: skip


def is_proven(name: str, data: bytes) -> bool:
    """Whether a file beside the objects is as somebody once wrote it, as far as it can tell itself."""
    return is_checkpoint(name, data) if name.startswith("checkpoints/") else is_sealed(name, data)


def note_repair(catalogue: Catalogue, repaired: Repaired, first: str, *, actor: str) -> None:
    """What was healed in the first store stands in the audit log."""
    here = [healed.name for healed in repaired.healed if healed.store == first]
    keys = [ObjectKey.parse(name) for name in here if name.startswith("sha256/")]
    if keys:
        with catalogue.unit() as unit:
            note_healed(unit.audit, keys, actor=actor)
            unit.commit()


def named_objects(connection: sa.Connection) -> Iterator[ObjectKey]:
    """Every object that the catalogue names, those of removed documents left out, in order, each once, in constant
    memory."""
    of_documents = (documents.c.original, documents.c.archival, documents.c.record)
    others = (
        page_ledgers.c.object,
        book_models.c.weights,
        book_models.c.manifest,
        told_apart.c.object,
        issued_copies.c.object,
    )
    of_lines = (book_lines.c.image, book_lines.c.correction)
    in_place = documents.c.document_id.not_in(removed_documents())
    queries = [sa.select(column.label("name")).where(column.is_not(None), in_place) for column in of_documents]
    queries += [sa.select(column.label("name")).where(column.is_not(None)) for column in others]
    queries += [sa.select(column.label("name")).where(~line_erased()) for column in of_lines]
    named = sa.union(*queries).subquery()
    # By code point: a database's own order of texts may be another.
    ordered = sa.select(named.c.name).order_by(named.c.name.collate("C" if not _lite(connection) else "BINARY"))
    for name in connection.scalars(ordered.execution_options(yield_per=1000)):
        with contextlib.suppress(WrongUse):
            yield ObjectKey.parse(name)


def taken_out(connection: sa.Connection) -> set[ObjectKey]:
    """The objects that were taken out of the stores because nothing named them."""
    names = connection.scalars(sa.select(audit.c.subject).where(audit.c.action == COLLECTED))
    return {ObjectKey.parse(name) for name in names}


def erased(connection: sa.Connection) -> set[ObjectKey]:
    """The objects that went with removed papers and that nothing has named since."""
    names = connection.scalars(sa.select(audit.c.subject).where(audit.c.action == ERASED))
    found = {ObjectKey.parse(name) for name in names}
    if found:
        found.difference_update(named_objects(connection))
    return found


def _lite(connection: sa.Connection) -> bool:
    return connection.dialect.name == "sqlite"


def collect_orphans(
    catalogue: Catalogue,
    stores: Sequence[Store],
    orphans: Iterable[ObjectKey],
    *,
    older_than_s: float,
    actor: str,
) -> list[ObjectKey]:
    """Takes out of the stores what a check found that nothing names (`VerifyReport.orphans`) and that is so old that no
    commit can still be about to name it. Each is noted in the audit log first. Raises WorkGoesOn while work is claimed.
    """
    with catalogue.database.read() as connection:
        if connection.scalar(sa.select(work.c.work_id).where(work.c.state == WorkState.RUNNING.value).limit(1)):
            raise WorkGoesOn(
                Message("Đang có việc chạy; chạy lại khi xong", "Work is going on; run again when it has ended")
            )
    old = [key for key in orphans if all(_age(store.objects, key) >= older_than_s for store in stores)]
    for key in old:
        catalogue.note(actor=actor, action=COLLECTED, subject=key.name)
        for store in stores:
            store.objects.remove(key)
    return old


def _age(objects: ObjectStore, key: ObjectKey) -> float:
    try:
        return objects.age_s(key)
    except ObjectMissing:
        return float("inf")


def _every_key(stores: Sequence[Store], wanted: Iterable[ObjectKey]) -> Iterator[ObjectKey]:
    """Every key of every store, and those that are wanted, in order, each once, in constant memory."""
    for key, _ in groupby(merge(*(store.objects.keys() for store in stores), wanted)):
        yield key


def _state(objects: ObjectStore, key: ObjectKey) -> str:
    try:
        objects.open(key).close()
    except ObjectMissing:
        return "missing"
    except CorruptObject:
        return "damaged"
    except EncryptionKeyMissing:  # as far as can be told without the key
        return "whole"
    return "whole"


def _state_of_file(objects: EncryptedStore, name: str) -> str:
    try:
        objects.get_file(name)
    except ObjectMissing:
        return "missing"
    except CorruptObject:
        return "damaged"
    except EncryptionKeyMissing:
        return "whole"
    return "whole"


def _file(objects: ObjectStore, name: str) -> bytes | None:
    """None where there is none; what is not what was put there is no file of any kind."""
    try:
        return objects.get_file(name)
    except ObjectMissing:
        return None
    except CorruptObject:
        return b""


def _digest(path: Path) -> ObjectKey:
    with translated_os_errors(Message("đọc tệp", "reading the file").about(str(path))):
        return ObjectKey.of_file(path)
