"""People who come to the desk's pages, and forms sent as those pages gave them."""

from __future__ import annotations

from typing import Any

from tests.integration.service.conftest import Desk
from tests.integration.service.page_desk import HTML, hidden
from tests.making.desk_home import DeskHome


def papers_of(desk: Desk) -> DeskHome:
    """What puts papers and people into the desk's stores."""
    return DeskHome(folder=desk.home, catalogue=desk.catalogue, objects=desk.objects, clock=desk.clock)


def come(desk: Desk, login: str, *roles: str, office: str = "") -> None:
    """The browser is theirs from now on; made at the first call."""
    with desk.context.store.read() as tables:
        user = tables.users.by_login(login)
    if user is None:
        papers_of(desk).person(login, *roles, keys=desk.context.keys, office=office)
        with desk.context.store.read() as tables:
            user = tables.users.by_login(login)
    assert user is not None
    desk.http.cookies.set("hotich", desk.context.accounts.begin(user).token)


def get(desk: Desk, path: str) -> Any:
    return desk.http.get(path, headers=HTML)


def post(desk: Desk, path: str, page: str = "", **data: str) -> Any:
    """Sends a form with the token of the page it stands on."""
    csrf = hidden(get(desk, page or path).text)["csrf"]
    return desk.http.post(path, data={"csrf": csrf, **data}, headers=HTML)
