"""Errors on the wire, and their description in the OpenAPI document."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from pipeline.domain.errors import HotichError
from pipeline.domain.message import Message
from service.pages import error_page, wants_page
from service.wire.addresses import network_of
from service.wire.contract import InvalidPart, Problem
from service.wire.errors import NotAllowed, TooMany, status_of, title_of
from service.wire.examples import put_examples
from storage.people.security_log import SecurityEvent

_log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
_HTTP_CODES = {
    400: "request.malformed",
    404: "not_found",
    405: "method.not_allowed",
    408: "request.timeout",
    413: "upload.too_large",
}


def problem(
    status: int,
    code: str,
    message: Message,
    *,
    errors: list[InvalidPart] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """The answer for an error. `message` must not hold any value that was sent."""
    body = Problem(
        type=f"urn:hotich:problem:{code}",
        title=title_of(status),
        status=status,
        code=code,
        detail=str(message),
        message=message,
        errors=errors or [],
    )
    return JSONResponse(body.model_dump(mode="json"), status_code=status, headers=headers, media_type=MEDIA_TYPE)


def refusal(scope: Scope, status: int, code: str, message: Message, headers: dict[str, str] | None = None) -> Response:
    """The answer for an error: a page for a person's browser, a problem document for a program."""
    if wants_page(scope):
        return error_page(status, message, headers)
    return problem(status, code, message, headers=headers)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these errors."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {s: {"description": title_of(s), "content": {MEDIA_TYPE: {"schema": schema}}} for s in statuses}


def with_problem_schema(app: FastAPI) -> dict[str, Any]:
    """The app's OpenAPI document, with the schema of every error; validation errors are problems too."""
    if app.openapi_schema is None:
        document = FastAPI.openapi(app)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        whole = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(whole.pop("$defs", {}))
        schemas["Problem"] = whole
        for operations in document["paths"].values():
            for operation in operations.values():
                if "422" in operation["responses"]:
                    operation["responses"]["422"] = problems(422)[422]
        put_examples(document)
    return app.openapi_schema or {}


def install(app: FastAPI) -> None:
    """Makes every error of the app a problem document, or a page where a person's browser asks."""
    app.add_exception_handler(HotichError, _on_hotich_error)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _on_invalid)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _on_http)  # type: ignore[arg-type]


async def _on_hotich_error(request: Request, error: HotichError) -> Response:
    status = status_of(error)
    headers = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    elif status == 503:
        headers["Retry-After"] = "5"
    elif status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="hotich"'
    if isinstance(error, NotAllowed):
        _note_refusal(request, error)
    if status >= 500:
        _log.error("request.failed code=%s", error.code)
    return refusal(request.scope, status, error.code, error.message, headers)


def _note_refusal(request: Request, error: NotAllowed) -> None:
    """Somebody asked for what they may not: by their id, with the code; never the address, which may hold a code."""
    address = network_of(request.client.host if request.client else "?")
    caller = str(getattr(request.state, "caller", ""))
    request.app.state.context.security_log.note(
        SecurityEvent.ACCESS_REFUSED, about=caller, address=address, detail=error.code
    )


async def _on_invalid(request: Request, error: RequestValidationError) -> Response:
    parts = [
        InvalidPart(
            where=".".join(str(step) for step in part["loc"])[:200],
            code=str(part["type"]),
            message=Message("không hợp lệ", str(part["msg"]).partition(",")[0][:200]),
        )
        for part in error.errors()[:20]
    ]
    message = Message("Yêu cầu không đúng dạng", "The request does not have the right form")
    if wants_page(request.scope):
        return error_page(422, message)
    return problem(422, "request.invalid", message, errors=parts)


async def _on_http(request: Request, error: HTTPException) -> Response:
    if 300 <= error.status_code < 400:  # on the way to another page, whatever the caller accepts
        return Response(status_code=error.status_code, headers=dict(error.headers or {}))
    code = _HTTP_CODES.get(error.status_code, "request.refused")
    message = {
        404: Message("Không có ở đây", "There is nothing here"),
        408: Message("Yêu cầu gửi quá chậm", "The request came too slowly"),
        405: Message("Phương thức này không dùng được ở đây", "This method is not for this address"),
    }.get(error.status_code, Message("Yêu cầu không xử lý được", "The request cannot be processed"))
    return refusal(request.scope, error.status_code, code, message, dict(error.headers or {}))
