"""`hotich encryption key|list|rotate|apply`: keys of what is encrypted, and what lies under which."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from hotich.progress import counter
from hotich.settings import Settings, load_settings
from hotich.wiring.encryption import check_outside, file_seal, forget_what_is_drawn, keyring
from hotich.wiring.stores import actor, first_store, keep_the_rest, open_objects, open_replicas, stores
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from storage.objects import ObjectStore
    from storage.objects.encrypted import EncryptedStore


def make_key(arguments: Namespace) -> int:
    """A new key file, outside home."""
    from storage.objects.key_ring import KeyEncryptionKey

    settings = load_settings(arguments.home)
    check_outside(settings, arguments.out)
    key = KeyEncryptionKey.make(arguments.out)
    if arguments.json:
        print(json.dumps({"key": key.key_id, "file": str(arguments.out)}))
    print(
        f"khóa mã hóa / encryption key {key.key_id}: {arguments.out}\n"
        "Chép sang hai nơi khác trước khi dùng: mất mọi bản thì không ai đọc được giấy tờ đã mã hóa nữa"
        " / keep two more copies before it is used: with all of them lost nobody reads what it encrypted",
        file=sys.stderr,
    )
    return 0


def show(arguments: Namespace) -> int:
    """How many objects lie under which key, store by store. Exit code 3 where a key is not here."""
    settings = load_settings(arguments.home)
    keys = keyring(settings)
    found = {name: dict(store.by_key()) for name, store in _every(settings, open_objects(settings))}
    missing = {key_id for counts in found.values() for key_id in counts if not keys.holds(key_id)}
    if arguments.json:
        print(json.dumps({"current": keys.current, "stores": found, "missing": sorted(missing)}, indent=2))
        return 3 if missing else 0
    for name, counts in found.items():
        for key_id, count in sorted(counts.items()):
            print(f"{name}: {key_id or '?'}: {count}{'  THIẾU KHÓA / KEY MISSING' if key_id in missing else ''}")
    absent = ", ".join(map(str, keys.absent))
    current = keys.current or (f"không thấy tệp / not there: {absent}" if absent else "chưa có / none")
    print(f"khóa đang dùng / current key: {current}; encrypt = {settings.encrypt or '-'}", file=sys.stderr)
    return 3 if missing else 0


def rotate(arguments: Namespace) -> int:
    """Every store's data keys, wrapped anew by the first of the keys. Exit code 3 where some are not."""
    from storage.submissions.tray import change_keys

    settings = load_settings(arguments.home)
    keys = keyring(settings)
    facts, left = [], False
    with stores(settings) as (catalogue, objects):
        for name, store in _every(settings, objects, for_writing=True):
            made = store.rewrap()
            left = left or bool(made.left or made.damaged)
            facts.append({"store": name, **asdict(made)})
            print(
                f"{name}: {made.done} khóa bọc lại, {made.already} đã có / wrapped anew, had it already",
                file=sys.stderr,
            )
            for key_id, count in made.left.items():
                print(f"  thiếu khóa / key missing {key_id}: {count}", file=sys.stderr)
            for key in made.damaged:
                print(f"  phong bì hỏng / damaged envelope: {key}; hotich repair", file=sys.stderr)
        waiting, lost = change_keys(settings.home / "tray", file_seal(settings))
        left = left or bool(lost)
        if waiting or lost:
            print(
                f"khay: {waiting} tệp, {lost} không mở được / tray: {waiting} files, {lost} not opened", file=sys.stderr
            )
        catalogue.note(actor=actor(settings), action="encryption.key_changed", subject=keys.current)
        keep_the_rest(catalogue)
    if arguments.json:
        print(json.dumps(facts, ensure_ascii=False, indent=2, default=str))
    return 3 if left else 0


def apply(arguments: Namespace) -> int:
    """Encrypts what was stored before. Exit code 3 where something lies in the open still."""
    from storage.encrypting import encrypt_stored

    settings = load_settings(arguments.home)
    if not settings.encrypt:
        raise WrongUse(Message("Chưa đặt encrypt: mã hóa gì?", "encrypt is not set: what is to be encrypted?"))
    facts, open_ones = [], False
    with stores(settings) as (catalogue, objects):
        for name, store in _every(settings, objects, for_writing=True):
            with catalogue.database.snapshot() as connection:
                made = encrypt_stored(connection, store, on_object=counter("đã xem / looked at", arguments.quiet))
            open_ones = open_ones or bool(made.locked or made.unsound)
            facts.append({"store": name, **asdict(made)})
            print(f"{name}: {made.done} đối tượng đã mã hóa / objects encrypted", file=sys.stderr)
            for key in made.locked:
                print(f"  kho khóa nên bản chưa mã hóa vẫn còn / locked, in the open too: {key}", file=sys.stderr)
            for key in made.unsound:
                print(f"  hỏng hoặc thiếu / damaged or missing: {key}", file=sys.stderr)
            catalogue.note(actor=actor(settings), action="encryption.applied", subject=name, digest=None)
        keep_the_rest(catalogue)
    if drawn := forget_what_is_drawn(settings):
        print(f"Đã xóa {drawn} ảnh trích nằm mở / pictures in the open removed: {drawn}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(facts, ensure_ascii=False, indent=2, default=str))
    return 3 if open_ones else 0


def _every(
    settings: Settings, objects: ObjectStore, *, for_writing: bool = False
) -> Iterator[tuple[str, EncryptedStore]]:
    """The store and its replicas, by name."""
    from storage.objects.encrypted import EncryptedStore

    for store in (first_store(settings, objects), *open_replicas(settings, for_writing=for_writing)):
        if isinstance(store.objects, EncryptedStore):
            yield store.name, store.objects
