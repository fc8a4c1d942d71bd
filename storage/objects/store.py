"""What an object store promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from pipeline.domain.message import Message
from storage.errors import CorruptObject, ObjectMissing, SourceChanged
from storage.objects.key import ObjectKey

Source = bytes | Path


class ObjectStore(Protocol):
    """Create-only store of immutable objects, each named by the digest of its bytes.

    Every method raises only `HotichError`s: DiskFull, AccessRefused, StoreUnavailable, ObjectMissing,
    CorruptObject, ResourceError.
    """

    def put(self, source: Source, *, expected: ObjectKey | None = None) -> ObjectKey:
        """Durable when it returns, wholly written or not at all; the same content again writes nothing.

        `source` is the bytes, or the path of a file that is read once in constant memory.
        Raises SourceChanged when the content is not the `expected` one, and CorruptObject when the store
        already holds damaged bytes under this key (they are not overwritten).
        """
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

    def remove(self, key: ObjectKey) -> None:
        """Takes the object away for good; one that is not there is gone already. Only `storage.trash` asks for it.

        Raises AccessRefused where the store keeps what it has (object lock).
        """
        ...

    def keys(self) -> Iterator[ObjectKey]:
        """Every key, in order, in constant memory."""
        ...

    def foreign(self) -> Iterator[str]:
        """The names of what lies in the store and is no object of it, in order."""
        ...


def check_expected(key: ObjectKey, expected: ObjectKey | None) -> None:
    if expected is not None and key != expected:
        raise SourceChanged(
            Message(
                "Tệp đã thay đổi trong khi xử lý; hãy chạy lại.",
                "The file changed while it was being processed; run again.",
            )
        )


def missing(key: ObjectKey) -> ObjectMissing:
    return ObjectMissing(Message("Không có đối tượng", f"no such object: {key}"))


def corrupt(key: ObjectKey) -> CorruptObject:
    return CorruptObject(
        Message(
            "Đối tượng bị hỏng, hãy khôi phục từ bản sao lưu", f"the object is damaged, restore it from a backup: {key}"
        )
    )
