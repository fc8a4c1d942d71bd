"""What an attacker tries."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher

from service.people.passwords import check_password
from service.submissions.receive_submission import shown_name
from service.wire.errors import Unprocessable
from service.wire.keys import Keys, normal_code
from service.wire.limits import ServiceLimits
from tests.integration.service.conftest import DECLARED, JPEG, MASTER, Desk, picture

PASSWORD = "mật khẩu dài để thử 2026"
OPEN = ("GET", "/health"), ("GET", "/procedures")


def account(desk: Desk, login: str = "an.cb", role: str = "submitter", office: str = "00001") -> str | None:
    return desk.context.accounts.add(login, name="Cán bộ An", office=office, roles=[role], password=PASSWORD)


def sign_in(desk: Desk, login: str = "an.cb", password: str = PASSWORD, totp: str | None = None) -> Any:
    return desk.http.post("/auth/login", json={"login": login, "password": password, "totp": totp})


# Who gets in


def test_without_a_key_nothing_is_taken(desk: Desk) -> None:
    answer = desk.http.post(
        "/submissions", data={"procedure": "1.004222"}, files=[("files", ("a.jpg", picture("card")))]
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.required")
    assert desk.reader.read == []


@pytest.mark.parametrize("header", ["Bearer hk_" + "A" * 43, "Bearer x", "Bearer ' OR 1=1 --", "Basic aGs6aGs="])
def test_a_wrong_key_is_refused(desk: Desk, header: str) -> None:
    answer = desk.http.get("/holdings", headers={"Authorization": header})
    assert answer.status_code == 401


def test_keys_are_stored_as_digests_only(desk: Desk) -> None:
    key = desk.key()
    with desk.catalogue.database.autocommit() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert key.encode() not in (desk.home / "catalogue.db").read_bytes()


def test_an_old_key_ends_after_the_overlap(desk: Desk) -> None:
    old = desk.bearer()
    with desk.context.store.write() as tables:
        tables.clients.new_key("onestop", lambda _: "n" * 43, overlap=timedelta(hours=1))
    assert desk.http.get("/submissions/x", headers=old).status_code == 404
    desk.clock.advance(timedelta(hours=2))
    assert desk.http.get("/submissions/x", headers=old).status_code == 401


def test_a_disabled_client_is_out(desk: Desk) -> None:
    bearer = desk.bearer()
    with desk.context.store.write() as tables:
        tables.clients.set_active("onestop", False)
    assert desk.http.get("/submissions/x", headers=bearer).status_code == 401


def test_a_client_is_held_to_its_rate(desk: Desk) -> None:
    bearer = desk.bearer("slow", "submit", rate=2)
    answers = [desk.http.get("/submissions/x", headers=bearer) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_an_address_without_a_key_is_held_to_its_rate(desk: Desk) -> None:
    desk.context.limits = ServiceLimits(anonymous_per_minute=2)
    assert [desk.http.get("/submissions/x").status_code for _ in range(3)] == [404, 404, 429]


def test_a_client_may_not_do_what_is_not_in_its_scopes(desk: Desk) -> None:
    desk.bearer("reader", "status")
    assert desk.submit(picture("card"), client="reader").json()["code"] == "auth.scope_missing"


# Codes and proofs


def test_codes_cannot_be_told_from_one_another_s_neighbours() -> None:
    keys = Keys(master=MASTER)
    codes = {keys.lookup_code() for _ in range(500)}
    assert len(codes) == 500
    assert len({code[:4] for code in codes}) > 400


def test_a_code_is_known_however_it_is_typed() -> None:
    assert normal_code("7k3m q9xd 2fhw b6tc") == "7K3M-Q9XD-2FHW-B6TC"
    assert normal_code("7K3MQ9XD2FHWB6TO") == "7K3M-Q9XD-2FHW-B6T0"
    assert normal_code("7K3M") is None


def test_an_unknown_and_a_malformed_code_look_alike(desk: Desk) -> None:
    unknown, malformed = (desk.http.get(f"/submissions/{code}") for code in ("7K3M-Q9XD-2FHW-B6TC", "../../etc"))
    assert (unknown.status_code, malformed.status_code) == (404, 404)


def test_whoever_has_only_the_code_sees_no_value(desk: Desk) -> None:
    code = desk.submit(picture("front")).json()["code"]
    answer = desk.http.get(f"/submissions/{code}")
    assert answer.json()["status"] == "refused"
    assert answer.json()["verdict"]["fields"] == []
    for value in DECLARED.values():
        assert value not in answer.text


def test_code_and_birth_date_prove(desk: Desk) -> None:
    code = desk.submit(picture("card")).json()["code"]
    answer = desk.http.get(f"/submissions/{code}", headers={"Hotich-Birth-Date": "15-1-1990"})
    assert answer.json()["verdict"]["fields"]
    with desk.context.store.read() as tables:
        assert [read.actor for read in tables.reads.entries(subject=code)] == ["citizen"]


def test_a_wrong_birth_date_proves_nothing_and_guessing_is_stopped(desk: Desk) -> None:
    code = desk.submit(picture("card")).json()["code"]
    guesses = [desk.http.get(f"/submissions/{code}", headers={"Hotich-Birth-Date": f"{n}/1/1990"}) for n in range(1, 7)]
    assert [guess.json()["code"] for guess in guesses] == ["proof.wrong"] * 5 + ["proof.locked"]
    right = {"Hotich-Birth-Date": "15/1/1990"}
    assert desk.http.get(f"/submissions/{code}", headers=right).status_code == 429
    desk.clock.advance(timedelta(minutes=16))
    assert desk.http.get(f"/submissions/{code}", headers=right).status_code == 200


def test_the_birth_date_itself_is_not_kept(desk: Desk) -> None:
    code = desk.submit(picture("card")).json()["code"]
    with desk.context.store.read() as tables:
        submission = tables.submissions.by_code(code)
    assert submission is not None
    assert submission.declared == {}
    assert "1990" not in (submission.proof or "")


def test_another_client_sees_only_what_anybody_sees(desk: Desk) -> None:
    code = desk.submit(picture("front")).json()["code"]
    stranger = desk.bearer("stranger", "submit", "status", "office", office="00999")
    assert desk.http.get(f"/submissions/{code}", headers=stranger).json()["verdict"]["fields"] == []


def test_a_colleague_of_the_same_office_sees_it_and_is_noted(desk: Desk) -> None:
    code = desk.submit(picture("front")).json()["code"]
    colleague = desk.bearer("colleague", "office")
    assert desk.http.get(f"/submissions/{code}", headers=colleague).json()["verdict"]["fields"]
    with desk.context.store.read() as tables:
        assert [read.actor for read in tables.reads.entries(subject=code)] == ["client:colleague"]


# What is sent


def test_an_archive_is_refused(desk: Desk) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.jpg", picture("card"))
    answer = desk.submit(packed.getvalue())
    assert (answer.status_code, answer.json()["code"]) == (415, "upload.type")


@pytest.mark.parametrize("data", [b"<svg onload=alert(1)>", b"<!DOCTYPE html>", b"MZ\x90", b"\x7fELF", b"GIF89a"])
def test_a_type_is_told_by_content_whatever_the_name_says(desk: Desk, data: bytes) -> None:
    assert desk.submit(data).json()["code"] == "upload.type"


def test_an_empty_file_is_refused(desk: Desk) -> None:
    assert desk.submit(b"").json()["code"] == "upload.empty"


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(desk: Desk) -> None:
    desk.context.limits = replace(desk.context.limits, max_file_bytes=1000)
    answer = desk.submit(JPEG + bytes(2000))
    assert (answer.status_code, answer.json()["code"]) == (413, "upload.too_large")
    assert list((desk.home / "tray").glob("*/*")) == []


def test_a_body_over_the_limit_is_cut_off_whatever_its_headers_say(desk: Desk) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(10_000):
            yield bytes(1 << 16)

    answer = desk.http.post(
        "/submissions", content=endless(), headers=desk.bearer() | {"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert answer.status_code in (413, 400, 422)


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "..\\..\\boot.ini", "/etc/cron.d/x", "a\x00.jpg", "a\r\nX: y.jpg"]
)
def test_a_file_s_name_is_never_a_path(desk: Desk, name: str) -> None:
    before = {path for path in desk.home.parent.rglob("*") if path.is_file()}
    files = [("files", (name, picture("card"), "image/jpeg"))]
    desk.http.post("/submissions", data={"procedure": "1.004222"}, files=files, headers=desk.bearer())
    after = {path for path in desk.home.parent.rglob("*") if path.is_file()}
    written = after - before
    assert all(path.is_relative_to(desk.home) for path in written)
    # A file that is not read yet waits under its number.
    assert {path.name for path in written} <= {"catalogue.db-wal", "catalogue.db-shm", "1"}
    assert not set("/\\\r\n\x00") & set(shown_name(name))


@pytest.mark.parametrize(
    "declared",
    ["[1]", "{", '{"a": {"b": 1}}', '{"a": "' + "x" * 600 + '"}', '{"a b": "x"}', '{"a": "x\\u0000"}', "1" * 40_000,
     "[" * 20_000, '{"a": true}'],
)  # fmt: skip
def test_declared_data_of_another_form_is_refused_without_being_repeated(desk: Desk, declared: str) -> None:
    answer = desk.submit(picture("card"), declared=declared)
    assert answer.status_code in (400, 422)
    assert len(declared) < 5 or declared[:100] not in answer.text


def test_nothing_can_be_set_that_the_contract_does_not_name(desk: Desk) -> None:
    """Mass assignment: a form part, or a field of a body, that would set a state, an office, a client."""
    data = {"procedure": "1.004222", "state": "accepted", "office": "00999"}
    files = [("files", ("a.jpg", picture("card")))]
    assert desk.http.post("/submissions", data=data, files=files, headers=desk.bearer()).status_code == 422
    body = {"procedure": "1.004222", "purpose": "abc", "officer": "x", "office": "00999"}
    use = desk.http.post("/holdings/HT-AAAAAAAAAAAAAAAA/use", json=body, headers=desk.bearer("office", "use"))
    assert use.json()["code"] == "request.invalid"


def test_markup_that_was_sent_never_comes_back_as_markup(desk: Desk) -> None:
    answer = desk.submit(picture("front"), declared=json.dumps({"full_name": "<script>alert(1)</script>"}))
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: x=y", "a b", "short", "ế" * 20])
def test_a_key_that_is_no_key_is_refused(desk: Desk, value: str) -> None:
    headers = [(b"Idempotency-Key", value.encode()), (b"Authorization", desk.bearer()["Authorization"].encode())]
    answer = desk.http.post("/submissions", data={"procedure": "x"}, files=[("files", ("a", b"x"))], headers=headers)
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers


# What is answered


@pytest.mark.parametrize("path", ["/health", "/nothing", "/submissions/x", "/openapi.json"])
def test_every_answer_has_the_security_headers(desk: Desk, path: str) -> None:
    headers = desk.http.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]
    assert (headers["x-frame-options"], headers["referrer-policy"]) == ("DENY", "no-referrer")


def test_a_fault_of_ours_tells_nothing_of_the_inside(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("secret: 001190123456")

    monkeypatch.setattr("storage.submissions.submissions.Submissions.by_code", broken)
    answer = desk.http.get("/submissions/7K3M-Q9XD-2FHW-B6TC")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal.error")
    assert "001190123456" not in answer.text
    assert answer.headers["x-frame-options"] == "DENY"


def test_no_page_loads_anything_from_elsewhere(desk: Desk) -> None:
    text = desk.http.get("/docs").text
    assert re.findall(r'(?:src|href)="([^"]*)"', text)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)


def test_answers_are_not_cached(desk: Desk) -> None:
    assert desk.http.get("/submissions/x").headers["cache-control"] == "no-store"


# People


def test_signing_in_gives_a_cookie_that_scripts_and_other_sites_cannot_use(desk: Desk) -> None:
    account(desk)
    cookie = sign_in(desk).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_over_tls_the_cookie_is_bound_to_the_host(desk: Desk) -> None:
    object.__setattr__(desk.context.parts, "public_url", "https://hotich.test")
    account(desk)
    cookie = sign_in(desk).headers["set-cookie"]
    assert cookie.startswith("__Host-hotich=")
    assert "Secure" in cookie


def test_a_wrong_login_and_a_wrong_password_look_alike(desk: Desk) -> None:
    account(desk)
    answers = [
        sign_in(desk, password="sai mật khẩu rồi"),
        sign_in(desk, login="khong.co"),
        sign_in(desk, login="a\x00"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


def test_an_unknown_login_costs_a_hash_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Timing of login: the slow part is done whoever asks."""
    account(desk)
    counted: list[str] = []
    hasher = desk.context.accounts._hasher
    real = hasher.verify

    def verify(_self: PasswordHasher, stored: str, typed: str) -> bool:
        counted.append(stored)
        return real(stored, typed)

    monkeypatch.setattr(type(hasher), "verify", verify)
    sign_in(desk, login="khong.co")
    sign_in(desk, password="sai mật khẩu rồi")
    assert len(counted) == 2


def test_five_wrong_passwords_slow_the_place_they_came_from(desk: Desk) -> None:
    account(desk)
    for _ in range(5):
        assert sign_in(desk, password="sai mật khẩu rồi").status_code == 401
    answer = sign_in(desk)
    assert (answer.status_code, answer.json()["code"]) == (429, "auth.slowed")
    assert int(answer.headers["retry-after"]) <= 5


def test_whoever_guesses_somebody_elses_password_does_not_lock_them_out(desk: Desk) -> None:
    """From the very same address: the person's browser is known, the attacker's is not."""
    account(desk)
    assert sign_in(desk).status_code == 200
    device = desk.http.cookies["hotich-device"]
    desk.http.cookies.clear()
    for _ in range(8):
        sign_in(desk, password="sai mật khẩu rồi")
    assert sign_in(desk).status_code == 429
    desk.http.cookies.set("hotich-device", device)
    assert sign_in(desk).status_code == 200


def test_a_reviewer_needs_a_one_time_code_and_it_works_once(desk: Desk) -> None:
    secret = pyotp.parse_uri(account(desk, role="reviewer") or "").secret
    code = pyotp.TOTP(secret).at(desk.clock())
    assert sign_in(desk).status_code == 401
    assert sign_in(desk, totp="000000").status_code == 401
    assert sign_in(desk, totp=code).status_code == 200
    assert sign_in(desk, totp=code).status_code == 401


def test_the_secret_of_one_time_codes_is_stored_encrypted(desk: Desk) -> None:
    secret = pyotp.parse_uri(account(desk, role="auditor") or "").secret
    with desk.context.store.read() as tables:
        user = tables.users.by_login("an.cb")
    assert user is not None and user.password is not None
    assert secret not in (user.totp or "")
    assert user.password.startswith("$argon2id$")


def test_a_session_without_its_token_changes_nothing(desk: Desk) -> None:
    """CSRF: another site's page makes the browser send the cookie, and nothing else."""
    account(desk)
    csrf = sign_in(desk).json()["csrf"]
    data, files = {"procedure": "1.004222"}, [("files", ("a.jpg", picture("card")))]
    assert desk.http.post("/submissions", data=data, files=files).json()["code"] == "auth.csrf"
    right = desk.http.post("/submissions", data=data, files=files, headers={"Hotich-Csrf": csrf})
    assert right.status_code == 200


def test_signing_out_ends_the_session(desk: Desk) -> None:
    account(desk)
    csrf = sign_in(desk).json()["csrf"]
    cookie = dict(desk.http.cookies)
    assert desk.http.get("/auth/me").status_code == 200
    assert desk.http.post("/auth/logout", headers={"Hotich-Csrf": csrf}).status_code == 204
    desk.http.cookies.update(cookie)
    assert desk.http.get("/auth/me").status_code == 401


def test_a_disabled_person_is_out_at_once(desk: Desk) -> None:
    account(desk)
    sign_in(desk)
    with desk.context.store.write() as tables:
        tables.users.set_active("an.cb", False)
    assert desk.http.get("/auth/me").status_code == 401


def test_a_session_ends_by_itself(desk: Desk) -> None:
    account(desk)
    sign_in(desk)
    desk.clock.advance(timedelta(hours=9))
    assert desk.http.get("/auth/me").status_code == 401


def test_a_role_allows_no_more_than_it_says(desk: Desk) -> None:
    account(desk)
    sign_in(desk)
    assert desk.http.get("/reads", params={"subject": "x"}).json()["code"] == "auth.scope_missing"


def test_an_auditor_reads_who_read(desk: Desk) -> None:
    code = desk.submit(picture("front")).json()["code"]
    desk.http.get(f"/submissions/{code}", headers=desk.bearer())
    uri = account(desk, role="auditor")
    sign_in(desk, totp=pyotp.TOTP(pyotp.parse_uri(uri or "").secret).at(desk.clock()))
    log = desk.http.get("/reads", params={"subject": code}).json()
    assert (log["whole"], [read["actor"] for read in log["reads"]]) == (True, ["client:onestop"])


def test_an_auditor_does_not_read_who_read_another_offices_papers(desk: Desk) -> None:
    desk.key("elsewhere", office="00002")
    declared = json.dumps(DECLARED)
    ours = desk.submit(picture("card"), declared=declared).json()
    theirs = desk.submit(picture("card", 2), declared=declared, client="elsewhere").json()
    uri = account(desk, role="auditor")
    sign_in(desk, totp=pyotp.TOTP(pyotp.parse_uri(uri or "").secret).at(desk.clock()))
    for submission, status in ((ours, 200), (theirs, 403)):
        kept = [document["holding_code"] for document in submission["verdict"]["documents"]]
        for subject in filter(None, [submission["code"], *kept]):
            assert desk.http.get("/reads", params={"subject": subject}).status_code == status, subject


@pytest.mark.parametrize("password", ["ngắn", "a" * 20, "an.cb-an.cb-an.cb"])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(Unprocessable):
        check_password(password, "an.cb")
