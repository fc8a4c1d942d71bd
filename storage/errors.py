"""Errors of the storage folder; each stands below one of the pipeline's three.

    ResourceError
    +-- DiskFull                "resource.disk_full"           free some space, run again
    +-- StoreUnavailable        "resource.store_unavailable"   server or network: worth trying again
    +-- StoreBusy               "resource.store_busy"          a lock was not got in time: worth trying again
    +-- AccessRefused           "resource.access_refused"      wrong secret, no permission
    |   +-- ObjectLocked        "storage.object_locked"        the store keeps it for a time or on hold
    +-- CorruptObject           "storage.corrupt_object"       stored bytes do not have their digest
    +-- CorruptCatalogue        "storage.corrupt_catalogue"    the database file or its contents are damaged
    +-- CatalogueMissing        "storage.catalogue_missing"    there is no catalogue where one must be
    +-- OtherVersion            "storage.other_version"        the catalogue is of another version of hotich
    +-- ObjectMissing           "storage.object_missing"       no object under this key
    +-- EncryptionKeyMissing    "storage.key_missing"          encrypted, and the key is not here
    +-- NoObjectLock            "resource.s3_no_lock"          a bucket that locks nothing is to lock
    +-- ClaimLost               "storage.claim_lost"           another process took the work over
    InputError
    +-- SourceChanged           "input.changed"                the file is not the one that was read before

No library error (sqlalchemy, minio, urllib3, OSError) leaves this folder untranslated.
"""

from __future__ import annotations

from pipeline.domain.errors import InputError, ResourceError
from pipeline.domain.message import Message


class DiskFull(ResourceError):
    """No space (or quota) left. Nothing half-written stays behind."""

    code = "resource.disk_full"


class StoreUnavailable(ResourceError):
    """The server did not answer, or answered that it cannot now."""

    code = "resource.store_unavailable"
    retryable = True


class StoreBusy(ResourceError):
    """Somebody else held the lock for too long."""

    code = "resource.store_busy"
    retryable = True


class AccessRefused(ResourceError):
    """Wrong credentials, or no permission."""

    code = "resource.access_refused"


class ObjectLocked(AccessRefused):
    """The store does not let the object go: until a day, or while it is on legal hold. All of it is still there."""

    code = "storage.object_locked"


class NoObjectLock(ResourceError):
    """The bucket cannot lock objects, and is to."""

    code = "resource.s3_no_lock"


class EncryptionKeyMissing(ResourceError):
    """The object is there, whole and encrypted, and the key that it is encrypted under is not here."""

    code = "storage.key_missing"

    def __init__(self, message: Message, *, code: str | None = None, page: int | None = None, key_id: str = "") -> None:
        super().__init__(message, code=code, page=page)
        self.key_id = key_id


class CorruptObject(ResourceError):
    """The stored bytes do not have the digest they are named by. Nothing of them is handed out."""

    code = "storage.corrupt_object"


class CorruptCatalogue(ResourceError):
    """The database is damaged or is not one of ours."""

    code = "storage.corrupt_catalogue"


class CatalogueMissing(ResourceError):
    """There is no catalogue where one must be: nothing was ever stored here, or it was removed."""

    code = "storage.catalogue_missing"


class OtherVersion(ResourceError):
    """The tables are those of another version of hotich. They were left as they are."""

    code = "storage.other_version"


class ObjectMissing(ResourceError):
    """There is no object under this key."""

    code = "storage.object_missing"


class ClaimLost(ResourceError):
    """The work is no longer held by this claim; nothing was written."""

    code = "storage.claim_lost"


class SourceChanged(InputError):
    """The file's bytes are not the ones that were examined before."""

    code = "input.changed"
