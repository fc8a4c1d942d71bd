"""The page that a copy's QR code leads to, as whoever holds the copy meets it."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.catalogue import Catalogue, StoredDocument
from storage.signing import PdfSigning, SigningKey, trial_key
from storage.times import utc_now
from storage.trash import withdraw
from tests.integration.service.conftest import Desk, open_desk
from tests.integration.service.page_desk import HTML, get, hidden, visible_text
from tests.integration.service.test_desk_pages import Office
from tests.making.clock import Clock
from tests.making.desk_home import CERTIFICATE, DeskHome, archival_of, sure, truths
from workers.copies import CopyMaker, Issued
from workers.finding import Seeker

BIRTH = "11/07/2026"
NAME = "Đàm Mai Hiền"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return trial_key(tmp_path_factory.mktemp("trial"), at=utc_now())


@dataclass
class Given:
    """A copy of a birth certificate in somebody's hands."""

    desk: Desk
    home: DeskHome
    paper: StoredDocument
    issued: Issued

    @property
    def path(self) -> str:
        return f"/kiem-tra/{self.issued.copy.copy_code}"

    def prove(self, birth: str, *, path: str = "") -> Any:
        form = {"csrf": hidden(get(self.desk, self.path).text)["csrf"], "birth": birth}
        return self.desk.http.post(path or self.path, data=form, headers=HTML)


def maker_of(desk: Desk, key: SigningKey) -> CopyMaker:
    return CopyMaker(
        catalogue=desk.catalogue,
        objects=desk.objects,
        office=desk.context.store,
        signing=lambda: nullcontext(PdfSigning(key=key)),
        public_url="https://sohoa.example.vn",
        clock=desk.clock,
    )


@pytest.fixture
def given(desk: Desk, key: SigningKey) -> Given:
    home = DeskHome(folder=desk.home, catalogue=desk.catalogue, objects=desk.objects, clock=desk.clock)
    paper = home.add(archival=archival_of(), doubt=["place_of_registration"])
    issued = maker_of(desk, key).issue(paper, Seeker(actor="lan", office="", purpose="cấp"), converter="Lan")
    return Given(desk, home, paper, issued)


def values_on(page: str) -> list[str]:
    """The specimen's values, of those long enough to be told from others, that stand on the page."""
    values = [value for _, value, *_ in truths()[CERTIFICATE].fields.values()]
    return [value for value in values if len(value) > 5 and value in page]


def test_the_code_alone_tells_how_the_copy_stands_and_shows_no_value(given: Given) -> None:
    answer = get(given.desk, given.path)
    text = visible_text(answer)
    assert "Bản sao có thật, là phiên bản mới nhất" in text
    assert "THỬ NGHIỆM" in text
    assert "15:30:00 21/11/2026 +07:00" in text
    assert values_on(text) == []
    assert given.paper.holding_code not in text


def test_a_code_is_taken_as_it_is_typed(given: Given) -> None:
    typed = given.issued.copy.copy_code.lower().replace("-", " ")
    assert "Bản sao có thật" in visible_text(get(given.desk, f"/kiem-tra/{typed}"))
    assert "Bản sao có thật" in visible_text(get(given.desk, "/kiem-tra", params={"ma": typed}))
    digest = given.issued.copy.object.sha256
    page = get(given.desk, "/xac-nhan", params={"code": given.issued.copy.copy_code, "digest": digest})
    assert "Tệp này đúng là tệp đã cấp" in visible_text(page)


def test_a_code_that_nobody_issued_is_unknown(given: Given) -> None:
    for code in ("BS-AAAAAAAAAAAAAAAA", "HT-AAAAAAAAAAAAAAAA", "x", "%3Cscript%3E"):
        answer = get(given.desk, f"/kiem-tra/{code}")
        assert "Không có bản sao nào với mã này" in visible_text(answer)
        assert "<script>" not in answer.text.partition("<main")[2]


def test_a_newer_version_makes_it_superseded(given: Given) -> None:
    given.home.provenance = given.home.provenance.__class__(
        software="hotich later", models=given.home.provenance.models, settings_sha256="1" * 64
    )
    given.home.add(archival=archival_of())
    assert "kho đã có phiên bản mới hơn" in visible_text(get(given.desk, given.path))


def test_of_a_withdrawn_paper_nothing_is_shown(given: Given) -> None:
    with given.desk.catalogue.unit() as unit:
        withdraw(unit, given.desk.objects, [given.paper.document_id], reason="nhầm", actor="lan", days=9)
        unit.commit()
    assert "giấy tờ đã được rút" in visible_text(get(given.desk, given.path))
    assert given.prove(BIRTH).status_code == 404


def test_the_file_itself_is_known_by_its_digest(given: Given) -> None:
    digest = given.issued.copy.object.sha256
    right = visible_text(get(given.desk, given.path, params={"digest": f" {digest.upper()} "}))
    wrong = visible_text(get(given.desk, given.path, params={"digest": "0" * 64}))
    assert "Tệp này đúng là tệp đã cấp" in right
    assert "Tệp này KHÔNG phải tệp đã cấp" in wrong


def test_with_a_birth_date_that_persons_values_are_shown_and_nobody_elses_and_it_is_noted(given: Given) -> None:
    text = visible_text(given.prove(BIRTH))
    for said in (NAME, "11/07/2026", "033326841119", "351/2026"):
        assert said in text
    for other in ("Cao Hải Uyên", "Đàm Văn Hợp", "033086789127"):
        assert other not in text
    assert "UBND" not in text  # the reading is in doubt: a genuine copy would look changed
    with given.desk.context.store.read() as tables:
        [read] = [one for one in tables.reads.entries(subject=given.paper.holding_code) if one.actor == "holder"]
    assert (read.action, read.purpose) == ("copy.checked", f"page:{given.issued.copy.copy_code}")


def test_a_wrong_birth_date_shows_nothing_and_an_unknown_code_answers_alike(given: Given) -> None:
    unknown = given.prove(BIRTH, path="/kiem-tra/BS-AAAAAAAAAAAAAAAA")
    for answer in (unknown, *map(given.prove, ("12/07/2026", "", "2026", "1991"))):
        assert answer.status_code == 404
        assert values_on(visible_text(answer)) == []


def test_a_year_alone_proves_nothing(given: Given, key: SigningKey) -> None:
    _, verbatim, page, box = truths()[CERTIFICATE].fields["date_of_birth"]
    year = sure("date_of_birth", "1985", verbatim, page, box)
    old = given.home.add(copy=1, archival=archival_of(), changed={"date_of_birth": year})
    copy = maker_of(given.desk, key).issue(old, Seeker(actor="lan", office="", purpose="cấp"), converter="Lan").copy
    assert given.prove("1985", path=f"/kiem-tra/{copy.copy_code}").status_code == 404


def test_after_five_wrong_dates_the_right_one_is_refused_for_a_while(given: Given) -> None:
    for day in range(1, 6):
        given.prove(f"{day:02}/01/1990")
    refused = given.prove(BIRTH)
    given.desk.clock.advance(timedelta(minutes=16))
    assert (refused.status_code, given.prove(BIRTH).status_code) == (404, 200)


def test_a_form_of_another_page_proves_nothing(given: Given) -> None:
    get(given.desk, given.path)
    answer = given.desk.http.post(given.path, data={"csrf": "x", "birth": BIRTH}, headers=HTML)
    assert answer.status_code == 403
    assert NAME not in answer.text


def test_programs_confirm_a_signed_copy_as_they_do_others(given: Given) -> None:
    answer = given.desk.http.get(f"/confirm/{given.paper.holding_code}/{given.issued.copy.object.sha256}")
    assert answer.json()["result"] == "current"


def test_an_archivist_hands_out_a_copy_at_the_desk_and_a_reviewer_does_not(
    home: Path, clock: Clock, key: SigningKey
) -> None:
    desk = open_desk(home, clock=clock)
    papers = DeskHome(folder=home, catalogue=desk.catalogue, objects=desk.objects, clock=clock)
    office = Office(desk, papers, papers.add(archival=archival_of()).document_id)
    object.__setattr__(desk.context.parts, "copies", maker_of(desk, key))
    with desk.http:
        desk.context.desk.catch_up()
        page = f"/ban-duyet/giay/{office.document}"
        office.sign_in("luu", "archivist", "reviewer")
        issued = office.form("luu", f"{page}/ban-co-ky.pdf", {"purpose": "cấp cho người dân"}, page)
        without = office.form("luu", f"{page}/ban-co-ky.pdf", {"purpose": " "}, page)
        refused = office.form("an", f"{page}/ban-co-ky.pdf", {"purpose": "x"}, page)
        offered = ["ban-co-ky" in office.sign_in(login).get(page, headers=HTML).text for login in ("luu", "an")]
    assert issued.headers["content-type"] == "application/pdf"
    assert issued.content.startswith(b"%PDF-1.7")
    assert (without.status_code, refused.status_code, offered) == (422, 403, [True, False])
    desk.context.parts.tray.close()
    desk.catalogue.close()


def test_a_use_of_a_paper_that_came_with_others_gives_a_signed_copy_of_its_own(
    given: Given, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, paper = given.desk, given.home.add(copy=1, archival=archival_of())
    monkeypatch.setattr(Catalogue, "came_with_others", lambda *_: True)
    monkeypatch.setattr(desk.context, "parts", replace(desk.context.parts, copies=maker_of(desk, key)))
    desk.context.index.catch_up()
    told = {"procedure": "1.004222", "purpose": "Đăng ký thường trú", "officer": "cb.01"}
    headers = desk.bearer("office", "holdings", "use")
    used = desk.http.post(f"/holdings/{paper.holding_code}/use", json=told, headers=headers).json()
    copy = desk.http.get(used["copy_url"], headers=desk.bearer("office")).content
    assert used["digest"] == f"sha256:{hashlib.sha256(copy).hexdigest()}" and b"/ByteRange" in copy
    digest = hashlib.sha256(copy).hexdigest()
    assert desk.http.get(f"/confirm/{paper.holding_code}/{digest}").json()["result"] == "current"
