"""Templates to pages. Every value put into a template is escaped; none becomes script or style."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse
from starlette.types import Scope

from pipeline.domain.message import Message
from service.pages.language import PageEnvironment, in_language, language
from service.pages.wording import entry_label, shown_value, words


@cache
def _environment() -> Environment:
    environment = PageEnvironment(
        loader=PackageLoader("service.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(language=language, words=words, entry_label=entry_label, shown_value=shown_value)
    return environment


def page(template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any) -> HTMLResponse:
    """The page that a template makes of these values."""
    return HTMLResponse(rendered(template, **context), status_code=status, headers=dict(headers or {}))


def rendered(template: str, **context: Any) -> str:
    """The text that a template makes of these values: a page, or a part of one for its script."""
    return in_language(_environment().get_template(template).render(**context))


def wants_page(scope: Scope) -> bool:
    """Whether a person's browser asks, not a program: it accepts HTML."""
    return any(name == b"accept" and b"text/html" in value.lower() for name, value in scope.get("headers", ()))


def error_page(status: int, message: Message, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """A page for an error. `message` never holds what was sent."""
    return page("error.html", status=status, headers=headers, code=status, message=message)
