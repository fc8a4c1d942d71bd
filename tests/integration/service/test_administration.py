"""Administration by page: what an administrator does, and what somebody who wants more than that is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from service.people.administration import TEMPORARY, Administrator
from storage.people.users import login_name
from tests.integration.service.conftest import Desk
from tests.integration.service.page_desk import hidden, visible_text
from tests.integration.service.people_desk import OTHER, PASSWORD, Browser, secret_shown, someone, user_id

ROOT = Administrator(name="system:root", about="system:root", office=None)


def noted(desk: Desk) -> list[tuple[str, str, str]]:
    lines = (desk.home / "security.jsonl").read_text(encoding="utf-8").splitlines()
    return [(line["event"], line["by"], line["about"]) for line in map(json.loads, lines)]


def sealed(desk: Desk, subject: str) -> list[tuple[str, str, str]]:
    with desk.context.store.read() as tables:
        return [(one.actor, one.action, one.office) for one in tables.reads.entries(subject=subject)]


def added(desk: Desk, admin: Browser, login: str = "lan", role: str = "reviewer") -> tuple[str, str]:
    """(id, temporary password) of a person whom an administrator added by page."""
    answer = admin.post("/quan-tri/them", login=login, name="Phạm Thị Lan", role=role)
    assert answer.status_code == 200, visible_text(answer)
    return user_id(desk, login_name(login)), secret_shown(answer)


def set_up(browser: Browser, new: str = OTHER, again: str | None = None, code: str | None = None) -> Any:
    """The first sign-in's form, filled in as its page shows it."""
    page = browser.get("/tai-khoan/lan-dau")
    given = hidden(page.text)
    browser.secret = page.text.partition('class="secret-key">')[2].partition("</code>")[0].replace(" ", "")
    form = {"new": new, "again": again or new, "offer": given.get("offer", "")}
    typed = browser.code() if code is None else code
    return browser.post("/tai-khoan/lan-dau", csrf=given["csrf"], code=typed, **form)


# A new person


def test_a_new_person_chooses_password_and_second_factor_before_anything_else(desk: Desk) -> None:
    admin = someone(desk, "sep", "admin")
    lan, given = added(desk, admin)
    browser = Browser(desk, login="lan")
    assert browser.sign_in("lan", given).headers["location"] == "/tai-khoan/lan-dau"
    for closed in ("/ban-duyet", "/tai-khoan", "/quan-tri"):
        answer = browser.http.get(closed, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/tai-khoan/lan-dau")
    assert browser.http.get("/auth/me", headers={"Accept": "application/json"}).status_code == 401
    answer = set_up(browser)
    assert answer.text.count("<li><code>") == 10
    assert browser.get("/ban-duyet").status_code == 200
    assert "Phạm Thị Lan" in browser.get("/tai-khoan").text
    again = Browser(desk, secret="")
    assert again.sign_in("lan", given).status_code == 401
    assert noted(desk)[-4:-1] == [
        ("sign_in.succeeded", "", f"user:{lan}"),
        ("password.changed", "", f"user:{lan}"),
        ("second_factor.chosen", "", f"user:{lan}"),
    ]


@pytest.mark.parametrize(
    ("new", "again", "code", "told"),
    [
        ("matkhau123456", None, None, "dễ bị đoán"),
        ("123456789012", None, None, "dễ bị đoán"),
        ("phạm thị lan 1990 abc", None, None, "họ tên"),
        (OTHER, "khác hẳn với lần trên", None, "không giống nhau"),
        (OTHER, None, "000000", "Mã không đúng"),
    ],
)
def test_what_is_wrong_with_the_first_choice_is_told_and_nothing_of_it_is_kept(
    desk: Desk, new: str, again: str | None, code: str | None, told: str
) -> None:
    _, given = added(desk, someone(desk, "sep", "admin"))
    browser = Browser(desk)
    browser.sign_in("lan", given)
    answer = set_up(browser, new, again, code)
    assert (answer.status_code, told in visible_text(answer)) == (422, True), visible_text(answer)
    assert browser.http.get("/ban-duyet", follow_redirects=False).headers["location"] == "/tai-khoan/lan-dau"
    offered = browser.secret
    assert set_up(browser).status_code == 200
    assert browser.secret != offered


def test_a_temporary_password_runs_out_and_is_no_key_to_the_api(desk: Desk) -> None:
    _, given = added(desk, someone(desk, "sep", "admin"))
    answer = desk.http.post("/auth/login", json={"login": "lan", "password": given, "totp": None})
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.set_up_first")
    browser = Browser(desk)
    browser.sign_in("lan", given)
    desk.clock.advance(TEMPORARY + timedelta(minutes=1))
    assert browser.http.get("/tai-khoan/lan-dau", follow_redirects=False).headers["location"].startswith("/dang-nhap")
    assert Browser(desk).sign_in("lan", given).status_code == 401


def test_a_secret_of_the_page_s_own_choosing_is_not_taken_for_a_second_factor(desk: Desk) -> None:
    _, given = added(desk, someone(desk, "sep", "admin"))
    browser = Browser(desk)
    browser.sign_in("lan", given)
    csrf = hidden(browser.get("/tai-khoan/lan-dau").text)["csrf"]
    mine = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    answer = browser.post(
        "/tai-khoan/lan-dau", csrf=csrf, new=OTHER, again=OTHER, offer=mine, code=pyotp.TOTP(mine).at(desk.clock())
    )
    assert answer.status_code == 422


# Lost phones


def test_a_recovery_code_stands_in_for_the_phone_once(desk: Desk) -> None:
    lan = someone(desk, "lan", "reviewer")
    page = lan.post("/tai-khoan/ma-du-phong", password=PASSWORD)
    code = page.text.partition("<li><code>")[2].partition("</code>")[0]
    lost = Browser(desk)
    answer = lost.sign_in("lan", totp=code.lower())
    assert (answer.status_code, answer.headers["location"]) == (303, "/tai-khoan?xong=khoi-phuc")
    assert "<strong>9</strong>" in lost.get("/tai-khoan").text
    assert Browser(desk).sign_in("lan", totp=code).status_code == 401
    assert ("sign_in.recovered", "", f"user:{user_id(desk, 'lan')}") in noted(desk)


def test_a_lost_phone_is_reset_by_an_administrator_who_is_noted(desk: Desk) -> None:
    admin, lan = someone(desk, "sep", "admin"), someone(desk, "lan", "reviewer")
    who = user_id(desk, "lan")
    given = secret_shown(admin.post(f"/quan-tri/nguoi/{who}/mat-dien-thoai"))
    assert lan.http.get("/ban-duyet", follow_redirects=False).headers["location"].startswith("/dang-nhap")
    fresh = Browser(desk)
    assert fresh.sign_in("lan", given).headers["location"] == "/tai-khoan/lan-dau"
    assert set_up(fresh).status_code == 200
    boss = f"user:{user_id(desk, 'sep')}"
    assert ("second_factor.reset", boss, f"user:{who}") in noted(desk)
    assert sealed(desk, f"user:{who}") == [("user:sep", "second_factor.reset", "00001")]
    with desk.context.store.read() as tables:
        assert tables.reads.verify_chain().ok


def test_no_secret_stands_in_any_log(desk: Desk) -> None:
    admin = someone(desk, "sep", "admin")
    lan, given = added(desk, admin)
    given_again = secret_shown(admin.post(f"/quan-tri/nguoi/{lan}/mat-khau"))
    key = secret_shown(admin.post("/quan-tri/ung-dung/them", client="motcua", name="Một cửa", scope="submit"))
    with desk.context.store.read() as tables:
        told = str(tables.reads.entries()) + (desk.home / "security.jsonl").read_text(encoding="utf-8")
    for secret in (given, given_again, key, PASSWORD, "Phạm Thị Lan"):
        assert secret not in told


# Somebody who wants more


def test_only_an_administrator_opens_the_pages_of_administration(desk: Desk) -> None:
    for role in ("reviewer", "auditor", "archivist", "submitter"):
        browser = someone(desk, f"ai-{role}", role)
        for path in ("/quan-tri", "/quan-tri/ung-dung", "/quan-tri/dinh-danh"):
            assert browser.get(path).status_code == 403, (role, path)
        assert browser.get("/quan-tri/nhat-ky").status_code == (200 if role == "auditor" else 403)
        assert browser.post("/quan-tri/them", login="them", name="Thêm", role="admin").status_code == 403


def test_another_office_s_people_and_programs_are_not_there(desk: Desk) -> None:
    admin, stranger = someone(desk, "sep", "admin"), someone(desk, "nguoi-la", "reviewer", office="00002")
    desk.key("elsewhere", office="00002")
    theirs = user_id(desk, "nguoi-la")
    listed = admin.get("/quan-tri").text + admin.get("/quan-tri/ung-dung").text
    assert "nguoi-la" not in listed
    assert "elsewhere" not in listed
    assert admin.get(f"/quan-tri/nguoi/{theirs}").status_code == 404
    for act in ("doi", "khoa", "mo", "mat-khau", "mat-dien-thoai", "phien"):
        answer = admin.post(f"/quan-tri/nguoi/{theirs}/{act}", name="x", role="admin")
        assert answer.status_code == 404, act
    for act in ("doi", "khoa-moi", "khoa", "mo"):
        assert admin.post(f"/quan-tri/ung-dung/elsewhere/{act}", scope="submit").status_code == 404, act
    assert stranger.get("/ban-duyet").status_code == 200


def test_an_office_that_a_form_names_is_passed_over(desk: Desk) -> None:
    admin = someone(desk, "sep", "admin")
    assert admin.post("/quan-tri/them", login="gian", name="Gián Điệp", role="admin", office="00002").status_code == 200
    with desk.context.store.read() as tables:
        user = tables.users.by_login("gian")
    assert user is not None
    assert user.office == "00001"


def test_nobody_administers_themselves(desk: Desk) -> None:
    admin = someone(desk, "sep", "admin")
    me = user_id(desk, "sep")
    for act in ("doi", "khoa", "mat-khau", "mat-dien-thoai"):
        answer = admin.post(f"/quan-tri/nguoi/{me}/{act}", name="Sếp", role=["admin", "reviewer"])
        assert answer.status_code == 409, act
    with desk.context.store.read() as tables:
        user = tables.users.by_login("sep")
    assert user is not None
    assert (user.active, set(user.roles)) == (True, {"admin"})


def test_the_last_administrator_of_an_office_stays_one(desk: Desk) -> None:
    """A second one, whose rights were taken while their page was open, cannot take the last one's."""
    first, second = someone(desk, "mot", "admin"), someone(desk, "hai", "admin")
    one, two = user_id(desk, "mot"), user_id(desk, "hai")
    by = Administrator(name="user:hai", about=f"user:{two}", office="00001")
    assert first.post(f"/quan-tri/nguoi/{two}/doi", name="Hai", role="reviewer").status_code == 303
    assert second.http.get("/quan-tri", follow_redirects=False).status_code == 303  # their sessions have ended
    with pytest.raises(Exception, match="cuối cùng"):
        desk.context.administration.set_active(by, one, False)
    with pytest.raises(Exception, match="cuối cùng"):
        desk.context.administration.describe(by, one, name="Một", roles=["reviewer"])
    desk.context.administration.set_active(ROOT, one, False)  # whoever has the machine may


def test_rights_beyond_an_office_are_neither_given_nor_taken_over_by_its_administrator(desk: Desk) -> None:
    admin = someone(desk, "sep", "admin")
    desk.key("trung-tam", "all_offices", "office")
    for scope in ("all_offices", "admin"):
        assert admin.post("/quan-tri/ung-dung/them", client="moi", name="Mới", scope=scope).status_code == 403
    assert admin.post("/quan-tri/ung-dung/trung-tam/khoa-moi").status_code == 403
    assert admin.post("/quan-tri/ung-dung/trung-tam/doi", scope=["all_offices"]).status_code == 403
    assert admin.post("/quan-tri/ung-dung/trung-tam/doi", scope=["submit"]).status_code == 403
    assert admin.post("/quan-tri/ung-dung/trung-tam/khoa").status_code == 303
    assert admin.post("/quan-tri/ung-dung/trung-tam/mo").status_code == 403
    assert noted(desk)[-1] == ("access.refused", "", f"user:{user_id(desk, 'sep')}")


def test_a_form_of_another_site_changes_nothing(desk: Desk) -> None:
    admin, lan = someone(desk, "sep", "admin"), someone(desk, "lan", "reviewer")
    who = user_id(desk, "lan")
    for token in ("", "x", lan.csrf):
        for path in (
            f"/quan-tri/nguoi/{who}/khoa",
            "/quan-tri/them",
            "/quan-tri/ung-dung/them",
            "/tai-khoan/phien-khac",
        ):
            answer = admin.post(path, csrf=token, login="x1", name="x", role="admin", client="xx", scope="submit")
            assert answer.status_code == 403, path
    assert lan.get("/ban-duyet").status_code == 200


def test_somebody_else_s_session_is_not_ended_by_its_name(desk: Desk) -> None:
    lan, mai = someone(desk, "lan", "reviewer"), someone(desk, "mai", "reviewer")
    with desk.context.store.read() as tables:
        [theirs] = tables.sessions.open(idle=timedelta(hours=1), user_id=user_id(desk, "mai"))
    assert lan.post(f"/tai-khoan/phien/{theirs.session_id}").status_code == 303
    assert mai.get("/ban-duyet").status_code == 200
    assert lan.post(f"/quan-tri/nguoi/{user_id(desk, 'mai')}/phien", session=theirs.session_id).status_code == 403


def test_who_gets_a_role_that_needs_a_second_factor_gets_a_password_to_choose_it_with(desk: Desk) -> None:
    admin = someone(desk, "sep", "admin")
    lan = someone(desk, "lan", "submitter")
    answer = admin.post(f"/quan-tri/nguoi/{user_id(desk, 'lan')}/doi", name="Lan", role=["submitter", "reviewer"])
    given = secret_shown(answer)
    assert lan.http.get("/tai-khoan", follow_redirects=False).status_code == 303
    assert Browser(desk).sign_in("lan", PASSWORD).status_code == 401
    assert Browser(desk).sign_in("lan", given).headers["location"] == "/tai-khoan/lan-dau"


# Sessions


def test_a_session_without_use_ends_and_a_page_that_stands_open_is_no_use(desk: Desk) -> None:
    lan = someone(desk, "lan", "reviewer")
    for _ in range(3):
        desk.clock.advance(timedelta(minutes=20))
        assert lan.get("/tai-khoan").status_code == 200
    csrf = lan.csrf
    for _ in range(2):
        desk.clock.advance(timedelta(minutes=20))
        answer = lan.http.post("/desk/claims/keep", json={"tab": "t" * 32, "items": []}, headers={"Hotich-Csrf": csrf})
    assert answer.status_code == 401


def test_people_see_and_end_their_own_sessions(desk: Desk) -> None:
    here, there = someone(desk, "lan", "reviewer"), Browser(desk)
    there.secret = here.secret
    there.sign_in("lan")
    page = here.get("/tai-khoan").text
    assert page.count("Chrome, Windows</strong>") == 2
    other = page.partition('action="/tai-khoan/phien/')[2][:16]
    assert here.post(f"/tai-khoan/phien/{other}").status_code == 303
    assert there.http.get("/tai-khoan", follow_redirects=False).status_code == 303
    assert here.get("/tai-khoan").status_code == 200


def test_a_new_password_ends_the_other_sessions_and_needs_the_old_one(desk: Desk) -> None:
    here, there = someone(desk, "lan", "reviewer"), Browser(desk)
    there.secret = here.secret
    there.sign_in("lan")
    wrong = here.post("/tai-khoan/mat-khau", password="không phải mật khẩu này", new=OTHER, again=OTHER)
    assert (wrong.status_code, "hiện tại không đúng" in visible_text(wrong)) == (422, True)
    assert here.post("/tai-khoan/mat-khau", password=PASSWORD, new=OTHER, again=OTHER).status_code == 303
    assert here.get("/tai-khoan").status_code == 200
    assert there.http.get("/tai-khoan", follow_redirects=False).status_code == 303
    assert Browser(desk, secret="").sign_in("lan", PASSWORD).status_code == 401


def test_guessing_the_present_password_from_a_session_is_slowed(desk: Desk) -> None:
    lan = someone(desk, "lan", "reviewer")
    tries = [lan.post("/tai-khoan/mat-khau", password=f"sai {n}", new=OTHER, again=OTHER).status_code for n in range(7)]
    assert tries == [422] * 5 + [429] * 2


# Acts, and what is to be seen of them


def test_administrators_and_auditors_see_the_acts_upon_their_office_only(desk: Desk) -> None:
    admin, auditor = someone(desk, "sep", "admin"), someone(desk, "kiem", "auditor")
    stranger = someone(desk, "la", "auditor", office="00002")
    added(desk, admin)
    for browser, seen in ((admin, True), (auditor, True), (stranger, False)):
        assert ("thêm tài khoản" in browser.get("/quan-tri/nhat-ky").text) == seen


def test_a_login_in_capitals_is_the_same_person(desk: Desk) -> None:
    admin = someone(desk, "sep", "admin")
    added(desk, admin, "LAN.Pham")
    answer = admin.post("/quan-tri/them", login="lan.pham", name="Lan", role="reviewer")
    assert (answer.status_code, "Đã có tài khoản này" in visible_text(answer)) == (422, True)


def test_the_page_of_the_provider_names_what_is_missing(desk: Desk) -> None:
    admin = someone(desk, "sep", "admin")
    text = visible_text(admin.get("/quan-tri/dinh-danh"))
    assert "Chưa đặt" in text
    assert "oidc_client_secret" in text
