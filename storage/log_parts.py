"""Parts of logs as they lie in the store: files of a fixed form, so that any other byte in one is found."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.domain.errors import HotichError, ResourceError
from pipeline.domain.message import Message
from storage.errors import EncryptionKeyMissing
from storage.objects import ObjectStore
from storage.sealed_log import seal

AUDIT = "log"
_OBJECT = re.compile(rb"sha256/[0-9a-f]{2}/[0-9a-f]{62}")
_NAME = re.compile(r"[a-z]+/[0-9]{9}/([0-9]{12})-([0-9]{12})\.json")
_IN_FOLDER = 1000
_FORM = "1"
ACTION, SUBJECT, DIGEST = 3, 4, 5  # of an entry of the audit log

Entry = Sequence[Any]
"""The values of an entry in the order of its table's columns; the first is its number, the last its hash."""


class LogDamaged(ResourceError):
    """A part of the log in the store is not as it was written, or is missing."""

    code = "storage.log_damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPart:
    """Entries that follow one another, and the texts that entries among them seal, by their numbers."""

    entries: Sequence[Entry]
    texts: Mapping[int, str] = field(default_factory=dict)

    @property
    def first(self) -> int:
        return int(self.entries[0][0])

    @property
    def last(self) -> int:
        return int(self.entries[-1][0])

    def name(self, folder: str) -> str:
        return f"{folder}/{self.first // _IN_FOLDER:09d}/{self.first:012d}-{self.last:012d}.json"

    def file(self) -> bytes:
        texts = {str(seq): text for seq, text in self.texts.items()}
        told = {"entries": [list(entry) for entry in self.entries], "form": _FORM, "texts": texts}
        return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def parse_part(name: str, data: bytes) -> LogPart | None:
    """None for anything but the bytes that `LogPart.file` gives under this name."""
    try:
        told = json.loads(data)
        part = LogPart(entries=told["entries"], texts={int(seq): text for seq, text in told["texts"].items()})
        sound = bool(part.entries) and part.name(name.partition("/")[0]) == name and part.file() == data
        return part if sound else None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None


def is_sealed(name: str, data: bytes) -> bool:
    """Whether every entry has its hash, follows the one before, and every text is the one that its entry seals. That
    the first follows the part before it, only both together show."""
    part = parse_part(name, data)
    if part is None:
        return False
    before = None
    for entry in part.entries:
        *values, sealed = entry
        if before is not None and (values[-1] != before[1] or values[0] != before[0] + 1):
            return False
        if seal(json.dumps(values, ensure_ascii=False, separators=(",", ":"))) != sealed:
            return False
        before = (values[0], sealed)
    digests = {entry[0]: entry[DIGEST] for entry in part.entries}
    return all(text_digest(text) == digests.get(seq) for seq, text in part.texts.items())


def part_range(name: str) -> tuple[int, int] | None:
    """The numbers of the first and the last entry by the file's name; None where it is no name of a part."""
    found = _NAME.fullmatch(name)
    return None if found is None else (int(found[1]), int(found[2]))


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PartFault:
    """`what`: altered | missing | foreign. `name`: of the file; of one that is missing the numbers `FIRST-LAST`."""

    name: str
    what: str


def read_parts(objects: ObjectStore, folder: str, faults: list[PartFault]) -> Iterator[tuple[Entry, str | None]]:
    """Each entry once, in order, with the text that it seals; in constant memory.

    Parts may overlap: of two processes that wrote at once, each wrote what it saw. What is damaged or missing is noted
    in `faults`, and what other parts have of it is given all the same. Hashes and links are not looked at. Raises
    EncryptionKeyMissing where the log is encrypted and its key is not here.
    """
    last = 0
    for name in objects.files(folder):
        if part_range(name) is None:
            faults.append(PartFault(name=name, what="foreign"))
            continue
        part = _part(objects, name)
        if part is None:
            faults.append(PartFault(name=name, what="altered"))
            continue
        if part.first > last + 1:
            faults.append(PartFault(name=f"{last + 1}-{part.first - 1}", what="missing"))
        for entry in part.entries:
            if int(entry[0]) > last:
                last = int(entry[0])
                yield entry, part.texts.get(last)


def _part(objects: ObjectStore, name: str) -> LogPart | None:
    try:
        return parse_part(name, objects.get_file(name))
    except EncryptionKeyMissing:
        raise
    except HotichError:
        return None


def text_digest(text: str) -> str:
    """As the entry that seals it says it."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"sha256/{digest[:2]}/{digest[2:]}"


def named_objects(part: bytes) -> list[str]:
    """Names of every object that a part of the log names, in order, each once. Texts in it that seal rows are named
    like objects and are none."""
    sealed = {text_digest(text) for text in texts_of(part)}
    names = dict.fromkeys(found.decode() for found in _OBJECT.findall(part))
    return [name for name in names if name not in sealed]


def texts_of(part: bytes) -> list[str]:
    """The texts that a part holds; none where it is damaged."""
    try:
        return list(json.loads(part)["texts"].values())
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def damaged(faults: Sequence[PartFault]) -> LogDamaged:
    shown = ", ".join(f"{fault.name} ({fault.what})" for fault in faults[:3])
    return LogDamaged(
        Message(
            f"Nhật ký trong kho bị hỏng hoặc thiếu: {shown}; lấy lại từ kho thứ hai (hotich repair)",
            f"The log in the store is damaged or incomplete: {shown}; heal it from a second store (hotich repair)",
        )
    )
