"""What an object store promises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from pipeline.domain.message import Message
from storage.errors import CorruptObject, ObjectLocked, ObjectMissing, SourceChanged
from storage.objects.key import ObjectKey
from storage.objects.paper_class import NO_PAPER, Classes

Source = bytes | Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What keeps an object from being erased: a day (`until`; None where there is none), a legal hold, or both.
    `mode`: governance | compliance, of the day."""

    until: datetime | None = None
    mode: str = ""
    held: bool = False

    def told(self) -> Message:
        """Until when, in words."""
        held = Message("đang giữ theo yêu cầu pháp lý", "on legal hold")
        if self.until is None:
            return held
        day = self.until.date().isoformat()
        kept = Message(f"kho khóa đến {day} ({self.mode})", f"locked until {day} ({self.mode})")
        return Message(f"{kept.vi}, {held.vi}", f"{kept.en}, {held.en}") if self.held else kept


def strongest(*locks: Lock | None) -> Lock | None:
    """What keeps a thing that each of these keeps a part of."""
    there = [lock for lock in locks if lock is not None]
    dated = max((lock for lock in there if lock.until is not None), key=lambda lock: str(lock.until), default=None)
    if not there:
        return None
    return Lock(
        until=None if dated is None else dated.until,
        mode="" if dated is None else dated.mode,
        held=any(lock.held for lock in there),
    )


class ObjectStore(Protocol):
    """Create-only store of immutable objects, each named by the digest of its bytes.

    Every method raises only `HotichError`s: DiskFull, AccessRefused, StoreUnavailable, ObjectMissing,
    CorruptObject, ResourceError.
    """

    def put(
        self, source: Source, *, expected: ObjectKey | None = None, anew: bool = False, of: Classes = NO_PAPER
    ) -> ObjectKey:
        """Durable when it returns, wholly written or not at all; the same content again writes nothing.

        `source` is the bytes, or the path of a file that is read once in constant memory.
        Raises SourceChanged when the content is not the `expected` one. Damaged bytes that the store already holds
        under this key give way to these, whose digest is proven: `take_healed` says so. `anew`: bytes under this key
        are known to be damaged, whatever the store says of them. `of`: the classes of the papers that it is of, by
        which a store locks and encrypts.
        """
        ...

    @property
    def at_once(self) -> int:
        """How many of its objects are best read at a time: several where each waits for a server's answer."""

    def take_healed(self) -> list[ObjectKey]:
        """The objects that `put` has healed since this was last asked."""
        ...

    def size(self, key: ObjectKey) -> int | None:
        """How many bytes lie under this key, whatever they are; None where there are none."""
        ...

    def age_s(self, key: ObjectKey) -> float:
        """Seconds since the object was written, by the store's own clock and this one. Raises ObjectMissing."""
        ...

    def remove(self, key: ObjectKey) -> None:
        """Takes an object out that nothing names; a bucket with versions keeps it as an older version."""
        ...

    def get(self, key: ObjectKey) -> bytes:
        """All bytes, digest verified. Raises ObjectMissing, CorruptObject."""
        ...

    def open(self, key: ObjectKey) -> BinaryIO:
        """The object as a seekable file at its start, digest verified before it is handed out."""
        ...

    def exists(self, key: ObjectKey) -> bool:
        """Whether an object stands under this key (its digest is not verified)."""
        ...

    def erase(self, key: ObjectKey) -> None:
        """Takes the object away for good; one that is not there is gone already. Only `storage.trash` asks for it.

        Raises ObjectLocked where the store keeps it (object lock): then all of it is still there.
        """
        ...

    def can_lock(self) -> bool:
        """Whether anything can be locked or held here, as far as this account may know."""
        ...

    def lock(self, name: str) -> Lock | None:
        """What keeps the object, or the file beside the objects, of this name from being erased; None: nothing."""
        ...

    def hold(self, name: str, *, on: bool) -> bool:
        """Puts it on legal hold or lifts that; whether this store can, and has it. Idempotent."""
        ...

    def below(self, name: str) -> ObjectStore:
        """A store within this one, of objects and files of its own; made when first something is put there."""
        ...

    def keys(self) -> Iterator[ObjectKey]:
        """Every key, in order, in constant memory."""
        ...

    def foreign(self) -> Iterator[str]:
        """The names of what lies in the store and is neither an object nor a file of it, in order."""
        ...

    def put_file(self, name: str, data: bytes, *, anew: bool = False, of: Classes = NO_PAPER) -> None:
        """Keeps a small file beside the objects, under a name of its own (`checked_file`): durable when it returns,
        wholly written or not at all. The same again writes nothing; raises CorruptObject where the name has other
        bytes, which stay, unless it is to be written `anew`.
        """
        ...

    def get_file(self, name: str) -> bytes:
        """The bytes of such a file; nothing says whether they are the ones put there. Raises ObjectMissing."""
        ...

    def remove_file(self, name: str, *, for_good: bool = False) -> None:
        """Takes such a file away; one that is not there is gone already. A bucket with versions keeps it as an older
        one unless it is to go `for_good`: then raises ObjectLocked where the store keeps it."""
        ...

    def files(self, folder: str, *, after: str = "") -> Iterator[str]:
        """The names of all files below one of `FILE_FOLDERS` that come after this name, in order, in constant
        memory."""
        ...


def check_expected(key: ObjectKey, expected: ObjectKey | None) -> None:
    if expected is not None and key != expected:
        raise SourceChanged(
            Message(
                "Tệp đã thay đổi trong khi xử lý; hãy chạy lại.",
                "The file changed while it was being processed; run again.",
            )
        )


def missing(key: ObjectKey | str) -> ObjectMissing:
    return ObjectMissing(Message("Không có đối tượng", f"no such object: {key}"))


def locked(name: str, lock: Lock) -> ObjectLocked:
    told = lock.told()
    return ObjectLocked(Message(f"{name}: {told.vi}", f"{name}: {told.en}"))


def no_file(name: str) -> ObjectMissing:
    return ObjectMissing(Message("Không có tệp trong kho", f"no such file in the store: {name}"))


def other_file(name: str) -> CorruptObject:
    return CorruptObject(
        Message("Kho đã có tệp cùng tên với nội dung khác", f"the store has other bytes under this name: {name}")
    )


def corrupt(key: ObjectKey | str) -> CorruptObject:
    return CorruptObject(
        Message(
            "Đối tượng bị hỏng, hãy khôi phục từ bản sao lưu", f"the object is damaged, restore it from a backup: {key}"
        )
    )
