"""People of the office's month at the desk's routes, as their browsers use them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import httpx

from tests.integration.service.page_desk import HTML, hidden
from tests.making.desk_home import PASSWORD

_TYPED_SHARE, _ILLEGIBLE_SHARE = 0.06, 0.01
_PAPERS = re.compile(r'href="/ban-duyet/giay/([0-9a-f]{32})"')


class TooOften(Exception):
    """The service asks to wait so many seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__()
        self.wait = wait


@dataclass
class Clerk:
    """One person in one browser. `code`: of the one-time codes; `address`: of the service now."""

    login: str
    code: Callable[[], str]
    address: Callable[[], str]
    tab: str = field(default_factory=lambda: secrets.token_hex(16))
    _csrf: str = ""

    def __post_init__(self) -> None:
        self._http = httpx.Client(timeout=600, headers=HTML)
        self._random = Random(self.login)

    def sign_in(self) -> None:
        """By the page, with password and one-time code, unless they are signed in."""
        if self._csrf and self.get("/auth/me").status_code == 200:
            return  # a code is taken once only
        self._http.cookies.clear()
        given = hidden(self.get("/dang-nhap").text)
        form = {**given, "login": self.login, "password": PASSWORD, "totp": self.code()}
        answer = self._http.post(f"{self.address()}/dang-nhap", data=form)
        assert answer.status_code == 303, f"{self.login}: {answer.status_code} {answer.text[-600:]}"
        self._csrf = str(self.get("/auth/me").json()["csrf"])

    def get(self, path: str, *, follow: bool = False) -> httpx.Response:
        return _allowed(self._http.get(f"{self.address()}{path}", follow_redirects=follow))

    def post(self, path: str, form: dict[str, str], *, page: str) -> httpx.Response:
        """Sends a form with the token of the page it stands on; it must be taken."""
        csrf = hidden(self.get(page, follow=True).text)["csrf"]
        answer = _allowed(self._http.post(f"{self.address()}{path}", data={"csrf": csrf, **form}))
        assert answer.status_code in (200, 303), f"{path}: {answer.status_code} {answer.text[-800:]}"
        return answer

    def decide_submission(self) -> int:
        """The submission that waits longest; 0 where none is left for this person."""
        if self.login == "kiem":
            return 0
        page = self.get("/ban-duyet/ho-so/tiep", follow=True)
        code = page.url.path.rpartition("/")[2]
        given = hidden(page.text)
        if code in ("tiep", "ho-so") or not given.get("lease"):
            return 0
        form = {"decision": "accept", "why": "original"}
        if self._random.random() < 0.3:
            form = {"decision": "bring_paper", "why": "differs"}
        answer = _allowed(self._http.post(f"{self.address()}/ban-duyet/ho-so/{code}", data={**given, **form}))
        return 1 if answer.status_code == 303 else 0

    def decide_items(self) -> int:
        """A handful of items: most accepted, some typed otherwise, a few illegible."""
        body = {"tab": self.tab, "count": 8, "fresh": True}
        claimed = self._send("/desk/claims", body)
        items = claimed.json()["items"] if claimed.status_code == 200 else []
        decided = 0
        for item in items:
            body = {"decision_id": secrets.token_hex(16), "item_id": item["item_id"], "lease": item["lease"],
                    "tab": self.tab, "seconds": 4.0, "keys": 2, "insist": True, **self._choice(item)}  # fmt: skip
            decided += self._send("/desk/decisions", body).status_code == 200
        return decided

    def papers_in_queue(self) -> list[str]:
        return list(dict.fromkeys(_PAPERS.findall(self.get("/ban-duyet").text)))

    def withdrawn(self) -> list[str]:
        return re.findall(r"/ban-duyet/da-rut/([0-9a-f]{32})/khoi-phuc", self.get("/ban-duyet/da-rut").text)

    def _choice(self, item: dict[str, str]) -> dict[str, str]:
        drawn = self._random.random()
        if drawn < _ILLEGIBLE_SHARE:
            return {"choice": "illegible"}
        if drawn < _ILLEGIBLE_SHARE + _TYPED_SHARE or 'data-shown=""' in item["html"]:  # nothing read to accept
            return {"choice": "correct", "text": f"Người {self.login}"}
        return {"choice": "accept"}

    def _send(self, path: str, body: dict[str, object]) -> httpx.Response:
        return _allowed(self._http.post(f"{self.address()}{path}", json=body, headers={"Hotich-Csrf": self._csrf}))


def admin_moves_stranded(admin: Clerk, to: str) -> int:
    """By the administrator's page, confirmed; how many things were moved."""
    path = "/ban-duyet/khong-ai-thay"
    asked = admin.post(path, {"to": to}, page=path).text
    form = dict(re.findall(r'<input type="hidden" name="(to|seen|sure)" value="([^"]*)">', asked))
    if form.get("sure") != "1":
        return 0
    answer = admin.post(path, form, page=path)
    moved = re.search(r"xong=(\d+)-(\d+)", answer.headers.get("location", ""))
    return int(moved[1]) + int(moved[2]) if moved else 0


def say_a_book(admin: Clerk, book: str, *, folder: str, pages: int) -> None:
    admin.post(
        "/ban-duyet/so", {"book": book, "folder": folder, "years": "1990", "pages": str(pages)}, page="/ban-duyet/so"
    )


def _allowed(answer: httpx.Response) -> httpx.Response:
    if answer.status_code == 429:
        raise TooOften(float(answer.headers.get("retry-after", "1")))
    return answer
