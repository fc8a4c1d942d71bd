"""Submissions at the desk: with the paper and all values in view, by one person at a time, with a reason, and told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.domain.geometry import Quad
from service.people.citizens import CitizenIntake
from service.submissions.at_desk import UNDO_FOR
from service.wire.keys import Keys
from storage.catalogue.audit import AuditLog
from storage.objects.key_ring import KeyEncryptionKey, KeyFiles
from storage.objects.paper_class import Chosen
from storage.people.tables import clients
from storage.sealed_file import FileSeal
from tests.integration.service.conftest import CORRECTION, DECLARED, MASTER, Desk, picture, running_desk
from tests.integration.service.page_desk import HTML, code_of, get, hidden, look_up, send, visible_text
from tests.making.clock import Clock
from tests.making.desk_home import DeskHome
from tests.making.submitted import CARD
from workers.view_jobs import Shown

OTHERWISE = {"declared.date_of_birth": "16/01/1990"}
CARD_FORM = {f"declared.{name}": value for name, value in DECLARED.items()} | OTHERWISE


class Painter:
    """Draws pages by naming them: nothing here is a picture."""

    def wake(self) -> None: ...

    def line(self, path: Path, *, sha256: str, page: int, box: Quad, lines: int = 1) -> Future[Shown]:
        raise AssertionError("no line is asked for")

    def page(self, path: Path, *, sha256: str, page: int) -> Future[Shown]:
        done: Future[Shown] = Future()
        done.set_result(Shown(picture=path.read_bytes() + f"|{page}".encode(), scan_size=(1000, 700)))
        return done

    def reading_line(self, path: Path, *, sha256: str, page: int, box: Quad) -> Future[Shown]:
        raise AssertionError("no line is asked for")


@dataclass
class Clerks:
    """The service with people of an office, each in a browser of their own."""

    desk: Desk
    home: DeskHome
    people: dict[str, TestClient] = field(default_factory=dict)

    def browser(self, login: str, office: str = "00001", role: str = "reviewer") -> TestClient:
        if login not in self.people:
            self.home.person(login, role, keys=Keys(master=MASTER), office=office)
            context = self.desk.context
            with context.store.read() as tables:
                user = tables.users.by_login(login)
            assert user is not None
            client = TestClient(self.desk.http.app, raise_server_exceptions=False)
            client.cookies.set("hotich", context.accounts.begin(user).token)
            self.people[login] = client
        return self.people[login]

    def open(self, login: str, code: str) -> Any:
        return self.browser(login).get(f"/ban-duyet/ho-so/{code}", headers=HTML)

    def decide(self, login: str, code: str, page: Any, **form: str) -> Any:
        data = {**hidden(page.text), **form}
        return self.browser(login).post(f"/ban-duyet/ho-so/{code}", data=data, headers=HTML)

    def citizen_sees(self, code: str) -> str:
        return visible_text(get(self.desk, f"/ket-qua/{code}"))


@pytest.fixture
def clerks(home: Path, clock: Clock) -> Iterator[Clerks]:
    with running_desk(home, clock=clock, renderer=Painter()) as desk:
        yield Clerks(desk, DeskHome(folder=home, catalogue=desk.catalogue, objects=desk.objects, clock=clock))


@pytest.fixture
def code(clerks: Clerks) -> str:
    """A citizen's card, which is only shown, and a birth date that is declared otherwise."""
    return code_of(send(clerks.desk, picture("card"), form=CARD_FORM))


def test_by_the_default_settings_a_citizen_s_submission_is_in_every_reviewer_s_queue(clerks: Clerks, code: str) -> None:
    client = clerks.browser("lan", office="00001")
    assert code in client.get("/ban-duyet/ho-so", headers=HTML).text
    assert "1 hồ sơ đang chờ" in visible_text(client.get("/ban-duyet", headers=HTML))
    assert client.get("/ban-duyet/ho-so/tiep", headers=HTML, follow_redirects=False).headers["location"].endswith(code)


def test_the_clerk_sees_declared_read_and_registered_and_which_differs(clerks: Clerks, code: str) -> None:
    answer = clerks.open("lan", code)
    text = visible_text(answer)
    assert "Ngày sinh ≠ khai khác với giấy tờ 16/01/1990 15/01/1990" in text
    assert "Nguyễn Thị Mẫu" in text
    assert text.index("Ngày sinh ≠") < text.index("khai khớp với giấy tờ")
    with clerks.desk.context.store.read() as tables:
        reads = [(read.actor, read.purpose) for read in tables.reads.entries(subject=code)]
    assert ("user:lan", "desk:1.004222") in reads


def test_a_paper_that_is_only_shown_is_seen_by_the_clerk_and_deleted_once_that_is_over(
    clerks: Clerks, code: str
) -> None:
    address = f"/ban-duyet/ho-so/{code}/tep/1/trang/1.jpg"
    page = clerks.open("lan", code)
    shown = clerks.browser("lan").get(address)
    assert (shown.status_code, shown.headers["hotich-scan"], shown.headers["cache-control"]) == (
        200, "1000 700", "no-store",
    )  # fmt: skip
    assert shown.content == picture("card") + b"|1"
    assert clerks.browser("la", office="00002").get(address).status_code == 200  # one archive: everybody's
    clerks.decide("lan", code, page, decision="accept", why="original")
    clerks.desk.clock.advance(UNDO_FOR + timedelta(seconds=1))
    clerks.desk.context._catch_up()
    assert clerks.browser("lan").get(address).status_code == 404
    assert list((clerks.desk.home / "tray").glob("*/*")) == []
    with clerks.desk.context.store.read() as tables:
        submission = tables.submissions.by_code(code)
    assert submission is not None
    assert submission.declared == {}
    kept = json.dumps(submission.verdict, ensure_ascii=False)
    assert not [value for value in (*CARD.values(), "1990-01-16") if f'"{value}"' in kept]


def test_what_waits_for_a_clerk_outlives_a_new_start(home: Path, clock: Clock) -> None:
    with running_desk(home, clock=clock, renderer=Painter()) as desk:
        code = code_of(send(desk, picture("card"), form=CARD_FORM))
    with running_desk(home, clock=clock, renderer=Painter()) as desk:
        clerks = Clerks(desk, DeskHome(folder=home, catalogue=desk.catalogue, objects=desk.objects, clock=clock))
        assert clerks.browser("lan").get(f"/ban-duyet/ho-so/{code}/tep/1/trang/1.jpg").status_code == 200


def test_where_papers_are_encrypted_what_waits_for_a_clerk_is_too(home: Path, clock: Clock) -> None:
    seal = FileSeal(KeyFiles([KeyEncryptionKey(bytes(32))]), Chosen(everything=True))
    with running_desk(home, clock=clock, renderer=Painter()) as desk:
        code = code_of(send(desk, picture("card"), form=CARD_FORM))  # before the setting was made
    with running_desk(home, clock=clock, renderer=Painter(), seal=seal) as desk:
        second = code_of(send(desk, picture("card", 2), form=CARD_FORM))
        lying = [path for path in (home / "tray").rglob("*") if path.is_file() and b"card" in path.read_bytes()]
        assert lying == [], "neither what came before nor what came now lies in the open"
        clerks = Clerks(desk, DeskHome(folder=home, catalogue=desk.catalogue, objects=desk.objects, clock=clock))
        for one, number in ((code, 0), (second, 2)):
            shown = clerks.browser("lan").get(f"/ban-duyet/ho-so/{one}/tep/1/trang/1.jpg")
            assert shown.content == picture("card", number) + b"|1"
        page = clerks.open("lan", code)
        clerks.decide("lan", code, page, decision="accept", why="original")
        clock.advance(UNDO_FOR + timedelta(seconds=1))
        desk.context._catch_up()
        assert len(list((home / "tray").glob("*/1.sealed"))) == 1, "what was decided is gone"


def test_a_contradiction_is_accepted_only_with_a_reason_which_is_kept_and_audited(clerks: Clerks, code: str) -> None:
    page = clerks.open("lan", code)
    refused = clerks.decide("lan", code, page, decision="accept")
    assert refused.status_code == 422
    assert "phải ghi lý do" in visible_text(refused)
    clerks.decide("lan", code, refused, decision="accept", why="misread")
    with clerks.desk.catalogue.database.read() as connection:
        entries = AuditLog(connection, clerks.desk.clock).entries()
    told = [(entry.actor, entry.action, entry.digest is not None) for entry in entries if code in entry.subject]
    assert told == [
        ("user:lan", "submission.accepted", False),
        ("user:lan", "submission.contradiction_accepted", True),
    ]
    seen = clerks.citizen_sees(code)
    assert "Giấy tờ dùng được" in seen
    assert "Cán bộ đã xem và chấp nhận" in seen
    assert "Máy đọc nhầm; trên giấy tờ ghi đúng như đã khai It was misread by the machine" in seen


def test_a_program_gives_a_reason_too_when_it_accepts_a_contradiction(clerks: Clerks) -> None:
    desk = clerks.desk
    desk.key("office", "submit", "status", "office", "review")
    declared = json.dumps(DECLARED | {"date_of_birth": "16/01/1990"})
    code = desk.submit(picture("card"), declared=declared, client="office").json()["code"]
    decide = f"/submissions/{code}/decision"
    answer = desk.http.post(decide, json={"decision": "accept"}, headers=desk.bearer("office"))
    assert (answer.status_code, answer.json()["code"]) == (422, "review.no_reason")
    body = {"decision": "accept", "reasons": [{"vi": "Đã xem bản chính"}]}
    assert desk.http.post(decide, json=body, headers=desk.bearer("office")).json()["status"] == "accepted"
    assert list((desk.home / "tray").glob("*/*")) == []


@pytest.mark.parametrize(
    ("form", "heading", "note"),
    [
        (
            {"decision": "bring_paper", "why": "unclear", "what": "applicant_card"},
            "Xin mang giấy tờ đến Please bring the paper",
            "Mang theo Thẻ căn cước của người đăng ký. Ảnh chưa đủ để kết luận. Bring: ",
        ),
        (
            {"decision": "photo_again", "why": "glare", "what": "applicant_card:back"},
            "Cần gửi lại Please send again",
            "mặt sau. Ảnh bị lóa sáng che mất chữ. Take again: ",
        ),
        (
            {"decision": "photo_again", "why": "other", "vi": "Ngón tay che số", "en": "A finger hides the number"},
            "Cần gửi lại Please send again",
            "Ngón tay che số A finger hides the number",
        ),
    ],
)
def test_the_citizen_is_told_what_was_decided_and_why_in_both_languages(
    clerks: Clerks, code: str, form: dict[str, str], heading: str, note: str
) -> None:
    clerks.decide("lan", code, clerks.open("lan", code), **form)
    seen = clerks.citizen_sees(code)
    assert heading in seen
    assert note in seen
    assert "Nội dung khai khác với giấy tờ What" not in seen


def test_asking_for_something_needs_a_reason_and_no_reason_holds_a_number(clerks: Clerks, code: str) -> None:
    page = clerks.open("lan", code)
    none = clerks.decide("lan", code, page, decision="bring_paper")
    assert (none.status_code, "Hãy chọn lý do" in visible_text(none)) == (422, True)
    number = clerks.decide("lan", code, page, decision="bring_paper", why="other", vi="Số 001190123456 sai")
    assert (number.status_code, "không được chứa số định danh" in visible_text(number)) == (422, True)


def test_one_person_at_a_time_has_a_submission_and_one_decision_counts(clerks: Clerks, code: str) -> None:
    first = clerks.open("lan", code)
    second = clerks.open("minh", code)
    assert "Người khác đang xem hồ sơ này" in visible_text(second)
    assert 'name="decision"' not in second.text
    assert clerks.browser("minh").get("/ban-duyet/ho-so/tiep", headers=HTML).url.path == "/ban-duyet/ho-so"
    # Her lease runs out while she looks away; he takes it, and her decision comes too late.
    clerks.desk.clock.advance(timedelta(minutes=5))
    second = clerks.open("minh", code)
    late = clerks.decide("lan", code, first, decision="bring_paper", why="unclear")
    assert (late.status_code, "đã chuyển cho người khác" in visible_text(late)) == (409, True)
    assert clerks.decide("minh", code, second, decision="bring_paper", why="unclear").status_code == 200
    again = clerks.decide("minh", code, second, decision="accept", why="original")
    assert (again.status_code, "không chờ cán bộ" in visible_text(again)) == (409, True)


def test_a_lease_is_kept_and_what_is_left_is_free_at_once(clerks: Clerks, code: str) -> None:
    page = clerks.open("lan", code)
    csrf = {"csrf": hidden(page.text)["csrf"]}
    for _ in range(5):
        clerks.desk.clock.advance(timedelta(seconds=100))
        kept = clerks.browser("lan").post(f"/ban-duyet/ho-so/{code}/giu", data=csrf)
        assert kept.status_code == 204
    assert "Người khác đang xem" in visible_text(clerks.open("minh", code))
    left = clerks.browser("lan").post(f"/ban-duyet/ho-so/{code}/de-lai", data=csrf, headers=HTML)
    assert left.url.path == "/ban-duyet/ho-so"  # nothing else is left for her
    assert 'name="decision"' in clerks.open("minh", code).text


def test_a_decision_is_taken_back_for_a_while_and_nobody_was_told(clerks: Clerks) -> None:
    desk = clerks.desk
    desk.key("onestop")
    with desk.catalogue.database.write() as connection:
        connection.execute(clients.update().values(webhook_url="https://x.example/"))
    declared = json.dumps(DECLARED | {"date_of_birth": "16/01/1990"})
    code = desk.submit(picture("card"), declared=declared).json()["code"]
    object.__setattr__(desk.context.parts, "home_office", "")
    page = clerks.open("lan", code)
    decided = clerks.decide("lan", code, page, decision="bring_paper", why="unclear")
    [ruling] = set(re.findall(r"hoan-tac/([0-9a-f]{32})", decided.text))
    undo = f"/ban-duyet/ho-so/hoan-tac/{ruling}"
    csrf = {"csrf": hidden(decided.text)["csrf"]}
    stranger = clerks.browser("minh")
    theirs = {"csrf": hidden(stranger.get("/ban-duyet", headers=HTML).text)["csrf"]}
    assert stranger.post(undo, data=theirs, headers=HTML).status_code == 409
    with desk.context.store.write() as tables:
        assert [m for m in tables.outbox.take_due(10) if m.event == "submission.refused"] == []
    back = clerks.browser("lan").post(undo, data=csrf, headers=HTML)
    assert back.url.path == f"/ban-duyet/ho-so/{code}"
    assert desk.http.get(f"/submissions/{code}").json()["status"] == "in_review"
    assert "Ngày sinh ≠ khai khác" in visible_text(back)
    with desk.context.store.read() as tables:
        submission = tables.submissions.by_code(code)
        assert submission is not None
        events = [message.event for message in tables.outbox.of_submission(submission.submission_id)]
    assert events == ["submission.in_review"]

    # Decided again and left alone: after two minutes it stands.
    decided = clerks.decide("lan", code, back, decision="bring_paper", why="unclear")
    [ruling] = set(re.findall(r"hoan-tac/([0-9a-f]{32})", decided.text))
    desk.clock.advance(UNDO_FOR)
    late = clerks.browser("lan").post(f"/ban-duyet/ho-so/hoan-tac/{ruling}", data=csrf, headers=HTML)
    assert late.status_code == 409
    with desk.context.store.write() as tables:
        assert "submission.refused" in [message.event for message in tables.outbox.take_due(10)]


def test_other_people_decide_nothing_and_other_offices_see_nothing(clerks: Clerks) -> None:
    object.__setattr__(clerks.desk.context.parts, "citizens", CitizenIntake(office="00009"))
    code = code_of(send(clerks.desk, picture("card"), form=CARD_FORM))
    for path in (f"/ban-duyet/ho-so/{code}", f"/ban-duyet/ho-so/{code}/tep/1/trang/1.jpg"):
        assert clerks.browser("la", office="00002").get(path, headers=HTML).status_code in (403, 404)
    auditor = clerks.browser("kiem", office="00009", role="auditor")
    assert auditor.get(f"/ban-duyet/ho-so/{code}", headers=HTML).status_code == 403
    own = clerks.browser("lan", office="00009")
    page = own.get(f"/ban-duyet/ho-so/{code}", headers=HTML)
    forged = {**hidden(page.text), "csrf": "0" * 64, "decision": "accept", "why": "original"}
    assert own.post(f"/ban-duyet/ho-so/{code}", data=forged, headers=HTML).status_code == 403


def test_an_archived_paper_is_shown_from_the_archive(clerks: Clerks) -> None:
    form = {
        "declared.full_name": "Nguyễn Thị Mẫu", "declared.date_of_birth": "16/01/1990",
        "declared.document_number": "12/1990", "declared.applicant_full_name": "Nguyễn Thị Mẫu",
        "declared.applicant_personal_id": "001190123456",
    }  # fmt: skip
    code = code_of(send(clerks.desk, picture("act"), picture("card"), procedure=CORRECTION, form=form))
    for number, what in ((1, "act"), (2, "card")):
        shown = clerks.browser("lan").get(f"/ban-duyet/ho-so/{code}/tep/{number}/trang/1.jpg")
        assert shown.content == picture(what) + b"|1"
    held = [path.name for path in (clerks.desk.home / "tray").glob("*/*")]
    assert held == ["2"]  # the card alone: the act lies in the archive


def test_the_right_birth_date_opens_what_was_declared_with_a_wrong_one(clerks: Clerks, code: str) -> None:
    clerks.desk.http.cookies.clear()
    assert "Nguyễn Thị Mẫu" in visible_text(look_up(clerks.desk, code, "15/1/1990"))
