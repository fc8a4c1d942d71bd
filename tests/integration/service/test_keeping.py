"""Papers withdrawn, brought back and read again by the desk's pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.verify import verify
from tests.integration.service.conftest import Desk, picture
from tests.integration.service.office_people import come, get, papers_of, post
from tests.integration.service.page_desk import visible_text
from tests.making.desk_home import CERTIFICATE

TRASH = "/ban-duyet/da-rut"


@pytest.fixture
def archive(desk: Desk) -> Desk:
    """A certificate with a doubt; an archivist sits at the browser."""
    papers_of(desk).add(doubt=["ethnicity"])
    desk.context.desk.catch_up()
    come(desk, "luu", "archivist")
    return desk


def document_of(desk: Desk) -> str:
    [stored] = [one for one in desk.catalogue.all_documents() if one.current]
    return stored.document_id


def test_a_paper_is_withdrawn_with_a_reason_and_brought_back(archive: Desk) -> None:
    document = document_of(archive)
    paper = f"/ban-duyet/giay/{document}"
    assert post(archive, f"{paper}/rut", paper, reason="").status_code == 422
    told = visible_text(post(archive, f"{paper}/rut", paper, reason="quét nhầm"))
    assert "quét nhầm" in told
    assert "0 mục đang chờ" in visible_text(get(archive, "/ban-duyet"))
    assert get(archive, paper).status_code == 404
    assert str(post(archive, f"{TRASH}/{document}/khoi-phuc", TRASH).url).endswith(paper)
    archive.clock.advance(timedelta(seconds=5))  # the queue is counted anew every three seconds
    assert "1 mục đang chờ" in visible_text(get(archive, "/ban-duyet"))
    assert verify(archive.objects, archive.catalogue).ok


def test_only_archivists_and_administrators_withdraw(archive: Desk) -> None:
    paper = f"/ban-duyet/giay/{document_of(archive)}"
    come(archive, "an", "reviewer")
    assert "Rút khỏi kho" not in visible_text(get(archive, paper))
    assert post(archive, f"{paper}/rut", "/ban-duyet", reason="thử").status_code == 403
    assert get(archive, TRASH).status_code == 403


def test_another_offices_paper_is_not_brought_back(archive: Desk) -> None:
    document = document_of(archive)
    post(archive, f"/ban-duyet/giay/{document}/rut", "/ban-duyet", reason="quét nhầm")
    with archive.context.reviews.write() as tables:
        tables.connection.exec_driver_sql("UPDATE review_documents SET office = 'khac'")
    assert post(archive, f"{TRASH}/{document}/khoi-phuc", TRASH).status_code == 404


def test_a_file_is_read_again_by_what_reads_now_and_once_only(desk: Desk) -> None:
    """The paper was stored by other software: its file is what the reader here reads an act of."""
    papers = papers_of(desk)
    data = picture("act")
    stored = papers.add(CERTIFICATE, data=data)
    desk.context.desk.catch_up()
    come(desk, "luu", "archivist")
    paper = f"/ban-duyet/giay/{stored.document_id}"
    assert "Đọc lại tệp này" in visible_text(get(desk, paper))
    post(desk, f"{paper}/doc-lai", paper)
    desk.context.reading_again._thread.submit(lambda: None).result()
    [now] = [one for one in desk.catalogue.all_documents() if one.current]
    assert now.document_id != stored.document_id, "what reads here now cut it otherwise"
    [entry] = [one for one in desk.catalogue.audit_entries() if one.action == "document.read_again"]
    assert entry.actor == "luu"
    paper = f"/ban-duyet/giay/{now.document_id}"
    assert "Đọc lại tệp này" not in visible_text(get(desk, paper))
    assert post(desk, f"{paper}/doc-lai", paper).status_code == 409
    assert verify(desk.objects, desk.catalogue).ok
