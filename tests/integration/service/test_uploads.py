"""Files that come in pieces (tus 1.0)."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from tests.integration.service.conftest import Desk, picture

DATA = picture("card")
TUS = {"Tus-Resumable": "1.0.0"}


def begin(desk: Desk, length: int = len(DATA), client: str = "onestop", metadata: dict[str, str] | None = None) -> Any:
    headers = TUS | {"Upload-Length": str(length)} | (metadata or {})
    return desk.http.post("/uploads", headers=desk.bearer(client) | headers)


def send(desk: Desk, url: str, offset: int, data: bytes, client: str = "onestop") -> Any:
    headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    return desk.http.patch(url, content=data, headers=desk.bearer(client) | TUS | headers)


def offset(desk: Desk, url: str) -> int:
    return int(desk.http.head(url, headers=desk.bearer() | TUS).headers["Upload-Offset"])


def test_a_file_sent_in_pieces_is_handed_in_by_its_id(desk: Desk) -> None:
    name = base64.b64encode("ảnh.jpg".encode()).decode()
    url = begin(desk, metadata={"Upload-Metadata": f"filename {name}"}).headers["Location"]
    assert send(desk, url, 0, DATA[:3]).headers["Upload-Offset"] == "3"
    assert offset(desk, url) == 3
    assert send(desk, url, 3, DATA[3:]).status_code == 204
    data = {"procedure": "1.004222", "declared": "{}", "uploads": url.rpartition("/")[2]}
    sent = {name: (None, value) for name, value in data.items()}
    answer = desk.http.post("/submissions", files=sent, headers=desk.bearer())
    assert answer.json()["verdict"]["documents"][0]["document_type"] == "citizen_id_chip"
    desk.clock.advance(timedelta(hours=2))
    desk.context.uploads.sweep()
    assert list((desk.home / "tray" / "uploads").iterdir()) == []


def test_a_piece_at_another_offset_is_refused_and_changes_nothing(desk: Desk) -> None:
    url = begin(desk).headers["Location"]
    send(desk, url, 0, DATA[:3])
    assert send(desk, url, 0, DATA[:3]).status_code == 409
    assert offset(desk, url) == 3


def test_more_bytes_than_announced_are_refused(desk: Desk) -> None:
    url = begin(desk, 4).headers["Location"]
    assert send(desk, url, 0, DATA).status_code == 422


def test_a_file_over_the_limit_is_refused_before_it_is_sent(desk: Desk) -> None:
    assert begin(desk, 1 << 40).status_code == 413


def test_an_unfinished_upload_cannot_be_handed_in(desk: Desk) -> None:
    upload_id = begin(desk).headers["Location"].rpartition("/")[2]
    sent = {"procedure": (None, "1.004222"), "uploads": (None, upload_id)}
    assert desk.http.post("/submissions", files=sent, headers=desk.bearer()).json()["code"] == "upload.unfinished"


def test_an_upload_belongs_to_its_client(desk: Desk) -> None:
    url = begin(desk).headers["Location"]
    assert send(desk, url, 0, DATA, client="stranger").status_code == 404


def test_an_upload_expires(desk: Desk) -> None:
    url = begin(desk).headers["Location"]
    desk.clock.advance(timedelta(hours=25))
    assert send(desk, url, 0, DATA).status_code == 404
    desk.context.uploads.sweep()
    assert list((desk.home / "tray" / "uploads").iterdir()) == []


def test_one_client_cannot_fill_the_disk_with_beginnings(desk: Desk) -> None:
    desk.context.uploads._most_open = 2
    assert [begin(desk).status_code for _ in range(3)] == [201, 201, 429]


def test_another_version_of_the_protocol_is_refused(desk: Desk) -> None:
    answer = desk.http.post("/uploads", headers=desk.bearer() | {"Upload-Length": "3"})
    assert answer.status_code == 412


def test_what_came_before_a_crash_is_still_there(desk: Desk) -> None:
    from storage.submissions.uploads import Uploads

    url = begin(desk).headers["Location"]
    send(desk, url, 0, DATA[:3])
    again = Uploads(desk.home / "tray" / "uploads", clock=desk.clock)
    upload = again.get(url.rpartition("/")[2], "onestop")
    assert upload is not None and upload.offset == 3
