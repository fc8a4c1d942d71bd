"""Telling of an answer: signed, retried, visible when it fails, never into our own network."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.errors import WrongUse
from service.notices import NoticeFailed
from service.notices.email import Smtp
from service.notices.sms import FileSms
from service.notices.webhook import Webhook, WebhookGuard, webhook_secret
from tests.integration.service.conftest import Desk, picture

LOCAL = (ipaddress.ip_network("127.0.0.0/8"),)


class Receiver(HTTPServer):
    """A client's webhook address. `answers` are given in turn, the last one ever after."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers = [200]
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        status = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def with_webhook(desk: Desk, receiver: Receiver, guard: WebhookGuard | None = None) -> Webhook:
    """Gives the client this receiver's address, and the service the channel; notices are sent by hand."""
    desk.context.notices.stop()
    desk.key()
    url = f"http://127.0.0.1:{receiver.server_port}/hook?x=1"
    hook = Webhook(keys=desk.context.keys, url_of=lambda _: url, guard=guard or WebhookGuard(networks=LOCAL))
    desk.context.notices._channels = {"webhook": hook}
    from storage.people.tables import clients

    with desk.catalogue.database.write() as connection:
        connection.execute(clients.update().values(webhook_url=url))
    return hook


def notices(desk: Desk, code: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = desk.http.get(f"/submissions/{code}", headers=desk.bearer()).json()["notices"]
    return told


def test_a_webhook_tells_of_the_answer_signed_and_without_personal_data(desk: Desk, receiver: Receiver) -> None:
    with_webhook(desk, receiver)
    code = desk.submit(picture("card")).json()["code"]
    assert desk.context.notices.run_once() == 1
    ((headers, body),) = receiver.got
    moment = headers["Hotich-Signature"].partition(",")[0].removeprefix("t=")
    secret = webhook_secret(desk.context.keys, "onestop")
    right = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["Hotich-Signature"] == f"t={moment},v1={right}"
    assert (json.loads(body)["code"], json.loads(body)["status"]) == (code, "accepted")
    assert b"001190123456" not in body
    assert notices(desk, code)[0]["state"] == "sent"


def test_a_refused_webhook_is_tried_again_later_and_seen_meanwhile(desk: Desk, receiver: Receiver) -> None:
    with_webhook(desk, receiver)
    receiver.answers = [500, 200]
    code = desk.submit(picture("card")).json()["code"]
    assert desk.context.notices.run_once() == 0
    assert notices(desk, code)[0]["attempts"] == 1
    assert desk.http.get("/health").json()["notices_failing"] == 1
    assert desk.context.notices.run_once() == 0  # not due yet
    desk.clock.advance(timedelta(seconds=11))
    assert desk.context.notices.run_once() == 1


def test_a_webhook_that_never_answers_well_is_given_up_and_stays_visible(desk: Desk, receiver: Receiver) -> None:
    with_webhook(desk, receiver)
    receiver.answers = [404]
    code = desk.submit(picture("card")).json()["code"]
    for _ in range(6):
        desk.context.notices.run_once()
        desk.clock.advance(timedelta(hours=7))
    (notice,) = notices(desk, code)
    assert (notice["state"], notice["attempts"]) == ("failed", 6)
    assert "404" in notice["error"]


def test_a_redirect_is_not_followed(desk: Desk, receiver: Receiver) -> None:
    with_webhook(desk, receiver)
    receiver.answers = [302]
    desk.submit(picture("card"))
    assert desk.context.notices.run_once() == 0
    assert len(receiver.got) == 1


def test_our_own_network_is_never_called(desk: Desk, receiver: Receiver) -> None:
    with_webhook(desk, receiver, WebhookGuard())
    desk.submit(picture("card"))
    assert desk.context.notices.run_once() == 0
    assert receiver.got == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.9", "169.254.169.254", "0.0.0.0", "100.64.0.1", "::1",
     "fe80::1", "fd00::1", "::ffff:127.0.0.1", "224.0.0.1", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
     "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:0:0:0:0:80ff:fffe",
     "::ffff:93.184.216.34", "fec0::1", "::1%lo", "240.0.0.1"],
)  # fmt: skip
def test_no_name_leads_into_a_private_network(address: str) -> None:
    guard = WebhookGuard(resolve=lambda _host, _port: [address])
    with pytest.raises(NoticeFailed):
        guard.target("https://example.test/hook")


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    guard = WebhookGuard(resolve=lambda _host, _port: ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(NoticeFailed):
        guard.target("https://example.test/hook")


def test_a_public_address_is_called_under_the_address_that_was_judged() -> None:
    guard = WebhookGuard(resolve=lambda _host, _port: ["93.184.216.34"])
    assert guard.target("https://example.test/hook").address == "93.184.216.34"


@pytest.mark.parametrize("port", [22, 25, 80, 6379, 9200])
def test_no_other_service_of_a_public_machine_is_called(port: int) -> None:
    guard = WebhookGuard(resolve=lambda _host, _port: ["93.184.216.34"])
    with pytest.raises(NoticeFailed):
        guard.target(f"https://example.test:{port}/hook")


def test_in_a_network_that_the_operator_named_any_port_is_called() -> None:
    guard = WebhookGuard(networks=LOCAL, resolve=lambda _host, _port: ["127.0.0.1"])
    assert guard.target("http://example.test:6379/hook").port == 6379


def test_a_port_that_is_none_fails_as_a_notice_does() -> None:
    with pytest.raises(NoticeFailed):
        WebhookGuard().target("https://example.test:99999/hook")


def test_a_name_is_asked_for_once_so_that_it_cannot_answer_otherwise_later() -> None:
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    target = WebhookGuard(resolve=rebinding).target("https://example.test/hook")
    assert (target.address, asked) == ("93.184.216.34", ["example.test"])


def test_a_public_address_without_tls_is_refused() -> None:
    guard = WebhookGuard(resolve=lambda _host, _port: ["93.184.216.34"])
    with pytest.raises(NoticeFailed):
        guard.target("http://example.test/hook")


@pytest.mark.parametrize(
    "url", ["ftp://a.test/", "file:///etc/passwd", "https://u:p@a.test/", "https://a.test/\r\nX: y"]
)
def test_what_is_no_webhook_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(WrongUse):
        WebhookGuard().check_form(url)


def test_a_mail_tells_of_the_answer(desk: Desk) -> None:
    sent: list[EmailMessage] = []

    class Server:
        def __init__(self, *_args: object) -> None: ...
        def __enter__(self) -> Server:
            return self

        def __exit__(self, *_args: object) -> None: ...
        def send_message(self, message: EmailMessage) -> None:
            sent.append(message)

    desk.context.notices.stop()
    mail = Smtp(host="mail.test", port=25, sender="hotich@mail.test", tls="none", connect=Server)
    desk.context.notices._channels = {"email": mail}
    code = submit_with(desk, email="an@example.test").json()["code"]
    assert desk.context.notices.run_once() == 1
    assert sent[0]["To"] == "an@example.test"
    assert code in sent[0].get_content()


@pytest.mark.parametrize(
    "address", ["an@example.test\r\nBcc: x@y.test", "an", "a b@c.test", "an@example.test,x@y.test"]
)
def test_an_address_that_would_be_a_header_is_refused(desk: Desk, address: str) -> None:
    answer = submit_with(desk, email=address)
    assert (answer.status_code, answer.json()["code"]) == (422, "email.invalid")


def test_the_sms_stand_in_writes_one_file_a_message(desk: Desk, tmp_path: Path) -> None:
    desk.context.notices.stop()
    desk.context.notices._channels = {"sms": FileSms(folder=tmp_path / "sms")}
    submit_with(desk, phone="0912 345 678")
    assert desk.context.notices.run_once() == 1
    (file,) = (tmp_path / "sms").iterdir()
    assert json.loads(file.read_text())["to"] == "+84912345678"


def submit_with(desk: Desk, **fields: str) -> Any:
    data = {"procedure": "1.004222", "declared": "{}"} | fields
    files = [("files", ("a.jpg", picture("card"), "image/jpeg"))]
    return desk.http.post("/submissions", data=data, files=files, headers=desk.bearer())
