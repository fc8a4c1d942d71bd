"""Content-addressed, create-only storage of originals, archival copies and records."""

from storage.objects.key import ObjectKey
from storage.objects.local import LocalStore
from storage.objects.s3 import S3Store
from storage.objects.store import ObjectStore, Source

__all__ = ["LocalStore", "ObjectKey", "ObjectStore", "S3Store", "Source"]
