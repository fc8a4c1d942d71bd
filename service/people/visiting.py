"""The visit's cookie, and the bound on how often pages are asked for."""

from __future__ import annotations

from fastapi import Request, Response

from service.context import ServiceContext
from service.people.access import TheContext, peer
from service.people.citizens import Visit


def bounded(request: Request, context: TheContext) -> None:
    """Bounds how often one address may ask for pages."""
    context.rates.take(f"pages:{peer(request)}", context.limits.pages_per_minute)


def visit_of(request: Request, context: ServiceContext) -> Visit | None:
    """The visit of the cookie, if it still lasts."""
    return context.visits.opened(request.cookies.get(_name(context), ""))


def keep_visit(response: Response, context: ServiceContext, visit: Visit) -> None:
    """Sets the visit's cookie: for this host only, gone when the browser is closed, never for scripts. Links from other
    sites lead into a running visit; their forms do not get the cookie."""
    response.set_cookie(
        _name(context),
        context.visits.sealed(visit),
        path="/",
        secure=context.secure,
        httponly=True,
        samesite="lax",
    )


def forget_visit(response: Response, context: ServiceContext) -> None:
    response.delete_cookie(_name(context), path="/", secure=context.secure, httponly=True, samesite="lax")


def _name(context: ServiceContext) -> str:
    """The name of the visit's cookie: over TLS one that no other host can set."""
    return "__Host-hotich-visit" if context.secure else "hotich-visit"
