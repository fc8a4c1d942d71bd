"""Content-addressed, create-only storage of originals, archival copies and records."""

from typing import TYPE_CHECKING, Any

from storage.objects.key import ObjectKey, ObjectRole
from storage.objects.local import LocalStore
from storage.objects.store import ObjectStore, Source

if TYPE_CHECKING:
    from storage.objects.s3 import S3Store

__all__ = ["LocalStore", "ObjectKey", "ObjectRole", "ObjectStore", "S3Store", "Source"]


def __getattr__(name: str) -> Any:
    """Loads the S3 client only for those who use it: it costs a third of a second."""
    if name == "S3Store":
        from storage.objects.s3 import S3Store

        return S3Store
    raise AttributeError(name)
