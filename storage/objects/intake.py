"""A bucket that scans are put into, to be fetched from there: only read, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.message import Message
from storage.files import CHUNK, translated_os_errors
from storage.objects.s3 import S3Store
from storage.objects.s3_errors import translated_s3_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketFile:
    """An object by its name. `stamp`: another one is another content."""

    name: str
    size: int
    stamp: str


class IntakeBucket(S3Store):
    """The bucket's objects as files. Tries again as `S3Store` does, and raises its errors."""

    def entries(self, prefix: str) -> Iterator[BucketFile]:
        """Every object whose name begins so, in order of name, but folders' marks."""
        with translated_s3_errors(self.bucket):
            for entry in self._client.list_objects(bucket_name=self.bucket, prefix=prefix, recursive=True):
                name, size = entry.object_name or "", entry.size or 0
                if name and not name.endswith("/"):
                    yield BucketFile(name=name, size=size, stamp=f"{size}:{entry.etag}")

    def fetch(self, name: str, path: Path) -> str:
        """Writes the object to `path`; its SHA-256."""
        with translated_os_errors(Message("lấy tệp quét về", "fetching a scan")):
            return self._tried(lambda: self._fetch(name, path))

    def digest(self, name: str) -> str:
        """The object's SHA-256, nothing of it kept."""
        return self._tried(lambda: self._fetch(name, None))

    def _fetch(self, name: str, path: Path | None) -> str:
        digest = hashlib.sha256()
        response = self._client.get_object(bucket_name=self.bucket, object_name=name)
        try:
            if path is None:
                for chunk in response.stream(CHUNK):
                    digest.update(chunk)
            else:
                with path.open("wb") as out:
                    for chunk in response.stream(CHUNK):
                        digest.update(chunk)
                        out.write(chunk)
        finally:
            response.close()
            response.release_conn()
        return digest.hexdigest()
