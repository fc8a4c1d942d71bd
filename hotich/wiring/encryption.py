"""The object stores' keys, locks and servers, by the settings."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from hotich.settings import Settings
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from storage.objects import ObjectStore, S3Store
    from storage.objects.encrypted import EncryptedStore
    from storage.objects.key_ring import Keyring
    from storage.objects.lock_rules import LockRules
    from storage.objects.paper_class import Chosen
    from storage.objects.transit_keys import TransitKeys
    from storage.sealed_file import FileSeal


def encrypted(settings: Settings, store: ObjectStore) -> EncryptedStore:
    """The store, encrypting what is to be and opening what is encrypted. Raises WrongUse."""
    from storage.objects.encrypted import EncryptedStore

    return EncryptedStore(store, keyring(settings), chosen=papers_encrypted(settings))


def papers_encrypted(settings: Settings) -> Chosen:
    """Which papers are encrypted. Raises WrongUse."""
    from storage.objects.paper_class import Chosen

    return Chosen.read(settings.encrypt)


def file_seal(settings: Settings) -> FileSeal:
    """What seals uploads that stay for people. Raises WrongUse."""
    from storage.sealed_file import FileSeal

    return FileSeal(keyring(settings), papers_encrypted(settings))


def forget_what_is_drawn(settings: Settings) -> int:
    """Takes out of home the pictures that were made of papers and lie in the open: they can be made again. How many."""
    places = [settings.home / "review" / "crops", settings.home / "views"]
    count = drawn_in_the_open(settings)
    for place in places:
        shutil.rmtree(place, ignore_errors=True)
    return count


def drawn_in_the_open(settings: Settings) -> int:
    """How many pictures of doubtful fields lie under home as they were cut out."""
    return sum(path.is_file() for path in (settings.home / "review" / "crops").rglob("*"))


def encrypted_store(settings: Settings) -> EncryptedStore:
    """The archive's own store as it is, to look at its keys; nothing is made. Raises HotichError."""
    from storage.objects import LocalStore

    if settings.s3_bucket:
        return encrypted(settings, bucket(settings))
    return encrypted(settings, LocalStore(settings.home / "objects", read_only=True))


def keyring(settings: Settings) -> Keyring:
    """The keys that are named: files, and keys of key servers. Raises WrongUse for a file under home, a file that is no
    key, and an address that is none."""
    from storage.objects.key_ring import KeyFiles, KeyKeeper, Keyring

    keepers: list[KeyKeeper] = []
    for name in filter(None, (part.strip() for part in settings.encryption_keys.split(","))):
        if "://" in name:
            keepers.append(_key_server(settings, name))
            continue
        path = Path(name).expanduser()
        check_outside(settings, path)
        keepers.append(KeyFiles.at([path]))
    return Keyring(keepers)


def _key_server(settings: Settings, address: str) -> TransitKeys:
    from storage.objects.transit_keys import TransitKeys

    ca_file = Path(settings.encryption_ca_file).expanduser() if settings.encryption_ca_file else None
    if ca_file is not None and not ca_file.is_file():
        raise WrongUse(Message(f"encryption_ca_file: không có tệp {ca_file}", f"there is no file {ca_file}"))
    return TransitKeys(address, token=settings.encryption_token, ca_file=ca_file)


def check_outside(settings: Settings, path: Path) -> None:
    """Raises WrongUse for a key file under home: whoever has the papers would have the key."""
    if path.absolute().resolve().is_relative_to(settings.home.resolve()):
        raise WrongUse(
            Message(
                f"{path}: khóa mã hóa không được nằm trong kho: ai lấy được kho cũng mở được",
                f"{path}: an encryption key may not lie under home: who has the papers would have it",
            )
        )


def bucket(settings: Settings, *, replica: bool = False) -> S3Store:
    """The bucket of the store, or of the replica. Raises WrongUse."""
    from storage.objects import S3Store

    start = "replica_" if replica else ""

    def of(name: str) -> str:
        return str(getattr(settings, f"{start}s3_{name}"))

    ca_file = Path(of("ca_file")).expanduser() if of("ca_file") else None
    if ca_file is not None and not ca_file.is_file():
        raise WrongUse(Message(f"{start}s3_ca_file: không có tệp {ca_file}", f"there is no file {ca_file}"))
    return S3Store(
        endpoint=of("endpoint"),
        bucket=of("bucket"),
        access_key=of("access_key"),
        secret_key=of("secret_key"),
        secure=settings.replica_s3_secure if replica else settings.s3_secure,
        region=of("region") or None,
        ca_file=ca_file,
        encryption=of("encryption"),
        locks=_locks(settings, of("lock"), f"{start}s3_lock"),
    )


def _locks(settings: Settings, mode: str, name: str) -> LockRules | None:
    from storage.objects.lock_rules import LockRules, read_years

    if not mode:
        return None
    years = read_years(settings.s3_lock_years)
    if not years:
        raise WrongUse(
            Message(
                f"{name} cần s3_lock_years: số năm theo loại, ví dụ identity=20",
                f"{name} needs s3_lock_years: years by class, such as identity=20",
            )
        )
    return LockRules(mode=mode, years=years)
