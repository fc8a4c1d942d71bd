"""Catalogue, object store and population register, by the settings."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import stat
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hotich.settings import Settings
from hotich.wiring.encryption import bucket, encrypted
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from storage.catalogue import Catalogue
    from storage.checkpoint_places import Place
    from storage.objects import ObjectStore
    from storage.objects.intake import IntakeBucket
    from storage.office.store import OfficeStore
    from storage.people.security_log import SecurityLog
    from storage.register import LoadReport, SqlRegister
    from storage.register.on_demand import OnDemandRegister
    from storage.replicas import Replicated, Store
    from storage.review.stranded import Stranded
    from storage.time_stamps import Roots, TimeStampAuthority


def open_catalogue(settings: Settings) -> Catalogue:
    """The catalogue, its tables created or brought up to date; its log is kept in the object store. Raises
    HotichError."""
    from storage.catalogue import Catalogue
    from storage.store_log import keep_log

    make_home(settings)
    catalogue = Catalogue.open(settings.catalogue_url, lease=timedelta(seconds=settings.lease_seconds))
    keep_log(catalogue.database, open_objects(settings))
    return catalogue


def open_catalogue_to_rebuild(settings: Settings) -> Catalogue:
    """The catalogue, empty or not, that the store is told to: nothing of it goes to the store. Raises HotichError."""
    from storage.catalogue import Catalogue

    make_home(settings)
    return Catalogue.open(settings.catalogue_url)


def keep_the_rest(catalogue: Catalogue) -> None:
    """The end of a run: what the store's log does not have yet goes there, or the run did not end well. Raises the
    stores' errors."""
    from storage.store_log import StoreLog

    if isinstance(log := catalogue.database.keeper, StoreLog):
        log.catch_up()


def open_to_check(settings: Settings) -> tuple[Catalogue, ObjectStore]:
    """Catalogue and object store to read only: nothing is made or changed, not even where they lie. Raises HotichError,
    CatalogueMissing where there is no catalogue."""
    from storage.catalogue import Catalogue
    from storage.objects import LocalStore

    catalogue = Catalogue.open_to_check(settings.catalogue_url)
    if settings.s3_bucket:
        return catalogue, open_objects(settings)
    return catalogue, encrypted(settings, LocalStore(settings.home / "objects", read_only=True))


def checkpoint_places(settings: Settings, objects: ObjectStore, *others: Path | None) -> list[Path | Place]:
    """Where checkpoints lie: under home first, then the second place that is set and those that are named, then the
    object store."""
    from storage.checkpoint_places import StorePlace

    set_ = Path(settings.checkpoint_copies).expanduser() if settings.checkpoint_copies else None
    folders = [settings.home / "checkpoints", *(place.absolute() for place in (set_, *others) if place is not None)]
    return [*folders, StorePlace(first_store(settings, objects))]


def time_stamp_roots(settings: Settings) -> Roots | None:
    """The certificates that time stamps must go back to; None where none are named. Raises WrongUse."""
    if not settings.time_stamp_roots:
        return None
    from storage.time_stamps import Roots

    return Roots.at(Path(settings.time_stamp_roots).expanduser())


def time_stamp_authority(settings: Settings) -> TimeStampAuthority | None:
    """Who countersigns checkpoints; None where nobody does. Raises WrongUse."""
    if not settings.time_stamp_url:
        return None
    from storage.time_stamps import TimeStampAuthority

    roots = time_stamp_roots(settings)
    if roots is None:
        raise WrongUse(
            Message(
                "time_stamp_url cần time_stamp_roots: tệp PEM chứng thư gốc của cơ quan cấp dấu",
                "time_stamp_url needs time_stamp_roots: a PEM file of the authority's root certificates",
            )
        )
    return TimeStampAuthority(url=settings.time_stamp_url, roots=roots)


def open_objects(settings: Settings, *, for_writing: bool = False) -> ObjectStore:
    """The object store: a bucket when one is named, else a folder under home. Raises HotichError.

    `for_writing` makes the bucket where it is missing, so that a new server needs no step of its own.
    """
    from storage.objects import LocalStore

    if not settings.s3_bucket:
        make_home(settings)
        return encrypted(settings, LocalStore(settings.home / "objects"))
    store = bucket(settings)
    if for_writing:
        store.prepare()
    return encrypted(settings, store)


def open_intake_bucket(settings: Settings, bucket: str) -> IntakeBucket:
    """The bucket that scans come into, on the server of the object store."""
    from storage.objects.intake import IntakeBucket

    return IntakeBucket(
        endpoint=settings.s3_endpoint,
        bucket=bucket,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        secure=settings.s3_secure,
        region=settings.s3_region or None,
    )


def open_replicas(settings: Settings, *, for_writing: bool = False) -> list[Store]:
    """The second and the third store, as far as they are set. A folder that is not there is no replica yet only where
    it is to be written: a medium that is not connected is an error. Raises HotichError."""
    from storage.errors import StoreUnavailable
    from storage.objects import LocalStore
    from storage.replicas import Store

    found: list[Store] = []
    if settings.replica_folder:
        folder = Path(settings.replica_folder).expanduser().absolute()
        if not folder.is_dir():
            raise StoreUnavailable(
                Message(f"{folder}: chưa có thư mục này; kho thứ hai chưa nối?", "not there: is it connected?")
            )
        found.append(Store(str(folder), encrypted(settings, LocalStore(folder, read_only=not for_writing))))
    if settings.replica_s3_bucket:
        third = bucket(settings, replica=True)
        if for_writing:
            third.prepare()
        name = f"s3:{settings.replica_s3_endpoint}/{settings.replica_s3_bucket}"
        found.append(Store(name, encrypted(settings, third)))
    return found


def first_store(settings: Settings, objects: ObjectStore) -> Store:
    """The archive's own store, by the name that people know."""
    from storage.replicas import Store

    in_bucket = f"s3:{settings.s3_endpoint}/{settings.s3_bucket}"
    return Store(in_bucket if settings.s3_bucket else str(settings.home / "objects"), objects)


def replicate_all(
    settings: Settings, catalogue: Catalogue, objects: ObjectStore, *, everything: bool = False
) -> Iterator[Replicated]:
    """Brings every replica up to the store. Raises HotichError."""
    from storage.holds import held_objects
    from storage.replicas import replicate

    with catalogue.database.read() as connection:
        held = held_objects(connection)

    for replica in open_replicas(settings, for_writing=True):
        digest = hashlib.sha256(replica.name.encode()).hexdigest()[:16]
        cursor = None if everything else settings.home / "replicas" / digest
        yield replicate(objects, replica, cursor=cursor, held=held)


def replicate_after_run(settings: Settings, catalogue: Catalogue, objects: ObjectStore) -> None:
    """The end of a run: what is new goes to the further stores. One that is away gets it later and holds nobody up: it
    is told of."""
    from pipeline.domain.errors import HotichError

    try:
        for _ in replicate_all(settings, catalogue, objects):
            pass
    except HotichError as error:
        print(
            f"Chưa chép sang kho thứ hai / not replicated: {error.message} [{error.code}]; hotich replicate",
            file=sys.stderr,
        )


@contextlib.contextmanager
def stores(settings: Settings) -> Iterator[tuple[Catalogue, ObjectStore]]:
    """Catalogue and object store, closed at the end. Raises HotichError."""
    catalogue = open_catalogue(settings)
    try:
        yield catalogue, open_objects(settings, for_writing=True)
        keep_the_rest(catalogue)
    finally:
        catalogue.close()


@contextlib.contextmanager
def office_store(settings: Settings) -> Iterator[OfficeStore]:
    """Submissions, people and holdings alone, for administration."""
    from storage.office.store import OfficeStore

    catalogue = open_catalogue(settings)
    try:
        yield OfficeStore(catalogue.database)
    finally:
        catalogue.close()


def waiting_for_nobody(settings: Settings) -> list[Stranded]:
    """What is open and in nobody's queue. Raises HotichError."""
    from storage.review.stranded import stranded_in

    catalogue = open_catalogue(settings)
    try:
        return stranded_in(catalogue.database, settings.office)
    finally:
        catalogue.close()


def open_register(settings: Settings) -> SqlRegister:
    """The population register's database. Raises HotichError."""
    from storage.register import SqlRegister

    make_home(settings)
    return SqlRegister.open(settings.population_url)


def register_on_demand(settings: Settings) -> OnDemandRegister:
    """The population register, opened when the first document asks."""
    from storage.register.on_demand import OnDemandRegister

    return OnDemandRegister(settings.population_url, opened=lambda: open_register(settings))


def load_population(settings: Settings, file: Path) -> LoadReport:
    """Loads a population CSV. Raises InputError for a file that is none, and the database's errors."""
    from storage.register import load_register

    register = open_register(settings)
    try:
        return load_register(register.database, file)
    finally:
        register.database.close()


def make_home(settings: Settings) -> None:
    """Makes the home folder, for its owner's eyes only: people's data lies there."""
    from storage.files import translated_os_errors

    with translated_os_errors(Message("tạo thư mục", "making the folder").about(str(settings.home))):
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if _is_ours_alone(settings.home):
        from storage.database import narrow

        with contextlib.suppress(OSError):
            narrow(settings.home)


def _is_ours_alone(home: Path) -> bool:
    """Whether the folder is a store of hotich's that this user owns, and not one that others use too, such as /tmp."""
    with contextlib.suppress(OSError):
        status = home.stat()
        shared = bool(status.st_mode & stat.S_ISVTX) or home == Path.home()
        return status.st_uid == os.getuid() and not shared and (home / "catalogue.db").exists()
    return False


def security_log(settings: Settings) -> SecurityLog:
    """The log of security events, `security.jsonl` under home."""
    from storage.people.security_log import SecurityLog

    return SecurityLog(path=settings.home / "security.jsonl")


def actor(settings: Settings) -> str:
    """Who does it, as the audit log notes it: as set, else the system's user."""
    return settings.actor or _user()


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"
