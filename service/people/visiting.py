"""The visit of whoever looks at the pages: its cookie, and the bound on how often pages are asked for."""

from __future__ import annotations

from fastapi import Request, Response

from service.context import Service
from service.people.access import TheService, peer
from service.people.citizens import Visit


def bounded(request: Request, service: TheService) -> None:
    """Bounds how often one address may ask for pages."""
    service.rates.take(f"pages:{peer(request)}", service.limits.pages_per_minute)


def visit_of(request: Request, service: Service) -> Visit | None:
    """The visit of the cookie, if it still lasts."""
    return service.visits.opened(request.cookies.get(_name(service), ""))


def keep_visit(response: Response, service: Service, visit: Visit) -> None:
    """Its cookie: for this host only, gone when the browser is closed, never for scripts. Links from other sites lead
    into a running visit; their forms do not get it."""
    response.set_cookie(
        _name(service),
        service.visits.sealed(visit),
        path="/",
        secure=service.secure,
        httponly=True,
        samesite="lax",
    )


def forget_visit(response: Response, service: Service) -> None:
    response.delete_cookie(_name(service), path="/", secure=service.secure, httponly=True, samesite="lax")


def _name(service: Service) -> str:
    """Over TLS a name that no other host can set."""
    return "__Host-hotich-visit" if service.secure else "hotich-visit"
