"""Errors of the service and how they look on the wire: problem details (RFC 9457) with stable codes.

InputError
+-- NotSignedIn       auth.required         401
+-- NotAllowed        auth.forbidden        403
+-- NotThere          not_found             404   also for what the caller may not know of
+-- Conflict          conflict              409
+-- Unprocessable     request.invalid       422
+-- TooMany           rate.limited          429   with `retry_after`
+-- (codes)           upload.too_large 413, upload.type 415, ...
"""

from __future__ import annotations

from http import HTTPStatus

from pipeline.domain.errors import HotichError, InputError, ResourceError, WrongUse
from pipeline.domain.message import Message


class NotSignedIn(InputError):
    code = "auth.required"


class NotAllowed(InputError):
    code = "auth.forbidden"


class NotThere(InputError):
    code = "not_found"


class Conflict(InputError):
    code = "conflict"


class Unprocessable(InputError):
    code = "request.invalid"


class TooMany(InputError):
    """`retry_after` in whole seconds."""

    code = "rate.limited"

    def __init__(self, message: Message, *, code: str | None = None, retry_after: int = 1) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


_STATUS: tuple[tuple[type[HotichError], int], ...] = (
    (NotSignedIn, 401),
    (NotAllowed, 403),
    (NotThere, 404),
    (Conflict, 409),
    (TooMany, 429),
    (Unprocessable, 422),
)
_STATUS_BY_CODE = {
    "copy.act_unsure": 409,
    "upload.too_large": 413,
    "upload.type": 415,
    "upload.offset": 409,
    "upload.version": 412,
    "upload.too_many_open": 429,
    "input.encrypted": 422,
    "resource.disk_full": 507,
}


def status_of(error: HotichError) -> int:
    """The HTTP status of an error: 4xx for the caller's mistake, 5xx for what the machine lacks."""
    if error.code in _STATUS_BY_CODE:
        return _STATUS_BY_CODE[error.code]
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return status
    if isinstance(error, (InputError, WrongUse)):
        return 422
    return 503 if isinstance(error, ResourceError) else 500


def title_of(status: int) -> str:
    return HTTPStatus(status).phrase
