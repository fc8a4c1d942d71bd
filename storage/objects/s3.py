"""Objects in a versioned bucket of any S3 server."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import io
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

import certifi
import urllib3
from minio import Minio
from minio.commonconfig import ENABLED
from minio.datatypes import Object
from minio.error import S3Error
from minio.sse import Sse, SseKMS, SseS3
from minio.versioningconfig import VersioningConfig
from urllib3.util import Retry, Timeout

from pipeline.domain.errors import HotichError, ResourceError, WrongUse
from pipeline.domain.message import Message
from storage.errors import CorruptObject, ObjectMissing
from storage.files import CHUNK, translated_os_errors
from storage.objects.key import ENCRYPTED, ObjectKey, checked_file
from storage.objects.lock_rules import LockRules
from storage.objects.paper_class import NO_PAPER, Classes
from storage.objects.s3_errors import translated_s3_errors
from storage.objects.s3_locks import Versions, retention_of
from storage.objects.store import Lock, Source, check_expected, corrupt, missing, other_file

T = TypeVar("T")

_ONE_PART = 64 << 20
_IN_MEMORY = 8 << 20


class S3Store:
    """An `ObjectStore` in one bucket of an S3 server (MinIO, SeaweedFS, Ceph, ...).

    Keys are digests, and the bucket keeps every version, so nothing stored is ever lost to a second
    write. Transport errors and "slow down" answers are tried again, `attempts` times in all, waiting
    0.2 s, 0.4 s, 0.8 s, ... between; every other error is reported at once. A process makes its own
    store: never share one over a fork; threads may.
    """

    at_once = 8  # fewer than the connections that are kept

    def __init__(
        self,
        *,
        endpoint: str,
        bucket: str,
        access_key: str,
        secret_key: str,
        secure: bool = True,
        region: str | None = None,
        attempts: int = 4,
        timeout_s: float = 60.0,
        ca_file: Path | None = None,
        encryption: str = "",
        locks: LockRules | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Connects to `endpoint` ("host:port"); talks to the server only when asked something.

        `ca_file`: certificates (PEM) that the server's must go back to, instead of the public ones. `encryption`: what
        the server is asked to do with what it keeps: nothing (empty), `s3` (SSE-S3, keys of its own) or `kms:KEY-ID`
        (SSE-KMS). `locks`: how long which papers are locked; None: nothing is.
        """
        self.bucket = bucket
        self._prefix = ""
        self._sse = sse_of(encryption)
        self._healed: list[ObjectKey] = []
        self._attempts = attempts
        self._wait = wait
        self._http = urllib3.PoolManager(
            timeout=Timeout(connect=min(5.0, timeout_s), read=timeout_s),
            maxsize=10,
            cert_reqs="CERT_REQUIRED",
            ca_certs=str(ca_file) if ca_file else certifi.where(),
            retries=Retry(total=0, redirect=0, raise_on_status=False),
        )
        try:
            self._client = Minio(
                endpoint=endpoint,
                access_key=access_key,
                secret_key=secret_key,
                secure=secure,
                region=region,
                http_client=self._http,
            )
        except ValueError as error:
            raise WrongUse(Message("Địa chỉ S3 không hợp lệ", f"not a usable S3 address: {error}")) from error
        self._versions = Versions(self._client, bucket, locks, self._tried)

    def close(self) -> None:
        """Ends idle connections."""
        self._http.clear()

    def prepare(self) -> None:
        """Makes the bucket when it is missing and turns versioning on, and object lock where something is to be locked.
        Idempotent.

        An account that may not administer an existing bucket uses it as it is. Raises AccessRefused for wrong keys, and
        NoObjectLock where the bucket cannot lock.
        """
        locks = self._versions.rules is not None

        def work() -> None:
            missing_before = not self._client.bucket_exists(bucket_name=self.bucket)
            if missing_before:
                self._client.make_bucket(bucket_name=self.bucket, object_lock=locks)
            try:
                keep_versions()
                self._versions.switch_on()
            except S3Error as error:
                if missing_before or error.code != "AccessDenied":
                    raise

        def keep_versions() -> None:
            if self._client.get_bucket_versioning(bucket_name=self.bucket).status != ENABLED:
                self._client.set_bucket_versioning(bucket_name=self.bucket, config=VersioningConfig(ENABLED))

        self._tried(work)

    def put(
        self, source: Source, *, expected: ObjectKey | None = None, anew: bool = False, of: Classes = NO_PAPER
    ) -> ObjectKey:
        with translated_os_errors(Message("đọc tệp nguồn", "reading the source file")), _opened(source) as file:
            sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
            while chunk := file.read(CHUNK):
                sha256.update(chunk)
                md5.update(chunk)
                size += len(chunk)
            key = ObjectKey(sha256.hexdigest())
            check_expected(key, expected)
            there = self._stat(key.name)
            if there is not None and not anew and self._holds(key, there, size, md5.hexdigest()):
                self._versions.lock_longer(there, of)
                return key
            if there is not None:
                self._healed.append(key)
            lock = self._versions.lock_anew(there, of)
            if self._tried(lambda: self._upload(key, file, size, lock)) == md5.hexdigest():
                return key  # the server's word that it has these bytes; with it the object is there
            there = self._stat(key.name)
            if there is None:
                raise missing(key)
            self._check_stored(key, there, size, md5.hexdigest())
            return key

    def take_healed(self) -> list[ObjectKey]:
        healed, self._healed = self._healed, []
        return healed

    def size(self, key: ObjectKey) -> int | None:
        there = self._stat(key.name)
        return None if there is None else there.size

    def age_s(self, key: ObjectKey) -> float:
        there = self._stat(key.name)
        if there is None or there.last_modified is None:
            raise missing(key)
        return time.time() - float(there.last_modified.timestamp())

    def remove(self, key: ObjectKey) -> None:
        self._hide(key.name)

    def get(self, key: ObjectKey) -> bytes:
        with self.open(key) as file:
            return file.read()

    def open(self, key: ObjectKey) -> BinaryIO:
        with translated_os_errors(Message("ghi tệp tạm", "writing a temporary file")):
            return self._tried(lambda: self._download(key))

    def exists(self, key: ObjectKey) -> bool:
        return self._stat(key.name) is not None

    def erase(self, key: ObjectKey) -> None:
        self._versions.erase(self._prefix + key.name)

    def can_lock(self) -> bool:
        return self._versions.can_lock()

    def lock(self, name: str) -> Lock | None:
        return self._versions.lock(self._prefix + name)

    def hold(self, name: str, *, on: bool) -> bool:
        return self._versions.hold(self._prefix + name, on=on)

    def below(self, name: str) -> S3Store:
        """Shares this one's connections."""
        inner = copy.copy(self)
        inner._prefix, inner._healed = f"{self._prefix}{name}/", []
        return inner

    def keys(self) -> Iterator[ObjectKey]:
        with translated_s3_errors(self.bucket):
            for entry in self._client.list_objects(
                bucket_name=self.bucket, prefix=f"{self._prefix}sha256/", recursive=True
            ):
                with contextlib.suppress(WrongUse):
                    yield ObjectKey.parse(self._ours(entry))

    def foreign(self) -> Iterator[str]:
        with translated_s3_errors(self.bucket):
            for entry in self._client.list_objects(bucket_name=self.bucket, prefix=self._prefix, recursive=True):
                name = self._ours(entry)
                if not _is_ours(name) and not name.startswith(f"{ENCRYPTED}/"):
                    yield name

    def put_file(self, name: str, data: bytes, *, anew: bool = False, of: Classes = NO_PAPER) -> None:
        checked_file(name)
        if not anew:
            with contextlib.suppress(ObjectMissing):
                if self.get_file(name) != data:
                    raise other_file(name)
                return
        lock = self._versions.lock_anew(self._stat(name) if anew else None, of)
        etag = self._tried(lambda: self._put_bytes(name, data, lock))
        if etag != hashlib.md5(data, usedforsecurity=False).hexdigest() and self.get_file(name) != data:
            raise other_file(name)

    def get_file(self, name: str) -> bytes:
        def work() -> bytes:
            response = self._client.get_object(bucket_name=self.bucket, object_name=self._prefix + checked_file(name))
            try:
                return bytes(response.read())
            finally:
                response.close()
                response.release_conn()

        return self._tried(work)

    def remove_file(self, name: str, *, for_good: bool = False) -> None:
        if for_good:
            self._versions.erase(self._prefix + checked_file(name))
        else:
            self._hide(checked_file(name))

    def files(self, folder: str, *, after: str = "") -> Iterator[str]:
        start = self._prefix + after if after else None
        with translated_s3_errors(self.bucket):
            for entry in self._client.list_objects(
                bucket_name=self.bucket, prefix=f"{self._prefix}{folder}/", recursive=True, start_after=start
            ):
                name = self._ours(entry)
                if not name.startswith("sha256/") and _is_ours(name):
                    yield name

    def _ours(self, entry: Object) -> str:
        return (entry.object_name or "").removeprefix(self._prefix)

    def _put_bytes(self, name: str, data: bytes, lock: Lock | None) -> str:
        """The ETag by which the server says what it has."""
        made = self._client.put_object(
            bucket_name=self.bucket,
            object_name=self._prefix + name,
            data=io.BytesIO(data),
            length=len(data),
            sse=self._sse,
            retention=retention_of(lock),
            legal_hold=lock is not None and lock.held,
        )
        return made.etag or ""

    def _upload(self, key: ObjectKey, file: BinaryIO, size: int, lock: Lock | None) -> str:
        """The ETag by which the server says what it has: the MD5 of all bytes unless they are several parts, or
        encrypted there."""
        file.seek(0)
        made = self._client.put_object(
            bucket_name=self.bucket,
            object_name=self._prefix + key.name,
            data=file,
            length=size,
            metadata={"sha256": key.sha256},
            sse=self._sse,
            part_size=_ONE_PART if size > _ONE_PART else 0,
            num_parallel_uploads=1,
            retention=retention_of(lock),
            legal_hold=lock is not None and lock.held,
        )
        return made.etag or ""

    def _hide(self, name: str) -> None:
        self._tried(lambda: self._client.remove_object(bucket_name=self.bucket, object_name=self._prefix + name))

    def _stat(self, name: str) -> Object | None:
        full = self._prefix + name
        try:
            return self._tried(lambda: self._client.stat_object(bucket_name=self.bucket, object_name=full))
        except ObjectMissing:
            return None

    def _check_stored(self, key: ObjectKey, there: Object, size: int, md5: str) -> None:
        """Reads back what the server says it holds, or the bytes where its word does not suffice."""
        stated = (there.metadata or {}).get("x-amz-meta-sha256")
        if there.size != size or stated not in (None, key.sha256):
            raise corrupt(key)
        if (there.etag or "") != md5 or stated is None:
            # Several parts or server-side encryption: the ETag is no digest of the content.
            self.open(key).close()

    def _holds(self, key: ObjectKey, there: Object, size: int, md5: str) -> bool:
        try:
            self._check_stored(key, there, size, md5)
        except CorruptObject:
            return False
        return True

    def _download(self, key: ObjectKey) -> BinaryIO:
        """The verified object in a temporary file (in memory while small)."""
        digest = hashlib.sha256()
        file = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115
        try:
            response = self._client.get_object(bucket_name=self.bucket, object_name=self._prefix + key.name)
            try:
                for chunk in response.stream(CHUNK):
                    digest.update(chunk)
                    file.write(chunk)
            finally:
                response.close()
                response.release_conn()
            if digest.hexdigest() != key.sha256:
                raise corrupt(key)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def _tried(self, work: Callable[[], T]) -> T:
        """The work's result; retryable errors are tried again with growing pauses, others raised at once."""
        for attempt in range(1, self._attempts + 1):
            try:
                with translated_s3_errors(self.bucket):
                    return work()
            except HotichError as error:
                if not error.retryable or attempt == self._attempts:
                    raise
                self._wait(0.1 * 2**attempt)
        raise ResourceError(Message.same("attempts must be at least 1"))


def sse_of(encryption: str) -> Sse | None:
    """What is asked of the server by the setting: empty | s3 | kms:KEY-ID. Raises WrongUse."""
    if not encryption:
        return None
    if encryption == "s3":
        return SseS3()
    kind, _, key_id = encryption.partition(":")
    if kind != "kms" or not key_id:
        raise WrongUse(
            Message(
                "Thiết lập s3_encryption: cần để trống, s3 hoặc kms:MÃ-KHÓA",
                "setting s3_encryption: empty, s3 or kms:KEY-ID",
            )
        )
    return SseKMS(key_id, {})


def _is_ours(name: str) -> bool:
    """Whether an object of ours, or a file beside them, can have this name."""
    try:
        return bool(ObjectKey.parse(name) if name.startswith("sha256/") else checked_file(name))
    except WrongUse:
        return False


@contextlib.contextmanager
def _opened(source: Source) -> Iterator[BinaryIO]:
    """A seekable file over the source. A file that changes under the upload is caught by the read-back."""
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    with source.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
        yield file
