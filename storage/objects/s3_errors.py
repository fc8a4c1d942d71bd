"""The S3 client's errors as `HotichError`s: the only place that knows minio's and urllib3's classes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import urllib3.exceptions
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError

from pipeline.domain.errors import HotichError, ResourceError
from pipeline.domain.message import Message
from storage.errors import AccessRefused, DiskFull, ObjectMissing, StoreUnavailable

_MISSING = frozenset({"NoSuchKey", "NoSuchVersion"})
_REFUSED = frozenset(
    {
        "AccessDenied",
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "ExpiredToken",
        "InvalidToken",
        "AccountProblem",
        "AllAccessDisabled",
        "AuthorizationHeaderMalformed",
        "RequestTimeTooSkewed",
    }
)
_FULL = frozenset({"XMinioStorageFull", "QuotaExceeded", "XMinioAdminBucketQuotaExceeded", "InsufficientStorage"})
_AGAIN = frozenset(
    {
        "SlowDown",
        "InternalError",
        "ServiceUnavailable",
        "RequestTimeout",
        "OperationAborted",
        "BadGateway",
        "GatewayTimeout",
        "XMinioServerNotInitialized",
    }
)


@contextlib.contextmanager
def translated_s3_errors(bucket: str) -> Iterator[None]:
    """Turns every error of minio and urllib3 raised in the block into a `HotichError`."""
    try:
        yield
    except MinioException as error:
        raise minio_error(error, bucket) from error
    except urllib3.exceptions.HTTPError as error:
        raise transport_error(error, bucket) from error
    except ValueError as error:
        # minio reports bucket names and addresses it cannot use this way.
        raise ResourceError(
            Message("Cấu hình S3 sai", f"wrong S3 settings: {error}"), code="resource.s3_settings"
        ) from error


def minio_error(error: MinioException, bucket: str) -> HotichError:
    if isinstance(error, S3Error):
        return _s3_error(error.code or "", error.message or "", bucket)
    status = getattr(error, "status_code", getattr(error, "_code", None))
    if status == 507:
        return _full(bucket)
    if status in (401, 403):
        return _refused(bucket, str(status))
    if isinstance(error, (ServerError, InvalidResponseError)):
        unavailable = _unavailable(bucket, f"HTTP {status}")
        unavailable.retryable = status is None or status >= 500 or status == 429
        return unavailable
    return _unavailable(bucket, type(error).__name__)


def transport_error(error: urllib3.exceptions.HTTPError, bucket: str) -> HotichError:
    reason = getattr(error, "reason", None) or error
    unavailable = _unavailable(bucket, type(reason).__name__)
    # A wrong certificate or an address that makes no sense does not get better by asking again.
    final = (urllib3.exceptions.SSLError, urllib3.exceptions.LocationValueError)
    unavailable.retryable = not isinstance(reason, final)
    return unavailable


def _s3_error(code: str, message: str, bucket: str) -> HotichError:
    if code in _MISSING:
        return ObjectMissing(Message("Không có đối tượng trong kho", f"no such object in bucket {bucket!r}"))
    if code in _REFUSED:
        return _refused(bucket, code)
    if code in _FULL:
        return _full(bucket)
    if code in _AGAIN:
        return _unavailable(bucket, code)
    if code == "NoSuchBucket":
        return ResourceError(
            Message(f"Không có bucket {bucket!r}; hãy tạo trước.", f"There is no bucket {bucket!r}; make it first."),
            code="resource.bucket_missing",
        )
    return ResourceError(
        Message(f"Máy chủ S3 từ chối: {code}.", f"The S3 server refused: {code} {message}"), code="resource.s3"
    )


def _refused(bucket: str, code: str) -> AccessRefused:
    return AccessRefused(
        Message(
            f"Máy chủ S3 không cho vào {bucket!r}; hãy kiểm tra khóa truy cập và đồng hồ.",
            f"The S3 server refuses access to {bucket!r}; check the keys and the clock ({code}).",
        )
    )


def _full(bucket: str) -> DiskFull:
    return DiskFull(Message(f"Kho S3 {bucket!r} đã đầy.", f"The S3 store {bucket!r} is full. Add space and run again."))


def _unavailable(bucket: str, why: str) -> StoreUnavailable:
    return StoreUnavailable(
        Message(f"Máy chủ S3 chưa sẵn sàng cho {bucket!r}.", f"The S3 server is not available for {bucket!r} ({why}).")
    )
