"""What was done in an office's name, and how signing in through an identity provider is set up."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from service.context import ServiceContext
from service.desk.wording import when
from service.pages import page
from service.people.access import TheContext
from service.people.acts import acts_upon
from service.people.office_user import AdminFormUser, AdminUser, AnyUser
from service.people.oidc_setup import ask_provider
from service.people.wording import EVENTS

router = APIRouter(include_in_schema=False, prefix="/quan-tri")


@router.get("/nhat-ky")
def acts(context: TheContext, user: AnyUser) -> Response:
    """The acts of administration upon the office, the last first: for its administrators and auditors."""
    entries, names = acts_upon(context.store, user.session.caller)
    return page("admin_log.html", session=user.session, entries=entries, names=names, events=EVENTS, when=when)


@router.get("/dinh-danh")
def provider(context: TheContext, admin: AdminUser) -> Response:
    """What of the provider's settings is there, what is missing, what cannot be right."""
    return _provider(context, admin, asked=False)


@router.post("/dinh-danh")
def try_provider(context: TheContext, admin: AdminFormUser) -> Response:
    """Asks the provider."""
    return _provider(context, admin, asked=True)


def _provider(context: ServiceContext, admin: AdminUser, *, asked: bool) -> Response:
    setup = context.parts.oidc_setup
    trouble = ask_provider(setup) if asked and setup.issuer else None
    return page(
        "admin_provider.html",
        session=admin.session,
        setup=setup,
        faults=setup.faults(),
        asked=asked and bool(setup.issuer),
        trouble=trouble,
    )
