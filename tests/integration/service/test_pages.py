"""The citizen's pages as a browser without scripts uses them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.judging.verdict import load_procedures
from service.people.citizens import CitizenIntake
from storage.submissions import Ruling, State
from tests.integration.service.conftest import CORRECTION, RESIDENCE, Desk, picture
from tests.integration.service.page_desk import CARD_FORM, HTML, code_of, get, hidden, look_up, post, send, visible_text

ACT_FORM = {
    "declared.full_name": "Nguyễn Thị Mẫu",
    "declared.date_of_birth": "15/01/1990",
    "declared.document_number": "12/1990",
    "declared.applicant_full_name": "Nguyễn Thị Mẫu",
    "declared.applicant_personal_id": "001190123456",
}


# Handing in


def test_a_good_card_is_usable_and_has_a_code_to_write_down(desk: Desk) -> None:
    answer = send(desk, picture("card"))
    assert answer.status_code == 200
    assert "Giấy tờ dùng được" in visible_text(answer)
    assert code_of(answer) in visible_text(answer)


def test_what_was_declared_stands_beside_what_was_read(desk: Desk) -> None:
    form = ACT_FORM | {"declared.date_of_birth": "16/01/1990"}
    page_text = visible_text(send(desk, picture("act"), picture("card"), procedure=CORRECTION, form=form))
    assert "Bạn khai Declared 16/01/1990 Trên giấy tờ On the paper 15/01/1990 Khác nhau Differs" in page_text


def test_a_kept_paper_s_holding_code_is_told_to_who_sent_it(desk: Desk) -> None:
    page_text = visible_text(send(desk, picture("act"), picture("card"), procedure=CORRECTION, form=ACT_FORM))
    (document,) = desk.catalogue.all_documents()
    assert document.holding_code in page_text


def test_a_missing_side_is_asked_for(desk: Desk) -> None:
    page_text = visible_text(send(desk, picture("front")))
    assert "Cần gửi lại" in page_text
    assert "Thiếu một mặt của thẻ" in page_text


@pytest.mark.parametrize("code", load_procedures())
def test_a_procedure_s_form_asks_exactly_for_what_is_compared(desk: Desk, code: str) -> None:
    asked = set(re.findall(r'name="declared\.(\w+)"', get(desk, f"/nop/{code}").text))
    assert asked == set(load_procedures()[code].declared_names)


@pytest.mark.parametrize("code", load_procedures())
def test_every_label_is_said_in_words(desk: Desk, code: str) -> None:
    assert "_" not in visible_text(get(desk, f"/nop/{code}"))


def test_what_is_missing_or_malformed_is_said_and_nothing_is_stored(desk: Desk) -> None:
    answer = send(desk, form={"declared.date_of_birth": "31/02/1990", "declared.personal_id": "12"})
    assert answer.status_code == 422
    for text in (
        "Chưa điền họ, chữ đệm, tên Full name is missing",
        "Không có ngày này: tháng 2 năm 1990 có 28 ngày There is no such day",
        "Cần đúng 12 hoặc 9 chữ số; ở đây có 2",
        "Chưa có ảnh hoặc tệp nào. Cần có: Thẻ căn cước",
    ):
        assert text in visible_text(answer)
    assert list((desk.home / "tray").glob("*/*")) == []


def test_what_was_typed_is_still_there_when_the_form_comes_back(desk: Desk) -> None:
    answer = send(desk)
    assert 'value="Nguyễn Thị Mẫu"' in answer.text
    assert re.search(r'value="Nữ" checked', answer.text)


def test_the_same_form_sent_twice_is_received_once(desk: Desk) -> None:
    given = hidden(get(desk, f"/nop/{RESIDENCE}").text) | CARD_FORM
    first, second = (post(desk, RESIDENCE, given, picture("card")) for _ in range(2))
    assert code_of(first) == code_of(second)
    assert len(desk.reader.read) == 1


def test_the_same_form_sent_with_another_photo_is_another_submission(desk: Desk) -> None:
    given = hidden(get(desk, f"/nop/{RESIDENCE}").text) | CARD_FORM
    first, second = (post(desk, RESIDENCE, given, picture("card", n)) for n in range(2))
    assert code_of(first) != code_of(second)


def test_a_script_is_sent_on_at_once_to_follow_along(desk: Desk) -> None:
    desk.reader.gate.clear()
    given = hidden(get(desk, f"/nop/{RESIDENCE}").text) | CARD_FORM
    answer = post(desk, RESIDENCE, given, picture("card"), headers={"Hotich-Script": "1"})
    desk.reader.gate.set()
    assert "data-waiting" in answer.text


def test_while_it_waits_its_place_in_the_queue_is_told(desk: Desk) -> None:
    desk.context.limits = replace(desk.context.limits, answer_s=0.05)
    desk.reader.gate.clear()
    send(desk, picture("card"))
    answer = send(desk, picture("card", 2))
    desk.reader.gate.set()
    assert "Trước bạn còn 1 hồ sơ" in visible_text(answer)
    assert f'href="/ket-qua/{code_of(answer)}"' in answer.text


def test_a_file_that_is_no_picture_is_refused_on_the_form(desk: Desk) -> None:
    answer = send(desk, b"<svg onload=alert(1)>")
    assert answer.status_code == 415
    assert "không phải ảnh hoặc PDF" in visible_text(answer)


def test_what_is_handed_in_belongs_to_the_office_that_runs_the_service(desk: Desk) -> None:
    object.__setattr__(desk.context.parts, "citizens", CitizenIntake(office="00123"))
    code = code_of(send(desk, picture("card")))
    with desk.context.store.read() as tables:
        submission = tables.submissions.by_code(code)
    assert submission is not None and submission.office == "00123"


@pytest.mark.parametrize(
    ("state", "heading", "hidden_note"),
    [("accepted", "Giấy tờ dùng được", True), ("refused", "Hồ sơ không được chấp nhận", False)],
)
def test_what_a_clerk_decided_outweighs_the_first_answer(
    desk: Desk, state: str, heading: str, hidden_note: bool
) -> None:
    form = ACT_FORM | {"declared.date_of_birth": "16/01/1990"}
    code = code_of(send(desk, picture("act"), picture("card"), procedure=CORRECTION, form=form))
    reason = {
        "code": f"review.{state}",
        "message": {"vi": "Đã xem bản chính", "en": "The original was seen"},
        "outcome": "usable",
    }
    with desk.context.store.write() as tables:
        submission = tables.submissions.by_code(code)
        assert submission is not None
        ruling = Ruling(state=State(state), reasons=[reason], actor="user:an")
        assert tables.rulings.rule(submission.submission_id, ruling, [])
    answer = visible_text(get(desk, f"/ket-qua/{code}"))
    assert heading in answer
    assert "Đã xem bản chính" in answer
    assert ("Nội dung khai khác với giấy tờ" not in answer) is hidden_note


# How much an address may claim


def test_an_address_hands_in_only_so_many(desk: Desk) -> None:
    object.__setattr__(desk.context.parts, "citizens", CitizenIntake(per_hour=2))
    answers = [send(desk, picture("card", n)) for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 60
    assert "thử lại sau" in visible_text(answers[-1])


def test_pages_are_shown_to_one_address_only_so_often(desk: Desk) -> None:
    desk.context.limits = replace(desk.context.limits, pages_per_minute=2)
    assert [get(desk, "/").status_code for _ in range(3)] == [200, 200, 429]


def test_the_page_leaves_room_in_the_queue_for_clients(desk: Desk) -> None:
    desk.context.limits = replace(desk.context.limits, citizen_waiting=0)
    answer = send(desk, picture("card"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert desk.submit(picture("card")).status_code == 200


def test_more_than_the_page_takes_is_refused(desk: Desk) -> None:
    desk.context.limits = replace(desk.context.limits, citizen_bytes=1000)
    assert send(desk, picture("card") + bytes(2000)).status_code == 413
    assert list((desk.home / "tray").glob("*/*")) == []


def test_the_page_can_be_switched_off(desk: Desk) -> None:
    object.__setattr__(desk.context.parts, "citizens", None)
    assert get(desk, f"/nop/{RESIDENCE}").status_code == 404
    assert "/nop/" not in get(desk, "/").text
    assert get(desk, "/tra-cuu").status_code == 200


# Who sees what


def test_another_browser_sees_how_it_stands_and_no_value(desk: Desk) -> None:
    code = code_of(send(desk, picture("act"), picture("card"), procedure=CORRECTION, form=ACT_FORM))
    desk.http.cookies.clear()
    answer = get(desk, f"/ket-qua/{code}")
    assert "Giấy tờ dùng được" in visible_text(answer)
    for value in (*ACT_FORM.values(), "HT-", "anh0.jpg"):
        assert value not in answer.text


def test_the_birth_date_shows_the_values_to_another_browser(desk: Desk) -> None:
    code = code_of(send(desk, picture("act"), picture("card"), procedure=CORRECTION, form=ACT_FORM))
    desk.http.cookies.clear()
    answer = look_up(desk, code.lower().replace("-", " "), "15-1-1990")
    assert "Nguyễn Thị Mẫu" in visible_text(answer)
    with desk.context.store.read() as tables:
        assert [read.actor for read in tables.reads.entries(subject=code)] == ["citizen"] * 2


def test_a_code_alone_leads_to_how_it_stands(desk: Desk) -> None:
    code = code_of(send(desk, picture("card")))
    desk.http.cookies.clear()
    assert "Ngày sinh của người trong hồ sơ" in visible_text(look_up(desk, code))


def test_an_unknown_code_and_a_wrong_birth_date_are_answered_alike(desk: Desk) -> None:
    code = code_of(send(desk, picture("card")))
    answers = [look_up(desk, typed, "2/2/1990") for typed in (code, "7K3M-Q9XD-2FHW-B6TC", "x")]
    texts = {re.sub(r'name="code"[^>]*>', "", answer.text) for answer in answers}
    assert ({answer.status_code for answer in answers}, len(texts)) == ({404}, 1)


def test_guessing_birth_dates_is_stopped_without_a_word(desk: Desk) -> None:
    code = code_of(send(desk, picture("card")))
    desk.http.cookies.clear()
    for day in range(1, 6):
        look_up(desk, code, f"{day}/1/1990")
    assert look_up(desk, code, "15/1/1990").status_code == 404
    desk.clock.advance(timedelta(minutes=16))
    assert look_up(desk, code, "15/1/1990").status_code == 200


def test_proof_of_one_submission_proves_no_other(desk: Desk) -> None:
    first = code_of(send(desk, picture("front")))
    desk.http.cookies.clear()
    second = code_of(send(desk, picture("front", 2)))
    desk.http.cookies.clear()
    look_up(desk, first, "15/1/1990")
    assert "Bạn khai" in visible_text(get(desk, f"/ket-qua/{first}"))
    assert "Bạn khai" not in visible_text(get(desk, f"/ket-qua/{second}"))


def test_the_visit_ends_by_itself_and_by_its_button(desk: Desk) -> None:
    answer = send(desk, picture("front"))
    code = code_of(answer)
    assert "Bạn khai" in visible_text(answer)
    desk.clock.advance(timedelta(hours=3))
    assert "Bạn khai" not in visible_text(get(desk, f"/ket-qua/{code}"))
    answer = send(desk, picture("front", 2))
    desk.http.post("/ket-thuc", data={"csrf": hidden(answer.text)["csrf"]}, headers=HTML)
    assert "Bạn khai" not in visible_text(get(desk, f"/ket-qua/{code_of(answer)}"))


def test_a_cookie_that_was_copied_before_the_end_shows_nothing_after_it(desk: Desk) -> None:
    answer = send(desk, picture("front"))
    copied = dict(desk.http.cookies)
    desk.http.post("/ket-thuc", data={"csrf": hidden(answer.text)["csrf"]}, headers=HTML)
    desk.http.cookies.clear()
    desk.http.cookies.update(copied)
    assert "Bạn khai" not in visible_text(get(desk, f"/ket-qua/{code_of(answer)}"))


def test_what_was_ended_is_remembered_no_longer_than_its_cookies_last(desk: Desk) -> None:
    visits = desk.context.visits
    first, second = visits.begin(), visits.begin()
    visits.end(first)
    desk.clock.advance(timedelta(hours=3))
    visits.end(second)
    with desk.context.store.read() as tables:
        assert [tables.ended_visits.has_ended(visit.visit_id) for visit in (first, second)] == [False, True]


def test_a_visit_cannot_be_made_up(desk: Desk) -> None:
    visits = desk.context.visits
    sealed, other = visits.sealed(visits.begin()), visits.sealed(visits.begin())
    content, _, mac = sealed.rpartition(".")
    assert visits.opened(sealed) is not None
    for forged in (
        f"{content}.{other.rpartition('.')[2]}",
        f"{content}7K3M-Q9XD-2FHW-B6TC.{mac}",
        content,
        "",
        "ế.1..x",
    ):
        assert visits.opened(forged) is None


def test_a_copy_is_confirmed_without_saying_whose(desk: Desk) -> None:
    send(desk, picture("act"), picture("card"), procedure=CORRECTION, form=ACT_FORM)
    (document,) = desk.catalogue.all_documents()
    assert document.archival is not None
    digest = document.archival.sha256
    page_text = visible_text(
        get(desk, "/xac-nhan", params={"code": document.holding_code.lower(), "digest": digest.upper()})
    )
    assert "Bản sao này là thật" in page_text
    assert "Mẫu" not in page_text
    wrong = visible_text(get(desk, "/xac-nhan", params={"code": document.holding_code, "digest": "0" * 64}))
    assert "Không xác nhận được" in wrong
