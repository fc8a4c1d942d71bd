"""A browser without scripts, over the application: forms are sent as a page gave them."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.integration.service.conftest import RESIDENCE, Desk

CARD_FORM = {
    "declared.full_name": "Nguyễn Thị Mẫu",
    "declared.personal_id": "001190123456",
    "declared.date_of_birth": "15/01/1990",
    "declared.sex": "Nữ",
}
HTML = {"Accept": "text/html,application/xhtml+xml"}


def hidden(page: str) -> dict[str, str]:
    """The hidden inputs of a page's last form of ours."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def get(desk: Desk, path: str, **more: Any) -> Any:
    return desk.http.get(path, headers=HTML, **more)


def send(
    desk: Desk,
    *pictures: bytes,
    procedure: str = RESIDENCE,
    form: dict[str, str] | None = None,
    names: tuple[str, ...] = (),
    follow: bool = True,
    changed: dict[str, str] | None = None,
) -> Any:
    """Opens the form of a procedure, fills it in and sends it."""
    given = hidden(get(desk, f"/nop/{procedure}").text)
    return post(
        desk,
        procedure,
        given | (CARD_FORM if form is None else form) | (changed or {}),
        *pictures,
        names=names,
        follow=follow,
    )


def post(
    desk: Desk,
    procedure: str,
    data: dict[str, str],
    *pictures: bytes,
    names: tuple[str, ...] = (),
    follow: bool = True,
    headers: dict[str, str] | None = None,
) -> Any:
    named = [*names, *(f"anh{n}.jpg" for n in range(len(names), len(pictures)))]
    files = [("files", (name, picture, "image/jpeg")) for name, picture in zip(named, pictures, strict=True)]
    # A browser sends the places that were left empty too.
    files.append(("files", ("", b"", "application/octet-stream")))
    return desk.http.post(
        f"/nop/{procedure}", data=data, files=files, headers=HTML | (headers or {}), follow_redirects=follow
    )


def look_up(desk: Desk, code: str, birth: str = "", *, follow: bool = True) -> Any:
    given = hidden(get(desk, "/tra-cuu").text)
    data = {"csrf": given["csrf"], "code": code, "birth": birth}
    return desk.http.post("/tra-cuu", data=data, headers=HTML, follow_redirects=follow)


def code_of(answer: Any) -> str:
    return str(answer.url).rpartition("/")[2]


def visible_text(answer: Any) -> str:
    """The text of a page's content, without its markup."""
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", "<main" + main)).split())
