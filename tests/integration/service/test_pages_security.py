"""What an attacker tries on the pages, and how the pages tell of errors."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.integration.service.conftest import CORRECTION, RESIDENCE, Desk, picture
from tests.integration.service.page_desk import CARD_FORM, HTML, code_of, get, hidden, look_up, post, send, visible_text

PAGES = ("/", "/nop/1.004222", "/tra-cuu", "/xac-nhan", "/nothing")

EVERY_PAGE = (
    *PAGES, "/ban-duyet", "/ban-duyet/ho-so", "/ban-duyet/tong-quan", "/dang-nhap", "/health", "/reads",
    "/ket-qua/7K3M-Q9XD-2FHW-B6TC", "/static/nothing",
)  # fmt: skip


def test_a_form_from_another_site_hands_in_nothing(desk: Desk) -> None:
    """CSRF: the browser sends the cookie with it, and nothing else of ours."""
    get(desk, f"/nop/{RESIDENCE}")
    for csrf in ("", "0" * 64, "ế"):
        answer = post(desk, RESIDENCE, CARD_FORM | {"csrf": csrf}, picture("card"))
        assert answer.status_code == 403
    assert desk.reader.read == []


def test_files_without_a_right_token_are_written_nowhere(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """79 MB lay on the disk before the token was looked at."""
    written: list[int] = []

    class Watched(tempfile.SpooledTemporaryFile):  # type: ignore[type-arg]
        def write(self, data: bytes) -> int:  # type: ignore[override]
            written.append(len(data))
            return super().write(data)

    monkeypatch.setattr("starlette.formparsers.SpooledTemporaryFile", Watched)
    get(desk, f"/nop/{RESIDENCE}")
    photo = picture("card") + bytes(2 << 20)
    for csrf in ("", "0" * 64):
        answer = post(desk, RESIDENCE, CARD_FORM | {"csrf": csrf}, photo)
        assert answer.status_code == 403
        assert 'value="Nguyễn Thị Mẫu"' in answer.text
    assert written == []


def test_more_than_somebody_could_have_meant_is_not_even_listened_to(desk: Desk) -> None:
    get(desk, f"/nop/{RESIDENCE}")

    def body() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
        for _ in range(40):
            yield bytes(1 << 20)

    headers = HTML | {"Content-Type": "multipart/form-data; boundary=x"}
    assert desk.http.post(f"/nop/{RESIDENCE}", content=body(), headers=headers).status_code == 403
    assert desk.reader.read == []


@pytest.mark.parametrize(
    "accept", [None, "", "*/*", "application/json", "text/plain;q=0.1", "TEXT/HTML", "text/html;q=x,,;", "a" * 3000]
)
def test_no_page_fails_by_what_its_caller_accepts(desk: Desk, accept: str | None) -> None:
    desk.http.headers.pop("accept", None)
    for path in EVERY_PAGE:
        request = desk.http.build_request("GET", path)
        request.headers.pop("accept", None)
        if accept is not None:
            request.headers["accept"] = accept
        answer = desk.http.send(request, follow_redirects=False)
        assert answer.status_code < 500, path
        if path.startswith("/ban-duyet"):
            assert (answer.status_code, answer.headers.get("location")) == (303, f"/dang-nhap?toi={path}")


def test_a_token_is_of_its_visit_only(desk: Desk) -> None:
    theirs = hidden(get(desk, f"/nop/{RESIDENCE}").text)
    desk.http.cookies.clear()
    get(desk, f"/nop/{RESIDENCE}")
    assert post(desk, RESIDENCE, CARD_FORM | theirs, picture("card")).status_code == 403
    assert desk.http.post("/tra-cuu", data={"csrf": theirs["csrf"], "code": "x"}, headers=HTML).status_code == 403
    ended = desk.http.post("/ket-thuc", data={"csrf": theirs["csrf"]}, headers=HTML)
    assert (ended.status_code, "set-cookie" in ended.headers) == (403, False)


def test_an_expired_form_can_be_sent_once_more(desk: Desk) -> None:
    given = hidden(get(desk, f"/nop/{RESIDENCE}").text)
    desk.clock.advance(timedelta(hours=3))
    answer = post(desk, RESIDENCE, CARD_FORM | given, picture("card"))
    assert answer.status_code == 403
    assert 'value="Nguyễn Thị Mẫu"' in answer.text
    assert post(desk, RESIDENCE, CARD_FORM | hidden(answer.text), picture("card")).status_code == 200


def test_the_visit_s_cookie_is_kept_from_scripts_and_other_sites_forms(desk: Desk) -> None:
    cookie = get(desk, f"/nop/{RESIDENCE}").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age" not in cookie
    object.__setattr__(desk.context.parts, "public_url", "https://hotich.test")
    cookie = get(desk, f"/nop/{RESIDENCE}").headers["set-cookie"]
    assert cookie.startswith("__Host-hotich-visit=")
    assert "Secure" in cookie


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}"])
def test_markup_in_a_declared_name_is_shown_back_as_text(desk: Desk, name: str) -> None:
    answer = send(desk, picture("card"), changed={"declared.full_name": name})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text
    assert "49" not in visible_text(answer)


def test_markup_in_a_file_s_name_is_shown_back_as_text(desk: Desk) -> None:
    answer = send(desk, picture("nonsense"), names=("<script>alert(1)</script>.jpg",))
    assert "<script>alert" not in answer.text


def test_markup_that_was_declared_through_the_api_is_text_on_the_page(desk: Desk) -> None:
    declared = json.dumps({"full_name": "<b>Mẫu</b>", "document_number": "<i>1</i>", "date_of_birth": "15/01/1990"})
    code = desk.submit(picture("act"), procedure=CORRECTION, declared=declared).json()["code"]
    answer = look_up(desk, code, "15/01/1990")
    assert "Bạn khai" in visible_text(answer)
    assert not re.search(r"<[bi]>", answer.text)


@pytest.mark.parametrize(
    "path", ["/xac-nhan?code=%3Cscript%3E&digest=%22%3E%3Cscript%3E", "/nop/%3Cscript%3E", "/ket-qua/%3Cscript%3E"]
)
def test_markup_in_an_address_is_not_shown_back_as_markup(desk: Desk, path: str) -> None:
    assert "<script>" not in get(desk, path).text.partition("<body>")[2]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_script_or_style_of_its_own_or_from_elsewhere(desk: Desk, path: str) -> None:
    text = get(desk, path).text
    assert re.findall(r"<script(?! src=\"/static/)", text) == []
    assert re.findall(r"<style| style=| on\w+=|https?://", text) == []


@pytest.mark.parametrize(
    "path", ["/ket-qua/x%0d%0aSet-Cookie:%20a=b", "/nop/x%0d%0aX-Evil:%201", "/static/x%0d%0aX-Evil:%201"]
)
def test_a_line_break_in_an_address_makes_no_header(desk: Desk, path: str) -> None:
    answer = get(desk, path)
    assert answer.status_code == 404
    assert not {"x-evil", "set-cookie"} & set(answer.headers)


@pytest.mark.parametrize("part", ["email", "phone", "key", "csrf", "declared.full_name"])
def test_a_line_break_in_a_form_makes_no_header(desk: Desk, part: str) -> None:
    answer = send(desk, picture("card"), follow=False, changed={part: "a@b.vn\r\nSet-Cookie: evil=1\r\nBcc: c@d.vn"})
    assert "evil" not in str(answer.headers)
    assert "\n" not in answer.headers.get("location", "")


def test_a_form_sets_nothing_that_it_does_not_ask_for(desk: Desk) -> None:
    """Mass assignment."""
    for extra in ("state", "office", "client_id", "declared.office", "declared.father_full_name", "uploads"):
        answer = send(desk, picture("card"), changed={extra: "accepted"})
        assert (answer.status_code, extra, desk.reader.read) == (422, extra, [])


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "pages.css%00", "none.css"])
def test_only_the_pages_own_files_are_handed_out(desk: Desk, name: str) -> None:
    assert get(desk, f"/static/{name}").status_code == 404


def test_the_pages_own_files_are_asked_for_again_only_when_they_changed(desk: Desk) -> None:
    first = desk.http.get("/static/pages.css")
    again = desk.http.get("/static/pages.css", headers={"If-None-Match": first.headers["etag"]})
    assert (first.headers["content-type"], again.status_code, again.content) == ("text/css; charset=utf-8", 304, b"")


# Errors


@pytest.mark.parametrize("path", ["/nothing", "/ket-qua/7K3M-Q9XD-2FHW-B6TC", "/submissions/7K3M-Q9XD-2FHW-B6TC"])
def test_a_browser_is_told_of_an_error_on_a_page_in_both_languages(desk: Desk, path: str) -> None:
    answer = get(desk, path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert re.search(r'<h1>\s*<span class="vi">[^<]+</span> <span class="en" lang="en">', answer.text)


def test_a_program_is_told_of_an_error_as_a_problem_document(desk: Desk) -> None:
    assert desk.http.get("/nothing").headers["content-type"] == "application/problem+json"


def test_a_fault_of_ours_is_a_page_that_tells_nothing_of_the_inside(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("secret: 001190123456")

    monkeypatch.setattr("storage.submissions.submissions.Submissions.by_code", broken)
    answer = get(desk, "/ket-qua/7K3M-Q9XD-2FHW-B6TC")
    assert (answer.status_code, "Không phải lỗi của bạn" in visible_text(answer)) == (500, True)
    assert "001190123456" not in answer.text


def test_notices_lead_to_the_submission_s_page(desk: Desk) -> None:
    code = code_of(send(desk, picture("card")))
    with desk.context.store.read() as tables:
        submission = tables.submissions.by_code(code)
    assert submission is not None
    message = type("Message", (), {"message_id": "m", "event": "submission.accepted"})()
    link = desk.context.notices._notice(message, submission).link
    assert get(desk, link.removeprefix(desk.context.parts.public_url)).status_code == 200
