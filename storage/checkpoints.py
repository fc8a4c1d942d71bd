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

from pipeline.domain.errors import HotichError
from storage.checkpoint_places import Place, as_place
from storage.key_file import read_or_make_key
from storage.sealed_log import ChainReport
from storage.time_stamps import Roots, is_stamp, stamped_at

LOGS = ("audit", "reads", "trail")
NOTED, STAMPED = "checkpoint.made", "checkpoint.stamped"
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

    @property
    def stamp_name(self) -> str:
        return f"{self.checkpoint.number:08d}.tsr"

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
    `what`: altered | missing | other_key | not_in_order | unreadable | not_as_noted | stamp_wrong."""

    number: int
    what: str
    place: str = ""


def stamp_digest(stamp: bytes) -> str:
    return "sha256:" + hashlib.sha256(stamp).hexdigest()


class Checkpoints:
    """The checkpoints of all places, brought together: what stands in one of them counts."""

    def __init__(
        self,
        found: Mapping[int, SignedCheckpoint] | None = None,
        faults: Sequence[CheckpointFault] = (),
        stamps: Mapping[int, bytes] | None = None,
    ) -> None:
        """`stamps`: by number the time stamps of an authority."""
        self.stamps = dict(sorted((stamps or {}).items()))
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
        """Checkpoints and stamps that the audit log names, `checkpoint:N` and `stamp:N`, and that are nowhere or of
        another digest."""
        digests = {f"checkpoint:{number}": signed.digest for number, signed in self._found.items()}
        digests |= {f"stamp:{number}": stamp_digest(stamp) for number, stamp in self.stamps.items()}
        wrong = [subject for subject, digest in noted.items() if digests.get(subject) != digest]
        numbers = [int(number) for number in (subject.rpartition(":")[2] for subject in wrong) if number.isdigit()]
        return [CheckpointFault(number=number, what="not_as_noted") for number in sorted(numbers)]


def read_checkpoints(places: Iterable[Path | Place], *, public: str = "", roots: Roots | None = None) -> Checkpoints:
    """Everything that lies in these places. `public`: the key they must be signed with; without one, that of the first.
    `roots`: whose time stamps count; None: stamps are looked at by their digests only.

    A place that cannot be read is a fault; one that is not there is empty where it is the first, or an object store
    that no checkpoint was put into yet.
    """
    found: dict[int, SignedCheckpoint] = {}
    stamps: dict[int, bytes] = {}
    faults: list[CheckpointFault] = []
    held: dict[str, tuple[dict[int, SignedCheckpoint], dict[int, bytes]]] = {}
    for index, place in enumerate(dict.fromkeys(map(as_place, places))):
        try:
            files = dict(place.read()) if index or place.is_there() else {}
        except (OSError, HotichError):
            faults.append(CheckpointFault(number=0, what="unreadable", place=place.name))
            files = {}
        if files or not place.may_be_empty:
            held[place.name] = _parsed(files, place.name, faults)
    for name, (there, stamped) in held.items():
        for number, signed in there.items():
            if found.setdefault(number, signed) != signed:
                faults.append(CheckpointFault(number=number, what="altered", place=name))
        for number, stamp in stamped.items():
            if stamps.setdefault(number, stamp) != stamp:
                faults.append(CheckpointFault(number=number, what="stamp_wrong", place=name))
    for name, (there, stamped) in held.items():
        lacking = [*(found.keys() - there.keys()), *(stamps.keys() - stamped.keys())]
        faults += [CheckpointFault(number=number, what="missing", place=name) for number in lacking]
    faults += _out_of_order([found[number] for number in sorted(found)], public)
    faults += _wrong_stamps(found, stamps, roots)
    return Checkpoints(found, sorted(set(faults)), stamps)


def _parsed(
    files: Mapping[str, bytes], place: str, faults: list[CheckpointFault]
) -> tuple[dict[int, SignedCheckpoint], dict[int, bytes]]:
    found, stamps = {}, {}
    for name, data in sorted(files.items()):
        stem, _, kind = name.rpartition(".")
        if not stem.isdigit() or kind not in ("json", "tsr"):
            continue
        number = int(stem)
        signed = _parse(data) if kind == "json" else None
        if kind == "tsr":
            stamps[number] = data
        elif signed is None or signed.checkpoint.number != number or not signed.is_signed():
            faults.append(CheckpointFault(number=number, what="altered", place=place))
        else:
            found[number] = signed
    return found, stamps


def _wrong_stamps(
    found: Mapping[int, SignedCheckpoint], stamps: Mapping[int, bytes], roots: Roots | None
) -> Iterator[CheckpointFault]:
    """Stamps that do not prove that their checkpoint was there, and times that run backwards."""
    before = None
    for number, stamp in sorted(stamps.items()):
        try:
            if number not in found:
                raise ValueError("of nothing")
            at = None if roots is None else stamped_at(stamp, found[number].file(), roots)
        except ValueError:
            yield CheckpointFault(number=number, what="stamp_wrong")
            continue
        if at is not None and before is not None and at < before:
            yield CheckpointFault(number=number, what="not_in_order")
        before = at or before


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
    """Whether these bytes are a checkpoint of this name, signed with the key that it names, or a time stamp, of which
    only a check with the authority's certificate says more."""
    if name.endswith(".tsr"):
        return is_stamp(data)
    signed = _parse(data)
    return signed is not None and name.rpartition("/")[2] == signed.name and signed.is_signed()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
