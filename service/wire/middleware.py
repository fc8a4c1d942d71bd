"""What every request and answer passes through: the limit on the body, the headers of the answer."""

from __future__ import annotations

import logging
import traceback

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as AsgiMessage

from pipeline.domain.message import Message
from service.wire.problems import refusal

_log = logging.getLogger(__name__)

HEADERS = {
    # Content of this origin only, no inline scripts, no framing, forms sent to this origin only.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}


class SecurityHeaders:
    """Puts the security headers on every answer; an answer that does not say otherwise is not cached."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: AsgiMessage) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


class Faults:
    """Turns a fault of ours into an answer that reveals nothing of the inside; the traceback goes to the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noted(message: AsgiMessage) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            if scope["type"] != "http" or begun:
                raise
            # The traceback, never the exception's text: that may hold what was sent.
            place = "".join(traceback.format_tb(error.__traceback__)[-4:])
            _log.error("request.fault kind=%s\n%s", type(error).__name__, place)
            answer = refusal(scope, 500, "internal.error", Message("Lỗi của hệ thống", "A fault of the system"))
            await answer(scope, receive, send)


class _TooLong(Exception):
    pass


class BodyLimit:
    """Refuses a body as soon as it is larger than any request may be, whatever its headers say."""

    def __init__(self, app: ASGIApp, *, most_bytes: int) -> None:
        self._app = app
        self._most = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        came = 0
        begun = False

        async def counted() -> AsgiMessage:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > self._most:
                raise _TooLong
            return message

        async def noted(message: AsgiMessage) -> None:
            nonlocal begun
            begun = True
            await send(message)

        stated = dict(scope["headers"]).get(b"content-length", b"0")
        try:
            if stated.isdigit() and int(stated) > self._most:
                raise _TooLong
            await self._app(scope, counted, noted)
        except _TooLong:
            if not begun:
                megabytes = self._most >> 20
                text = Message(f"Yêu cầu lớn hơn {megabytes} MB", f"The request is larger than {megabytes} MB")
                answer = refusal(scope, 413, "upload.too_large", text, {"Connection": "close"})
                await answer(scope, receive, send)
