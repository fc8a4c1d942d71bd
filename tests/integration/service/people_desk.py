"""People of an office in a browser without scripts: signing in, and pages about people."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pyotp
from starlette.testclient import TestClient

from tests.integration.service.conftest import Desk
from tests.integration.service.page_desk import HTML, hidden

PASSWORD = "mật khẩu dài để thử 2026"
OTHER = "chó vàng ăn mây tím"


@dataclass
class Browser:
    """A browser of its own, that keeps its own cookies."""

    desk: Desk
    http: TestClient = field(init=False)
    login: str = ""
    secret: str = ""

    def __post_init__(self) -> None:
        self.http = TestClient(self.desk.http.app, raise_server_exceptions=False, headers=HTML | {"User-Agent": UA})

    def get(self, path: str) -> Any:
        return self.http.get(path)

    def post(self, path: str, *, csrf: str | None = None, **form: str | list[str]) -> Any:
        """Sends a form with the token of this person's pages, or another."""
        token = self.csrf if csrf is None else csrf
        return self.http.post(path, data={"csrf": token, **form}, follow_redirects=False)

    @property
    def csrf(self) -> str:
        return hidden(self.get("/tai-khoan").text).get("csrf", "")

    def code(self) -> str:
        """The one-time code of this moment; time moves on, so that none is used twice."""
        self.desk.clock.advance(timedelta(seconds=31))
        return pyotp.TOTP(self.secret).at(self.desk.clock()) if self.secret else ""

    def sign_in(self, login: str, password: str = PASSWORD, totp: str | None = None) -> Any:
        given = hidden(self.get("/dang-nhap").text)
        code = self.code() if totp is None else totp
        return self.http.post(
            "/dang-nhap",
            data={"csrf": given["csrf"], "login": login, "password": password, "totp": code},
            follow_redirects=False,
        )


UA = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


def someone(desk: Desk, login: str, *roles: str, office: str = "00001") -> Browser:
    """An account, signed in in a browser of its own."""
    browser = Browser(desk, login=login)
    address = desk.context.accounts.add(login, name=f"Ông {login}", office=office, roles=list(roles), password=PASSWORD)
    browser.secret = "" if address is None else pyotp.parse_uri(address).secret
    assert browser.sign_in(login).status_code == 303
    return browser


def user_id(desk: Desk, login: str) -> str:
    with desk.context.store.read() as tables:
        user = tables.users.by_login(login)
    assert user is not None
    return user.user_id


def secret_shown(answer: Any) -> str:
    """The password or key that a page shows once."""
    found = re.search(r'<p class="secret"[^>]*>([^<]*)</p>', answer.text)
    assert found is not None, answer.text
    return html.unescape(found[1])
