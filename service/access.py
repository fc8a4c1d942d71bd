"""Who is asking: dependencies of the routes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.callers import Caller
from service.errors import NotSignedIn
from service.parts import Service

_bearer = HTTPBearer(
    auto_error=False, scheme_name="clientKey", description="A client's API key, `hk_…`, made by `hotich client add`."
)


def the_service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


TheService = Annotated[Service, Depends(the_service)]


def peer(request: Request) -> str:
    """The address a request came from. A proxy in front has to be named to the server that listens."""
    return request.client.host if request.client else "?"


def limited(request: Request, service: TheService) -> None:
    """Bounds how often one address may ask without saying who it is."""
    service.rates.take(f"address:{peer(request)}", service.limits.anonymous_per_minute)


def client(
    request: Request,
    service: TheService,
    given: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Caller:
    """The client whose key came. Raises NotSignedIn, TooMany."""
    found = maybe_client(request, service, given)
    if found is None:
        raise NotSignedIn("Cần khóa API / An API key is needed")
    return found


def maybe_client(
    request: Request,
    service: TheService,
    given: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Caller | None:
    """The client whose key came, None without a key. A wrong key is refused, and counted against its address."""
    if given is None:
        limited(request, service)
        return None
    with service.store.read() as tables:
        found = tables.clients.by_key(given.credentials)
    if found is None:
        limited(request, service)
        raise NotSignedIn("Khóa API không đúng hoặc đã hết hạn / The API key is wrong or has expired", code="auth.key")
    service.rates.take(f"client:{found.client_id}", found.rate_per_minute)
    return Caller.of(found)


TheClient = Annotated[Caller, Depends(client)]
MaybeClient = Annotated[Caller | None, Depends(maybe_client)]
