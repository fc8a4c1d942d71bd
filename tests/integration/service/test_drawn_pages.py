"""Pages that a browser cannot show are drawn from the very file that was sent, for whoever sent it, and forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.errors import InputError
from pipeline.domain.message import Message
from tests.integration.service.conftest import Desk, picture, running_desk
from tests.integration.service.page_desk import code_of, get, send
from tests.integration.service.test_desk_evidence import SIZE, Painter
from tests.making.clock import Clock


@pytest.fixture
def painter() -> Painter:
    return Painter()


@pytest.fixture
def desk(home: Path, clock: Clock, painter: Painter) -> Iterator[Desk]:
    with running_desk(home, clock=clock, renderer=painter) as made:
        yield made


def ask(desk: Desk, code: str, body: bytes, *, ordinal: int = 1, page: int = 1, csrf: str | None = None) -> Any:
    if csrf is None:
        match = re.search(r'data-csrf="([^"]+)"', get(desk, f"/ket-qua/{code}").text)
        csrf = match[1] if match else ""
    path = f"/ket-qua/{code}/trang/{ordinal}?page={page}"
    return desk.http.post(path, content=body, headers={"Hotich-Csrf": csrf})


def test_a_page_of_the_file_that_was_sent_is_drawn(desk: Desk, painter: Painter) -> None:
    sent = picture("card")
    answer = ask(desk, code_of(send(desk, sent)), sent, page=2)
    assert (answer.status_code, answer.content) == (200, b"page 2")
    assert answer.headers["hotich-scan"] == f"{SIZE[0]} {SIZE[1]}"
    assert answer.headers["cache-control"] == "no-store"
    assert painter.originals == [sent]


def test_nothing_of_it_stays(desk: Desk, home: Path) -> None:
    sent = picture("card")
    assert ask(desk, code_of(send(desk, sent)), sent).status_code == 200
    assert [path for path in (home / "spool" / "views").rglob("*") if path.is_file()] == []
    assert [path for path in (home / "views").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("body", [b"", b"another file", picture("card") + b"more", picture("card")[:-1]])
def test_no_other_file_is_drawn(desk: Desk, painter: Painter, body: bytes) -> None:
    answer = ask(desk, code_of(send(desk, picture("card"))), body)
    assert (answer.status_code, answer.json()["code"]) == (422, "page.other_file")
    assert painter.asked == []


def test_another_browser_is_shown_nothing(desk: Desk, painter: Painter) -> None:
    sent = picture("card")
    code = code_of(send(desk, sent))
    desk.http.cookies.clear()
    assert "data-csrf" not in get(desk, f"/ket-qua/{code}").text
    assert ask(desk, code, sent).status_code == 403
    token = re.search(r'name="csrf" value="([^"]+)"', get(desk, "/tra-cuu").text)
    assert token is not None
    assert ask(desk, code, sent, csrf=token[1]).status_code == 404
    assert painter.asked == []


def test_another_sites_page_cannot_have_it_drawn(desk: Desk, painter: Painter) -> None:
    sent = picture("card")
    assert ask(desk, code_of(send(desk, sent)), sent, csrf="0" * 64).status_code == 403
    assert painter.asked == []


def test_a_file_that_the_submission_lacks_is_not_there(desk: Desk) -> None:
    sent = picture("card")
    assert ask(desk, code_of(send(desk, sent)), sent, ordinal=2).status_code == 404


def test_a_page_that_cannot_be_drawn_is_told_by_its_code(desk: Desk, painter: Painter) -> None:
    sent = picture("card")
    code = code_of(send(desk, sent))
    painter.error = InputError(Message("Tệp gốc không có trang 9", "No page 9"), code="view.not_there")
    answer = ask(desk, code, sent, page=9)
    assert (answer.status_code, answer.json()["code"]) == (422, "view.not_there")


def test_pages_are_drawn_for_one_address_only_so_often(desk: Desk) -> None:
    sent = picture("card")
    code = code_of(send(desk, sent))
    answers = [ask(desk, code, sent).status_code for _ in range(31)]
    assert answers[:30] == [200] * 30
    assert answers[30] == 429
