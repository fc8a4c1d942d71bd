"""Object lock of S3: how long the papers of a class are locked, and what locks an object that is there.

Amazon S3 User Guide, *Locking objects with Object Lock*: a version under retention is not deleted and its term not
shortened before its day; in governance mode accounts with a right of their own may, in compliance mode nobody; a legal
hold has no day. The lock is of a version: an object may be written anew, or hidden, and the locked version stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from minio import Minio
from minio.datatypes import Object
from minio.error import S3Error
from minio.objectlockconfig import ObjectLockConfig
from minio.retention import Retention

from pipeline.domain.errors import HotichError
from pipeline.domain.message import Message
from storage.errors import NoObjectLock
from storage.objects.lock_rules import MODES, LockRules
from storage.objects.paper_class import Classes
from storage.objects.store import Lock, locked, strongest

_NO_LOCK = frozenset({"ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration"})
_CANNOT_LOCK = frozenset({"InvalidRequest", "NotImplemented", "MethodNotAllowed", *_NO_LOCK})


def lock_of(there: Object, *, now: datetime | None = None) -> Lock | None:
    """What locks a version, as the answer to a question about it says; a day that has come locks no more."""
    told = there.metadata or {}
    until: datetime | None = None
    if day := told.get("x-amz-object-lock-retain-until-date"):
        until = datetime.fromisoformat(day.replace("Z", "+00:00"))
        if until <= (now or datetime.now(UTC)):
            until = None
    held = (told.get("x-amz-object-lock-legal-hold") or "").upper() == "ON"
    if until is None and not held:
        return None
    mode = (told.get("x-amz-object-lock-mode") or "").lower()
    return Lock(until=until, mode=mode if until is not None else "", held=held)


def stronger(one: Lock | None, other: Lock | None) -> Lock | None:
    """The lock that keeps at least as long and as firmly as both."""
    if one is None or other is None:
        return one or other
    days = [lock.until for lock in (one, other) if lock.until is not None]
    mode = MODES[1] if MODES[1] in (one.mode, other.mode) else (one.mode or other.mode)
    return Lock(until=max(days, default=None), mode=mode if days else "", held=one.held or other.held)


def retention_of(lock: Lock | None) -> Retention | None:
    """As the client sends it."""
    return None if lock is None or lock.until is None else Retention(lock.mode.upper(), lock.until)


class Versions:
    """The versions of what lies in one bucket, by the whole names of objects: what locks them, and their end."""

    def __init__(
        self, client: Minio, bucket: str, rules: LockRules | None, tried: Callable[[Callable[[], Any]], Any]
    ) -> None:
        """`tried` runs a request, again where that may help, its errors translated. `rules`: None locks nothing."""
        self._client = client
        self._bucket = bucket
        self.rules = rules
        self._tried = tried
        self._locks: bool | None = None

    def switch_on(self) -> None:
        """Object lock for a bucket with versions, where something is to be locked. Raises S3Error, NoObjectLock."""
        if self.rules is None:
            return
        try:
            self._client.get_object_lock_config(bucket_name=self._bucket)
        except S3Error as error:
            if error.code not in _NO_LOCK:
                raise
            try:
                self._client.set_object_lock_config(bucket_name=self._bucket, config=ObjectLockConfig(None, None, None))
            except S3Error as refused:
                raise _cannot_lock(self._bucket, refused.code or "") from refused

    def lock(self, name: str) -> Lock | None:
        """The strongest lock of any version."""
        return strongest(*(lock_of(version) for version in self._all(name)))

    def hold(self, name: str, *, on: bool) -> bool:
        """Every version on legal hold, or off it; whether there are any, and the bucket can."""
        if on and not self.can_lock():  # a server that takes it all the same need not keep it
            return False
        change = self._client.enable_object_legal_hold if on else self._client.disable_object_legal_hold
        ids = [version.version_id for version in self._all(name)]

        def work() -> None:
            for version_id in ids:
                change(bucket_name=self._bucket, object_name=name, version_id=version_id)

        try:
            self._tried(work)
        except HotichError as error:
            if isinstance(error.__cause__, S3Error) and error.__cause__.code in _CANNOT_LOCK:
                return False
            raise
        return bool(ids)

    def can_lock(self) -> bool:
        """Whether the bucket has object lock, as far as this account may know; asked once."""
        if self._locks is None:
            try:
                self._tried(lambda: self._client.get_object_lock_config(bucket_name=self._bucket))
                self._locks = True
            except HotichError as error:
                self._locks = not (isinstance(error.__cause__, S3Error) and error.__cause__.code in _CANNOT_LOCK)
        return self._locks

    def erase(self, name: str) -> None:
        """Every version, or none of them. Raises ObjectLocked."""
        if (lock := self.lock(name)) is not None:
            raise locked(name, lock)

        def work() -> None:
            for version in list(self._listed(name)):
                self._client.remove_object(bucket_name=self._bucket, object_name=name, version_id=version.version_id)

        self._tried(work)

    def lock_anew(self, before: Object | None, of: Classes) -> Lock | None:
        """The lock of what is about to be written: as its classes want it, and no weaker than of what it replaces."""
        wanted = None if self.rules is None else self.rules.wanted(of, datetime.now(UTC))
        return stronger(wanted, None if before is None else lock_of(before))

    def lock_longer(self, there: Object, of: Classes) -> None:
        """A version that is of papers of these classes too is kept as long as they are, from when it was written."""
        if self.rules is None or there.last_modified is None:
            return
        before = lock_of(there)
        lock = stronger(self.rules.wanted(of, there.last_modified), before)
        retention = retention_of(lock)
        if retention is None or (before is not None and lock == before):
            return
        self._tried(
            lambda: self._client.set_object_retention(
                bucket_name=self._bucket, object_name=there.object_name or "", config=retention,
                version_id=there.version_id,
            )
        )  # fmt: skip

    def _all(self, name: str) -> list[Object]:
        """Every version that has bytes, as the server tells of each."""

        def work() -> list[Object]:
            return [
                self._client.stat_object(bucket_name=self._bucket, object_name=name, version_id=one.version_id)
                for one in list(self._listed(name))
                if not one.is_delete_marker
            ]

        return list(self._tried(work))

    def _listed(self, name: str) -> Iterator[Object]:
        for version in self._client.list_objects(bucket_name=self._bucket, prefix=name, include_version=True):
            if version.object_name == name:
                yield version


def _cannot_lock(bucket: str, code: str) -> NoObjectLock:
    return NoObjectLock(
        Message(
            f"Bucket {bucket!r} không khóa được đối tượng (s3_lock): lập bucket mới có object lock.",
            f"The bucket {bucket!r} cannot lock objects (s3_lock): make a new one with object lock ({code}).",
        )
    )
