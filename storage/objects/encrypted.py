"""A store whose objects are encrypted before they leave this machine, all of them or those of some classes of papers.

What is encrypted has two parts in a store within the store (`encrypted/`): its ciphertext, an object named by its own
digest, and an envelope named by the digest of the object's bytes. First the ciphertext is written, then the envelope,
which makes it count. All else names an object by its own bytes' digest, encrypted or not. Where any papers are
encrypted, so are the parts of the log, which tell of names of files and of words on pages.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import merge
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from pipeline.domain.message import Message
from storage.errors import CorruptObject, EncryptionKeyMissing, ObjectLocked, ObjectMissing
from storage.files import CHUNK, translated_os_errors
from storage.objects import stream_cipher
from storage.objects.copying import copy
from storage.objects.envelope import Envelope, bound_to, envelope_name, name_in
from storage.objects.key import ENCRYPTED, ENVELOPES, ObjectKey
from storage.objects.key_ring import KeyFiles, KeyKeeper, NotUnwrapped
from storage.objects.paper_class import NO_PAPER, Chosen, Classes
from storage.objects.store import (
    Lock,
    ObjectStore,
    Source,
    check_expected,
    corrupt,
    locked,
    missing,
    other_file,
    strongest,
)

_IN_MEMORY = 8 << 20
_TOLD = "log/"  # the files beside the objects that tell of papers


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrapped:
    """What a change of keys did: `done` envelopes have the new key now, `already` had it. `left`: by the id of their
    key, those whose key is not here; `damaged`: names of what has an envelope that is no longer what was written."""

    done: int
    already: int
    left: dict[str, int]
    damaged: tuple[str, ...]


class EncryptedStore:
    """An `ObjectStore` over another one, for which it encrypts what is chosen and opens what is encrypted.

    A damaged or exchanged part of what is encrypted is found as a damaged object is, without the key too, as far as the
    ciphertext goes. Reading what is whole raises EncryptionKeyMissing where its key is not here.
    """

    def __init__(self, plain: ObjectStore, keys: KeyKeeper | None = None, *, chosen: Chosen | None = None) -> None:
        """`chosen`: what is encrypted from now on; None: nothing is, and what is encrypted already stays readable."""
        self._plain = plain
        self._cipher = plain.below(ENCRYPTED)
        self._keys = KeyFiles() if keys is None else keys
        self._chosen = Chosen() if chosen is None else chosen
        self._healed: list[ObjectKey] = []
        self._used: bool | None = None

    @property
    def at_once(self) -> int:
        return self._plain.at_once

    def put(
        self, source: Source, *, expected: ObjectKey | None = None, anew: bool = False, of: Classes = NO_PAPER
    ) -> ObjectKey:
        wanted = self._chosen.wants(of)
        if not wanted and not self._is_used():
            return self._plain.put(source, expected=expected, anew=anew, of=of)
        with translated_os_errors(Message("đọc tệp nguồn", "reading the source file")):
            key = ObjectKey.of(source) if isinstance(source, bytes) else ObjectKey.of_file(source)
        check_expected(key, expected)
        try:
            envelope = self._envelope(key.name)
        except CorruptObject:
            envelope, anew, wanted = None, True, True
            self._healed.append(key)
        if envelope is None and not wanted:
            return self._plain.put(source, expected=key, anew=anew, of=of)
        if envelope is not None and not anew and self._is_whole(envelope):
            copy(self._cipher, self._cipher, envelope.cipher, of=of)  # whoever takes out what nothing names goes by age
        else:
            with translated_os_errors(Message("đọc tệp nguồn", "reading the source file")):
                self._encrypt(_pieces(source), key, of=of)
            if envelope is not None:
                self._healed.append(key)
                self._cipher.remove(envelope.cipher)
        self._take_plain_away(key)
        return key

    def take_healed(self) -> list[ObjectKey]:
        healed, self._healed = [*self._healed, *self._plain.take_healed()], []
        self._cipher.take_healed()
        return healed

    def size(self, key: ObjectKey) -> int | None:
        size = self._plain.size(key)
        if size is None and (envelope := self._envelope_if_any(key.name)) is not None:
            return None if self._cipher.size(envelope.cipher) is None else envelope.size
        return size

    def age_s(self, key: ObjectKey) -> float:
        try:
            return self._plain.age_s(key)
        except ObjectMissing:
            envelope = self._envelope_if_any(key.name)
            if envelope is None:
                raise
            return self._cipher.age_s(envelope.cipher)

    def remove(self, key: ObjectKey) -> None:
        self._plain.remove(key)
        if (envelope := self._envelope_if_any(key.name)) is not None:
            self._cipher.remove(envelope.cipher)
        self._cipher.remove_file(envelope_name(key.name))

    def get(self, key: ObjectKey) -> bytes:
        try:
            return self._plain.get(key)
        except ObjectMissing:
            with self._opened(key.name) as file:
                return file.read()

    def open(self, key: ObjectKey) -> BinaryIO:
        try:
            return self._plain.open(key)
        except ObjectMissing:
            return self._opened(key.name)

    def exists(self, key: ObjectKey) -> bool:
        return self._plain.exists(key) or self._has_envelope(key)

    def erase(self, key: ObjectKey) -> None:
        """The ciphertext first: while there is an envelope, the object counts as not gone, and is erased again."""
        if (lock := self.lock(key.name)) is not None:
            raise locked(key.name, lock)
        self._plain.erase(key)
        if (envelope := self._envelope_if_any(key.name)) is not None:
            self._cipher.erase(envelope.cipher)
        self._cipher.remove_file(envelope_name(key.name), for_good=True)

    def can_lock(self) -> bool:
        return self._plain.can_lock()

    def lock(self, name: str) -> Lock | None:
        return strongest(
            self._plain.lock(name),
            *(self._cipher.lock(part) for part in self._parts(name)),
        )  # fmt: skip

    def hold(self, name: str, *, on: bool) -> bool:
        done = [self._cipher.hold(part, on=on) for part in self._parts(name)]
        return any([self._plain.hold(name, on=on), *done])

    def below(self, name: str) -> ObjectStore:
        return self._plain.below(name)

    def keys(self) -> Iterator[ObjectKey]:
        for key, _ in groupby(merge(self._plain.keys(), self.encrypted_keys())):
            yield key

    def foreign(self) -> Iterator[str]:
        yield from self._plain.foreign()
        yield from (f"{ENCRYPTED}/{name}" for name in self._cipher.foreign())
        yield from (f"{ENCRYPTED}/{name}" for name in self._cipher.files(ENVELOPES) if name_in(name) is None)

    def put_file(self, name: str, data: bytes, *, anew: bool = False, of: Classes = NO_PAPER) -> None:
        if not (self._chosen.anything and name.startswith(_TOLD)):
            self._plain.put_file(name, data, anew=anew, of=of)
            return
        if not anew:
            with contextlib.suppress(ObjectMissing):
                if self.get_file(name) != data:
                    raise other_file(name)
                return
        self._encrypt(iter([data]), ObjectKey.of(data), of=of, file=name)

    def get_file(self, name: str) -> bytes:
        try:
            return self._plain.get_file(name)
        except ObjectMissing:
            if not name.startswith(_TOLD):
                raise
            with self._opened(name) as file:
                return file.read()

    def remove_file(self, name: str, *, for_good: bool = False) -> None:
        self._plain.remove_file(name, for_good=for_good)
        if name.startswith(_TOLD) and (envelope := self._envelope_if_any(name)) is not None:
            self._cipher.erase(envelope.cipher) if for_good else self._cipher.remove(envelope.cipher)
            self._cipher.remove_file(envelope.name, for_good=for_good)

    def files(self, folder: str, *, after: str = "") -> Iterator[str]:
        plain = self._plain.files(folder, after=after)
        if f"{folder}/" != _TOLD:
            yield from plain
            return
        start = f"{ENVELOPES}/{after}" if after else ""
        enveloped = self._cipher.files(f"{ENVELOPES}/{folder}", after=start)
        for name, _ in groupby(merge(plain, filter(None, map(name_in, enveloped)))):
            yield name

    def is_encrypted(self, key: ObjectKey) -> bool:
        """Whether the object lies here encrypted."""
        return self._has_envelope(key)

    def encrypted_keys(self) -> Iterator[ObjectKey]:
        """Every object that lies here encrypted, in order, in constant memory."""
        names = filter(None, map(name_in, self._cipher.files(ENVELOPES)))
        yield from (ObjectKey.parse(name) for name in names if name.startswith("sha256/"))

    def needs_key(self, key: ObjectKey) -> str:
        """The id of the key that this object is encrypted under, where that key is not here; else empty."""
        envelope = self._envelope_if_any(key.name)
        return "" if envelope is None or self._keys.holds(envelope.key_id) else envelope.key_id

    def encrypt(self, key: ObjectKey, *, of: Classes) -> bool:
        """Encrypts what lies here as it is and is of a class that is to be; whether it did. Raises ObjectMissing,
        CorruptObject, EncryptionKeyMissing, and ObjectLocked where the store does not let go of what was stored before:
        then both are there."""
        if not self._chosen.wants(of) or self._plain.size(key) is None:
            return False
        if self._envelope(key.name) is None:
            with self._plain.open(key) as file:
                self._encrypt(iter(lambda: file.read(CHUNK), b""), key, of=of)
        self._plain.erase(key)
        return True

    def encrypt_file(self, name: str) -> bool:
        """Encrypts a part of the log that lies here as it is, where any papers are to be encrypted; whether it did."""
        if not self._chosen.anything:
            return False
        try:
            data = self._plain.get_file(name)
        except ObjectMissing:
            return False
        self._encrypt(iter([data]), ObjectKey.of(data), of=NO_PAPER, file=name)
        self._plain.remove_file(name, for_good=True)
        return True

    def take(self, other: EncryptedStore, name: str, *, anew: bool = False, of: Classes = NO_PAPER) -> bool:
        """Takes an object or a part of the log over as the other store has it encrypted, without opening it; False
        where it has not."""
        envelope = other._envelope(name)
        if envelope is None:
            return False
        copy(other._cipher, self._cipher, envelope.cipher, anew=anew, of=of)
        self._cipher.put_file(envelope.name, envelope.data(), anew=True, of=of)
        return True

    def by_key(self) -> Counter[str]:
        """How many objects and parts of the log are encrypted under which key; damaged envelopes under no name."""
        return Counter("" if envelope is None else envelope.key_id for _, envelope in self._envelopes())

    def rewrap(self) -> Rewrapped:
        """Wraps every data key anew by the current key; no ciphertext is read or written. Idempotent, and goes on where
        it was stopped. Raises EncryptionKeyMissing without a current key."""
        done = already = 0
        left: Counter[str] = Counter()
        damaged: list[str] = []
        for name, envelope in self._envelopes():
            if envelope is None:
                damaged.append(name)
            elif envelope.key_id == self._keys.current:
                already += 1
            elif not self._keys.holds(envelope.key_id):
                left[envelope.key_id] += 1
            else:
                try:
                    data_key = self._unwrapped(envelope)
                except NotUnwrapped:
                    damaged.append(name)
                    continue
                wrapped = self._keys.wrap(data_key, about=envelope.about())
                new = replace(envelope, key_id=self._keys.current, wrapped=wrapped)
                self._cipher.put_file(new.name, new.data(), anew=True)
                done += 1
        return Rewrapped(done=done, already=already, left=dict(left), damaged=tuple(damaged))

    def _encrypt(self, pieces: Iterator[bytes], key: ObjectKey, *, of: Classes, file: str = "") -> None:
        """Ciphertext, then envelope. Of a source that is another one by now nothing is stored."""
        data_key, digest = stream_cipher.new_key(), hashlib.sha256()
        if not self._keys.current:
            self._keys.wrap(data_key, about=b"")  # says what is missing, before anything is written
        size = 0

        def read() -> Iterator[bytes]:
            nonlocal size
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                yield piece

        with _kept(stream_cipher.encrypted(read(), data_key)) as whole:
            check_expected(ObjectKey(digest.hexdigest()), key)
            cipher = self._cipher.put(whole, of=of)
        self._used = True
        wrapped = self._keys.wrap(data_key, about=bound_to(key, cipher, size, file=file))
        envelope = Envelope(
            plain=key, cipher=cipher, size=size, key_id=self._keys.current, wrapped=wrapped, file=file
        )  # fmt: skip
        self._cipher.put_file(envelope.name, envelope.data(), anew=True, of=of)

    def _is_used(self) -> bool:
        """Whether anything lies here encrypted; asked once."""
        if self._used is None:
            self._used = next(iter(self._cipher.files(ENVELOPES)), None) is not None
        return self._used

    def _take_plain_away(self, key: ObjectKey) -> None:
        """What was stored before it was to be encrypted; a store that locked it keeps it, and `encrypt` tells."""
        if self._plain.size(key) is not None:
            with contextlib.suppress(ObjectLocked):
                self._plain.erase(key)

    def _opened(self, name: str) -> BinaryIO:
        """Raises ObjectMissing, CorruptObject, and EncryptionKeyMissing for what is whole as far as that can be told
        without the key."""
        envelope = self._envelope(name)
        if envelope is None:
            raise missing(name)
        try:
            file = self._cipher.open(envelope.cipher)
        except ObjectMissing:
            raise missing(name) from None
        except CorruptObject:
            raise corrupt(name) from None
        try:
            data_key = self._unwrapped(envelope)
            opened = stream_cipher.decrypted(file, data_key, failure=lambda: corrupt(name))
            if hashlib.file_digest(opened, "sha256").hexdigest() != envelope.plain.sha256:
                raise corrupt(name)
            opened.seek(0)
        except NotUnwrapped:
            file.close()
            raise corrupt(name) from None
        except BaseException:
            file.close()
            raise
        return opened

    def _unwrapped(self, envelope: Envelope) -> bytes:
        return self._keys.unwrap(envelope.wrapped, key_id=envelope.key_id, about=envelope.about())

    def _is_whole(self, envelope: Envelope) -> bool:
        try:
            self._opened(envelope.plain.name).close()
        except EncryptionKeyMissing:
            return True
        except (CorruptObject, ObjectMissing):
            return False
        return True

    def _envelopes(self) -> Iterator[tuple[str, Envelope | None]]:
        """Every envelope by the name of what it is of, in constant memory; None for one that is damaged."""
        for name in filter(None, map(name_in, self._cipher.files(ENVELOPES))):
            yield name, self._envelope_if_any(name)

    def _envelope(self, name: str) -> Envelope | None:
        """None where there is none. Raises CorruptObject for one that is damaged."""
        try:
            data = self._cipher.get_file(envelope_name(name))
        except ObjectMissing:
            return None
        envelope = Envelope.parse(name, data)
        if envelope is None:
            raise corrupt(name)
        return envelope

    def _envelope_if_any(self, name: str) -> Envelope | None:
        try:
            return self._envelope(name)
        except CorruptObject:
            return None

    def _has_envelope(self, key: ObjectKey) -> bool:
        try:
            return self._envelope(key.name) is not None
        except CorruptObject:
            return True

    def _parts(self, name: str) -> list[str]:
        """The names of what an object consists of in the store of what is encrypted."""
        if not name.startswith("sha256/"):
            return []
        envelope = self._envelope_if_any(name)
        return [envelope_name(name)] if envelope is None else [envelope.cipher.name, envelope.name]


def _pieces(source: Source) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    with source.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


@contextlib.contextmanager
def _kept(chunks: Iterator[bytes]) -> Iterator[Source]:
    """The ciphertext as a source: in memory while it is small, else in a temporary file."""
    start = bytearray()
    for chunk in chunks:
        start += chunk
        if len(start) > _IN_MEMORY:
            break
    else:
        yield bytes(start)
        return
    with tempfile.NamedTemporaryFile(prefix="hotich-encrypted-") as file:
        file.write(start)
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        yield Path(file.name)
