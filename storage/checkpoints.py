"""Checkpoints: the heads of the three logs, signed with a key that does not lie beside the store.

Who can write the database can cut a log off, or write all of it anew, and hash chains do not show it. A checkpoint
says how long each log was and which its last entry was; whoever has not the key cannot make another. Checkpoints are
chained, kept in a folder of the home folder, copied to a second place, and noted in the audit log: so one that is
taken away is missed. They are files of a fixed form: any other byte in one is found.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from storage.files import write_file
from storage.key_file import read_or_make_key
from storage.sealed_log import ChainReport

LOGS = ("audit", "reads", "trail")
NOTED = "checkpoint.made"
FIRST = "sha256:" + "0" * 64
_SEED_BYTES = 32
_PURPOSE = b"hotich checkpoint 1\n"  # before what is signed: the key signs nothing else
_FORM = "1"


@dataclass(frozen=True, slots=True)
class LogHead:
    """How many entries a log had, and the hash of the last."""

    entries: int
    head: str

    @staticmethod
    def of(report: ChainReport | None) -> LogHead | None:
        return None if report is None else LogHead(report.entries, report.head)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What was signed. Checkpoints count from 1; `previous` is the digest of the file before, `public` the key (base64)
    it is signed with. A log that was not there is None."""

    number: int
    at: str
    previous: str
    public: str
    logs: Mapping[str, LogHead | None]

    def content(self) -> bytes:
        """What is signed: JSON with sorted keys and without spaces."""
        logs = {name: None if log is None else [log.entries, log.head] for name, log in self.logs.items()}
        told = {"at": self.at, "form": _FORM, "key": self.public, "logs": logs, "number": self.number}
        return _json(told | {"previous": self.previous})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """A checkpoint as it lies in its file."""

    checkpoint: Checkpoint
    signature: bytes

    @property
    def name(self) -> str:
        return f"{self.checkpoint.number:08d}.json"

    def file(self) -> bytes:
        told = json.loads(self.checkpoint.content())
        return _json({"checkpoint": told, "signature": base64.b64encode(self.signature).decode()}) + b"\n"

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(self.file()).hexdigest()

    def is_signed(self) -> bool:
        """Whether it was signed with the key it names."""
        try:
            public = Ed25519PublicKey.from_public_bytes(base64.b64decode(self.checkpoint.public, validate=True))
            public.verify(self.signature, _PURPOSE + self.checkpoint.content())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class CheckpointKey:
    """The office's key. Who has it can sign any history: it is to be kept apart from the store."""

    _seed: bytes = field(repr=False)

    @classmethod
    def at(cls, path: Path) -> CheckpointKey:
        """The key that lies at `path`, made there at first use. Raises WrongUse and the file's errors."""
        return cls(read_or_make_key(path, size=_SEED_BYTES))

    @property
    def public(self) -> str:
        """What anybody needs to check a signature, base64."""
        signing = Ed25519PrivateKey.from_private_bytes(self._seed)
        return base64.b64encode(signing.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    def sign(self, checkpoint: Checkpoint) -> SignedCheckpoint:
        signature = Ed25519PrivateKey.from_private_bytes(self._seed).sign(_PURPOSE + checkpoint.content())
        return SignedCheckpoint(checkpoint=checkpoint, signature=signature)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CheckpointFault:
    """`place`: the folder, empty where it is none's. `number`: of the checkpoint, 0 for the place itself.
    `what`: altered | missing | other_key | not_in_order | unreadable | not_as_noted | noted_otherwise."""

    number: int
    what: str
    place: str = ""


class Checkpoints:
    """The checkpoints of all places, brought together: what stands in one of them counts."""

    def __init__(
        self, found: Mapping[int, SignedCheckpoint] | None = None, faults: Sequence[CheckpointFault] = ()
    ) -> None:
        self._found = dict(sorted((found or {}).items()))
        self.faults = tuple(faults)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def newest(self) -> SignedCheckpoint | None:
        return next(reversed(self._found.values()), None)

    @property
    def key(self) -> str:
        """The public key that the first is signed with; empty where there is none."""
        return next((signed.checkpoint.public for signed in self._found.values()), "")

    def all(self) -> list[SignedCheckpoint]:
        """In order of their numbers."""
        return list(self._found.values())

    def anchors(self, log: str) -> Mapping[int, str]:
        """By entry the hash that a log has at it by the checkpoints; entry 0 is none."""
        heads = [signed.checkpoint.logs.get(log) for signed in self._found.values()]
        return {head.entries: head.head for head in heads if head is not None and head.entries > 0}

    def not_as_noted(self, noted: Mapping[str, str | None]) -> list[CheckpointFault]:
        """Checkpoints that the audit log names, `checkpoint:N`, and that are nowhere or of another digest."""
        digests = {f"checkpoint:{number}": signed.digest for number, signed in self._found.items()}
        wrong = [subject for subject, digest in noted.items() if digests.get(subject) != digest]
        numbers = [int(number) for number in (subject.rpartition(":")[2] for subject in wrong) if number.isdigit()]
        return [CheckpointFault(number=number, what="not_as_noted") for number in sorted(numbers)]


def read_checkpoints(places: Iterable[Path], *, public: str = "") -> Checkpoints:
    """Everything that lies in these folders. `public`: the key they must be signed with; without one, that of the
    first. A folder that cannot be read is a fault; one that is not there is empty where it is the first."""
    found: dict[int, SignedCheckpoint] = {}
    faults: list[CheckpointFault] = []
    held: dict[Path, dict[int, SignedCheckpoint]] = {}
    for index, place in enumerate(dict.fromkeys(places)):
        try:
            held[place] = dict(_in_folder(place, faults)) if index or place.exists() else {}
        except OSError:
            faults.append(CheckpointFault(number=0, what="unreadable", place=str(place)))
            held[place] = {}
    for place, there in held.items():
        for number, signed in there.items():
            if found.setdefault(number, signed) != signed:
                faults.append(CheckpointFault(number=number, what="altered", place=str(place)))
    for place, there in held.items():
        faults += [
            CheckpointFault(number=number, what="missing", place=str(place)) for number in found if number not in there
        ]
    faults += _out_of_order([found[number] for number in sorted(found)], public)
    return Checkpoints(found, sorted(set(faults)))


def _in_folder(place: Path, faults: list[CheckpointFault]) -> Iterator[tuple[int, SignedCheckpoint]]:
    for path in sorted(place.iterdir()):
        if path.suffix != ".json" or not path.stem.isdigit():
            continue
        number = int(path.stem)
        signed = _parse(path.read_bytes())
        if signed is None or signed.checkpoint.number != number or not signed.is_signed():
            faults.append(CheckpointFault(number=number, what="altered", place=str(place)))
        else:
            yield number, signed


def _out_of_order(signed: Sequence[SignedCheckpoint], public: str) -> Iterator[CheckpointFault]:
    key, before, number = public, FIRST, 0
    for one in signed:
        checkpoint, number = one.checkpoint, number + 1
        while number < checkpoint.number:
            yield CheckpointFault(number=number, what="missing")
            number, before = number + 1, ""
        key = key or checkpoint.public
        if checkpoint.public != key:
            yield CheckpointFault(number=number, what="other_key")
        if before and checkpoint.previous != before:
            yield CheckpointFault(number=number, what="not_in_order")
        before = one.digest


def _parse(data: bytes) -> SignedCheckpoint | None:
    """None for anything but the bytes that `SignedCheckpoint.file` gives."""
    try:
        given = json.loads(data)
        told = given["checkpoint"]
        checkpoint = Checkpoint(
            number=told["number"],
            at=told["at"],
            previous=told["previous"],
            public=told["key"],
            logs={name: None if log is None else LogHead(*log) for name, log in told["logs"].items()},
        )
        signed = SignedCheckpoint(checkpoint=checkpoint, signature=base64.b64decode(given["signature"], validate=True))
        return signed if signed.file() == data else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def is_checkpoint(name: str, data: bytes) -> bool:
    """Whether these bytes are a checkpoint of this name, signed with the key that it names."""
    signed = _parse(data)
    return signed is not None and name.rpartition("/")[2] == signed.name and signed.is_signed()


def write_checkpoint(signed: SignedCheckpoint, place: Path) -> None:
    """Durable when it returns. Raises DiskFull, AccessRefused or ResourceError."""
    write_file(place / signed.name, signed.file(), mode=0o444)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
