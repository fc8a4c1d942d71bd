"""The language that pages are shown in: Vietnamese with the English beside it, or one alone, as a browser chose.

Templates are written once. A text has both halves; in English alone its Vietnamese half reads as the English one, and
the other way round, so that nothing is said twice.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from enum import StrEnum
from http.cookies import CookieError, SimpleCookie
from typing import Any

from jinja2 import Environment
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.domain.message import Message

COOKIE = "hotich-language"
_TITLE = re.compile(r"<title>(.*?) / (.*?)( – .*?)?</title>")


class Language(StrEnum):
    """`BOTH`: Vietnamese first, English second."""

    BOTH = "both"
    VIETNAMESE = "vi"
    ENGLISH = "en"


_shown: ContextVar[Language] = ContextVar("hotich_language", default=Language.BOTH)


def language() -> Language:
    """The language of the page that is being made."""
    return _shown.get()


class ChosenLanguage:
    """Has each request answered in the language that its browser chose; in `default` where it chose none."""

    def __init__(self, app: ASGIApp, default: Language = Language.BOTH) -> None:
        self._app = app
        self._default = default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        token = _shown.set(_chosen(scope) or self._default)
        try:
            await self._app(scope, receive, send)
        finally:
            _shown.reset(token)


class PageEnvironment(Environment):
    """Templates in which a text says what is shown in the language of the page."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Message) and attribute in ("vi", "en") and language() is not Language.BOTH:
            return getattr(obj, language().value)
        return super().getattr(obj, attribute)


def in_language(html: str) -> str:
    """A whole page with its own language said, and its title in that language alone."""
    if language() is Language.BOTH or "<html" not in html[:200]:
        return html
    half = r"<title>\2\3</title>" if language() is Language.ENGLISH else r"<title>\1\3</title>"
    tag = f'<html lang="{language().value}" data-language="{language().value}">'
    return _TITLE.sub(half, html.replace('<html lang="vi">', tag, 1), count=1)


def _chosen(scope: Scope) -> Language | None:
    for name, value in scope.get("headers", ()):
        if name == b"cookie" and COOKIE.encode() in value:
            try:
                sent = SimpleCookie(value.decode("latin-1")).get(COOKIE)
            except CookieError:
                return None
            if sent is not None and sent.value in set(Language):
                return Language(sent.value)
    return None
